//! `POST distributor/v2/investments/`: create an investment.

use serde::Serialize;

use crate::IdempotencyKey;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::distributor::InvestorId;
use crate::partner::writing::operation;
use crate::partner::{CampaignId, Figure, Investment, WalletId};
use crate::time::Timestamp;

/// Creates an investment. Needs the scope [`investments:write`](crate::partner::scope::INVESTMENTS_WRITE).
///
/// The endpoint is documented, its exact path and that it honours the key are inferred: the key is
/// [`Assumed`](crate::Honoured::Assumed), and after an ambiguous outcome the request is not repeated, until
/// [`Partner::key_confirmed`](crate::partner::Partner::key_confirmed) says otherwise.
///
/// So after [`Certainty::Unknown`](crate::Certainty::Unknown) **look before you repeat it**: to repeat it blindly can buy
/// twice. Read [`ListInvestments`](super::ListInvestments), whose newest items come last, and look in
/// [`Page::items_json`](crate::page::Page::items_json) for the investor and the units: an investment's answer is known to
/// have an `id` and a `status`, and under which names it has the rest is not documented.
///
/// Signed documents are required; under which names is not known: [`CreateInvestment::extra`].
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::CreateInvestment;
///
/// let create = CreateInvestment::signed(
///     IdempotencyKey::new("order-4711")?,
///     "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?,
///     "9b2f1c1e-0000-4000-8000-000000000001".parse()?,
///     40,
///     "2020-12-11T14:59:46.716Z".parse()?,
/// );
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateInvestment {
    key: IdempotencyKey,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    investor_id: InvestorId,
    campaign_id: CampaignId,
    units: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<WalletId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disagio: Option<Figure>,
}

impl CreateInvestment {
    /// An investment of so many whole units that the investor has signed: `signed_at` is the moment of the binding
    /// confirmation.
    pub fn signed(
        key: IdempotencyKey,
        investor: InvestorId,
        campaign: CampaignId,
        units: u64,
        signed_at: Timestamp,
    ) -> Self {
        Self::new(key, investor, campaign, units, Some(signed_at))
    }

    /// Web-based subscription: the investor signs later, at the `start_url` of the answer. The account must be
    /// white-listed for it, and the investor's communication set; otherwise the server refuses.
    pub fn web_based(key: IdempotencyKey, investor: InvestorId, campaign: CampaignId, units: u64) -> Self {
        Self::new(key, investor, campaign, units, None)
    }

    fn new(
        key: IdempotencyKey,
        investor_id: InvestorId,
        campaign_id: CampaignId,
        units: u64,
        signed_at: Option<Timestamp>,
    ) -> Self {
        let fields = Fields {
            investor_id,
            campaign_id,
            units,
            signed_at,
            accepted_at: None,
            paid_at: None,
            wallet: None,
            disagio: None,
        };
        Self { key, fields, extra: Extra::default() }
    }

    /// When the issuer accepted: makes acceptance in the Studio unnecessary.
    pub fn accepted_at(mut self, moment: Timestamp) -> Self {
        self.fields.accepted_at = Some(moment);
        self
    }

    /// The discount, where one applies. Its name is documented, its JSON type isn't: see [`Figure`].
    pub fn disagio(mut self, disagio: impl Into<Figure>) -> Self {
        self.fields.disagio = Some(disagio.into());
        self
    }

    /// When it was paid.
    pub fn paid_at(mut self, moment: Timestamp) -> Self {
        self.fields.paid_at = Some(moment);
        self
    }

    /// The wallet that the units go to.
    pub fn wallet(mut self, wallet: WalletId) -> Self {
        self.fields.wallet = Some(wallet);
        self
    }

    extra!();
}

operation! {
    CreateInvestment -> Investment, "investments.create", POST, Assumed,
    |_create, path| path.literal("distributor/v2/investments/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::InvestmentStatus;
    use crate::vectors::{self, BEARER};
    use crate::{Effect, Honoured, Operation as _};
    use expect_test::expect;

    const ANSWER: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"KYC_PENDING"}"#;

    fn key() -> IdempotencyKey {
        IdempotencyKey::new("order-4711").unwrap()
    }

    const INVESTOR: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    const CAMPAIGN: &str = "9b2f1c1e-0000-4000-8000-000000000001";

    fn moment() -> Timestamp {
        "2020-12-11T14:59:46.716Z".parse().unwrap()
    }

    #[test]
    fn a_signed_investment_goes_out_with_the_key() {
        let create = CreateInvestment::signed(
            key(),
            INVESTOR.parse().unwrap(),
            CAMPAIGN.parse().unwrap(),
            40,
            moment(),
        );
        vectors::request(
            &BEARER,
            &create,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/investments/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: order-4711

            {"investor_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","campaign_id":"9b2f1c1e-0000-4000-8000-000000000001","units":40,"signed_at":"2020-12-11T14:59:46.716Z"}"#]],
        );
        assert!(matches!(create.effect(), Effect::Keyed { honoured: Honoured::Assumed, .. }));
    }

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let create = CreateInvestment::web_based(
            key(),
            INVESTOR.parse().unwrap(),
            CAMPAIGN.parse().unwrap(),
            u64::MAX,
        )
        .accepted_at(moment())
        .paid_at(moment())
        .wallet("w-1".parse().unwrap())
        .disagio(Figure::decimal("1.5").unwrap());
        expect![[r#"{"investor_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","campaign_id":"9b2f1c1e-0000-4000-8000-000000000001","units":18446744073709551615,"accepted_at":"2020-12-11T14:59:46.716Z","paid_at":"2020-12-11T14:59:46.716Z","wallet":"w-1","disagio":"1.5"}"#]]
            .assert_eq(&vectors::body(&create));
    }

    #[test]
    fn the_answer_has_a_status_or_a_place_to_go() {
        let investment = vectors::answer::<CreateInvestment>(ANSWER).unwrap();
        assert_eq!(investment.status, Some(InvestmentStatus::KycPending));
        let started =
            vectors::answer::<CreateInvestment>(r#"{"id":"x","start_url":"https://canary.example"}"#)
                .unwrap();
        assert!(started.start_url.is_some() && !alloc::format!("{started:?}").contains("canary"));
        vectors::t29_cut_everywhere::<CreateInvestment>(ANSWER);
    }
}
