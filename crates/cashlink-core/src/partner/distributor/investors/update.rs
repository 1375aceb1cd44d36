//! `PATCH distributor/v2/investors/{id}/`: change an investor.

use serde::Serialize;

use super::{Communication, Investor, InvestorId, TaxInformation};
use crate::IdempotencyKey;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::writing::operation;
use crate::partner::{BankAccount, LegalPerson, NaturalPerson};

/// Changes what is given, and nothing else. Needs the scope
/// [`investors:write`](crate::partner::scope::INVESTORS_WRITE).
///
/// The documentation shows it for `communication`, in the API's older form, with a key; the path is inferred for the
/// distributor API. Which other fields can be changed is not documented: the server says so.
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::{Communication, UpdateInvestor};
///
/// let key = IdempotencyKey::new("investor-17-email-2")?;
/// let update = UpdateInvestor::new(key, "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?)
///     .communication(Communication::new().email("ada@example.com").email_confirmed(true));
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct UpdateInvestor {
    key: IdempotencyKey,
    id: InvestorId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    natural_person: Option<NaturalPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_person: Option<LegalPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_information: Option<TaxInformation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_account: Option<BankAccount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    communication: Option<Communication>,
}

impl UpdateInvestor {
    /// Leaves the person as it is.
    pub fn new(key: IdempotencyKey, id: InvestorId) -> Self {
        Self { key, id, fields: Fields::default(), extra: Extra::default() }
    }

    /// Changes what is given of a natural person.
    pub fn natural_person(key: IdempotencyKey, id: InvestorId, person: NaturalPerson) -> Self {
        let fields = Fields { natural_person: Some(person), ..Fields::default() };
        Self { fields, ..Self::new(key, id) }
    }

    /// Changes what is given of a legal person.
    pub fn legal_person(key: IdempotencyKey, id: InvestorId, person: LegalPerson) -> Self {
        let fields = Fields { legal_person: Some(person), ..Fields::default() };
        Self { fields, ..Self::new(key, id) }
    }

    /// What the tax office knows.
    pub fn tax_information(mut self, information: TaxInformation) -> Self {
        self.fields.tax_information = Some(information);
        self
    }

    /// Where payments go.
    pub fn bank_account(mut self, account: BankAccount) -> Self {
        self.fields.bank_account = Some(account);
        self
    }

    /// How the investor is reached. It must be set before a web-based subscription.
    pub fn communication(mut self, communication: Communication) -> Self {
        self.fields.communication = Some(communication);
        self
    }

    extra!();
}

operation! {
    UpdateInvestor -> Investor, "investors.update", PATCH, Documented,
    |update, path| path.literal("distributor/v2/investors/").id(&update.id).literal("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    fn key() -> IdempotencyKey {
        IdempotencyKey::new("k").unwrap()
    }

    fn id() -> InvestorId {
        "i-1".parse().unwrap()
    }

    #[test]
    fn only_what_changes_goes_out() {
        let communication = Communication::new().email("ada@example.com").email_confirmed(true);
        let update = UpdateInvestor::new(key(), id()).communication(communication);
        vectors::request(
            &BEARER,
            &update,
            &expect![[r#"
            PATCH https://demo.cashlink.de/api/external/distributor/v2/investors/i-1/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"communication":{"email":"ada@example.com","email_confirmed":true}}"#]],
        );
    }

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let update = UpdateInvestor::natural_person(key(), id(), NaturalPerson::new().city("Bonn"))
            .tax_information(TaxInformation::new().tax_identification_number("01"))
            .bank_account(BankAccount::new().iban("DE89370400440532013000"))
            .extra("x", 1);
        expect![[r#"{"natural_person":{"city":"Bonn"},"tax_information":{"tax_identification_number":"01"},"bank_account":{"iban":"DE89370400440532013000"},"x":1}"#]].assert_eq(&vectors::body(&update));
        let update = UpdateInvestor::legal_person(key(), id(), LegalPerson::new().city("Bonn"));
        expect![[r#"{"legal_person":{"city":"Bonn"}}"#]].assert_eq(&vectors::body(&update));
        vectors::t29_cut_everywhere::<UpdateInvestor>(r#"{"id":"i-1"}"#);
    }
}
