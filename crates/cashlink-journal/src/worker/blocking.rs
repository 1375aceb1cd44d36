//! The worker whose calls return when they are over.

mod handlers;
mod pulse;

pub use handlers::Handlers;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cashlink_client::blocking::{Client, Source, SystemTimer, Timer, Transport};
use cashlink_core::answer::Received;
use cashlink_core::{Credential, Error, Now, Reply};

use super::heartbeat::{LeaseEnd, Leased};
use super::{Begun, Event, Held, Machine, Observer, Performing, Recording, Round, Signal, Todo, Unrecorded};
use crate::operate::{Counted, Stats};
use crate::payloads::blocking::{NoPayloads, Payloads};
use crate::store::blocking::{Operate, Store};
use crate::store::{Lease, Wanted};
use crate::{Account, Policy};
use pulse::Pulse;

/// How a store is measured that can be.
type Measure<S> = fn(&mut S, &Account, Now) -> Result<Stats, <S as Store>::Error>;

/// Works off one account's intents over a store and a transport. It has a token of its own.
///
/// Where many are to be performed at once, run several, each with a store of its own.
pub struct Worker<S: Store, C: Credential, H, W = SystemTimer> {
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

impl<S: Store + Send, C: Credential, H: Transport> Worker<S, C, H> {
    /// A worker that goes by the system's clocks.
    pub fn new(
        store: S,
        account: Account,
        protocol: cashlink_core::Client<C>,
        transport: H,
        handlers: Handlers<S, C>,
    ) -> Self {
        Self::with_timer(store, account, protocol, transport, SystemTimer, handlers)
    }
}

impl<S: Store + Send, C: Credential, H: Transport, W: Timer> Worker<S, C, H, W> {
    /// A worker with a timer of its own. It rests by the system's clock all the same.
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
            measure: |_, _, _| Ok(Stats::default()),
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

    /// Tells its observer so often, and first when it begins, how much is open in the journal and how old the oldest of it is
    /// ([`Event::Measured`]): of this account, whoever works for it, so that one of several workers is enough. At most every second, and
    /// between its work, never instead of it. It doesn't by default.
    #[must_use]
    pub fn measured(mut self, every: Duration) -> Self
    where
        S: Operate,
    {
        self.measure = |store, account, now| store.stats(Some(account), Counted::Open, now);
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
    pub fn run(&mut self) {
        loop {
            match self.round() {
                Round::Worked => {}
                Round::Idle(rest) => self.signal.wait(rest),
                Round::Stopped => return,
            }
        }
    }

    /// Works until nothing is due, the database refuses, or it is told to stop: for a program that is started now and then, and for
    /// tests.
    pub fn run_until_idle(&mut self) {
        while self.round() == Round::Worked {}
    }

    /// Claims, performs one of those that were claimed, or measures.
    pub fn round(&mut self) -> Round {
        if self.signal.is_stopping() {
            self.machine.stop();
        }
        if self.signal.take_wake() {
            self.machine.wake();
        }
        match self.machine.next(self.timer.now()) {
            Todo::Claim { limit } => self.claim(limit),
            Todo::Begin(held) => self.begin(*held),
            Todo::Measure => self.measure(),
            Todo::Rest(rest) => return Round::Idle(rest),
            Todo::Stop => return Round::Stopped,
        }
        Round::Worked
    }

    fn claim(&mut self, limit: u32) {
        let (asked, policy) = (self.timer.now(), *self.machine.policy());
        let wanted = Wanted { account: &self.account, limit, lease: policy.lease, worker: &self.name };
        match self.store.claim(&wanted, &policy, asked) {
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

    fn measure(&mut self) {
        match (self.measure)(&mut self.store, &self.account, self.timer.now()) {
            Ok(stats) => self.observer.observe(Event::Measured { account: &self.account, stats }),
            Err(error) => self.observer.observe(Event::StoreFailed { during: "measure", error: &error }),
        }
        self.machine.measured(self.timer.now());
    }

    fn begin(&mut self, held: Held) {
        let held = match self.refresh(held) {
            Ok(held) => held,
            Err(lease) => return self.observer.observe(Event::LeaseLost { lease }),
        };
        let (policy, entropy) = (*self.machine.policy(), super::entropy());
        let handled = |name: &str| self.handlers.has(name);
        match held.begin(self.client.protocol(), &policy, entropy, handled) {
            Begun::Perform(performing) => {
                let recording = self.perform(performing);
                self.record(recording);
            }
            Begun::Record(recording) => self.record(recording),
            Begun::Leave(lease) => self.observer.observe(Event::Unreadable { lease }),
        }
    }

    /// Extends the lease of what has waited for others of its batch.
    fn refresh(&mut self, held: Held) -> Result<Held, Lease> {
        let (asked, lease) = (self.timer.now(), held.lease());
        if !held.is_stale(asked) {
            return Ok(held);
        }
        match self.store.extend(lease, self.machine.policy().lease, asked) {
            Ok(true) => Ok(held.extended(asked)),
            Ok(false) => Err(lease),
            Err(error) => {
                self.observer.observe(Event::StoreFailed { during: "extend", error: &error });
                Ok(held)
            }
        }
    }

    fn perform(&mut self, performing: Box<Performing<C>>) -> Box<Recording> {
        let (policy, entropy) = (*self.machine.policy(), super::entropy());
        let source =
            match performing.intent().payload().map(|payload| self.payloads.find(&payload)).transpose() {
                Ok(source) => source,
                Err(error) => {
                    return performing.without_payload(&error, self.client.protocol(), &policy, entropy);
                }
            };
        let result = self.call(&performing, source.as_ref());
        performing.ended(result.as_ref(), self.client.protocol(), &policy, entropy)
    }

    /// Makes the call, while a second thread extends the lease.
    fn call(
        &mut self,
        performing: &Performing<C>,
        source: Option<&Source>,
    ) -> Result<Reply<Received>, Error> {
        let beat = performing.heartbeat();
        self.end.is(&beat);
        let Self { store, client, timer, end, observer, machine, .. } = self;
        let pulse = Pulse {
            lease: performing.lease(),
            by: machine.policy().lease,
            timer: &**timer,
            end,
            observer: &**observer,
        };
        pulse.during(store, beat, || client.resume(performing.call(), source, performing.prior()))
    }

    fn record(&mut self, mut recording: Box<Recording>) {
        loop {
            let (policy, now) = (*self.machine.policy(), self.timer.now());
            let recorded = self.handlers.settle(&mut self.store, &recording, now);
            let error = match recorded {
                Ok(()) => return super::tell_settled(&*self.observer, &recording),
                Err(error) => error,
            };
            super::tell_unsettled(&*self.observer, (recording.lease(), recording.operation()), &error);
            recording = match recording.failed(&error, &policy, super::entropy()) {
                Unrecorded::Again(recording, wait) => {
                    self.timer.sleep(wait);
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
