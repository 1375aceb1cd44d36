//! Webhooks: what Cashlink tells us unasked, and how we know that it was Cashlink.
//!
//! The two generations trust in opposite ways, and here neither lets an event be read that wasn't proved first:
//!
//! | | older (Payments, Platform) | newer (partner) |
//! | --- | --- | --- |
//! | proof | the body is **signed**: header `Hook-Hmac` | Cashlink **authenticates** to us: bearer token, or OAuth |
//! | checked by | [`Verifier`] | [`BearerTokens`], or [`TokenIssuer`] where we are the token server |
//! | which gives | [`Verified`], the only door to an [`Event`] | [`Authenticated`], the only door to a [`Notice`] |
//! | time-out, retries | 2 seconds, never retried (seed) | retried until a 2xx (seed) |
//! | the same delivery again | the same [`DeliveryId`] | an equal [`StatusChanged`] |
//! | late, out of order | each event is one payment | [`StatusChanged::supersedes`] |
//! | method | POST (seed) | POST, by inference: it is not documented |
//!
//! The vendor calls verification of the older signature optional. Here it is not: an event that anybody could have written
//! is no reason to ship goods.
//!
//! # Within two seconds
//!
//! The older API waits 2 seconds for an answer and never comes again, so the answer must not wait for the work: **verify,
//! record, answer 200, and work later**. Recording is one insert into your own database, under the [`DeliveryId`], so that a
//! delivery that comes twice is one row; once that is committed, the answer can go out. What the event sets in motion is
//! done from the row, as often as it takes.
//!
//! ```
//! use cashlink_core::http::{HeaderMap, StatusCode};
//! use cashlink_core::webhook::{Content, Verifier};
//!
//! fn receive(verifier: &Verifier, headers: &HeaderMap, body: &[u8]) -> StatusCode {
//!     let Ok(verified) = verifier.verify(headers, body) else { return StatusCode::UNAUTHORIZED };
//!     match verified.event() {
//!         Ok(event) if matches!(event.content, Content::Paid(_)) => { /* record it */ }
//!         // An event that is new to us, or another form of one: its bytes are good, and kept for a person to read.
//!         _ => { /* record verified.body() */ }
//!     }
//!     StatusCode::OK
//! }
//! ```

pub mod kept;

mod bearer;
#[cfg(test)]
mod bearer_tests;
#[cfg(test)]
mod business_tests;
#[cfg(test)]
mod calculations;
mod event;
#[cfg(test)]
mod event_tests;
mod notice;
mod paid;
mod signature;
mod signer;
#[cfg(test)]
mod tests;
mod token_issuer;

#[cfg(test)]
use calculations::calculations;

pub use bearer::{BearerTokens, Unauthorized};
pub use event::{Content, Event};
pub use notice::{Authenticated, Notice, StatusChanged};
pub use paid::{LinkType, Paid, PaidLink, Payer, Payment, PaymentId};
pub use signature::{DeliveryId, Refused, Verified, Verifier, WebhookSecret, verify_for_business};
pub use signer::Signer;
pub use token_issuer::{TokenIssuer, TokenKey};
