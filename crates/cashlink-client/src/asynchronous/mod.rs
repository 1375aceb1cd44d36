//! The async world: calls that are futures, on any runtime or none.

mod body;
mod client;
mod exchange;
mod pages;

pub use body::{Outbound, Source};
pub use client::Client;
pub use exchange::Exchange;
pub use pages::{Items, Pages};

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cashlink_core::{Failure, Now};
use http::{Request, Response};

pub use crate::outbound::ReadPayload;

use crate::Limits;

/// This world, for what is said once for both.
#[derive(Clone, Debug)]
pub enum Async {}

/// Sends one request and reports what came back: what an HTTP stack has to offer.
///
/// The rules are those of the [blocking one](crate::blocking::Transport). A future that is dropped gives its request up.
pub trait Transport: Send + Sync {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// A [`Failure`] when no whole answer came.
    fn send(
        &self,
        request: Request<Outbound>,
        limits: Limits,
    ) -> impl Future<Output = Result<Response<Bytes>, Failure>> + Send;
}

/// Tells the time and sleeps.
pub trait Timer: Send + Sync {
    /// The present moment; [`system_now`](crate::system_now) reads the system's clocks.
    fn now(&self) -> Now;

    /// Is ready after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

impl<T: Transport> Transport for Arc<T> {
    async fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        (**self).send(request, limits).await
    }
}

impl<T: Timer> Timer for Arc<T> {
    fn now(&self) -> Now {
        (**self).now()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}
