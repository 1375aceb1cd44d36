//! Spans where the feature `tracing` is off: nothing.

use core::future::Future;

use http::{Method, StatusCode, Uri};

use crate::{Error, Failure, IdempotencyKey};

#[derive(Clone, Debug)]
pub(super) struct Span;

impl Span {
    pub(super) fn flow(_: &str, _: Option<&IdempotencyKey>) -> Self {
        Self
    }

    pub(super) fn attempt(_: &str, _: u32, _: &Method, _: &Uri) -> Self {
        Self
    }

    pub(super) fn enter<T>(&self, act: impl FnOnce() -> T) -> T {
        act()
    }

    pub(super) fn follow<F: Future>(&self, future: F) -> F {
        future
    }

    pub(super) fn ended(&self, _: Option<&Error>) {}

    pub(super) fn answered(&self, _: Result<StatusCode, &Failure>) {}
}
