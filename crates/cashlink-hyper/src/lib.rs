//! The Cashlink partner APIs over [hyper](https://docs.rs/hyper), or over any [tower](https://docs.rs/tower-service) service
//! that takes `http` requests: an async client, for tokio or any other runtime.
//!
//! ```no_run
//! # #[cfg(feature = "rustls-ring")]
//! # async fn list() -> Result<(), Box<dyn std::error::Error>> {
//! use cashlink_hyper::core::partner::{Partner, scope, distributor::ListInvestors};
//! use cashlink_hyper::core::{Bearer, Client as Protocol, Secret};
//!
//! let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?.scopes([scope::INVESTORS_READ]);
//! let client = cashlink_hyper::client(Protocol::new(Partner::demo(), bearer))?;
//! let mut investors = client.items(&ListInvestors::new())?;
//! while let Some(investor) = investors.next().await {
//!     println!("{}", investor?.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`client`](crate::client()) is hyper-util's client with TLS by rustls; the provider of its cryptography is named by a feature,
//! `rustls-ring` or `rustls-aws-lc-rs` (with both, aws-lc-rs), so that a build with two providers, or none installed, is no
//! matter. [`builder`] is what it is built from, for a connector of your own: a proxy, a CA, a Unix socket.
//!
//! [`Hyper`] carries calls over any service that takes an `http::Request<Outbound>` and yields an `http::Response` with an
//! [`http_body::Body`], whatever runtime drives it: a hyper connection, a pool, a stack of tower layers. It is given three things,
//! the service, a function that says what the service's errors mean for a request's whereabouts, and a timer, any that
//! hyper takes ([`Clock`]). Where a stack of layers takes another body, `tower`'s `map_request` turns ours into it:
//! [`Outbound`] is a body of known length, whose data is `Bytes`.
//!
//! What such a stack must not do: follow redirects, repeat requests (hyper-util's client: [`builder`] switches it off), ask for
//! compressed answers, add or drop headers. Time-outs and the size limit are this crate's.
//!
//! What remains hyper's: a server that sends interim answers (1xx) without end is read without a pause as long as bytes are there, so that
//! a time-out is noticed late, by seconds where it was tried; the size limit doesn't count them.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tokio")]
mod ready;

pub use cashlink_client::asynchronous::{Items, Outbound, Pages, ReadPayload, Source, Timer, Transport};
pub use cashlink_client::{Limits, Progress, Trace, core, random_key, random_seed};
pub use hyper;
#[cfg(feature = "tokio")]
pub use hyper_util;
#[cfg(feature = "tokio")]
pub use ready::{Client, ClientOver, Pooled, TokioTimer, builder, client_over, failure};
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
pub use ready::{Https, NoClient, client, connector};

use std::fmt;
use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::asynchronous::Exchange;
use cashlink_client::core::{Failure, Now};
use http::{Request, Response};
use tower_service::Service;

/// A service as a [`Transport`].
#[derive(Clone)]
pub struct Hyper<S, F, W> {
    service: S,
    failure: F,
    timer: W,
}

impl<S, F, W> Hyper<S, F, W> {
    /// Carries calls over this service, of which each call takes a clone. `failure` is told of the service's errors, before an
    /// answer began: [`Failure::not_sent`] only where that is certain, and in words that repeat nothing of the request.
    pub const fn new(service: S, failure: F, timer: W) -> Self {
        Self { service, failure, timer }
    }
}

impl<S, F, W, B> Transport for Hyper<S, F, W>
where
    S: Service<Request<Outbound>, Response = Response<B>, Error: Send, Future: Send> + Clone + Send + Sync,
    F: Fn(&S::Error) -> Failure + Send + Sync,
    W: Timer,
    B: http_body::Body<Data: Send, Error: Send> + Send,
{
    async fn send(&self, mut request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let exchange = Exchange::new(&self.timer, limits, &mut request);
        let mut service = self.service.clone();
        let sending = async move {
            // A service that takes no request has sent none.
            let ready = poll_fn(|context| service.poll_ready(context)).await;
            ready.map_err(|error| Failure::not_sent((self.failure)(&error).reason().to_owned()))?;
            service.call(request).await.map_err(|error| (self.failure)(&error))
        };
        exchange.run(std::pin::pin!(sending), |failure| failure).await
    }
}

impl<S, F, W> fmt::Debug for Hyper<S, F, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hyper").finish_non_exhaustive()
    }
}

/// The system's clocks, and the sleep of a timer that hyper takes: every runtime has one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock<T>(pub T);

impl<T: hyper::rt::Timer + Send + Sync> Timer for Clock<T> {
    fn now(&self) -> Now {
        cashlink_client::system_now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.0.sleep(duration)
    }
}
