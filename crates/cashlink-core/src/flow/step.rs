//! The public face of a flow: where it stands, and the only way on from there. A step consumes itself, so an order that
//! makes no sense (answering twice, answering a wait) doesn't compile.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::oauth::Grant;
use super::prior::Prior;
use super::slot::Waiter;
use super::timeouts::{Limits, Timeouts};
use super::token::{Token, TokenId};
use super::transition::{Flow, Next};
use crate::answer::Answer;
use crate::body::Body;
use crate::call::{Call, Decode};
use crate::settings::Settings;
use crate::{Certainty, Error, Failure, Now, Reply};

/// Where a call stands, and what has to be done for it to go on.
///
/// This is the whole loop around it. Here is the blocking form; the async one is the same with `.await` behind the three
/// calls that touch the world.
///
/// ```
/// use cashlink_core::body::Body;
/// use cashlink_core::{Error, Failure, Now, Reply, Step, Timeouts, bytes::Bytes, http};
/// use core::time::Duration;
///
/// /// What a stack has to offer: this is all that the protocol needs of the world.
/// trait Stack {
///     fn now(&self) -> Now;
///     fn sleep(&self, duration: Duration);
///     fn send(&self, request: http::Request<Body>, limits: Timeouts) -> Result<http::Response<Bytes>, Failure>;
/// }
///
/// fn drive<T>(stack: &impl Stack, mut step: Step<T>) -> Result<Reply<T>, Error> {
///     loop {
///         step = match step {
///             // A program with many calls keeps the token in a `TokenSlot`; `cashlink-client` does.
///             Step::Authorize(mut need) => match drive(stack, need.request(stack.now())) {
///                 Ok(grant) => need.with(grant.value.token(), stack.now()),
///                 Err(error) => need.fail(&error),
///             },
///             Step::Send(outgoing) => {
///                 let (request, pending) = outgoing.into_parts();
///                 match stack.send(request, pending.timeouts(stack.now())) {
///                     Ok(response) => pending.respond(stack.now(), response),
///                     Err(failure) => pending.fail(stack.now(), failure),
///                 }
///             }
///             Step::Wait(delay) => {
///                 stack.sleep(delay.duration());
///                 delay.wake(stack.now())
///             }
///             Step::Done(result) => return result,
///         }
///     }
/// }
/// ```
///
/// ```
/// # use cashlink_core::body::Body;
/// # use cashlink_core::{Error, Failure, Now, Reply, Step, Timeouts, bytes::Bytes, http};
/// # use core::time::Duration;
/// trait Stack {
///     fn now(&self) -> Now;
///     async fn sleep(&self, duration: Duration);
///     async fn send(&self, request: http::Request<Body>, limits: Timeouts) -> Result<http::Response<Bytes>, Failure>;
/// }
///
/// async fn drive<T>(stack: &impl Stack, mut step: Step<T>) -> Result<Reply<T>, Error> {
///     loop {
///         step = match step {
///             Step::Authorize(mut need) => match Box::pin(drive(stack, need.request(stack.now()))).await {
///                 Ok(grant) => need.with(grant.value.token(), stack.now()),
///                 Err(error) => need.fail(&error),
///             },
///             Step::Send(outgoing) => {
///                 let (request, pending) = outgoing.into_parts();
///                 match stack.send(request, pending.timeouts(stack.now())).await {
///                     Ok(response) => pending.respond(stack.now(), response),
///                     Err(failure) => pending.fail(stack.now(), failure),
///                 }
///             }
///             Step::Wait(delay) => {
///                 stack.sleep(delay.duration()).await;
///                 delay.wake(stack.now())
///             }
///             Step::Done(result) => return result,
///         }
///     }
/// }
/// ```
#[must_use = "a step does nothing until it is answered"]
pub enum Step<T> {
    /// A bearer token is needed.
    Authorize(NeedToken<T>),
    /// This request has to be sent.
    Send(Outgoing<T>),
    /// Nothing may be sent before some time has passed.
    Wait(Delay<T>),
    /// The call is over.
    Done(Result<Reply<T>, Error>),
}

impl<T> Step<T> {
    pub(crate) fn start<C>(
        settings: &Arc<Settings>,
        call: &Call<T, C>,
        prior: Prior,
        now: Now,
        entropy: [u8; 16],
    ) -> Self {
        Self::at(Flow::start(settings, &call.encoded, call.options, prior, now, entropy), call.decode)
    }

    fn at(next: Next, decode: Decode<T>) -> Self {
        match next {
            Next::Authorize(flow) => Self::Authorize(NeedToken(Flowing { flow, decode })),
            Next::Send(flow, request) => {
                Self::Send(Outgoing { request, pending: Pending(Flowing { flow, decode }) })
            }
            Next::Wait(flow, duration) => Self::Wait(Delay { flowing: Flowing { flow, decode }, duration }),
            Next::Received(flow, response) => {
                Self::Done(match decode(&Answer::to(flow.asked(), &response)) {
                    Ok(value) => {
                        flow.ended(Certainty::Applied, None);
                        Ok(Reply::new(value, response, flow.total_attempts()))
                    }
                    Err(fault) => Err(flow.undecodable(fault, response)),
                })
            }
            Next::Failed(error) => Self::Done(Err(error)),
        }
    }
}

/// A flow between two events, and how its answer will be read.
struct Flowing<T> {
    flow: Box<Flow>,
    decode: Decode<T>,
}

impl<T> fmt::Debug for Flowing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.flow.fmt(f)
    }
}

/// A call that needs a bearer token.
#[must_use = "the call goes on when the token is there, or ends when it fails"]
pub struct NeedToken<T>(Flowing<T>);

impl<T> NeedToken<T> {
    /// The token that the server has just refused: it must not be handed to this call again, unless the token endpoint
    /// itself insists on it.
    #[must_use]
    pub fn rejected(&self) -> Option<TokenId> {
        self.0.flow.rejected()
    }

    /// When the call ends at the latest, on the monotonic clock: nobody should wait for a token beyond it.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.0.flow.deadline()
    }

    /// This call, as one of those who meet in a [`TokenSlot`](super::TokenSlot) or wait in a [`TokenQueue`](super::TokenQueue).
    #[must_use]
    pub fn waiter(&self) -> Waiter {
        Waiter::new(self.deadline()).without(self.rejected())
    }

    /// The flow that obtains a token from the token endpoint, for whoever has to do it. It has retries of its own, and
    /// ends no later than this call.
    pub fn request(&mut self, now: Now) -> Step<Grant> {
        Step::at(self.0.flow.token_flow(now), Grant::decode)
    }

    /// Goes on with this token.
    pub fn with(self, token: Token, now: Now) -> Step<T> {
        Step::at(self.0.flow.with_token(token, now), self.0.decode)
    }

    /// No token came in time: the call is over, as it is when its deadline passes in any other way.
    pub fn time_out(self) -> Step<T> {
        Step::at(self.0.flow.timed_out(), self.0.decode)
    }

    /// There is no token: the call is over. Nothing more is sent.
    pub fn fail(self, error: &Error) -> Step<T> {
        Step::at(self.0.flow.without_token(error), self.0.decode)
    }

    /// The wait for a token is over, one way or the other: as [`with`](Self::with), or as [`fail`](Self::fail).
    pub fn ended(self, now: Now, outcome: Result<Token, Error>) -> Step<T> {
        match outcome {
            Ok(token) => self.with(token, now),
            Err(error) => self.fail(&error),
        }
    }
}

/// A request that has to be sent now, and what waits for its answer.
#[must_use = "the request has to be sent"]
pub struct Outgoing<T> {
    request: Box<Request<Body>>,
    pending: Pending<T>,
}

impl<T> Outgoing<T> {
    /// The request, complete with its credential, and the flow that waits for the answer. The body is the same on every
    /// attempt.
    pub fn into_parts(self) -> (Request<Body>, Pending<T>) {
        (*self.request, self.pending)
    }
}

/// Without the URL's path and query, which may hold ids of people (T12).
impl<T> fmt::Debug for Outgoing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", self.request.method())
            .field("pending", &self.pending)
            .finish()
    }
}

/// A flow whose request is on its way.
#[must_use = "the outcome of the request has to be reported, or nobody learns of it"]
pub struct Pending<T>(Flowing<T>);

impl<T> Pending<T> {
    /// How long this attempt may take.
    #[must_use]
    pub fn timeouts(&self, now: Now) -> Timeouts {
        self.0.flow.timeouts(now.mono)
    }

    /// How many bytes of an answer's body are read at most; beyond, the attempt is [`Failure::too_large`].
    #[must_use]
    pub fn largest_answer(&self) -> u64 {
        self.0.flow.largest_answer()
    }

    /// What this attempt may take, in time and in bytes, from the moment at which its request was handed out.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits::new(self.0.flow.timeouts(self.0.flow.handed_out()), self.largest_answer())
    }

    /// The name of the operation that was sent; `oauth.token` for the call that obtains a token.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.0.flow.operation()
    }

    /// Which attempt this is: 1 at first, and counted like [`Meta::attempts`](crate::Meta::attempts), those of earlier
    /// processes included.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.flow.total_attempts()
    }

    /// The whole answer came. Whether that is good news is decided here.
    pub fn respond(self, now: Now, response: Response<impl Into<Bytes>>) -> Step<T> {
        Step::at(self.0.flow.responded(now, response.map(Into::into)), self.0.decode)
    }

    /// No whole answer came.
    pub fn fail(self, now: Now, failure: Failure) -> Step<T> {
        Step::at(self.0.flow.failed(now, failure), self.0.decode)
    }

    /// The attempt is over, one way or the other: as [`respond`](Self::respond), or as [`fail`](Self::fail).
    pub fn ended(self, now: Now, outcome: Result<Response<impl Into<Bytes>>, Failure>) -> Step<T> {
        match outcome {
            Ok(response) => self.respond(now, response),
            Err(failure) => self.fail(now, failure),
        }
    }
}

/// A flow that waits for time to pass.
#[must_use = "the call goes on when it is woken"]
pub struct Delay<T> {
    flowing: Flowing<T>,
    duration: Duration,
}

impl<T> Delay<T> {
    /// How long nothing may be sent.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// The time has passed.
    pub fn wake(self, now: Now) -> Step<T> {
        Step::at(self.flowing.flow.woken(now), self.flowing.decode)
    }
}

// By hand, because derived ones would ask for `T: Debug`, and a `T` is personal data more often than not.
impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorize(need) => need.fmt(f),
            Self::Send(outgoing) => outgoing.fmt(f),
            Self::Wait(delay) => delay.fmt(f),
            Self::Done(Ok(reply)) => f.debug_tuple("Done").field(&reply.meta).finish(),
            Self::Done(Err(error)) => f.debug_tuple("Done").field(error).finish(),
        }
    }
}

impl<T> fmt::Debug for NeedToken<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NeedToken").field(&self.0).finish()
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pending").field(&self.0).finish()
    }
}

impl<T> fmt::Debug for Delay<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delay").field("flow", &self.flowing).field("duration", &self.duration).finish()
    }
}
