//! The protocol core of a client for the [Cashlink](https://cashlink.de) partner APIs: it decides everything and touches
//! nothing.
//!
//! It builds [`http::Request`] values and reads [`http::Response`] values. Is a token needed? May this be repeated, and
//! when? Is there another page? Did it happen? All of that is decided here; sending, waiting, reading clocks and drawing
//! random bytes are left to whoever drives it. The same core therefore runs under any HTTP stack, blocking or async, and
//! under none at all, in tests. `cashlink-client` has the two loops, `cashlink-ureq` and its siblings carry them over
//! HTTP stacks; this crate is for those who write another one, or want to know.
//!
//! ```
//! use cashlink_core::partner::{NaturalPerson, Partner, scope, distributor::CreateInvestor};
//! use cashlink_core::{Bearer, Client, Grant, IdempotencyKey, Now, Secret, Step};
//! use core::time::Duration;
//!
//! let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?.scopes([scope::INVESTORS_WRITE]);
//! let client = Client::new(Partner::demo(), bearer);
//!
//! // The operation is a value, and its key is part of it: store both before the call.
//! let key = IdempotencyKey::new("investor-17")?;
//! let create = CreateInvestor::natural_person(key, NaturalPerson::new().forename("Ada"), true);
//!
//! // Time and entropy come in as values; each step says what has to be done in the world.
//! let now = Now::new(1_605_700_800, Duration::ZERO);
//! let Step::Authorize(need) = client.start(&create, now, [0; 16]) else { panic!("a token is needed first") };
//! let token = Grant::new(Secret::new("t0k3n"))?.token(); // need.request(now) is the flow that obtains one
//! let Step::Send(outgoing) = need.with(token, now) else { panic!("now the request goes out") };
//! let (request, pending) = outgoing.into_parts();
//! assert_eq!(request.uri(), "https://demo.cashlink.de/api/external/distributor/v2/investors/");
//! assert_eq!(request.headers()["x-idempotency-key"], "investor-17");
//!
//! // Any HTTP stack sends it; its answer goes back in.
//! let answer = http::Response::builder().status(201).body(r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#)?;
//! let Step::Done(result) = pending.respond(now, answer) else { panic!("nothing is left to do") };
//! assert_eq!(result?.value.id.as_str(), "3fa85f64-5717-4562-b3fc-2c963f66afa6");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # The map
//!
//! Read in the order in which the data goes:
//!
//! 1. [`Operation`]: one API operation, how to write it and how to read it. [`payments`] and [`partner`] are full of them,
//!    [`Raw`] is one for everything else; a [`body`] is what they carry.
//! 2. [`Call`]: an operation encoded, with the bytes of every attempt fixed.
//! 3. [`Client`]: where calls go, who sends them ([`UserKey`], [`AppKey`], [`Bearer`]), and how patiently ([`Policy`]).
//! 4. [`Step`]: where a call stands, and its only way on; the retry table is behind it. [`flow`] has the tokens.
//! 5. [`Reply`] or [`Error`]: the value and its answer, or everything that is known of the failure, [`ErrorMap`] and
//!    [`Certainty`] above all.
//! 6. [`page`], [`task`], [`money`] and [`time`]: what the values are made of.
//!
//! The other way, from Cashlink to you, is [`webhook`].
//!
//! # Features
//!
//! None is on by default. `tracing` makes [`observe::Span`] a span of that crate, and shows none of its types. Each of the others is
//! the conversion to and from one other crate's types, exact or refused; [`interop`] says more.
//!
//! | feature | types |
//! | --- | --- |
//! | `jiff02`, `time03`, `chrono04` | moments and days of `jiff` 0.2, `time` 0.3, `chrono` 0.4 |
//! | `rust_decimal1`, `bigdecimal04` | amounts as decimals of `rust_decimal` 1, `bigdecimal` 0.4 |
//!
//! # What holds everywhere
//!
//! Nothing panics, whatever comes in. Secrets and personal data are types ([`Secret`], [`Personal`]) that no debug output
//! shows, and no error carries a server's text unasked. Numbers never become floats. What the API doesn't document is
//! optional, open or overridable, and says so.
//!
//! In these pages, T1 to T63 are rows of the repository's `THREAT_MODEL.md`: what can go wrong, and which test shows that it doesn't.
//! A *seed* is one of the two vendor documents that it all began with, in `docs/protocol/seeds`.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects,
        clippy::float_arithmetic,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod answer;
mod api;
pub mod body;
mod borrowed;
mod budget;
mod call;
mod client;
mod credential;
mod curl;
mod encoded;
mod endpoint;
mod error;
pub mod error_map;
mod failure;
mod fields;
pub mod flow;
mod id;
mod idempotency;
pub mod intent;
pub mod interop;
mod invalid;
mod json;
mod mode;
#[allow(
    clippy::arithmetic_side_effects,
    reason = "amounts and scales are bounded by their types; held against big integers"
)]
pub mod money;
pub mod observe;
mod open_enum;
mod operation;
pub mod page;
pub mod partner;
pub mod payments;
mod policy;
mod raw;
mod reply;
mod secret;
mod settings;
mod target;
pub mod task;
mod text;
#[allow(
    clippy::arithmetic_side_effects,
    reason = "years, days and digits are bounded by their types; held against an oracle"
)]
pub mod time;
#[cfg(test)]
mod vectors;
mod version;
pub mod webhook;

pub use api::Api;
pub use call::Call;
pub use client::{Client, ClientBuilder};
pub use credential::{AppKey, Bearer, Credential, Scope, UserKey};
pub use curl::Curl;
pub use endpoint::{Endpoint, LinkCheck};
pub use error::{Error, ErrorKind, GaveUp};
pub use error_map::ErrorMap;
pub use failure::Failure;
pub use flow::{
    Certainty, Delay, Grant, NeedToken, Outgoing, Pending, Prior, Step, Timeouts, Token, TokenId,
};
pub use id::Id;
pub use idempotency::IdempotencyKey;
pub use invalid::InvalidValue;
pub use money::Money;
pub use operation::{Effect, Honoured, Operation};
pub use policy::{Policy, RetryBudget};
pub use raw::Raw;
pub use reply::{Meta, Reply};
pub use secret::{Personal, Secret};
pub use target::{Path, Query};
pub use time::Now;
pub use version::ApiVersion;

/// The crates whose types stand in this one's signatures.
pub use {bytes, http, uuid};
