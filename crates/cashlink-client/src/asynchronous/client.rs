//! The async client: the core's client, a transport, a timer, and the loop around a call's steps.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll::Ready;

use cashlink_core::answer::Received;
use cashlink_core::flow::Waiter;
use cashlink_core::observe::Span;
use cashlink_core::task::{Asks, Poll, Polled, Schedule, Task as _};
use cashlink_core::{Call, Credential, Error, Grant, NeedToken, Now, Operation, Prior, Reply, Step};

use super::{Async, Source, Timer, Transport};
use crate::client::World;
use crate::tokens::Turn;
use crate::{client, entropy, outbound};

/// Performs operations over a [`Transport`]. Cheap to clone; all clones share their tokens and their retry budget.
///
/// A future that is dropped gives its call up: whether it happened is then as unknown as after a lost answer. To spawn a
/// call, move a clone of the client and the [`Call`] into the task.
pub type Client<C, H, W> = client::Client<C, H, W, Async>;

impl<C: Credential, H: Transport, W: Timer> Client<C, H, W> {
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
        let span = Span::flow(call.name(), call.key());
        let result = span.follow(self.world.drive(step, source)).await.and_then(|reply| reply.decode(call));
        span.ended(&result);
        result
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
}

impl<H: Transport, W: Timer> World<H, W, Async> {
    /// The loop: does what each step asks for, until the call is over.
    async fn drive<T>(&self, mut step: Step<T>, source: Option<&Source>) -> Result<Reply<T>, Error> {
        loop {
            step = match step {
                Step::Authorize(need) => self.authorize(need).await,
                Step::Send(outgoing) => {
                    let (request, pending, trace) = outbound::attempt(outgoing, source);
                    let limits = pending.limits();
                    let span = Span::attempt(&pending, &request);
                    let outcome = trace.judge(span.follow(self.transport.send(request, limits)).await);
                    span.answered(&outcome);
                    pending.ended(self.timer.now(), outcome)
                }
                Step::Wait(delay) => {
                    self.timer.sleep(delay.duration()).await;
                    delay.wake(self.timer.now())
                }
                Step::Done(result) => return self.tokens.heed(result),
            };
        }
    }

    /// This task's turn: at once, or when the flight that another task leads is over or overdue, or at the deadline.
    async fn turn(&self, mut waiter: Waiter) -> (Turn<'_>, Now) {
        loop {
            let look = poll_fn(|context| {
                let waker = || context.waker().clone();
                Ready(self.tokens.poll_turn(|| self.timer.now(), &mut waiter, waker))
            });
            if let Ready(turn) = look.await {
                return turn;
            }
            let sleep = pin!(self.timer.sleep(waiter.wakes_at().saturating_sub(self.timer.now().mono)));
            let mut sleep = Some(sleep);
            // Polled again, it was woken, by time or by a change.
            poll_fn(|context| sleep.take().map_or(Ready(()), |sleep| sleep.poll(context))).await;
        }
    }

    /// Goes on with a token: one that is there, one that another task is about to bring, or one that this one obtains.
    async fn authorize<T>(&self, mut need: NeedToken<T>) -> Step<T> {
        let (turn, now) = self.turn(need.waiter()).await;
        match turn {
            Turn::TooLate => need.time_out(),
            Turn::Over(outcome) => need.ended(now, outcome),
            Turn::Lead(leading) => {
                let outcome = leading.land(self.grant(need.request(now)).await);
                need.ended(self.timer.now(), outcome)
            }
        }
    }

    /// The loop within the loop: a flow of its own, boxed because a future can't contain itself.
    fn grant<'a>(
        &'a self,
        step: Step<Grant>,
    ) -> Pin<Box<dyn Future<Output = Result<Reply<Grant>, Error>> + Send + 'a>> {
        Box::pin(async {
            let span = Span::flow(Grant::OPERATION, None);
            let result = span.follow(self.drive(step, None)).await;
            span.ended(&result);
            result
        })
    }
}
