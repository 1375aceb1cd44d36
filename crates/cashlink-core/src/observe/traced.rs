//! Spans where the feature `tracing` is on: their names, and their fields.

use core::future::Future;

use http::{Method, StatusCode, Uri, uri::Scheme};
use tracing::field::{Empty, Value, debug};
use tracing::{Instrument, info_span};

use crate::{Certainty, Error, Failure, IdempotencyKey};

#[derive(Clone, Debug)]
pub(super) struct Span(tracing::Span);

impl Span {
    pub(super) fn flow(operation: &str, key: Option<&IdempotencyKey>) -> Self {
        Self(info_span!(
            target: "cashlink",
            "cashlink.flow",
            otel.name = operation,
            otel.kind = "internal",
            otel.status_code = Empty,
            "error.type" = Empty,
            cashlink.operation = operation,
            cashlink.idempotency_key = key.map(IdempotencyKey::as_str),
            cashlink.certainty = Empty,
        ))
    }

    pub(super) fn attempt(operation: &str, attempt: u32, method: &Method, uri: &Uri) -> Self {
        let resent = attempt.saturating_sub(1);
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        Self(info_span!(
            target: "cashlink",
            "cashlink.attempt",
            otel.name = operation,
            otel.kind = "client",
            otel.status_code = Empty,
            "error.type" = Empty,
            http.request.method = method.as_str(),
            http.request.resend_count = (resent > 0).then_some(resent),
            http.response.status_code = Empty,
            server.address = uri.host().map(|host| host.trim_matches(['[', ']'])),
            server.port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            url.scheme = uri.scheme_str(),
        ))
    }

    pub(super) fn enter<T>(&self, act: impl FnOnce() -> T) -> T {
        self.0.in_scope(act)
    }

    pub(super) fn follow<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.instrument(self.0.clone())
    }

    pub(super) fn ended(&self, error: Option<&Error>) {
        let certainty = error.map_or(Certainty::Applied, Error::certainty);
        self.0.record("cashlink.certainty", debug(certainty));
        if let Some(error) = error {
            self.failed(debug(error.kind()));
        }
    }

    pub(super) fn answered(&self, outcome: Result<StatusCode, &Failure>) {
        // A failure may have a status, too: that of an answer which was cut.
        if let Some(status) = outcome.map_or_else(Failure::status, Some) {
            self.0.record("http.response.status_code", status.as_u16());
        }
        match outcome {
            Err(failure) => self.failed(failure.class()),
            Ok(status) if !status.is_success() => self.failed(status.as_str()),
            Ok(_) => {}
        }
    }

    fn failed(&self, class: impl Value) {
        self.0.record("otel.status_code", "ERROR").record("error.type", class);
    }
}
