//! The loops that drive [`cashlink_core`], once for each world: [`blocking`] and [`asynchronous`]. Typed calls, one token
//! for all callers, uploads that stream, pages and items as iterators and streams.
//!
//! This crate names no HTTP client and no runtime. A `Transport` sends one request and reports an answer or a
//! [`Failure`](cashlink_core::Failure), a `Timer` tells the time and sleeps; both traits exist once per world, and the
//! adapters (`cashlink-ureq` and its siblings) are a `Transport` and a constructor each. Everything that is decided is
//! decided in the core.
//!
//! ```
//! use cashlink_client::blocking::{Client, Outbound, Transport};
//! use cashlink_client::core::partner::{Partner, distributor::GetInvestor};
//! use cashlink_client::core::{Bearer, Client as Protocol, Failure, Secret, bytes::Bytes, http};
//! use cashlink_client::Limits;
//!
//! /// A stack that answers from memory; a real one sends the request somewhere.
//! struct Canned;
//!
//! impl Transport for Canned {
//!     fn send(&self, request: http::Request<Outbound>, _: Limits) -> Result<http::Response<Bytes>, Failure> {
//!         Ok(http::Response::new(match request.uri().path() {
//!             "/api/external/oauth/token" => Bytes::from(r#"{"access_token":"t0k3n"}"#),
//!             _ => Bytes::from(r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#),
//!         }))
//!     }
//! }
//!
//! let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?;
//! let client = Client::new(Protocol::new(Partner::demo(), bearer), Canned);
//! let investor = client.call(&GetInvestor::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?))?;
//! assert_eq!(investor.meta.attempts(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What can be observed
//! An [`Observer`](cashlink_core::observe::Observer) hears what happens to every flow, for metrics:
//! [`ClientBuilder::observer`](cashlink_core::ClientBuilder::observer) takes one, for both worlds.
//!
//! With the feature `tracing`, which the adapters pass on, there is one [`Span`](cashlink_core::observe::Span) `cashlink.flow` per
//! call and one `cashlink.attempt` below it per request, with fields by OpenTelemetry's semantic conventions; the call that obtains
//! a token is a flow below the one that waits for it. They hold names, numbers and the idempotency key, and never a header, a body,
//! a path or a query. They are at level `INFO` and have the target `cashlink`, and there are no events beside them: a subscriber
//! that prints has to be told to say when spans close. What the HTTP stack says on its own stands inside of the attempt's span, and
//! is the stack's: see each adapter about its logs.
#![forbid(unsafe_code)]

pub mod asynchronous;
pub mod blocking;
mod client;
mod clock;
mod entropy;
mod outbound;
mod pages;
mod tokens;

pub use cashlink_core as core;
pub use cashlink_core::body::{Progress, Trace};
pub use cashlink_core::flow::Limits;
pub use clock::system_now;
pub use entropy::{random_key, random_seed};
