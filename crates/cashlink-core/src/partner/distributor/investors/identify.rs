//! `POST distributor/v2/investors/{id}/identifications/`: say how an investor was identified.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::InvestorId;
use crate::body::Extra;
use crate::fields::{extra, setters};
use crate::open_enum::open_enum;
use crate::partner::DocumentId;
use crate::partner::writing::operation;
use crate::time::{Date, Timestamp};
use crate::{Id, IdempotencyKey, Personal};

/// The id of an identification.
pub type IdentificationId = Id<Identification>;

open_enum! {
    /// What an investor was identified by. Only one value is known.
    pub enum DocumentType {
        /// An identity card.
        IdCard = "IDCARD",
    }
}

open_enum! {
    /// Who identified an investor. Only one value is known.
    pub enum IdentityProvider {
        /// Postident.
        Postident = "POSTIDENT",
    }
}

/// Adds an identification to an investor. The scope is not documented, but probably
/// [`investors:write`](crate::partner::scope::INVESTORS_WRITE).
///
/// The path is documented, the fields are known from an example for the API's older form; which of them are required is not.
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::{AddIdentification, DocumentType, IdentityProvider};
/// use cashlink_core::time::Date;
///
/// let key = IdempotencyKey::new("identification-17")?;
/// let add = AddIdentification::new(key, "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?)
///     .document_type(DocumentType::IdCard)
///     .document_valid_to(Date::new(2030, 1, 31)?)
///     .identity_provider(IdentityProvider::Postident);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AddIdentification {
    key: IdempotencyKey,
    investor: InvestorId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    document_type: Option<Personal<DocumentType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_id: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_issuer: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_valid_from: Option<Personal<Date>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_valid_to: Option<Personal<Date>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_provider: Option<Personal<IdentityProvider>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legitimation_process_id: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legitimation_protocol_id: Option<DocumentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
}

impl AddIdentification {
    /// An identification of this investor, of which nothing is known yet.
    pub fn new(key: IdempotencyKey, investor: InvestorId) -> Self {
        Self { key, investor, fields: Fields::default(), extra: Extra::default() }
    }

    setters! {
        /// The kind of document that was shown.
        fields.document_type: Personal<DocumentType>,
        /// The number on it. Not the id of an upload.
        fields.document_id: Personal<String>,
        /// Who issued it.
        fields.document_issuer: Personal<String>,
        /// Its first day.
        fields.document_valid_from: Personal<Date>,
        /// Its last day.
        fields.document_valid_to: Personal<Date>,
        /// Who identified the investor.
        fields.identity_provider: Personal<IdentityProvider>,
        /// The provider's own id of the process.
        fields.legitimation_process_id: Personal<String>,
        /// The uploaded protocol.
        fields.legitimation_protocol_id: DocumentId,
        /// When the identity was verified.
        fields.verified_at: Timestamp,
    }

    extra!();
}

operation! {
    AddIdentification -> Identification, "identifications.add", POST, Documented,
    |add, path| path.literal("distributor/v2/investors/").id(&add.investor).literal("/identifications/")
}

/// An identification, as the API returns it. Only its id is known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Identification {
    /// Its id.
    pub id: IdentificationId,
}

impl Identification {
    /// An identification for tests.
    #[must_use]
    pub fn fixture(id: IdentificationId) -> Self {
        Self { id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let add = AddIdentification::new(IdempotencyKey::new("k").unwrap(), "i-1".parse().unwrap())
            .document_type(DocumentType::IdCard)
            .document_id("L01X00T47")
            .document_issuer("Stadt Bonn")
            .document_valid_from(Date::new(2020, 2, 1).unwrap())
            .document_valid_to(Date::new(2030, 1, 31).unwrap())
            .identity_provider(IdentityProvider::Postident)
            .legitimation_process_id("p-1")
            .legitimation_protocol_id("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse::<DocumentId>().unwrap())
            .verified_at("2020-12-11T14:59:46.716Z".parse::<Timestamp>().unwrap())
            .extra("x", 1);
        vectors::request(
            &BEARER,
            &add,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/investors/i-1/identifications/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"document_type":"IDCARD","document_id":"L01X00T47","document_issuer":"Stadt Bonn","document_valid_from":"2020-02-01","document_valid_to":"2030-01-31","identity_provider":"POSTIDENT","legitimation_process_id":"p-1","legitimation_protocol_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","verified_at":"2020-12-11T14:59:46.716Z","x":1}"#]],
        );
        let shown = alloc::format!("{add:?}");
        assert!(["L01", "Bonn", "2030"].iter().all(|personal| !shown.contains(personal)), "{shown}");
        vectors::t29_cut_everywhere::<AddIdentification>(r#"{"id":"f-1"}"#);
    }
}
