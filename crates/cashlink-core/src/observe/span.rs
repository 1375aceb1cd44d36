//! Spans, whether they are traced or not: what is said of them once.

use core::future::Future;

use http::{Request, Response};

use super::traced;
use crate::{Error, Failure, IdempotencyKey, Pending};

/// A span of [`tracing`](https://docs.rs/tracing) around a flow or around one of its attempts, named and filled by OpenTelemetry's
/// semantic conventions for HTTP clients. What is done inside of it belongs to it.
///
/// Without the feature `tracing` it is nothing and does nothing. With it, making one asks the program's subscriber, whoever that is:
/// this is all that this crate does to the world, and so it is done by the loop, and not by a step. The loops of `cashlink-client`
/// do it as shown here; a loop of your own gets the same spans by the same five lines:
///
/// ```
/// use cashlink_core::bytes::Bytes;
/// use cashlink_core::observe::Span;
/// use cashlink_core::payments::{AllocatePublicId, Payments};
/// use cashlink_core::{Call, Client, Error, Failure, Now, Reply, Secret, Step, UserKey, body::Body, http};
///
/// # fn now() -> Now { Now::new(0, core::time::Duration::ZERO) }
/// # fn send(_: http::Request<Body>) -> Result<http::Response<Bytes>, Failure> {
/// #     Ok(http::Response::builder().status(403).body(Bytes::new()).unwrap())
/// # }
/// fn drive<T>(mut step: Step<T>) -> Result<Reply<T>, Error> {
///     loop {
///         step = match step {
///             Step::Send(outgoing) => {
///                 let (request, pending) = outgoing.into_parts();
///                 let span = Span::attempt(&pending, &request);
///                 let outcome = span.enter(|| send(request)); // or `span.follow(send(request)).await`
///                 span.answered(&outcome);
///                 pending.ended(now(), outcome)
///             }
///             // The call that obtains a token is a flow of its own: `Span::flow(Grant::OPERATION, None)`.
///             Step::Authorize(_) | Step::Wait(_) => unreachable!("not in this example"),
///             Step::Done(result) => return result,
///         }
///     }
/// }
///
/// let client = Client::new(Payments::production(), UserKey::new(Secret::new("s3cr3t"))?);
/// let call = Call::new(&AllocatePublicId::new())?;
/// let span = Span::flow(call.name(), call.key());
/// let result = span.enter(|| drive(client.perform(&call, now(), [0; 16])));
/// span.ended(&result); // `cashlink.certainty=NotApplied error.type=Status otel.status_code=ERROR`
/// assert!(result.is_err());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// Both are at level `INFO` and have the target `cashlink`. They hold names, numbers and the idempotency key, and never a header, a
/// body, a path or a query (T11–T12):
///
/// | span | from its beginning | from its end |
/// | --- | --- | --- |
/// | `cashlink.flow` | `otel.name` and `cashlink.operation`: the operation's name; `otel.kind`; `cashlink.idempotency_key` | `cashlink.certainty` |
/// | `cashlink.attempt` | `otel.name`; `otel.kind`; `http.request.method`, `http.request.resend_count` (from the second on); `server.address`, `server.port`, `url.scheme` | `http.response.status_code` |
/// | both | | where it failed: `otel.status_code`, and `error.type`: the [kind](Error::kind), the [class](Failure::class) or the status |
#[derive(Clone, Debug)]
pub struct Span(traced::Span);

impl Span {
    /// Around a flow: of the operation with this name, and with this key, if its call has one. Make it where the flow is started,
    /// so that it is a child of the span that the caller is in.
    #[must_use]
    pub fn flow(operation: &str, key: Option<&IdempotencyKey>) -> Self {
        Self(traced::Span::flow(operation, key))
    }

    /// Around an attempt: make it inside of its flow's span, before the request goes.
    #[must_use]
    pub fn attempt<T, B>(pending: &Pending<T>, request: &Request<B>) -> Self {
        Self(traced::Span::attempt(pending.operation(), pending.attempt(), request.method(), request.uri()))
    }

    /// Does something inside of it, on this thread.
    pub fn enter<T>(&self, act: impl FnOnce() -> T) -> T {
        self.0.enter(act)
    }

    /// The same future, which is inside of it whenever it is polled, and when it is dropped.
    pub fn follow<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.0.follow(future)
    }

    /// Notes how the flow ended.
    pub fn ended<T>(&self, result: &Result<T, Error>) {
        self.0.ended(result.as_ref().err());
    }

    /// Notes how the attempt ended.
    pub fn answered<B>(&self, outcome: &Result<Response<B>, Failure>) {
        self.0.answered(outcome.as_ref().map(Response::status));
    }
}
