//! The blocking client: the core's client, a transport, a timer, and the loop around a call's steps.

use std::fmt;
use std::sync::Arc;

use cashlink_core::answer::Received;
use cashlink_core::page::{List, Walk};
use cashlink_core::task::{Asks, Poll, Polled, Schedule, Task as _};
use cashlink_core::{Call, Credential, Error, NeedToken, Operation, Prior, Reply, Step};

use super::tokens::Tokens;
use super::{Items, Outbound, Pages, Source, SystemTimer, Timer, Transport};
use crate::slot::{Caller, Turn};
use crate::turning::Turning;
use crate::{Limits, entropy};

/// Performs operations over a [`Transport`]. Cheap to clone; all clones share their tokens and their retry budget.
pub struct Client<C: Credential, H, W = SystemTimer> {
    protocol: cashlink_core::Client<C>,
    world: Arc<World<H, W>>,
}

/// What the loop needs of the world.
struct World<H, W> {
    transport: H,
    timer: W,
    tokens: Tokens,
}

impl<C: Credential, H: Transport> Client<C, H> {
    /// A client that goes by the system's clocks.
    pub fn new(protocol: cashlink_core::Client<C>, transport: H) -> Self {
        Self::with_timer(protocol, transport, SystemTimer)
    }
}

impl<C: Credential, H: Transport, W: Timer> Client<C, H, W> {
    /// A client with a timer of its own.
    pub fn with_timer(protocol: cashlink_core::Client<C>, transport: H, timer: W) -> Self {
        let tokens = Tokens::new(protocol.policy());
        Self { protocol, world: Arc::new(World { transport, timer, tokens }) }
    }

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
        self.world.drive(step, source)?.decode(call)
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

    /// The pages of a list, oldest first.
    ///
    /// # Errors
    /// When the list's own request can't be encoded.
    pub fn pages<L: List<Credential = C>>(&self, list: &L) -> Result<Pages<'_, L, H, W>, Error> {
        Walk::new(list, self.protocol.policy()).map(|walk| self.walk(walk))
    }

    /// The items of a list, oldest first, page by page.
    ///
    /// # Errors
    /// As for [`Client::pages`].
    pub fn items<L: List<Credential = C>>(&self, list: &L) -> Result<Items<'_, L, H, W>, Error> {
        self.pages(list).map(Items::new)
    }

    /// Goes on with a walk, perhaps another process's: keep [`Pages::walk`] as JSON, and read it back. A walk that has ended
    /// yields nothing more; for what is new since, there is [`Bookmark`](cashlink_core::page::Bookmark).
    ///
    /// ```no_run
    /// # use cashlink_client::blocking::{Client, Transport};
    /// # use cashlink_client::core::{Bearer, page::Walk, partner::distributor::ListInvestors};
    /// # fn example(client: &Client<Bearer, impl Transport>, stored: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let walk: Walk<ListInvestors> = serde_json::from_str(stored)?;
    /// let mut pages = client.walk(walk);
    /// for page in pages.by_ref() {
    ///     println!("{} investors", page?.items.len());
    /// }
    /// let stored = serde_json::to_string(pages.walk())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn walk<L: List<Credential = C>>(&self, walk: Walk<L>) -> Pages<'_, L, H, W> {
        Pages::new(self, Turning::new(walk))
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
    fn drive<T>(&self, mut step: Step<T>, source: Option<&Source>) -> Result<Reply<T>, Error> {
        loop {
            step = match step {
                Step::Authorize(need) => self.authorize(need),
                Step::Send(outgoing) => {
                    let (request, pending) = outgoing.into_parts();
                    let attempt = pending.attempt();
                    let request =
                        request.map(|body| Outbound::new(body, source.cloned()).on_attempt(attempt));
                    let trace = request.body().trace();
                    match self.transport.send(request, Limits::of(&pending, self.timer.now())) {
                        Ok(response) => pending.respond(self.timer.now(), response),
                        Err(failure) => pending.fail(self.timer.now(), trace.judge(failure)),
                    }
                }
                Step::Wait(delay) => {
                    self.timer.sleep(delay.duration());
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

    /// Goes on with a token: one that is there, one that another thread is about to bring, or one that this one obtains.
    fn authorize<T>(&self, mut need: NeedToken<T>) -> Step<T> {
        match self.tokens.turn(Caller::of(&need), &self.timer) {
            Turn::Use(token) => need.with(token, self.timer.now()),
            Turn::Failed(error) => need.fail(&error),
            Turn::TooLate => need.time_out(),
            Turn::Lead(leading) => {
                let outcome = self.drive(need.request(self.timer.now()), None);
                match leading.land(outcome) {
                    Ok(token) => need.with(token, self.timer.now()),
                    Err(error) => need.fail(&error),
                }
            }
        }
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
