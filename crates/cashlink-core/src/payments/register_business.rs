//! `POST register/`: register a business on behalf of a platform's user.

use alloc::string::String;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, DecodeError};
use crate::body::{Body, Extra};
use crate::{AppKey, Effect, Id, InvalidValue, Operation, Path, Personal, Secret};

/// The id of a business: the `business` of its events.
pub type BusinessId = Id<Business>;

/// Registers a business: what is required, and every other field by [`RegisterBusiness::extra`].
///
/// The older API has no idempotency keys, so this is sent [`Once`](Effect::Once). The email address is unique, so a
/// second try after a lost answer is refused rather than doubled, if the first one arrived.
///
/// ```
/// use cashlink_core::payments::RegisterBusiness;
///
/// let business = RegisterBusiness::new("owner@example.com", "Example Ltd").extra("business_type", "company");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RegisterBusiness {
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    email: Personal<String>,
    business_name: Personal<String>,
}

impl RegisterBusiness {
    /// `email` is the owner's, verified by the platform and given with the owner's consent.
    pub fn new(email: impl Into<Personal<String>>, business_name: impl Into<Personal<String>>) -> Self {
        Self {
            fields: Fields { email: email.into(), business_name: business_name.into() },
            extra: Extra::default(),
        }
    }

    /// Any other field of the documentation's table, or one that is not in it.
    pub fn extra(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.extra.set(name, value);
        self
    }
}

impl Operation for RegisterBusiness {
    type Output = Business;
    type Credential = AppKey;
    const NAME: &'static str = "businesses.register";

    fn method(&self) -> Method {
        Method::POST
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Once
    }

    fn path(&self, path: &mut Path) {
        path.literal("register/");
    }

    fn body(&self) -> Result<Body, InvalidValue> {
        Body::json_with(&self.fields, &self.extra)
    }

    fn decode(answer: &Answer<'_>) -> Result<Business, DecodeError> {
        answer.json()
    }
}

/// A registered business, and the secrets that are told only this once.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Business {
    /// Its id: the `business` of its events.
    pub public_id: BusinessId,
    /// Its own key for payment links, to be made a [`UserKey`](crate::UserKey). Store it.
    pub api_key: Option<Secret>,
    /// The secret that signs its webhooks, where a `webhook_url` was given. Store it. An earlier edition of the
    /// documentation calls it `secret`; both names are read.
    #[serde(alias = "secret")]
    pub hmac_secret: Option<Secret>,
}

impl Business {
    /// A business for tests: only an id; set the other fields as needed.
    #[must_use]
    pub fn fixture(public_id: BusinessId) -> Self {
        Self { public_id, api_key: None, hmac_secret: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, APP_KEY};
    use expect_test::expect;

    const ANSWER: &str = r#"{"public_id":"utqztAwTcQKB","api_key":"canary-1","hmac_secret":"canary-2"}"#;

    #[test]
    fn the_request_carries_the_app_key_and_what_is_required() {
        let business = RegisterBusiness::new("owner@example.com", "Example Ltd")
            .extra("webhook_url", "https://example.com/hook");
        vectors::request(
            &APP_KEY,
            &business,
            &expect![[r#"
            POST https://cashlink.de/business/api/v1/register/
            accept: application/json
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-api-key: app-key

            {"email":"owner@example.com","business_name":"Example Ltd","webhook_url":"https://example.com/hook"}"#]],
        );
        assert!(
            !alloc::format!("{business:?}").contains("xample"),
            "personal data stays out of debug output"
        );
    }

    #[test]
    fn the_answers_secrets_are_read_and_not_shown() {
        let business = vectors::answer::<RegisterBusiness>(ANSWER).unwrap();
        assert_eq!(business.public_id.as_str(), "utqztAwTcQKB");
        assert_eq!(business.api_key.as_ref().unwrap().expose(), "canary-1");
        assert_eq!(business.hmac_secret.as_ref().unwrap().expose(), "canary-2");
        assert!(!alloc::format!("{business:?}").contains("canary"));
        let older = vectors::answer::<RegisterBusiness>(r#"{"public_id":"u","secret":"s"}"#).unwrap();
        assert_eq!(older.hmac_secret.unwrap().expose(), "s");
        vectors::t29_cut_everywhere::<RegisterBusiness>(ANSWER);
    }
}
