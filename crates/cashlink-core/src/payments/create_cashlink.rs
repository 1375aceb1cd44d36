//! `POST cashlink`: create a payment link.

use alloc::string::{String, ToString};
use core::fmt;

use http::Method;
use serde::{Deserialize, Serialize, Serializer};

use super::AllocationSignature;
use crate::answer::{Answer, DecodeError};
use crate::body::{Body, Extra};
use crate::fields::extra;
use crate::money::{Currency, Money};
use crate::open_enum::open_enum;
use crate::{ApiVersion, Effect, Id, InvalidValue, Operation, Path, Personal, Secret, UserKey};

/// The id of a payment link.
pub type CashlinkId = Id<Cashlink>;

/// What a payment link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CashlinkType {
    /// Payable once.
    Invoice,
    /// Payable many times. Always asks for name and email.
    Product,
    /// Starts a recurring payment per customer. Always asks for name and email.
    Subscription(SubscriptionPlan),
}

open_enum! {
    /// How often a subscription is charged. Other plans exist on request.
    pub enum SubscriptionPlan {
        /// On the day of sign-up, and then monthly on that day; after a 28th on the 28th.
        Monthly = "monthly",
    }
}

open_enum! {
    /// The form of the payer's custom field.
    pub enum FreetextType {
        /// One line.
        Short = "short",
        /// Many lines.
        Long = "long",
    }
}

/// Creates a payment link.
///
/// The older API has no idempotency keys, so this is sent [`Once`](Effect::Once): after a lost answer nobody but the
/// caller can tell whether the link exists.
///
/// Which constructor is which version: 2018-01-15 asks for the link's type, 2017-10-01 doesn't (but takes it). The
/// version is fixed with it and goes out as `X-Api-Version` (seed, *Changelog*).
///
/// ```
/// use cashlink_core::payments::{CashlinkType, CreateCashlink, SubscriptionPlan};
///
/// let amount = "EUR 12.34".parse()?;
/// let invoice = CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, "Invoice no. 12345").require_email(true);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateCashlink {
    version: ApiVersion,
    amount: Money,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    amount: String,
    subject: Personal<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_plan: Option<SubscriptionPlan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_name: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_address: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_phone_number: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freetext_field_type: Option<FreetextType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freetext_field_label: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freetext_field_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    public_id: Option<Secret>,
}

/// Who has the signature can take the id.
fn exposed<S: Serializer>(signature: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    signature.as_ref().map(Secret::expose).serialize(serializer)
}

impl CreateCashlink {
    /// A payment link of version 2018-01-15, which needs its type.
    pub fn v2018_01_15(kind: CashlinkType, amount: Money, subject: impl Into<String>) -> Self {
        Self::new(ApiVersion::V2018_01_15, amount, subject.into()).of_type(kind)
    }

    /// A payment link of version 2017-10-01. The type may be sent already: [`CreateCashlink::of_type`].
    pub fn v2017_10_01(amount: Money, subject: impl Into<String>) -> Self {
        Self::new(ApiVersion::V2017_10_01, amount, subject.into())
    }

    fn new(version: ApiVersion, amount: Money, subject: String) -> Self {
        let fields = Fields {
            kind: None,
            amount: String::new(),
            subject: Personal::new(subject),
            subscription_plan: None,
            require_name: None,
            require_email: None,
            require_address: None,
            require_phone_number: None,
            freetext_field_type: None,
            freetext_field_label: None,
            freetext_field_required: None,
            public_id: None,
        };
        Self { version, amount, fields, extra: Extra::default() }
    }

    /// The link's type.
    pub fn of_type(mut self, kind: CashlinkType) -> Self {
        (self.fields.kind, self.fields.subscription_plan) = match kind {
            CashlinkType::Invoice => (Some("invoice"), None),
            CashlinkType::Product => (Some("product"), None),
            CashlinkType::Subscription(plan) => (Some("subscription"), Some(plan)),
        };
        self
    }

    /// Whether the payer has to give a name. No effect where the type asks for it anyway; so for all four.
    pub fn require_name(mut self, required: bool) -> Self {
        self.fields.require_name = Some(required);
        self
    }

    /// Whether the payer has to give an email address.
    pub fn require_email(mut self, required: bool) -> Self {
        self.fields.require_email = Some(required);
        self
    }

    /// Whether the payer has to give a postal address.
    pub fn require_address(mut self, required: bool) -> Self {
        self.fields.require_address = Some(required);
        self
    }

    /// Whether the payer has to give a phone number.
    pub fn require_phone_number(mut self, required: bool) -> Self {
        self.fields.require_phone_number = Some(required);
        self
    }

    /// The form of a custom field for the payer.
    pub fn freetext_field_type(mut self, form: FreetextType) -> Self {
        self.fields.freetext_field_type = Some(form);
        self
    }

    /// The custom field's label.
    pub fn freetext_field_label(mut self, label: impl Into<String>) -> Self {
        self.fields.freetext_field_label = Some(Personal::new(label.into()));
        self
    }

    /// Whether the custom field has to be filled in.
    pub fn freetext_field_required(mut self, required: bool) -> Self {
        self.fields.freetext_field_required = Some(required);
        self
    }

    /// The signature of an allocated id ([`PublicId`](super::PublicId)): the link is created under that id.
    pub fn under_allocated_id(mut self, signature: &AllocationSignature) -> Self {
        self.fields.public_id = Some(signature.secret().clone());
        self
    }

    extra!();
}

impl Operation for CreateCashlink {
    type Output = Cashlink;
    type Credential = UserKey;
    const NAME: &'static str = "cashlinks.create";

    fn method(&self) -> Method {
        Method::POST
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Once
    }

    fn path(&self, path: &mut Path) {
        path.literal("cashlink");
    }

    fn version(&self) -> Option<ApiVersion> {
        Some(self.version)
    }

    fn body(&self) -> Result<Body, InvalidValue> {
        let fields = Fields { amount: euros(&self.amount)?, ..self.fields.clone() };
        Body::json_with(&fields, &self.extra)
    }

    fn decode(answer: &Answer<'_>) -> Result<Cashlink, DecodeError> {
        answer.json()
    }
}

/// `"12.34"`, the form of the documentation; more decimals only where the amount has them. The request has no currency
/// field, so anything but euros would silently become euros.
fn euros(amount: &Money) -> Result<String, InvalidValue> {
    if *amount.currency() != Currency::EUR {
        return Err(InvalidValue::new("amount", "must be in EUR, the only currency of the older API"));
    }
    Ok(match amount.clone().rescale(2) {
        Ok(in_cents) => in_cents.decimal().to_string(),
        Err(_) => amount.decimal().to_string(),
    })
}

/// A created payment link.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Cashlink {
    /// Its id.
    pub public_id: CashlinkId,
    /// Where the payer goes.
    pub url: Option<String>,
    /// The same for sharing in WhatsApp.
    pub whatsapp_url: Option<String>,
}

impl Cashlink {
    /// A payment link for tests: only an id; set the other fields as needed.
    #[must_use]
    pub fn fixture(public_id: CashlinkId) -> Self {
        Self { public_id, url: None, whatsapp_url: None }
    }
}

/// Without the URLs, which the server wrote (T11).
impl fmt::Debug for Cashlink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cashlink").field("public_id", &self.public_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, USER_KEY};
    use expect_test::expect;

    const ANSWER: &str = r#"{"public_id":"VX0GK5cvM1dO","url":"https://cashlink.de/business/l/VX0GK5cvM1dO","whatsapp_url":"whatsapp://send?text=https%3A%2F%2Fcashlink.de"}"#;

    fn amount() -> Money {
        "EUR 12.34".parse().unwrap()
    }

    #[test]
    fn version_2018_01_15_sends_the_type() {
        let link = CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount(), "Invoice no. 12345");
        vectors::request(
            &USER_KEY,
            &link,
            &expect![[r#"
            POST https://cashlink.de/business/api/v1/cashlink
            accept: application/json
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-api-key: user-key
            x-api-version: 2018-01-15

            {"type":"invoice","amount":"12.34","subject":"Invoice no. 12345"}"#]],
        );
    }

    #[test]
    fn version_2017_10_01_goes_without_the_type_or_with_it() {
        let link = CreateCashlink::v2017_10_01(amount(), "x");
        vectors::request(
            &USER_KEY,
            &link,
            &expect![[r#"
            POST https://cashlink.de/business/api/v1/cashlink
            accept: application/json
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-api-key: user-key
            x-api-version: 2017-10-01

            {"amount":"12.34","subject":"x"}"#]],
        );
        let typed = link.of_type(CashlinkType::Product);
        assert!(vectors::body(&typed).starts_with(r#"{"type":"product","#));
    }

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let signature = Secret::new("VX0GK5cvM1dO:PygAVDcv2hFi4RqLxK3p0vs58r8");
        let signature = AllocationSignature::new(signature).unwrap();
        let link = CreateCashlink::v2018_01_15(
            CashlinkType::Subscription(SubscriptionPlan::Monthly),
            amount(),
            "Gym",
        )
        .require_name(true)
        .require_email(true)
        .require_address(false)
        .require_phone_number(true)
        .freetext_field_type(FreetextType::Short)
        .freetext_field_label("Locker")
        .freetext_field_required(false)
        .under_allocated_id(&signature)
        .extra("colour", "red");
        expect![[r#"{"type":"subscription","amount":"12.34","subject":"Gym","subscription_plan":"monthly","require_name":true,"require_email":true,"require_address":false,"require_phone_number":true,"freetext_field_type":"short","freetext_field_label":"Locker","freetext_field_required":false,"public_id":"VX0GK5cvM1dO:PygAVDcv2hFi4RqLxK3p0vs58r8","colour":"red"}"#]].assert_eq(&vectors::body(&link));
    }

    #[test]
    fn an_amount_goes_out_in_cents_unless_it_is_finer() {
        let sent = |text: &str| vectors::body(&CreateCashlink::v2017_10_01(text.parse().unwrap(), "x"));
        assert!(sent("EUR 40,000.000").contains(r#""amount":"40000.00""#));
        assert!(sent("EUR 12").contains(r#""amount":"12.00""#));
        assert!(sent("EUR 0.125").contains(r#""amount":"0.125""#));
    }

    #[test]
    fn another_currency_than_euro_is_an_error_before_anything_is_sent() {
        let link = CreateCashlink::v2017_10_01("USD 12.34".parse().unwrap(), "x");
        let error = crate::Call::new(&link).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
        expect!["cashlinks.create: invalid request: amount: must be in EUR, the only currency of the older API; it did not happen"]
            .assert_eq(&error.to_string());
    }

    #[test]
    fn the_answer_names_the_link() {
        let link = vectors::answer::<CreateCashlink>(ANSWER).unwrap();
        assert_eq!(link.public_id.as_str(), "VX0GK5cvM1dO");
        assert_eq!(link.url.as_deref(), Some("https://cashlink.de/business/l/VX0GK5cvM1dO"));
        assert!(link.whatsapp_url.is_some());
        assert!(vectors::answer::<CreateCashlink>(r#"{"public_id":"VX0GK5cvM1dO"}"#).is_ok());
        vectors::t29_cut_everywhere::<CreateCashlink>(ANSWER);
    }
}
