//! `POST cashlink-public-id`: allocate a payment link's id and address before the link is created.

use core::fmt;

use alloc::string::String;

use http::Method;
use serde::{Deserialize, Serialize};

use super::CashlinkId;
use crate::answer::{Answer, DecodeError};
use crate::body::{Body, Extra};
use crate::fields::extra;
use crate::{Effect, InvalidValue, Operation, Path, Secret, UserKey};

/// Allocates an id and the addresses that go with it: for printing them before the link exists. They open once a link is
/// created with the allocation's signature
/// ([`CreateCashlink::under_allocated_id`](super::CreateCashlink::under_allocated_id)).
///
/// It is sent [`Once`](Effect::Once), as everything in this API. A lost answer costs an id that nobody uses: allocate
/// another one.
///
/// ```
/// use cashlink_core::Secret;
/// use cashlink_core::payments::{AllocatePublicId, AllocationSignature, CashlinkType, CreateCashlink, PublicId};
///
/// let allocate = AllocatePublicId::new();
/// // What it answers:
/// let signature = AllocationSignature::new(Secret::new("VX0GK5cvM1dO:PygAVDcv2hFi4RqLxK3p0vs58r8"))?;
/// let allocated = PublicId::fixture("VX0GK5cvM1dO".parse()?, signature);
/// let invoice = CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse()?, "Invoice no. 12345")
///     .under_allocated_id(&allocated.signature);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct AllocatePublicId {
    fields: Fields,
    extra: Extra,
}

/// No field is documented.
#[derive(Clone, Debug, Default, Serialize)]
struct Fields {}

impl AllocatePublicId {
    /// The request, which says nothing.
    pub fn new() -> Self {
        Self::default()
    }

    extra!();
}

impl Operation for AllocatePublicId {
    type Output = PublicId;
    type Credential = UserKey;
    const NAME: &'static str = "public-ids.allocate";

    fn method(&self) -> Method {
        Method::POST
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Once
    }

    fn path(&self, path: &mut Path) {
        path.literal("cashlink-public-id");
    }

    fn body(&self) -> Result<Body, InvalidValue> {
        Body::json_with(&self.fields, &self.extra)
    }

    fn decode(answer: &Answer<'_>) -> Result<PublicId, DecodeError> {
        answer.json()
    }
}

/// An allocated id. No known page says how long it stays allocated.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct PublicId {
    /// The id of the link to come.
    pub public_id: CashlinkId,
    /// By which the link is created under this id. Who has it can do so.
    pub signature: AllocationSignature,
    /// Where the payer will go.
    pub url: Option<String>,
    /// The same for sharing in WhatsApp.
    pub whatsapp_url: Option<String>,
}

impl PublicId {
    /// An allocated id for tests; set the other fields as needed.
    #[must_use]
    pub fn fixture(public_id: CashlinkId, signature: AllocationSignature) -> Self {
        Self { public_id, signature, url: None, whatsapp_url: None }
    }
}

/// `ID:SIGNATURE`: the right to create a link under an allocated id. A type of its own, so that no key goes out in its place.
///
/// ```
/// use cashlink_core::Secret;
/// use cashlink_core::payments::AllocationSignature;
///
/// // Stored by another process.
/// let signature = AllocationSignature::new(Secret::new("VX0GK5cvM1dO:PygAVDcv2hFi4RqLxK3p0vs58r8"))?;
/// assert!(AllocationSignature::new(Secret::new("an-api-key")).is_err());
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct AllocationSignature(Secret);

impl AllocationSignature {
    /// A signature that was stored.
    ///
    /// # Errors
    /// When it has not the documented form: an id, a colon and more.
    pub fn new(signature: Secret) -> Result<Self, InvalidValue> {
        match signature.expose().split_once(':') {
            Some((id, rest)) if !id.is_empty() && !rest.is_empty() => Ok(Self(signature)),
            _ => Err(InvalidValue::new(
                "signature of an allocated id",
                "must be an id, a colon and a signature",
            )),
        }
    }

    /// For storing it.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// Without the URLs, which the server wrote (T11).
impl fmt::Debug for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicId").field("public_id", &self.public_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::{CashlinkType, CreateCashlink};
    use crate::vectors::{self, USER_KEY};
    use expect_test::expect;

    const ANSWER: &str = r#"{"signature":"VX0GK5cvM1dO:PygAVDcv2hFi4RqLxK3p0vs58r8","public_id":"VX0GK5cvM1dO","url":"https://cashlink.de/business/l/VX0GK5cvM1dO","whatsapp_url":"whatsapp://send?text=x"}"#;

    #[test]
    fn a_stored_signature_has_an_id_a_colon_and_more() {
        assert!(AllocationSignature::new(Secret::new("i:s:t")).is_ok());
        for refused in ["", ":", "i:", ":s", "us3r-k3y"] {
            assert!(AllocationSignature::new(Secret::new(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn the_request_is_an_empty_object() {
        vectors::request(
            &USER_KEY,
            &AllocatePublicId::new(),
            &expect![[r#"
            POST https://cashlink.de/business/api/v1/cashlink-public-id
            accept: application/json
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-api-key: user-key

            {}"#]],
        );
    }

    #[test]
    fn the_answers_signature_creates_the_link_and_is_not_shown() {
        let allocated = vectors::answer::<AllocatePublicId>(ANSWER).unwrap();
        assert_eq!(allocated.public_id.as_str(), "VX0GK5cvM1dO");
        assert!(allocated.url.is_some() && allocated.whatsapp_url.is_some());
        let shown = alloc::format!("{allocated:?}");
        assert!(!shown.contains("PygA") && !shown.contains("https"), "{shown}");
        let link = CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 1.00".parse().unwrap(), "x")
            .under_allocated_id(&allocated.signature);
        expect![[r#"{"type":"invoice","amount":"1.00","subject":"x","public_id":"VX0GK5cvM1dO:PygAVDcv2hFi4RqLxK3p0vs58r8"}"#]].assert_eq(&vectors::body(&link));
        vectors::t29_cut_everywhere::<AllocatePublicId>(ANSWER);
    }
}
