//! The blocking client: the core's client, a transport, a timer, and the loop around a call's steps.

use std::sync::Arc;
use std::task::Poll::Ready;
use std::task::{Wake, Waker};
use std::thread::{self, Thread};

use cashlink_core::answer::Received;
use cashlink_core::flow::Waiter;
use cashlink_core::observe::Span;
use cashlink_core::task::{Asks, Poll, Polled, Schedule, Task as _};
use cashlink_core::{Call, Credential, Error, Grant, NeedToken, Now, Operation, Prior, Reply, Step};

use super::{Blocking, Source, SystemTimer, Timer, Transport};
use crate::client::World;
use crate::tokens::Turn;
use crate::{client, entropy, outbound};

/// Performs operations over a [`Transport`]. Cheap to clone; all clones share their tokens and their retry budget.
pub type Client<C, H, W = SystemTimer> = client::Client<C, H, W, Blocking>;

impl<C: Credential, H: Transport> Client<C, H> {
    /// A client that goes by the system's clocks.
    pub fn new(protocol: cashlink_core::Client<C>, transport: H) -> Self {
        Self::with_timer(protocol, transport, SystemTimer)
    }
}

impl<C: Credential, H: Transport, W: Timer> Client<C, H, W> {
    /// Performs an operation.
    ///
    /// # Errors
    /// An [`Error`] that says what went wrong, and whether it happened.
    pub fn call<O: Operation<Credential = C>>(&self, operation: &O) -> Result<Reply<O::Output>, Error> {
        self.perform(&Call::new(operation)?)
    }

    /// Performs an encoded call, which may have a deadline or headers of its own, or be the same as one before.
    ///
    /// # Errors
    /// As for [`Client::call`].
    pub fn perform<T>(&self, call: &Call<T, C>) -> Result<Reply<T>, Error> {
        self.resume(call, None, Prior::default())
    }

    /// Performs a call whose body refers to a payload, read from `source` on every attempt.
    ///
    /// ```no_run
    /// # use cashlink_client::blocking::{Client, Source, Transport};
    /// use cashlink_client::core::body::{FileName, MediaType};
    /// use cashlink_client::core::partner::{DocumentId, distributor::UploadDocument};
    /// use cashlink_client::core::{Bearer, Call};
    ///
    /// # fn example(client: &Client<Bearer, impl Transport>) -> Result<DocumentId, Box<dyn std::error::Error>> {
    /// let (key, seed) = (cashlink_client::random_key()?, cashlink_client::random_seed()?); // store both
    /// let (source, payload) = Source::file("contract.pdf")?;
    /// let upload = UploadDocument::new(key, seed, FileName::new("contract.pdf")?, MediaType::PDF, payload);
    /// let document = client.upload(&Call::new(&upload)?, &source)?.value;
    /// # Ok(document.id)
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Client::call`]; a payload that is not the announced one is
    /// [`ErrorKind::Payload`](cashlink_core::ErrorKind::Payload): that attempt did not complete, and there is no other.
    pub fn upload<T>(&self, call: &Call<T, C>, source: &Source) -> Result<Reply<T>, Error> {
        self.resume(call, Some(source), Prior::default())
    }

    /// Performs a call that an earlier process has attempted, with what is known of that.
    ///
    /// # Errors
    /// As for [`Client::call`].
    pub fn resume<T>(
        &self,
        call: &Call<T, C>,
        source: Option<&Source>,
        prior: Prior,
    ) -> Result<Reply<T>, Error> {
        let erased: Call<Received, C> = call.erased();
        let step = self.protocol.resume(&erased, prior, self.world.timer.now(), entropy::for_waits());
        let span = Span::flow(call.name(), call.key());
        let result = span.enter(|| self.world.drive(step, source)).and_then(|reply| reply.decode(call));
        span.ended(&result);
        result
    }

    /// Asks after a task until it has ended, or until the schedule's time is over; nothing is submitted. The reply is that to
    /// the last question: its status is [`Succeeded`](cashlink_core::task::TaskStatus::Succeeded), `Failed` or `Unknown`; or
    /// `Processing`, when the time was over; or one that this library doesn't know. None of them says to submit the task
    /// again (T39).
    ///
    /// ```no_run
    /// # use cashlink_client::blocking::{Client, Transport};
    /// use cashlink_client::core::Bearer;
    /// use cashlink_client::core::partner::distributor::{CreateTransfer, GetTransfer};
    /// use cashlink_client::core::task::{Schedule, TaskStatus};
    ///
    /// # fn example(client: &Client<Bearer, impl Transport>, create: &CreateTransfer) -> Result<(), Box<dyn std::error::Error>> {
    /// let transfer = client.call(create)?.value;
    /// let end = client.poll(&GetTransfer::new(transfer.id), Schedule::default())?.value;
    /// assert_eq!(end.status, Some(TaskStatus::Succeeded));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Client::call`], when a question failed. The task goes on all the same: ask again.
    pub fn poll<O: Asks<Credential = C>>(
        &self,
        question: &O,
        schedule: Schedule,
    ) -> Result<Reply<O::Output>, Error> {
        let call = Call::asking(question)?;
        let mut poll = Poll::new(schedule, self.world.timer.now());
        loop {
            let reply = self.perform(&call)?;
            match poll.answered(reply.value.status(), self.world.timer.now()) {
                Polled::Wait(pause) => self.world.timer.sleep(pause),
                _ => return Ok(reply),
            }
        }
    }
}

impl<H: Transport, W: Timer> World<H, W, Blocking> {
    /// The loop: does what each step asks for, until the call is over.
    fn drive<T>(&self, mut step: Step<T>, source: Option<&Source>) -> Result<Reply<T>, Error> {
        loop {
            step = match step {
                Step::Authorize(need) => self.authorize(need),
                Step::Send(outgoing) => {
                    let (request, pending, trace) = outbound::attempt(outgoing, source);
                    let limits = pending.limits();
                    let span = Span::attempt(&pending, &request);
                    let outcome = trace.judge(span.enter(|| self.transport.send(request, limits)));
                    span.answered(&outcome);
                    pending.ended(self.timer.now(), outcome)
                }
                Step::Wait(delay) => {
                    self.timer.sleep(delay.duration());
                    delay.wake(self.timer.now())
                }
                Step::Done(result) => return self.tokens.heed(result),
            };
        }
    }

    /// This thread's turn: at once, or when the flight that another thread leads is over or overdue, or at the deadline.
    fn turn(&self, mut waiter: Waiter) -> (Turn<'_>, Now) {
        let parked = || Waker::from(Arc::new(Parked(thread::current())));
        loop {
            if let Ready(turn) = self.tokens.poll_turn(|| self.timer.now(), &mut waiter, parked) {
                return turn;
            }
            thread::park_timeout(waiter.wakes_at().saturating_sub(self.timer.now().mono));
        }
    }

    /// Goes on with a token: one that is there, one that another thread is about to bring, or one that this one obtains.
    fn authorize<T>(&self, mut need: NeedToken<T>) -> Step<T> {
        let (turn, now) = self.turn(need.waiter());
        match turn {
            Turn::TooLate => need.time_out(),
            Turn::Over(outcome) => need.ended(now, outcome),
            Turn::Lead(leading) => {
                let outcome = leading.land(self.grant(need.request(now)));
                need.ended(self.timer.now(), outcome)
            }
        }
    }

    /// The loop within the loop: a flow of its own.
    fn grant(&self, step: Step<Grant>) -> Result<Reply<Grant>, Error> {
        let span = Span::flow(Grant::OPERATION, None);
        let result = span.enter(|| self.drive(step, None));
        span.ended(&result);
        result
    }
}

/// Wakes a thread that has parked.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
