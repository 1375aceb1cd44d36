//! What happens, and what is told of it.

use super::moment::{a_month_later, utc, without_offset};
use crate::store::Object;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// The way of an order, as the vendor's table has it.
pub(crate) const ORDER: [&str; 6] =
    ["KYC_PENDING", "REVIEW_PENDING", "WAITING_FOR_ACCEPTANCE", "ACCEPTED", "PAID", "DELIVERED"];

/// Where an order ends otherwise. The vendor's table may have more.
const OTHER_ENDS: [&str; 5] =
    ["KYC_INSUFFICIENT", "ABORTION", "REJECTION", "CANCELLATION", "PAYMENT_MISSING"];

/// Whether the vendor's table has this status of an investment.
pub(crate) fn is_documented(status: &str) -> bool {
    ORDER.contains(&status) || OTHER_ENDS.contains(&status)
}

/// In test mode nobody else can pay (public documentation of 2018).
const TEST_IBAN: &str = "DE89370400440532013000";

/// Who pays a payment link. What the link doesn't ask for is not told.
#[derive(Clone)]
#[non_exhaustive]
pub struct Payer {
    /// Whose account pays. In test mode only `DE89370400440532013000` can.
    pub iban: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Email address.
    pub email: String,
    /// Phone number.
    pub phone_number: String,
    /// Postal address.
    pub address: String,
    /// What is entered into the custom field.
    pub freetext: String,
    /// Of a subscription: when it says that it goes on, as in `2023-12-14T22:13:20.000000`. `None`: a month from now.
    pub next_charge: Option<String>,
    /// Of a subscription: whether it says that this is the first payment. `None`: if it is.
    pub recurring_initial: Option<bool>,
}

/// The vendor's test payer: the IBAN that pays in test mode.
impl Default for Payer {
    fn default() -> Self {
        Self {
            iban: TEST_IBAN.to_owned(),
            first_name: "Erika".to_owned(),
            last_name: "Mustermann".to_owned(),
            email: "erika@example.com".to_owned(),
            phone_number: "+49 69 0".to_owned(),
            address: "Hauptstr. 1, 60311 Frankfurt".to_owned(),
            freetext: "none".to_owned(),
            next_charge: None,
            recurring_initial: None,
        }
    }
}

/// Without the person (T12).
impl fmt::Debug for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payer(…)")
    }
}

/// Why a link was not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotPaid {
    /// There is no link of this id.
    NoSuchLink,
    /// An invoice is payable once.
    AlreadyPaid,
    /// In test mode only the test IBAN can pay.
    NotTheTestIban,
}

impl fmt::Display for NotPaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchLink => "there is no payment link of this id",
            Self::AlreadyPaid => "an invoice is payable once, and this one is paid",
            Self::NotTheTestIban => "in test mode only the IBAN DE89370400440532013000 can pay",
        })
    }
}

impl std::error::Error for NotPaid {}

/// Why an investment has no other status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAdvanced {
    /// There is no investment of this id.
    NoSuchInvestment,
    /// It has this status, after which the vendor's table has none: it has to be named.
    NoNextStatus(String),
}

impl fmt::Display for NotAdvanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchInvestment => f.write_str("there is no investment of this id"),
            Self::NoNextStatus(status) => write!(f, "there is no next status after \"{status}\""),
        }
    }
}

impl std::error::Error for NotAdvanced {}

/// What is known of a payment.
pub(crate) struct Payment<'a> {
    pub(crate) id: &'a str,
    pub(crate) business: &'a str,
    pub(crate) link: &'a Object,
    pub(crate) is_test: bool,
    /// How often the link was paid before.
    pub(crate) before: usize,
}

/// The `cashlink.paid` of a payment, or why there is none.
pub(crate) fn paid(now: Duration, payer: &Payer, payment: &Payment<'_>) -> Result<Value, NotPaid> {
    let link = payment.link.json();
    let kind = link["type"].as_str().unwrap_or("invoice");
    if payment.is_test && payer.iban != TEST_IBAN {
        return Err(NotPaid::NotTheTestIban);
    }
    if kind == "invoice" && payment.before > 0 {
        return Err(NotPaid::AlreadyPaid);
    }
    let mut cashlink = json!({
        "type": kind,
        "public_id": payment.link.id(),
        "subject": link["subject"],
        "amount": link["amount"],
        "amount_currency": "EUR",
    });
    let mut data = json!({ "is_test": payment.is_test, "public_id": payment.id });
    if kind == "subscription" {
        cashlink["next_charge"] = payer.next_charge.clone().unwrap_or_else(|| a_month_later(now)).into();
        data["recurring_initial"] = payer.recurring_initial.unwrap_or(payment.before == 0).into();
    }
    data["cashlink"] = cashlink;
    let person = person(payer, &link, kind);
    if person != json!({}) {
        data["payer"] = person;
    }
    Ok(json!({
        "event": "cashlink.paid",
        "timestamp": without_offset(now),
        "business": payment.business,
        "data": data,
    }))
}

/// What the link asks for: product and subscription ask for name and email in any case.
fn person(payer: &Payer, link: &Value, kind: &str) -> Value {
    let asks = |field: &str| link[field] == true;
    let always = kind != "invoice";
    let mut person = json!({});
    if always || asks("require_name") {
        person["first_name"] = (*payer.first_name).into();
        person["last_name"] = (*payer.last_name).into();
    }
    if always || asks("require_email") {
        person["email"] = (*payer.email).into();
    }
    if asks("require_phone_number") {
        person["phone_number"] = (*payer.phone_number).into();
    }
    if asks("require_address") {
        person["address"] = (*payer.address).into();
    }
    if link["freetext_field_type"].is_string() {
        person["freetext"] = (*payer.freetext).into();
    }
    person
}

/// The newer API's only documented webhook.
pub(crate) fn status_changed(now: Duration, investment: &str, status: &str) -> Value {
    json!({ "investment_id": investment, "status": status, "changed_at": utc(now) })
}
