//! `cashlink.paid`: a payment link was paid.

use alloc::borrow::Cow;

use serde::{Deserialize, Deserializer};

use crate::answer::DecodeError;
use crate::borrowed;
use crate::json::Named;
use crate::money::{Currency, Money};
use crate::open_enum::open_enum;
use crate::payments::{CashlinkId, Mode};
use crate::time::Timestamp;
use crate::{Id, Personal};

/// The id of a payment.
pub type PaymentId = Id<Payment>;

/// Names the ids of payments.
#[derive(Debug)]
pub enum Payment {}

open_enum! {
    /// What a paid link is for.
    pub enum LinkType {
        /// Payable once.
        Invoice = "invoice",
        /// Payable many times.
        Product = "product",
        /// A recurring payment of one customer.
        Subscription = "subscription",
    }
}

/// A payment of a payment link.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Paid<'a> {
    /// Whether it was paid in test mode, from the test IBAN, so that no money moved. Compare it with what you expect of
    /// your key: [`disagrees_with`](Self::disagrees_with).
    pub is_test: bool,
    /// The id of the payment: a link can be paid many times.
    pub public_id: PaymentId,
    /// The link that was paid.
    pub cashlink: PaidLink<'a>,
    /// Who paid, where the link asked for it (public documentation of 2018).
    pub payer: Option<Payer<'a>>,
    /// Whether it is the first payment of a subscription (public documentation of 2018).
    pub recurring_initial: Option<bool>,
}

/// The link that a payment belongs to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PaidLink<'a> {
    /// What it is for.
    pub kind: LinkType,
    /// Its id, as [`CreateCashlink`](crate::payments::CreateCashlink) answered it.
    pub public_id: CashlinkId,
    /// What the payer read.
    pub subject: Personal<Cow<'a, str>>,
    /// What was paid: `amount` and `amount_currency` of the event.
    pub amount: Money,
    /// When a subscription is charged next (public documentation of 2018). Like all timestamps of this API it has no
    /// offset.
    pub next_charge: Option<Timestamp>,
}

/// Who paid. Only what the link asked for is there.
///
/// The documentation of 2018 names these fields, but not their types: text is given as text, and anything else (an address
/// might be an object) as its JSON.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Payer<'a> {
    /// Given name.
    pub first_name: Option<Personal<Cow<'a, str>>>,
    /// Family name.
    pub last_name: Option<Personal<Cow<'a, str>>>,
    /// Email address.
    pub email: Option<Personal<Cow<'a, str>>>,
    /// Phone number.
    pub phone_number: Option<Personal<Cow<'a, str>>>,
    /// Postal address.
    pub address: Option<Personal<Cow<'a, str>>>,
    /// What was entered into the link's custom field.
    pub freetext: Option<Personal<Cow<'a, str>>>,
}

/// The payer as it is written. Not the public type itself: that would be a second door to an event (T53).
#[derive(Deserialize)]
struct PayerFields<'a> {
    #[serde(borrow, default, deserialize_with = "personal")]
    first_name: Option<Personal<Cow<'a, str>>>,
    #[serde(borrow, default, deserialize_with = "personal")]
    last_name: Option<Personal<Cow<'a, str>>>,
    #[serde(borrow, default, deserialize_with = "personal")]
    email: Option<Personal<Cow<'a, str>>>,
    #[serde(borrow, default, deserialize_with = "personal")]
    phone_number: Option<Personal<Cow<'a, str>>>,
    #[serde(borrow, default, deserialize_with = "personal")]
    address: Option<Personal<Cow<'a, str>>>,
    #[serde(borrow, default, deserialize_with = "personal")]
    freetext: Option<Personal<Cow<'a, str>>>,
}

impl<'a> From<PayerFields<'a>> for Payer<'a> {
    fn from(fields: PayerFields<'a>) -> Self {
        let PayerFields { first_name, last_name, email, phone_number, address, freetext } = fields;
        Self { first_name, last_name, email, phone_number, address, freetext }
    }
}

/// The `data` of the event.
#[derive(Deserialize)]
pub(super) struct Fields<'a> {
    is_test: bool,
    public_id: PaymentId,
    #[serde(borrow)]
    cashlink: Named<LinkFields<'a>>,
    #[serde(borrow)]
    payer: Option<Named<PayerFields<'a>>>,
    recurring_initial: Option<bool>,
}

#[derive(Deserialize)]
struct LinkFields<'a> {
    #[serde(rename = "type")]
    kind: LinkType,
    public_id: CashlinkId,
    #[serde(borrow, deserialize_with = "borrowed::text")]
    subject: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "borrowed::plain")]
    amount: Cow<'a, str>,
    amount_currency: Currency,
    next_charge: Option<Timestamp>,
}

fn personal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Personal<Cow<'de, str>>>, D::Error> {
    borrowed::text_or_json(deserializer).map(|text| text.map(Personal::new))
}

impl<'a> Fields<'a> {
    /// What was paid, of which the currency may stand behind the amount.
    pub(super) fn amount(&self) -> Result<Money, DecodeError> {
        let Named(link) = &self.cashlink;
        Money::from_decimal(&link.amount, link.amount_currency.clone())
            .map_err(|_| DecodeError::new("data.cashlink.amount", "must be a decimal number as text"))
    }

    // Inlined, it is written where it ends up: half a kilobyte isn't copied.
    #[inline]
    pub(super) fn paid(self, amount: Money) -> Paid<'a> {
        let Named(link) = self.cashlink;
        Paid {
            is_test: self.is_test,
            public_id: self.public_id,
            cashlink: PaidLink {
                kind: link.kind,
                public_id: link.public_id,
                subject: Personal::new(link.subject),
                amount,
                next_charge: link.next_charge,
            },
            payer: self.payer.map(|Named(payer)| payer.into()),
            recurring_initial: self.recurring_initial,
        }
    }
}

impl Paid<'_> {
    /// Whether the event is a test's though the key is declared to be in production, or the other way round. Cashlink can
    /// switch a key without telling the program, and a test payment is one that nobody paid: don't ship on it.
    ///
    /// ```
    /// use cashlink_core::payments::Mode;
    /// # use cashlink_core::Secret;
    /// # use cashlink_core::webhook::{Content, Signer, Verifier, WebhookSecret};
    /// # let secret = WebhookSecret::new(&Secret::new("s"))?;
    /// # let body = br#"{"event":"cashlink.paid","timestamp":"2017-10-09T13:11:03.661620","business":"utqztAwTcQKB","data":{"is_test":true,"public_id":"wxnfqAVVPWwZ","cashlink":{"type":"invoice","public_id":"VX0GK5cvM1dO","subject":"Invoice no. 12345","amount":"12.34","amount_currency":"EUR"}}}"#;
    /// # let headers = Signer::new(secret.clone()).headers(body);
    /// # let verified = Verifier::new(secret).verify(&headers, body)?;
    /// let event = verified.event()?;
    /// if let Content::Paid(paid) = &event.content {
    ///     assert!(paid.disagrees_with(Mode::Production)); // our key is live, and this is a test's
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn disagrees_with(&self, mode: Mode) -> bool {
        self.is_test != (mode == Mode::Test)
    }
}
