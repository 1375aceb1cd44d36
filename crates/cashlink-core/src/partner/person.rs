//! What the API knows of persons: the fields that the samples show, none of them certain to be required.

use alloc::string::String;

use serde::Serialize;

use super::DocumentId;
use crate::Personal;
use crate::body::Extra;
use crate::fields::fields;
use crate::time::Date;

/// A natural person.
///
/// ```
/// use cashlink_core::partner::NaturalPerson;
/// use cashlink_core::time::Date;
///
/// let ada = NaturalPerson::new().forename("Ada").surname("Lovelace").birth_date(Date::new(1985, 12, 10)?).citizenship("GBR");
/// assert!(!format!("{ada:?}").contains("Ada"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct NaturalPerson {
    #[serde(skip_serializing_if = "Option::is_none")]
    salutation: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forename: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surname: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Personal<Date>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_place: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citizenship: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_pep: Option<Personal<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_subject_to_us_tax: Option<Personal<bool>>,
    #[serde(flatten)]
    extra: Extra,
}

impl NaturalPerson {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fields! {
        /// `MR` is the only value that the known pages show.
        salutation: Personal<String>,
        /// Given name.
        forename: Personal<String>,
        /// Family name.
        surname: Personal<String>,
        /// Day of birth.
        birth_date: Personal<Date>,
        /// Place of birth.
        birth_place: Personal<String>,
        /// Country of citizenship, three letters (`DEU`).
        citizenship: Personal<String>,
        /// Street and number.
        street: Personal<String>,
        /// City.
        city: Personal<String>,
        /// Postal code.
        zip: Personal<String>,
        /// Country of residence, three letters.
        country: Personal<String>,
        /// Phone number.
        phone: Personal<String>,
        /// Whether the person is politically exposed.
        is_pep: Personal<bool>,
        /// Whether the person is taxable in the US. It must be false, or creation fails (documented).
        is_subject_to_us_tax: Personal<bool>,
    }
}

/// A legal person: the fields of the issuer API's sample, which the distributor API very likely shares.
///
/// A legal person needs at least one benefiting person, or its investments stay `KYC_PENDING` (documented).
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct LegalPerson {
    #[serde(skip_serializing_if = "Option::is_none")]
    company_name: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commercial_register: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commercial_register_number: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_identity_proof_id: Option<DocumentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_structure_proof_id: Option<DocumentId>,
    #[serde(flatten)]
    extra: Extra,
}

impl LegalPerson {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fields! {
        /// The registered name.
        company_name: Personal<String>,
        /// The register that it stands in.
        commercial_register: Personal<String>,
        /// Its number there.
        commercial_register_number: Personal<String>,
        /// Street and number.
        street: Personal<String>,
        /// Postal code.
        zip: Personal<String>,
        /// City.
        city: Personal<String>,
        /// Country, three letters.
        country: Personal<String>,
        /// Phone number.
        phone: Personal<String>,
        /// The uploaded proof of identity.
        company_identity_proof_id: DocumentId,
        /// The uploaded proof of structure.
        company_structure_proof_id: DocumentId,
    }
}
