//! The envelope of the older generation's events (seed, *Events and Webhooks*), borrowed from the body.

use alloc::borrow::Cow;
use core::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::paid::{Fields, Paid};
use crate::answer::DecodeError;
use crate::borrowed;
use crate::json::{self, Named};
use crate::payments::BusinessId;
use crate::time::Timestamp;

const PAID: &str = "cashlink.paid";

/// Something that happened to a business. [`Verified::event`](super::Verified::event) reads it, and nothing else does.
///
/// It borrows from the body. Fields and events that are new to this library are in those bytes:
/// [`data`](Self::data) reads them as whatever you expect.
#[non_exhaustive]
pub struct Event<'a> {
    /// Whose event it is: where several businesses share one URL, the one concerned (seed).
    pub business: BusinessId,
    /// When it happened: `2017-10-09T13:11:03.661620`, **without an offset**, and the documentation doesn't say which zone
    /// it means ([`Timestamp::has_offset`]).
    pub timestamp: Timestamp,
    /// What happened, where this library knows it.
    pub content: Content<'a>,
    name: Cow<'a, str>,
    body: &'a [u8],
}

/// What an event says.
#[derive(Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation per event")]
pub enum Content<'a> {
    /// `cashlink.paid`: a payment link was paid. The only event that is documented.
    Paid(Paid<'a>),
    /// An event that this library doesn't know: [`Event::name`] says which, [`Event::data`] what. Answer it with a 2xx and
    /// keep it.
    Unknown,
}

#[derive(Deserialize)]
struct Envelope<'a, D> {
    #[serde(borrow, deserialize_with = "borrowed::plain")]
    event: Cow<'a, str>,
    timestamp: Timestamp,
    business: BusinessId,
    data: D,
}

/// The part that says whose secret to try.
#[derive(Deserialize)]
struct Peek {
    business: BusinessId,
}

/// The business that an unverified body names. Nothing else of such a body is ever looked at.
pub(super) fn peek_business(body: &[u8]) -> Option<BusinessId> {
    json::read::<Peek>(body).ok().map(|peek| peek.business)
}

impl<'a> Event<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, DecodeError> {
        let text = json::utf8(body)?;
        // The documented event first, in one pass: nothing has to be kept for later, so nothing is allocated.
        match json::whole::<Envelope<'a, Named<Fields<'a>>>>(text) {
            Ok(Envelope { event, timestamp, business, data: Named(fields) }) if event == PAID => {
                let amount = fields.amount()?;
                let content = Content::Paid(fields.paid(amount));
                Ok(Self { business, timestamp, content, name: event, body })
            }
            Ok(_) => Self::unknown(text, None),
            Err(fault) => Self::unknown(text, Some(&fault)),
        }
    }

    /// Another event than the documented one, or what was wrong with that.
    #[cold]
    fn unknown(text: &'a str, fault: Option<&serde_json::Error>) -> Result<Self, DecodeError> {
        let Envelope { event, timestamp, business, data: IgnoredAny } =
            json::whole(text).map_err(|error| DecodeError::json(&error))?;
        match fault {
            Some(fault) if event == PAID => Err(DecodeError::json(fault)),
            _ => {
                let body = text.as_bytes();
                Ok(Self { business, timestamp, content: Content::Unknown, name: event, body })
            }
        }
    }

    /// The event's name, `cashlink.paid`. Server text where it isn't known.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The event's `data`, read as a type of yours: of an event that is new, or for fields that are.
    ///
    /// # Errors
    /// When there is none of that type.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let missing = DecodeError::new("data", "must be there");
        json::field(self.body, &["data"])?.ok_or(missing)
    }

    /// The event's `data` as it came, in JSON: what to keep of an event that is new.
    ///
    /// # Errors
    /// When it can't be found; never, for an event that was read.
    pub fn data_json(&self) -> Result<&'a str, DecodeError> {
        #[derive(Deserialize)]
        struct Data<'a> {
            #[serde(borrow)]
            data: &'a RawValue,
        }
        json::read::<Data<'a>>(self.body).map(|found| found.data.get())
    }
}

/// Without its name where that is the server's own (T11), and without data (T12).
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("business", &self.business)
            .field("timestamp", &self.timestamp)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}
