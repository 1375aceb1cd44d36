//! `PATCH distributor/v2/investments/{id}/`: say when an investment was paid, or where its units go.

use serde::Serialize;

use crate::IdempotencyKey;
use crate::body::Extra;
use crate::fields::{extra, setters};
use crate::partner::writing::operation;
use crate::partner::{Investment, InvestmentId, WalletId};
use crate::time::Timestamp;

/// Sets what is given, and nothing else. Needs the scope [`investments:write`](crate::partner::scope::INVESTMENTS_WRITE).
///
/// That payment date and wallet can be set is documented; method, path, key and the fields' names, which are those of
/// creating, are inferred, so the key is [`Assumed`](crate::Honoured::Assumed). Whether anything else can be set is not known:
/// [`extra`](Self::extra).
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::UpdateInvestment;
/// use cashlink_core::time::Timestamp;
///
/// let paid: Timestamp = "2020-12-11T14:59:46.716Z".parse()?;
/// let update = UpdateInvestment::new(IdempotencyKey::new("order-4711-paid")?, "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?)
///     .paid_at(paid);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct UpdateInvestment {
    key: IdempotencyKey,
    id: InvestmentId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<WalletId>,
}

impl UpdateInvestment {
    /// Changes nothing yet.
    pub fn new(key: IdempotencyKey, id: InvestmentId) -> Self {
        Self { key, id, fields: Fields::default(), extra: Extra::default() }
    }

    setters! {
        /// When it was paid.
        fields.paid_at: Timestamp,
        /// The wallet that the units go to.
        fields.wallet: WalletId,
    }

    extra!();
}

operation! {
    UpdateInvestment -> Investment, "investments.update", PATCH, Assumed,
    |update, path| path.literal("distributor/v2/investments/").id(&update.id).literal("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_the_name_that_creating_has() {
        let moment: Timestamp = "2020-12-11T14:59:46.716Z".parse().unwrap();
        let update = UpdateInvestment::new(IdempotencyKey::new("k").unwrap(), "v-1".parse().unwrap())
            .paid_at(moment)
            .wallet("w-1".parse::<WalletId>().unwrap())
            .extra("x", 1);
        vectors::request(
            &BEARER,
            &update,
            &expect![[r#"
            PATCH https://demo.cashlink.de/api/external/distributor/v2/investments/v-1/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"paid_at":"2020-12-11T14:59:46.716Z","wallet":"w-1","x":1}"#]],
        );
        vectors::t29_cut_everywhere::<UpdateInvestment>(r#"{"id":"v-1","status":"PAID"}"#);
    }
}
