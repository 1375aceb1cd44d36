//! `POST issuer/v2/issuers/`: create an issuer.

use serde::Serialize;

use super::Issuer;
use crate::IdempotencyKey;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::writing::operation;
use crate::partner::{BankAccount, LegalPerson, NaturalPerson};

/// Creates an issuer from the company, its CEO and a bank account, all of which are needed (documented). Needs the scope
/// [`issuers:write`](crate::partner::scope::ISSUERS_WRITE).
///
/// `company_name`, `commercial_register` and `commercial_register_number` must match those of the company's account on the
/// distribution platform exactly (documented). The path is an example of the documentation; its sample is cut before a key
/// could be seen, so the key is [`Assumed`](crate::Honoured::Assumed).
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::issuer::CreateIssuer;
/// use cashlink_core::partner::{BankAccount, LegalPerson, NaturalPerson};
///
/// let create = CreateIssuer::new(
///     IdempotencyKey::new("issuer-3")?,
///     LegalPerson::new().company_name("Example GmbH").commercial_register("Bonn").commercial_register_number("HRB 1"),
///     NaturalPerson::new().forename("Ada").surname("Lovelace"),
///     BankAccount::new().iban("DE89370400440532013000"),
/// );
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateIssuer {
    key: IdempotencyKey,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    legal_person: LegalPerson,
    natural_person: NaturalPerson,
    bank_account: BankAccount,
}

impl CreateIssuer {
    /// The company, its CEO, and where payments go.
    pub fn new(
        key: IdempotencyKey,
        company: LegalPerson,
        ceo: NaturalPerson,
        bank_account: BankAccount,
    ) -> Self {
        let fields = Fields { legal_person: company, natural_person: ceo, bank_account };
        Self { key, fields, extra: Extra::default() }
    }

    extra!();
}

operation! {
    CreateIssuer -> Issuer, "issuers.create", POST, Assumed,
    |_create, path| path.literal("issuer/v2/issuers/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::DocumentId;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let proof: DocumentId = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap();
        let company = LegalPerson::new()
            .company_name("Example GmbH")
            .commercial_register("Bonn")
            .commercial_register_number("HRB 1")
            .street("Street 1")
            .zip("53111")
            .city("Bonn")
            .country("DEU")
            .phone("+49 228 0")
            .company_identity_proof_id(proof)
            .company_structure_proof_id(proof);
        let ceo = NaturalPerson::new()
            .salutation("MR")
            .forename("Ada")
            .surname("Lovelace")
            .birth_date(crate::time::Date::new(1985, 12, 10).unwrap())
            .birth_place("London")
            .citizenship("GBR")
            .street("Dorset Street 1")
            .city("London")
            .zip("W1U")
            .country("GBR")
            .phone("+44 20 0000000")
            .is_pep(false)
            .is_subject_to_us_tax(false);
        let account = BankAccount::new()
            .account_holder("Example GmbH")
            .iban("DE89370400440532013000")
            .bic("COBADEFFXXX")
            .bank("Bank")
            .country("DEU")
            .currency("EUR");
        let create =
            CreateIssuer::new(IdempotencyKey::new("k").unwrap(), company, ceo, account).extra("x", 1);
        vectors::request(
            &BEARER,
            &create,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/issuer/v2/issuers/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"legal_person":{"company_name":"Example GmbH","commercial_register":"Bonn","commercial_register_number":"HRB 1","street":"Street 1","zip":"53111","city":"Bonn","country":"DEU","phone":"+49 228 0","company_identity_proof_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","company_structure_proof_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"},"natural_person":{"salutation":"MR","forename":"Ada","surname":"Lovelace","birth_date":"1985-12-10","birth_place":"London","citizenship":"GBR","street":"Dorset Street 1","city":"London","zip":"W1U","country":"GBR","phone":"+44 20 0000000","is_pep":false,"is_subject_to_us_tax":false},"bank_account":{"account_holder":"Example GmbH","iban":"DE89370400440532013000","bic":"COBADEFFXXX","bank":"Bank","country":"DEU","currency":"EUR"},"x":1}"#]],
        );
        assert!(!alloc::format!("{create:?}").contains("Ada"));
        vectors::t29_cut_everywhere::<CreateIssuer>(r#"{"id":"i-1"}"#);
    }
}
