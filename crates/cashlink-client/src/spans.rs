//! Spans of `tracing`, by OpenTelemetry's semantic conventions for HTTP clients: one per flow, and one per attempt below it.
//! They hold names, numbers and the idempotency key: no header, no body, no path and no query (T11–T12).

use std::future::Future;

use cashlink_core::{Certainty, Error, Failure, IdempotencyKey, Pending};
use http::{Request, Response};
use tracing::field::{Empty, Value, debug};
use tracing::{Instrument, info_span};

/// What a flow or an attempt does inside of it belongs to it.
pub(crate) struct Span(tracing::Span);

impl Span {
    pub(crate) fn flow(operation: &str, key: Option<&IdempotencyKey>) -> Self {
        Self(info_span!(
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

    pub(crate) fn attempt<T, B>(pending: &Pending<T>, request: &Request<B>) -> Self {
        let (uri, resent) = (request.uri(), pending.attempt().saturating_sub(1));
        let secure = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
        Self(info_span!(
            "cashlink.attempt",
            otel.name = pending.operation(),
            otel.kind = "client",
            otel.status_code = Empty,
            "error.type" = Empty,
            http.request.method = request.method().as_str(),
            http.request.resend_count = (resent > 0).then_some(resent),
            http.response.status_code = Empty,
            server.address = uri.host().map(|host| host.trim_matches(['[', ']'])),
            server.port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            url.scheme = uri.scheme_str(),
        ))
    }

    /// What a thread does in it.
    pub(crate) fn enter<T>(&self, act: impl FnOnce() -> T) -> T {
        self.0.in_scope(act)
    }

    /// What a task does in it; a future that is dropped leaves it.
    pub(crate) fn follow<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.instrument(self.0.clone())
    }

    /// How the flow ended.
    pub(crate) fn ended<T>(&self, result: &Result<T, Error>) {
        let certainty = result.as_ref().map_or_else(Error::certainty, |_| Certainty::Applied);
        self.0.record("cashlink.certainty", debug(certainty));
        if let Err(error) = result {
            self.failed(debug(error.kind()));
        }
    }

    /// How the attempt ended.
    pub(crate) fn answered<B>(&self, outcome: &Result<Response<B>, Failure>) {
        let status = outcome.as_ref().map_or_else(Failure::status, |response| Some(response.status()));
        if let Some(status) = status {
            self.0.record("http.response.status_code", status.as_u16());
        }
        match (outcome, status) {
            (Err(failure), _) => self.failed(failure.class()),
            (Ok(_), Some(status)) if !status.is_success() => self.failed(status.as_str()),
            _ => {}
        }
    }

    fn failed(&self, class: impl Value) {
        self.0.record("otel.status_code", "ERROR").record("error.type", class);
    }
}
