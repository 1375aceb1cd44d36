//! The worker whose calls are futures. It names no runtime.

mod beside;
mod handlers;

pub use handlers::Handlers;

use std::fmt;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use cashlink_client::asynchronous::{Client, Source, Timer, Transport};
use cashlink_core::answer::Received;
use cashlink_core::{Credential, Error, Now, Reply};

use super::heartbeat::{LeaseEnd, Leased};
use super::{Begun, Event, Held, Machine, Observer, Performing, Recording, Round, Signal, Todo, Unrecorded};
use crate::operate::{Counted, Stats};
use crate::payloads::asynchronous::{NoPayloads, Payloads};
use crate::store::asynchronous::{Operate, Store};
use crate::store::{Lease, Wanted};
use crate::{Account, Policy};
use beside::{before, beside};

/// How a store is measured that can be.
type Measure<S> = for<'a> fn(&'a mut S, &'a Account, Now) -> Measuring<'a, <S as Store>::Error>;
type Measuring<'a, E> = Pin<Box<dyn Future<Output = Result<Stats, E>> + Send + 'a>>;

/// Works off one account's intents over a store and a transport. It has a token of its own.
///
/// Where many are to be performed at once, run several, each with a store of its own. A future of it that is dropped is a worker
/// that died: what it had in hand is left to its lease.
///
/// ```
/// # use cashlink_client::asynchronous::{Timer, Transport};
/// use cashlink_journal::core::{Bearer, partner::distributor::CreateInvestor};
/// use cashlink_journal::memory::Memory;
/// use cashlink_journal::worker::{Outcome, asynchronous::{Handlers, Worker}};
///
/// let handlers = Handlers::<Memory, Bearer>::default().on::<CreateInvestor>(|transaction, settled| {
///     Box::pin(async move {
///         if let Outcome::Done(reply) = settled.outcome {
///             transaction.put(format!("investor of {}", settled.id), reply.value.id.to_string());
///         }
///         Ok(())
///     })
/// })?;
/// # async fn with(mut worker: Worker<Memory, Bearer, impl Transport + 'static, impl Timer + 'static>) {
/// let signal = worker.signal(); // To wake it, and to stop it.
/// let running = tokio::spawn(async move { worker.run().await });
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Worker<S: Store, C: Credential, H, W> {
    store: S,
    account: Account,
    client: Client<C, Leased<H, W>, Arc<W>>,
    timer: Arc<W>,
    end: LeaseEnd,
    handlers: Handlers<S, C>,
    machine: Machine,
    measure: Measure<S>,
    name: String,
    payloads: Arc<dyn Payloads>,
    observer: Arc<dyn Observer>,
    signal: Signal,
}

impl<S: Store, C: Credential, H: Transport, W: Timer> Worker<S, C, H, W> {
    /// A worker that goes by this timer: an adapter's own, such as `TokioTimer` of `cashlink-reqwest`, whose transport is
    /// `Reqwest`.
    pub fn with_timer(
        store: S,
        account: Account,
        protocol: cashlink_core::Client<C>,
        transport: H,
        timer: W,
        handlers: Handlers<S, C>,
    ) -> Self {
        let (timer, end) = (Arc::new(timer), LeaseEnd::default());
        let leased = Leased { transport, timer: Arc::clone(&timer), end: end.clone() };
        Self {
            store,
            account,
            client: Client::with_timer(protocol, leased, Arc::clone(&timer)),
            timer,
            end,
            handlers,
            machine: Machine::new(Policy::default()),
            measure: |_, _, _| Box::pin(ready(Ok(Stats::default()))),
            name: format!("process {}", std::process::id()),
            payloads: Arc::new(NoPayloads),
            observer: Arc::new(()),
            signal: Signal::default(),
        }
    }

    /// Another patience than the default.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.machine = self.machine.with_policy(policy);
        self
    }

    /// Its name in the journal, for people; `process` and its number by default.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Where documents are. Without it, an intent with a document is put off, loudly.
    #[must_use]
    pub fn payloads(mut self, payloads: impl Payloads + 'static) -> Self {
        self.payloads = Arc::new(payloads);
        self
    }

    /// Who is told what it does.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// Tells its observer so often how much is open; as the [blocking one](super::blocking::Worker::measured).
    #[must_use]
    pub fn measured(mut self, every: Duration) -> Self
    where
        S: Operate,
    {
        self.measure = |store, account, now| Box::pin(store.stats(Some(account), Counted::Open, now));
        self.machine = self.machine.measuring(every);
        self
    }

    /// How it is reached from elsewhere.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.signal.clone()
    }

    /// The store.
    #[must_use]
    pub fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// The store, back.
    #[must_use]
    pub fn into_store(self) -> S {
        self.store
    }

    /// Works until it is told to [stop](Signal::stop).
    #[expect(
        clippy::manual_async_fn,
        reason = "spawned over a store of a certain type, it has to be known to be Send"
    )]
    pub fn run(&mut self) -> impl Future<Output = ()> + Send {
        async move {
            loop {
                match self.round().await {
                    Round::Worked => {}
                    Round::Idle(rest) => self.signal.or(self.timer.sleep(rest)).await,
                    Round::Stopped => return,
                }
            }
        }
    }

    /// Works until nothing is due, the database refuses, or it is told to stop: for a program that is started now and then, and for
    /// tests.
    #[expect(clippy::manual_async_fn, reason = "as `run`")]
    pub fn run_until_idle(&mut self) -> impl Future<Output = ()> + Send {
        async move { while self.round().await == Round::Worked {} }
    }

    /// Claims, performs one of those that were claimed, or measures.
    #[expect(clippy::manual_async_fn, reason = "as `run`")]
    pub fn round(&mut self) -> impl Future<Output = Round> + Send {
        async move {
            if self.signal.is_stopping() {
                self.machine.stop();
            }
            if self.signal.take_wake() {
                self.machine.wake();
            }
            match self.machine.next(self.timer.now()) {
                Todo::Claim { limit } => self.claim(limit).await,
                Todo::Begin(held) => self.begin(*held).await,
                Todo::Measure => self.measure().await,
                Todo::Rest(rest) => return Round::Idle(rest),
                Todo::Stop => return Round::Stopped,
            }
            Round::Worked
        }
    }

    async fn claim(&mut self, limit: u32) {
        let (asked, policy) = (self.timer.now(), *self.machine.policy());
        let wanted = Wanted { account: &self.account, limit, lease: policy.lease, worker: &self.name };
        match self.store.claim(&wanted, &policy, asked).await {
            Ok(claimed) => {
                if !claimed.is_empty() {
                    self.observer.observe(Event::Claimed { count: claimed.len() });
                }
                self.machine.claimed(asked, claimed);
            }
            Err(error) => {
                self.observer.observe(Event::StoreFailed { during: "claim", error: &error });
                self.machine.claim_failed(self.timer.now(), super::entropy());
            }
        }
    }

    async fn measure(&mut self) {
        match (self.measure)(&mut self.store, &self.account, self.timer.now()).await {
            Ok(stats) => self.observer.observe(Event::Measured { account: &self.account, stats }),
            Err(error) => self.observer.observe(Event::StoreFailed { during: "measure", error: &error }),
        }
        self.machine.measured(self.timer.now());
    }

    async fn begin(&mut self, held: Held) {
        let held = match self.refresh(held).await {
            Ok(held) => held,
            Err(lease) => return self.observer.observe(Event::LeaseLost { lease }),
        };
        let (policy, entropy) = (*self.machine.policy(), super::entropy());
        let handled = |name: &str| self.handlers.has(name);
        match held.begin(self.client.protocol(), &policy, entropy, handled) {
            Begun::Perform(performing) => {
                let recording = self.perform(performing).await;
                self.record(recording).await;
            }
            Begun::Record(recording) => self.record(recording).await,
            Begun::Leave(lease) => self.observer.observe(Event::Unreadable { lease }),
        }
    }

    /// Extends the lease of what has waited for others of its batch.
    async fn refresh(&mut self, held: Held) -> Result<Held, Lease> {
        let (asked, lease) = (self.timer.now(), held.lease());
        if !held.is_stale(asked) {
            return Ok(held);
        }
        match self.store.extend(lease, self.machine.policy().lease, asked).await {
            Ok(true) => Ok(held.extended(asked)),
            Ok(false) => Err(lease),
            Err(error) => {
                self.observer.observe(Event::StoreFailed { during: "extend", error: &error });
                Ok(held)
            }
        }
    }

    async fn perform(&mut self, performing: Box<Performing<C>>) -> Box<Recording> {
        let (policy, entropy) = (*self.machine.policy(), super::entropy());
        let source = match performing.intent().payload() {
            None => Ok(None),
            Some(payload) => self.payloads.find(&payload).await.map(Some),
        };
        let result = match source {
            Ok(source) => self.call(&performing, source.as_ref()).await,
            Err(error) => {
                return performing.without_payload(&error, self.client.protocol(), &policy, entropy);
            }
        };
        performing.ended(result.as_ref(), self.client.protocol(), &policy, entropy)
    }

    /// Makes the call, and extends the lease beside it.
    async fn call(
        &mut self,
        performing: &Performing<C>,
        source: Option<&Source>,
    ) -> Result<Reply<Received>, Error> {
        let (mut beat, lease) = (performing.heartbeat(), performing.lease());
        self.end.is(&beat);
        let mut call = pin!(self.client.resume(performing.call(), source, performing.prior()));
        loop {
            let sleep = self.timer.sleep(beat.wait(self.timer.now()));
            if let Some(result) = before(call.as_mut(), sleep).await {
                return result;
            }
            let asked = self.timer.now();
            let extending = self.store.extend(lease, self.machine.policy().lease, asked);
            // To its end, also when the call is over before: a database's future that is dropped may leave its connection unusable.
            let (result, extended) = beside(call.as_mut(), extending).await;
            if let Err(error) = &extended {
                self.observer.observe(Event::StoreFailed { during: "extend", error });
            }
            beat.note(asked, self.timer.now(), &extended);
            self.end.is(&beat);
            if let Some(result) = result {
                return result;
            }
        }
    }

    async fn record(&mut self, mut recording: Box<Recording>) {
        loop {
            let (policy, now) = (*self.machine.policy(), self.timer.now());
            let recorded = self.handlers.settle(&mut self.store, &recording, now).await;
            let error = match recorded {
                Ok(()) => return super::tell_settled(&*self.observer, &recording),
                Err(error) => error,
            };
            super::tell_unsettled(&*self.observer, (recording.lease(), recording.operation()), &error);
            recording = match recording.failed(&error, &policy, super::entropy()) {
                Unrecorded::Again(recording, wait) => {
                    self.timer.sleep(wait).await;
                    recording
                }
                Unrecorded::Lost(lease) => return self.observer.observe(Event::LeaseLost { lease }),
                Unrecorded::GivenUp(lease) => return self.observer.observe(Event::GivenUp { lease }),
            };
        }
    }
}

impl<S: Store, C: Credential, H, W> fmt::Debug for Worker<S, C, H, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("name", &self.name)
            .field("account", &self.account)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}
