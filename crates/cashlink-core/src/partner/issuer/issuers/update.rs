//! `PATCH issuer/v2/issuers/{id}/`: change an issuer.

use serde::Serialize;

use super::{Issuer, IssuerId};
use crate::body::Extra;
use crate::fields::{extra, setters};
use crate::partner::writing::operation;
use crate::partner::{BankAccount, LegalPerson, NaturalPerson};

/// Changes what is given, and nothing else. Needs the scope [`issuers:write`](crate::partner::scope::ISSUERS_WRITE).
///
/// The method is documented, the path inferred. No key was seen on it, and none is sent: a change whose answer was lost is
/// [`Once`](crate::Effect::Once), and never repeated by itself. Read the issuer to see whether it took effect.
///
/// ```
/// use cashlink_core::partner::BankAccount;
/// use cashlink_core::partner::issuer::UpdateIssuer;
///
/// let update = UpdateIssuer::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?)
///     .bank_account(BankAccount::new().iban("DE89370400440532013000"));
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct UpdateIssuer {
    id: IssuerId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_person: Option<LegalPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    natural_person: Option<NaturalPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_account: Option<BankAccount>,
}

impl UpdateIssuer {
    /// Changes nothing yet.
    pub fn new(id: IssuerId) -> Self {
        Self { id, fields: Fields::default(), extra: Extra::default() }
    }

    setters! {
        /// What changes about the company.
        fields.legal_person: LegalPerson,
        /// What changes about its CEO.
        fields.natural_person: NaturalPerson,
        /// What changes about where payments go.
        fields.bank_account: BankAccount,
    }

    extra!();
}

operation! {
    UpdateIssuer -> Issuer, "issuers.update", PATCH, Once,
    |update, path| path.literal("issuer/v2/issuers/").id(&update.id).literal("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn only_what_changes_goes_out_and_no_key() {
        let update = UpdateIssuer::new("i-1".parse().unwrap())
            .legal_person(LegalPerson::new().city("Bonn"))
            .natural_person(NaturalPerson::new().forename("Ada"))
            .bank_account(BankAccount::new().bic("COBADEFFXXX"))
            .extra("x", 1);
        vectors::request(
            &BEARER,
            &update,
            &expect![[r#"
            PATCH https://demo.cashlink.de/api/external/issuer/v2/issuers/i-1/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0

            {"legal_person":{"city":"Bonn"},"natural_person":{"forename":"Ada"},"bank_account":{"bic":"COBADEFFXXX"},"x":1}"#]],
        );
        vectors::t29_cut_everywhere::<UpdateIssuer>(r#"{"id":"i-1"}"#);
    }
}
