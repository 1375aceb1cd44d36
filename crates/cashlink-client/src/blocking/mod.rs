//! The blocking world: calls that return when they are over.

mod body;
mod client;
mod pages;

pub use body::{Outbound, Source};
pub use client::Client;
pub use pages::{Items, Pages};

use std::time::Duration;

use bytes::Bytes;
use cashlink_core::{Failure, Now};
use http::{Request, Response};

use crate::Limits;

/// This world, for what is said once for both.
#[derive(Clone, Debug)]
pub enum Blocking {}

/// Sends one request and reports what came back: what an HTTP stack has to offer.
///
/// The rules that every transport keeps: it follows no redirect and repeats nothing on its own; it sends the headers as
/// they are and adds only what HTTP needs (`Host`, `Content-Length`, connection headers), no `Accept-Encoding` above
/// all; it returns every status as an answer; it keeps the [`Limits`]; and it says *not sent* only where that is
/// certain.
pub trait Transport: Send + Sync {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// A [`Failure`] when no whole answer came.
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure>;
}

/// Tells the time and sleeps.
pub trait Timer: Send + Sync {
    /// The present moment.
    fn now(&self) -> Now;

    /// Returns after `duration`.
    fn sleep(&self, duration: Duration);
}

/// The system's clocks and the thread's own sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemTimer;

impl Timer for SystemTimer {
    fn now(&self) -> Now {
        crate::system_now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the timer that sleeps")]
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        (**self).send(request, limits)
    }
}

impl<T: Timer + ?Sized> Timer for std::sync::Arc<T> {
    fn now(&self) -> Now {
        (**self).now()
    }

    fn sleep(&self, duration: Duration) {
        (**self).sleep(duration);
    }
}
