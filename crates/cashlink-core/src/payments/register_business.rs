//! `POST register/`: register a business on behalf of a platform's user.

use alloc::string::String;
use core::marker::PhantomData;

use http::Method;
use serde::{Deserialize, Serialize, Serializer};

use crate::answer::{Answer, DecodeError};
use crate::body::{Body, Extra};
use crate::fields::{fields, setters};
use crate::time::Date;
use crate::{AppKey, Effect, Id, InvalidValue, Operation, Path, Personal, Secret};

/// The id of a business: the `business` of its events.
pub type BusinessId = Id<Business>;

/// A business of one person.
#[derive(Clone, Copy, Debug)]
pub enum Individual {}

/// A company, which has an address of its own.
#[derive(Clone, Copy, Debug)]
pub enum Company {}

/// Registers a business: that of an [`Individual`], or a [`Company`].
///
/// The older API has no idempotency keys, so this is sent [`Once`](Effect::Once). The email address is unique, so a
/// second try after a lost answer is refused rather than doubled, if the first one arrived.
///
/// Only the email address and the name are documented as required. With a key in test mode the business never reaches the
/// payment provider, and can't be paid for real, not even after the key was switched.
///
/// ```
/// use cashlink_core::payments::{BusinessAddress, RegisterBusiness};
/// use cashlink_core::time::Date;
///
/// let shop = RegisterBusiness::individual("ada@example.com", "Ada's Shop")
///     .owner_first_name("Ada")
///     .owner_birthday(Date::new(1985, 12, 10)?)
///     .webhook_url("https://example.com/hooks/cashlink");
/// let company = RegisterBusiness::company("office@example.com", "Example Ltd")
///     .address(BusinessAddress::new().street("Street").street_number("1").city("Bonn"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct RegisterBusiness<Kind> {
    email: Personal<String>,
    business_name: Personal<String>,
    business_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    password: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_first_name: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_last_name: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_street: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_street_number: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_zipcode: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_city: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_birthday: Option<Personal<Date>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payout_account: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_tax_id: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_phone_number: Option<Personal<String>>,
    #[serde(flatten)]
    address: BusinessAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<Personal<String>>,
    #[serde(skip)]
    extra: Extra,
    #[serde(skip)]
    kind: PhantomData<Kind>,
}

/// The request has to carry it.
fn exposed<S: Serializer>(password: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    password.as_ref().map(Secret::expose).serialize(serializer)
}

impl RegisterBusiness<Individual> {
    /// The business of one person. `email` is the owner's, verified by the platform and given with the owner's consent.
    pub fn individual(
        email: impl Into<Personal<String>>,
        business_name: impl Into<Personal<String>>,
    ) -> Self {
        Self::new("individual", email.into(), business_name.into())
    }
}

impl RegisterBusiness<Company> {
    /// A company. `email` is its representative's, verified by the platform and given with their consent.
    pub fn company(email: impl Into<Personal<String>>, business_name: impl Into<Personal<String>>) -> Self {
        Self::new("company", email.into(), business_name.into())
    }

    /// Where the company is; only companies have an address of their own.
    pub fn address(mut self, address: BusinessAddress) -> Self {
        self.address = address;
        self
    }
}

impl<Kind> RegisterBusiness<Kind> {
    fn new(business_type: &'static str, email: Personal<String>, business_name: Personal<String>) -> Self {
        Self {
            email,
            business_name,
            business_type,
            password: None,
            owner_first_name: None,
            owner_last_name: None,
            owner_street: None,
            owner_street_number: None,
            owner_zipcode: None,
            owner_city: None,
            owner_birthday: None,
            payout_account: None,
            business_tax_id: None,
            business_phone_number: None,
            address: BusinessAddress::new(),
            webhook_url: None,
            extra: Extra::default(),
            kind: PhantomData,
        }
    }

    fields! {
        /// The owner's password. Without it, the owner has to reset it before the first login.
        password: Secret,
        /// The owner's or representative's given name.
        owner_first_name: Personal<String>,
        /// Their family name.
        owner_last_name: Personal<String>,
        /// Their street.
        owner_street: Personal<String>,
        /// The number in it.
        owner_street_number: Personal<String>,
        /// Their postal code.
        owner_zipcode: Personal<String>,
        /// Their city.
        owner_city: Personal<String>,
        /// Their day of birth.
        owner_birthday: Personal<Date>,
        /// The IBAN that payments go to.
        payout_account: Personal<String>,
        /// The tax id.
        business_tax_id: Personal<String>,
        /// A phone number, in any of many formats.
        business_phone_number: Personal<String>,
        /// Where this business's events are sent. The answer then has the secret that signs them.
        webhook_url: Personal<String>,
    }
}

/// Where a company is.
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct BusinessAddress {
    #[serde(rename = "business_street", skip_serializing_if = "Option::is_none")]
    street: Option<Personal<String>>,
    #[serde(rename = "business_street_number", skip_serializing_if = "Option::is_none")]
    street_number: Option<Personal<String>>,
    #[serde(rename = "business_zipcode", skip_serializing_if = "Option::is_none")]
    zipcode: Option<Personal<String>>,
    #[serde(rename = "business_city", skip_serializing_if = "Option::is_none")]
    city: Option<Personal<String>>,
}

impl BusinessAddress {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The street.
        street: Personal<String>,
        /// The number in it.
        street_number: Personal<String>,
        /// The postal code.
        zipcode: Personal<String>,
        /// The city.
        city: Personal<String>,
    }
}

impl<Kind> Operation for RegisterBusiness<Kind> {
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
        Body::json_with(self, &self.extra)
    }

    fn decode(answer: &Answer<'_>) -> Result<Business, DecodeError> {
        answer.json()
    }
}

/// A registered business, and the secrets that are told only this once.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Registered")]
#[non_exhaustive]
pub struct Business {
    /// Its id: the `business` of its events.
    pub public_id: BusinessId,
    /// Its own key for payment links, to be made a [`UserKey`](crate::UserKey). Store it.
    pub api_key: Option<Secret>,
    /// The secret that signs its webhooks, where a `webhook_url` was given. Store it. An earlier edition of the
    /// documentation calls it `secret`; both names are read, and this one counts where both are there.
    pub hmac_secret: Option<Secret>,
}

/// The answer as it is written. The two names of one secret are two fields: as one, an answer with both would have it twice,
/// and be lost with all its secrets (T23).
#[derive(Deserialize)]
struct Registered {
    public_id: BusinessId,
    api_key: Option<Secret>,
    hmac_secret: Option<Secret>,
    secret: Option<Secret>,
}

impl From<Registered> for Business {
    fn from(Registered { public_id, api_key, hmac_secret, secret }: Registered) -> Self {
        Self { public_id, api_key, hmac_secret: hmac_secret.or(secret) }
    }
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
        let business = RegisterBusiness::individual("owner@example.com", "Example Shop");
        vectors::request(
            &APP_KEY,
            &business,
            &expect![[r#"
            POST https://cashlink.de/business/api/v1/register/
            accept: application/json
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-api-key: app-key

            {"email":"owner@example.com","business_name":"Example Shop","business_type":"individual"}"#]],
        );
        assert!(
            !alloc::format!("{business:?}").contains("xample"),
            "personal data stays out of debug output"
        );
    }

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let business = RegisterBusiness::company("owner@example.com", "Example Ltd")
            .password("s3cr3t")
            .owner_first_name("Ada")
            .owner_last_name("Lovelace")
            .owner_street("Dorset Street")
            .owner_street_number("1a")
            .owner_zipcode("01067")
            .owner_city("London")
            .owner_birthday(Date::new(1985, 12, 10).unwrap())
            .payout_account("DE89370400440532013000")
            .business_tax_id("DE123")
            .business_phone_number("+49 69 0")
            .address(
                BusinessAddress::new().street("Street").street_number("2").zipcode("60311").city("Frankfurt"),
            )
            .webhook_url("https://example.com/hook")
            .extra("colour", "red");
        vectors::request(
            &APP_KEY,
            &business,
            &expect![[r#"
            POST https://cashlink.de/business/api/v1/register/
            accept: application/json
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-api-key: app-key

            {"email":"owner@example.com","business_name":"Example Ltd","business_type":"company","password":"s3cr3t","owner_first_name":"Ada","owner_last_name":"Lovelace","owner_street":"Dorset Street","owner_street_number":"1a","owner_zipcode":"01067","owner_city":"London","owner_birthday":"1985-12-10","payout_account":"DE89370400440532013000","business_tax_id":"DE123","business_phone_number":"+49 69 0","business_street":"Street","business_street_number":"2","business_zipcode":"60311","business_city":"Frankfurt","webhook_url":"https://example.com/hook","colour":"red"}"#]],
        );
        let shown = alloc::format!("{business:?}");
        assert!(["Ada", "s3cr3t", "DE89", "Frankfurt"].iter().all(|text| !shown.contains(text)), "{shown}");
        assert!(business.extra("business_city", "x").body().is_err(), "no field is sent twice");
    }

    #[test]
    fn the_answers_secrets_are_read_and_not_shown() {
        let business = vectors::answer::<RegisterBusiness<Individual>>(ANSWER).unwrap();
        assert_eq!(business.public_id.as_str(), "utqztAwTcQKB");
        assert_eq!(business.api_key.as_ref().unwrap().expose(), "canary-1");
        assert_eq!(business.hmac_secret.as_ref().unwrap().expose(), "canary-2");
        assert!(!alloc::format!("{business:?}").contains("canary"));
        let older =
            vectors::answer::<RegisterBusiness<Individual>>(r#"{"public_id":"u","secret":"s"}"#).unwrap();
        assert_eq!(older.hmac_secret.unwrap().expose(), "s");
        vectors::t29_cut_everywhere::<RegisterBusiness<Individual>>(ANSWER);
    }

    #[test]
    fn the_webhook_secret_is_read_under_its_name_of_today_where_it_comes_under_both() {
        for (members, expected) in [
            (r#""hmac_secret":"new","secret":"old""#, Some("new")),
            (r#""secret":"old","hmac_secret":"new""#, Some("new")),
            (r#""secret":"both","hmac_secret":"both""#, Some("both")),
            (r#""secret":"old","hmac_secret":null"#, Some("old")),
            (r#""secret":null,"hmac_secret":"new""#, Some("new")),
            (r#""secret":null,"hmac_secret":null"#, None),
        ] {
            let answer = alloc::format!(r#"{{"public_id":"u",{members}}}"#);
            let business = vectors::answer::<RegisterBusiness<Individual>>(&answer).unwrap();
            assert_eq!(business.hmac_secret.as_ref().map(Secret::expose), expected, "{members}");
        }
        // t23: which of the two?
        let doubled = r#"{"public_id":"u","hmac_secret":"a","hmac_secret":"b"}"#;
        assert!(vectors::answer::<RegisterBusiness<Individual>>(doubled).is_err());
    }
}
