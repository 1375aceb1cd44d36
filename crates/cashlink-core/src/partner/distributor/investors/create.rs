//! `POST distributor/v2/investors/`: create an investor.

use alloc::string::String;

use serde::Serialize;

use super::Investor;
use crate::body::Extra;
use crate::fields::fields;
use crate::partner::writing::operation;
use crate::partner::{BankAccount, LegalPerson, NaturalPerson};
use crate::time::Timestamp;
use crate::{IdempotencyKey, Personal};

/// Creates an investor: a natural or a legal person, by a constructor each. Needs the scope
/// [`investors:write`](crate::partner::scope::INVESTORS_WRITE).
///
/// The path is an example of the documentation; that a repetition with the same key is harmless is said by a published
/// cut of its OpenAPI file. Newer pages ask for tax information, bank account and communication, older ones don't.
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::{BankAccount, NaturalPerson, distributor::CreateInvestor};
///
/// let key = IdempotencyKey::new("investor-17")?;
/// let ada = NaturalPerson::new().forename("Ada").surname("Lovelace");
/// let create = CreateInvestor::natural_person(key, ada, true)
///     .bank_account(BankAccount::new().iban("DE89370400440532013000").currency("EUR"));
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateInvestor {
    key: IdempotencyKey,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    natural_person: Option<NaturalPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_person: Option<LegalPerson>,
    is_beneficiary: Personal<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_information: Option<TaxInformation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_account: Option<BankAccount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    communication: Option<Communication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_setup_accepted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pep_status: Option<Personal<bool>>,
}

impl CreateInvestor {
    /// A natural person; `is_beneficiary` says that the person acts on their own behalf.
    pub fn natural_person(key: IdempotencyKey, person: NaturalPerson, is_beneficiary: bool) -> Self {
        Self::new(key, Some(person), None, is_beneficiary)
    }

    /// A legal person; `is_beneficiary` says that it acts on its own behalf.
    pub fn legal_person(key: IdempotencyKey, person: LegalPerson, is_beneficiary: bool) -> Self {
        Self::new(key, None, Some(person), is_beneficiary)
    }

    fn new(
        key: IdempotencyKey,
        natural_person: Option<NaturalPerson>,
        legal_person: Option<LegalPerson>,
        is_beneficiary: bool,
    ) -> Self {
        let fields = Fields {
            natural_person,
            legal_person,
            is_beneficiary: Personal::new(is_beneficiary),
            tax_information: None,
            bank_account: None,
            communication: None,
            account_setup_accepted_at: None,
            pep_status: None,
        };
        Self { key, fields, extra: Extra::default() }
    }

    /// What the tax office knows; mandatory on the newest page.
    pub fn tax_information(mut self, information: TaxInformation) -> Self {
        self.fields.tax_information = Some(information);
        self
    }

    /// Where payments go; mandatory on the newest page. Its prose calls the field `bank_account_information`, its sample
    /// `bank_account`, which is what is sent.
    pub fn bank_account(mut self, account: BankAccount) -> Self {
        self.fields.bank_account = Some(account);
        self
    }

    /// How the investor is reached; mandatory on the newest page.
    pub fn communication(mut self, communication: Communication) -> Self {
        self.fields.communication = Some(communication);
        self
    }

    /// When the account set-up was accepted: only in the old "Investment Platform" offering.
    pub fn account_setup_accepted_at(mut self, moment: Timestamp) -> Self {
        self.fields.account_setup_accepted_at = Some(moment);
        self
    }

    /// The older form of [`NaturalPerson::is_pep`].
    pub fn pep_status(mut self, is_exposed: bool) -> Self {
        self.fields.pep_status = Some(Personal::new(is_exposed));
        self
    }

    /// The securities deposit account: an object, of whose content nothing is documented.
    pub fn securities_deposit_account(self, account: impl Serialize) -> Self {
        self.extra("securities_deposit_account", account)
    }

    /// A field that this library doesn't know: the custodian bank's mark.
    pub fn extra(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.extra.set(name, value);
        self
    }
}

/// What the tax office knows of an investor.
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct TaxInformation {
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_identification_number: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_assessment_certificate: Option<Personal<bool>>,
    #[serde(flatten)]
    extra: Extra,
}

impl TaxInformation {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fields! {
        /// The tax identification number.
        tax_identification_number: Personal<String>,
        /// Whether there is a non-assessment certificate.
        non_assessment_certificate: Personal<bool>,
    }
}

/// How an investor is reached.
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct Communication {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_confirmed: Option<Personal<bool>>,
    #[serde(flatten)]
    extra: Extra,
}

impl Communication {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fields! {
        /// The email address. It needn't be unique.
        email: Personal<String>,
        /// Whether the address was confirmed.
        email_confirmed: Personal<bool>,
    }
}

operation! {
    CreateInvestor -> Investor, "investors.create", POST, Documented,
    |_create, path| path.literal("distributor/v2/investors/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Operation as _;
    use crate::time::Date;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    const ANSWER: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","kyc":{"new":[1,2]}}"#;

    fn key() -> IdempotencyKey {
        IdempotencyKey::new("investor-17").unwrap()
    }

    fn ada() -> NaturalPerson {
        NaturalPerson::new()
            .salutation("MR")
            .forename("Ada")
            .surname("Lovelace")
            .birth_date(Date::new(1985, 12, 10).unwrap())
            .birth_place("London")
            .citizenship("GBR")
            .street("Dorset Street 1")
            .city("London")
            .zip("W1U")
            .country("GBR")
            .phone("+44 20 0000000")
            .is_pep(false)
            .is_subject_to_us_tax(false)
    }

    #[test]
    fn a_natural_person_goes_out_with_the_key() {
        let create = CreateInvestor::natural_person(key(), NaturalPerson::new().forename("Ada"), true);
        vectors::request(
            &BEARER,
            &create,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/investors/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: investor-17

            {"natural_person":{"forename":"Ada"},"is_beneficiary":true}"#]],
        );
    }

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let create = CreateInvestor::natural_person(key(), ada(), true)
            .tax_information(
                TaxInformation::new().tax_identification_number("01234").non_assessment_certificate(false),
            )
            .bank_account(
                BankAccount::new()
                    .account_holder("Ada Lovelace")
                    .iban("DE89370400440532013000")
                    .bic("COBADEFFXXX")
                    .bank("Bank")
                    .country("DEU")
                    .currency("EUR"),
            )
            .communication(Communication::new().email("ada@example.com").email_confirmed(true))
            .account_setup_accepted_at("2020-12-11T14:59:46.716Z".parse().unwrap())
            .pep_status(false)
            .securities_deposit_account([1]);
        expect![[r#"{"natural_person":{"salutation":"MR","forename":"Ada","surname":"Lovelace","birth_date":"1985-12-10","birth_place":"London","citizenship":"GBR","street":"Dorset Street 1","city":"London","zip":"W1U","country":"GBR","phone":"+44 20 0000000","is_pep":false,"is_subject_to_us_tax":false},"is_beneficiary":true,"tax_information":{"tax_identification_number":"01234","non_assessment_certificate":false},"bank_account":{"account_holder":"Ada Lovelace","iban":"DE89370400440532013000","bic":"COBADEFFXXX","bank":"Bank","country":"DEU","currency":"EUR"},"communication":{"email":"ada@example.com","email_confirmed":true},"account_setup_accepted_at":"2020-12-11T14:59:46.716Z","pep_status":false,"securities_deposit_account":[1]}"#]].assert_eq(&vectors::body(&create));
        let shown = alloc::format!("{create:?}");
        assert!(
            ["Ada", "DE89", "1985", "example.com"].iter().all(|personal| !shown.contains(personal)),
            "{shown}"
        );
    }

    #[test]
    fn a_field_without_a_name_here_stands_where_it_belongs() {
        let create = |bank: BankAccount| {
            CreateInvestor::legal_person(
                key(),
                LegalPerson::new().city("Bonn").extra("custodian_bank", true),
                true,
            )
            .bank_account(bank)
        };
        expect![[r#"{"legal_person":{"city":"Bonn","custodian_bank":true},"is_beneficiary":true,"bank_account":{"limit":123456789012345678901234567890}}"#]]
            .assert_eq(&vectors::body(&create(BankAccount::new().extra("limit", 123_456_789_012_345_678_901_234_567_890_u128))));
        for doubled in [BankAccount::new().extra("iban", "x"), BankAccount::new().extra("x", 1).extra("x", 2)]
        {
            assert!(create(doubled).body().is_err(), "a doubled field is an error, not the server's choice");
        }
    }

    #[test]
    fn a_legal_person_goes_out_in_its_own_field() {
        let proof: crate::partner::DocumentId = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap();
        let company = LegalPerson::new()
            .company_name("Example Ltd")
            .commercial_register("Frankfurt")
            .commercial_register_number("HRB 1")
            .street("Street 1")
            .zip("60311")
            .city("Frankfurt")
            .country("DEU")
            .phone("+49 69 0")
            .company_identity_proof_id(proof)
            .company_structure_proof_id(proof);
        expect![[r#"{"legal_person":{"company_name":"Example Ltd","commercial_register":"Frankfurt","commercial_register_number":"HRB 1","street":"Street 1","zip":"60311","city":"Frankfurt","country":"DEU","phone":"+49 69 0","company_identity_proof_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","company_structure_proof_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"},"is_beneficiary":true}"#]]
            .assert_eq(&vectors::body(&CreateInvestor::legal_person(key(), company, true)));
    }

    #[test]
    fn the_answer_is_read_and_its_unknown_fields_do_no_harm() {
        assert_eq!(
            vectors::answer::<CreateInvestor>(ANSWER).unwrap().id.as_str(),
            "3fa85f64-5717-4562-b3fc-2c963f66afa6"
        );
        assert!(vectors::answer::<CreateInvestor>(r#"{"id":"a","id":"b"}"#).is_err(), "t23: a doubled field");
        vectors::t29_cut_everywhere::<CreateInvestor>(ANSWER);
    }
}
