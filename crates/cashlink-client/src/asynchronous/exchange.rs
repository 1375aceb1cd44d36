//! One attempt over a stack whose calls are futures and whose bodies are [`http_body`]'s: its time-outs, the size limit,
//! and what a failure says about the request's whereabouts.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use cashlink_core::Failure;
use cashlink_core::body::Inbound;
use cashlink_core::flow::Patience;
use http::{HeaderValue, Method, Request, Response, header};

use super::{Outbound, Timer};
use crate::{Limits, Trace};

/// What every [`Transport`](super::Transport) on such a stack has in common. What is left for an adapter is to hand the
/// request on, and to say what its stack's errors mean.
///
/// ```
/// use cashlink_client::Limits;
/// use cashlink_client::asynchronous::{Exchange, Outbound, Timer, Transport};
/// use cashlink_client::core::{Failure, bytes::Bytes, http};
/// # type Answer = http::Response<cashlink_client::asynchronous::Outbound>;
/// # struct Stack;
/// # #[derive(Debug)] struct StackError;
/// # impl StackError { fn is_connect(&self) -> bool { true } }
/// # impl Stack {
/// #     async fn execute(&self, _: http::Request<Outbound>) -> Result<Answer, StackError> { Err(StackError) }
/// # }
///
/// struct Adapter<W> {
///     stack: Stack,
///     timer: W,
/// }
///
/// impl<W: Timer> Transport for Adapter<W> {
///     async fn send(
///         &self,
///         mut request: http::Request<Outbound>,
///         limits: Limits,
///     ) -> Result<http::Response<Bytes>, Failure> {
///         let exchange = Exchange::new(&self.timer, limits, &mut request);
///         let failed = |error: StackError| match error.is_connect() {
///             true => Failure::not_sent("no connection came about"),
///             false => Failure::maybe_sent("the exchange failed"),
///         };
///         exchange.run(self.stack.execute(request), failed).await
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Exchange<'a, W> {
    timer: &'a W,
    limits: Limits,
    patience: Patience,
    trace: Trace,
    has_body: bool,
    /// How much of the answer came: its head, and the frames of its body.
    came: u64,
}

impl<'a, W: Timer> Exchange<'a, W> {
    /// An exchange that begins now. An empty body is announced where a method could have one: stacks leave the
    /// `content-length: 0` of a POST out, and some servers wait for it then.
    pub fn new(timer: &'a W, limits: Limits, request: &mut Request<Outbound>) -> Self {
        let has_body = !request.body().is_empty();
        if !has_body && !matches!(*request.method(), Method::GET | Method::HEAD | Method::DELETE) {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(0));
        }
        let patience = Patience::new(limits.timeouts, timer.now());
        let trace = request.body().trace();
        Self { timer, limits, patience, trace, has_body, came: 0 }
    }

    /// Sends, and reads the whole answer. `failed` is told of an error before an answer began: [`Failure::not_sent`] only
    /// where that is certain. Where the stack hasn't asked for a byte of the body, it is certain in any case.
    ///
    /// # Errors
    /// A [`Failure`] when no whole answer came within the limits.
    pub async fn run<B, E>(
        mut self,
        sending: impl Future<Output = Result<Response<B>, E>>,
        failed: impl FnOnce(E) -> Failure,
    ) -> Result<Response<Bytes>, Failure>
    where
        B: http_body::Body,
    {
        let failure = match self.in_time(pin!(sending)).await {
            Ok(Ok(response)) => return self.read(response).await,
            Ok(Err(error)) => failed(error),
            Err(late) => Failure::maybe_sent(late),
        };
        // A body that nobody asked for means that no whole request has left, whatever the error, and none will: the stack's own
        // task may hold the request for longer than this (T37).
        match self.has_body && self.trace.withdraw() {
            true => Err(Failure::not_sent(failure.reason().to_owned())),
            false => Err(failure),
        }
    }

    /// Reads the answer, but not beyond the limit (T26).
    async fn read<B: http_body::Body>(&mut self, response: Response<B>) -> Result<Response<Bytes>, Failure> {
        self.came = 1;
        let (head, body) = response.into_parts();
        let mut body = pin!(body);
        let mut answer =
            Inbound::new(head, self.limits.largest_answer).expecting(body.size_hint().lower())?;
        loop {
            match self.in_time(pin!(poll_fn(|context| body.as_mut().poll_frame(context)))).await {
                Ok(None) => return Ok(answer.end()),
                Ok(Some(Ok(frame))) => {
                    self.came = self.came.saturating_add(1);
                    let Ok(data) = frame.into_data() else { continue };
                    answer = answer.and(data)?;
                }
                Ok(Some(Err(_))) => return Err(answer.cut("the answer broke off")),
                Err(late) => return Err(answer.cut(late)),
            }
        }
    }

    /// What the future yields, unless the time runs out before; then, which time.
    async fn in_time<T>(&mut self, mut future: Pin<&mut impl Future<Output = T>>) -> Result<T, &'static str> {
        // Nothing is asked of the timer where the answer is there already.
        let mut sleep = pin!(None);
        poll_fn(|context| {
            loop {
                if let Poll::Ready(value) = future.as_mut().poll(context) {
                    return Poll::Ready(Ok(value));
                }
                if sleep.is_none() {
                    sleep.set(Some(self.timer.sleep(self.pause()?)));
                }
                if let Some(sleep) = sleep.as_mut().as_pin_mut() {
                    ready!(sleep.poll(context));
                }
                sleep.set(None);
            }
        })
        .await
    }

    /// How long until something may be too late, if nothing is yet. The body moves in another task, which wakes nobody here.
    fn pause(&mut self) -> Result<Duration, &'static str> {
        let moved = self.trace.sent().saturating_add(self.came);
        // A request without a body may always have been sent.
        self.patience.left(self.timer.now(), moved, moved > 0 || !self.has_body || self.trace.was_asked_for())
    }
}
