//! In place of `spans` where the feature `tracing` is off: nothing.

use std::future::Future;

use cashlink_core::IdempotencyKey;

/// No span.
pub(crate) struct Span;

impl Span {
    pub(crate) fn flow(_: &str, _: Option<&IdempotencyKey>) -> Self {
        Self
    }

    pub(crate) fn attempt<P, R>(_: &P, _: &R) -> Self {
        Self
    }

    pub(crate) fn enter<T>(&self, act: impl FnOnce() -> T) -> T {
        act()
    }

    pub(crate) fn follow<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) fn ended<T>(&self, _: &T) {}

    pub(crate) fn answered<T>(&self, _: &T) {}
}
