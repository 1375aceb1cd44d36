//! The cases that every transport under [`cashlink_client`] must pass, over real sockets on loopback: for those who write
//! an adapter for an HTTP client.
//!
//! A transport is where a library for money can be betrayed without noticing: an HTTP client that follows a redirect with
//! the API key, sends a POST again by itself, or says *not sent* of a request that left, does what no core above it can
//! mend. So each [`Case`] is a server that misbehaves in one way, written with raw sockets, and what must come of it above;
//! what is looked at is what the [`Error`](cashlink_client::core::Error) or the reply says, and what really reached the
//! server.
//!
//! Say what is to be tried, by [`blocking::Adapter`] or [`asynchronous::Adapter`], and run it in a test:
//!
//! ```
//! use cashlink_conformance::client::blocking::{Outbound, Transport};
//! use cashlink_conformance::client::core::{Failure, bytes::Bytes, http};
//! use cashlink_conformance::client::Limits;
//! use cashlink_conformance::{Declared, Verdict, blocking};
//!
//! /// A transport of yours. This one sends nothing at all, and at least says so.
//! struct Nowhere;
//!
//! impl Transport for Nowhere {
//!     fn send(&self, _: http::Request<Outbound>, _: Limits) -> Result<http::Response<Bytes>, Failure> {
//!         Err(Failure::not_sent("there is no way out"))
//!     }
//! }
//!
//! struct Adapter;
//!
//! impl blocking::Adapter for Adapter {
//!     type Transport = Nowhere;
//!
//!     fn name(&self) -> &str {
//!         "nowhere"
//!     }
//!
//!     fn transport(&self) -> Nowhere {
//!         Nowhere
//!     }
//!
//!     fn declared(&self) -> Vec<Declared> {
//!         vec![Declared::case("http2-*").because("it speaks no HTTP at all")]
//!     }
//! }
//!
//! let report = blocking::run(&Adapter);
//! println!("{report}"); // a table
//! assert!(!report.is_conformant());
//!
//! // It does well where nobody listens.
//! let [refused, ..] = report.outcomes() else { panic!("there are cases") };
//! assert_eq!((refused.case.name(), &refused.verdict), ("connection-refused", &Verdict::Passed));
//! ```
//!
//! A case that the client can't pass is [`Declared`] with the reason. It is played all the same, and listed; a declaration
//! that isn't needed, or whose case doesn't exist, is a failure. So nothing is skipped silently.
//!
//! What the suite needs of a machine: loopback by IPv4, and for `connect-timeout` a system that doesn't answer while a
//! listener's queue is full, as Linux does. No case sleeps: a call's waits are skipped by a clock of the suite's own, and
//! time-outs are tried with limits of at most 200 ms. A transport that never gives up is left by the server after two
//! seconds.
#![forbid(unsafe_code)]

pub mod asynchronous;
pub mod blocking;
mod case;
mod cases;
mod clock;
mod payload;
mod report;
mod scene;
mod server;

pub use case::Case;
use case::Finding;
pub use cashlink_client as client;
pub use report::{Declared, Outcome, Report, Verdict};
