//! The async client: the core's client, a transport, a timer, and the loop around a call's steps.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cashlink_core::answer::Received;
use cashlink_core::page::{List, Walk};
use cashlink_core::task::{Asks, Poll, Polled, Schedule, Task as _};
use cashlink_core::{Call, Credential, Error, Grant, NeedToken, Operation, Prior, Reply, Step};

use super::tokens::Tokens;
use super::{Items, Outbound, Pages, Source, Timer, Transport};
use crate::slot::{Caller, Turn};
use crate::turning::Turning;
use crate::{Limits, entropy};

/// Performs operations over a [`Transport`]. Cheap to clone; all clones share their tokens and their retry budget.
///
/// A future that is dropped gives its call up: whether it happened is then as unknown as after a lost answer. To spawn a
/// call, move a clone of the client and the [`Call`] into the task.
pub struct Client<C: Credential, H, W> {
    protocol: cashlink_core::Client<C>,
    world: Arc<World<H, W>>,
}

/// What the loop needs of the world.
struct World<H, W> {
    transport: H,
    timer: W,
    tokens: Tokens,
}

impl<C: Credential, H: Transport, W: Timer> Client<C, H, W> {
    /// A client over this transport, with this timer.
    pub fn with_timer(protocol: cashlink_core::Client<C>, transport: H, timer: W) -> Self {
        let tokens = Tokens::new(protocol.policy());
        Self { protocol, world: Arc::new(World { transport, timer, tokens }) }
    }

    /// Performs an operation.
    ///
    /// # Errors
    /// An [`Error`] that says what went wrong, and whether it happened.
    pub async fn call<O: Operation<Credential = C>>(&self, operation: &O) -> Result<Reply<O::Output>, Error> {
        self.perform(&Call::new(operation)?).await
    }

    /// Performs an encoded call, which may have a deadline or headers of its own, or be the same as one before.
    ///
    /// # Errors
    /// As for [`Client::call`].
    pub async fn perform<T>(&self, call: &Call<T, C>) -> Result<Reply<T>, Error> {
        self.resume(call, None, Prior::default()).await
    }

    /// Performs a call whose body refers to a payload, read from `source` on every attempt.
    ///
    /// # Errors
    /// As for [`Client::call`]; a payload that is not the announced one is
    /// [`ErrorKind::Payload`](cashlink_core::ErrorKind::Payload): that attempt did not complete, and there is no other.
    pub async fn upload<T>(&self, call: &Call<T, C>, source: &Source) -> Result<Reply<T>, Error> {
        self.resume(call, Some(source), Prior::default()).await
    }

    /// Performs a call that an earlier process has attempted, with what is known of that.
    ///
    /// # Errors
    /// As for [`Client::call`].
    pub async fn resume<T>(
        &self,
        call: &Call<T, C>,
        source: Option<&Source>,
        prior: Prior,
    ) -> Result<Reply<T>, Error> {
        let erased: Call<Received, C> = call.erased();
        let step = self.protocol.resume(&erased, prior, self.world.timer.now(), entropy::for_waits());
        self.world.drive(step, source).await?.decode(call)
    }

    /// Asks after a task until it has ended, or until the schedule's time is over; nothing is submitted. The reply is that to
    /// the last question: its status is [`Succeeded`](cashlink_core::task::TaskStatus::Succeeded), `Failed` or `Unknown`; or
    /// `Processing`, when the time was over; or one that this library doesn't know. None of them says to submit the task
    /// again (T39).
    ///
    /// # Errors
    /// As for [`Client::call`], when a question failed. The task goes on all the same: ask again.
    pub async fn poll<O: Asks<Credential = C>>(
        &self,
        question: &O,
        schedule: Schedule,
    ) -> Result<Reply<O::Output>, Error> {
        let call = Call::asking(question)?;
        let mut poll = Poll::new(schedule, self.world.timer.now());
        loop {
            let reply = self.perform(&call).await?;
            match poll.answered(reply.value.status(), self.world.timer.now()) {
                Polled::Wait(pause) => self.world.timer.sleep(pause).await,
                _ => return Ok(reply),
            }
        }
    }

    /// The pages of a list, oldest first.
    ///
    /// # Errors
    /// When the list's own request can't be encoded.
    pub fn pages<L: List<Credential = C>>(&self, list: &L) -> Result<Pages<L, H, W>, Error> {
        Walk::new(list, self.protocol.policy()).map(|walk| self.walk(walk))
    }

    /// The items of a list, oldest first, page by page.
    ///
    /// # Errors
    /// As for [`Client::pages`].
    pub fn items<L: List<Credential = C>>(&self, list: &L) -> Result<Items<L, H, W>, Error> {
        self.pages(list).map(Items::new)
    }

    /// Goes on with a walk, perhaps another process's.
    pub fn walk<L: List<Credential = C>>(&self, walk: Walk<L>) -> Pages<L, H, W> {
        Pages::new(self.clone(), Turning::new(walk))
    }

    /// The settings underneath.
    pub fn protocol(&self) -> &cashlink_core::Client<C> {
        &self.protocol
    }

    /// The transport underneath.
    pub fn transport(&self) -> &H {
        &self.world.transport
    }
}

impl<H: Transport, W: Timer> World<H, W> {
    /// The loop: does what each step asks for, until the call is over.
    async fn drive<T>(&self, mut step: Step<T>, source: Option<&Source>) -> Result<Reply<T>, Error> {
        loop {
            step = match step {
                Step::Authorize(need) => self.authorize(need).await,
                Step::Send(outgoing) => {
                    let (request, pending) = outgoing.into_parts();
                    let attempt = pending.attempt();
                    let request =
                        request.map(|body| Outbound::new(body, source.cloned()).on_attempt(attempt));
                    let trace = request.body().trace();
                    match self.transport.send(request, Limits::of(&pending, self.timer.now())).await {
                        Ok(response) => pending.respond(self.timer.now(), response),
                        Err(failure) => pending.fail(self.timer.now(), trace.judge(failure)),
                    }
                }
                Step::Wait(delay) => {
                    self.timer.sleep(delay.duration()).await;
                    delay.wake(self.timer.now())
                }
                Step::Done(result) => {
                    if let Some(token) = result.as_ref().err().and_then(Error::rejected_token) {
                        self.tokens.reject(token);
                    }
                    return result;
                }
            };
        }
    }

    /// Goes on with a token: one that is there, one that another task is about to bring, or one that this one obtains.
    async fn authorize<T>(&self, mut need: NeedToken<T>) -> Step<T> {
        match self.tokens.turn(Caller::of(&need), &self.timer).await {
            Turn::Use(token) => need.with(token, self.timer.now()),
            Turn::Failed(error) => need.fail(&error),
            Turn::TooLate => need.time_out(),
            Turn::Lead(leading) => {
                let outcome = self.grant(need.request(self.timer.now())).await;
                match leading.land(outcome) {
                    Ok(token) => need.with(token, self.timer.now()),
                    Err(error) => need.fail(&error),
                }
            }
        }
    }

    /// The loop within the loop, boxed because a future can't contain itself.
    fn grant<'a>(
        &'a self,
        step: Step<Grant>,
    ) -> Pin<Box<dyn Future<Output = Result<Reply<Grant>, Error>> + Send + 'a>> {
        Box::pin(self.drive(step, None))
    }
}

impl<C: Credential, H, W> Clone for Client<C, H, W> {
    fn clone(&self) -> Self {
        Self { protocol: self.protocol.clone(), world: Arc::clone(&self.world) }
    }
}

impl<C: Credential, H, W> fmt::Debug for Client<C, H, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}
