//! What a worker does next, as a value. It reads no clock, draws nothing and touches no database: the loops do what it says.

use std::collections::VecDeque;
use std::time::Duration;

use cashlink_core::{Client, Credential, Now};

use super::heartbeat::Heartbeat;
use super::job::{Performing, Recording};
use crate::store::Lease;
use crate::{Claimed, Next, Policy, Unreadable};

/// Decides for one worker: when to claim and how many, what of it to begin, when to measure, when to rest, when to end.
///
/// ```
/// use cashlink_journal::core::Now;
/// use cashlink_journal::worker::{Machine, Todo};
/// use cashlink_journal::Policy;
/// use std::time::Duration;
///
/// let mut machine = Machine::new(Policy::default());
/// let now = Now::new(1_700_000_000, Duration::ZERO);
/// assert!(matches!(machine.next(now), Todo::Claim { limit: 1 }));
/// machine.claimed(now, Vec::new());
/// assert!(matches!(machine.next(now), Todo::Rest(poll) if poll == Policy::default().poll));
/// machine.stop();
/// assert!(matches!(machine.next(now), Todo::Stop));
/// ```
#[derive(Debug)]
pub struct Machine {
    policy: Policy,
    held: VecDeque<Held>,
    rest: Rest,
    failures: u32,
    measuring: Option<Measuring>,
    stopping: bool,
}

/// How often the journal is measured, and when next, on the monotonic clock.
#[derive(Clone, Copy, Debug)]
struct Measuring {
    every: Duration,
    due: Duration,
}

/// Until when nothing is claimed, on the monotonic clock, and why.
#[derive(Clone, Copy, Debug)]
enum Rest {
    None,
    /// Nothing was due. Whoever stages something can say so.
    Idle(Duration),
    /// The database refused. News of work doesn't mend that.
    Trouble(Duration),
}

/// What a worker has to do next.
#[derive(Debug)]
#[must_use = "nothing is done by itself"]
#[non_exhaustive]
pub enum Todo {
    /// Claim at most so many, then say [`Machine::claimed`] or [`Machine::claim_failed`].
    Claim {
        /// How many.
        limit: u32,
    },
    /// Begin with one of those that were claimed.
    Begin(Box<Held>),
    /// Ask for the journal's figures, and tell them. However that ends, say [`Machine::measured`].
    Measure,
    /// Do nothing for so long, or until [`Machine::wake`] or [`Machine::stop`].
    Rest(Duration),
    /// Nothing is in hand, and nothing more is to be claimed.
    Stop,
}

impl Machine {
    /// A worker's machine at its start.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let (held, rest) = (VecDeque::new(), Rest::None);
        Self { policy, held, rest, failures: 0, measuring: None, stopping: false }
    }

    /// Another policy, before it begins.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// The journal is to be measured so often, at first at once. Not more often than every second: who measures all the time does
    /// nothing else.
    #[must_use]
    pub fn measuring(self, every: Duration) -> Self {
        let measuring = Measuring { every: every.max(Duration::from_secs(1)), due: Duration::ZERO };
        Self { measuring: Some(measuring), ..self }
    }

    /// The policy that it goes by.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is to be done now. What is in hand comes first, also when it is to stop: it was promised to nobody else.
    pub fn next(&mut self, now: Now) -> Todo {
        if let Some(held) = self.held.pop_front() {
            return Todo::Begin(held.into());
        }
        if self.stopping {
            return Todo::Stop;
        }
        let measuring = self.measuring.map_or(Duration::MAX, |measuring| measuring.due);
        match self.rest {
            Rest::Trouble(until) if now.mono < until => Todo::Rest(until.saturating_sub(now.mono)),
            _ if measuring <= now.mono => Todo::Measure,
            Rest::Idle(until) if now.mono < until => {
                Todo::Rest(until.min(measuring).saturating_sub(now.mono))
            }
            _ => Todo::Claim { limit: self.policy.batch.max(1) },
        }
    }

    /// The journal was measured, or the database refused: that is no reason not to claim, and is not asked for again before its
    /// time.
    pub fn measured(&mut self, now: Now) {
        if let Some(measuring) = &mut self.measuring {
            measuring.due = now.mono.saturating_add(measuring.every);
        }
    }

    /// This was claimed. `asked` is a moment before the database was asked: from there the lease is counted.
    pub fn claimed(&mut self, asked: Now, claimed: Vec<Claimed>) {
        self.failures = 0;
        let idle = claimed.is_empty();
        self.rest = if idle { Rest::Idle(asked.mono.saturating_add(self.policy.poll)) } else { Rest::None };
        let beat = Heartbeat::new(asked, self.policy.lease);
        self.held.extend(claimed.into_iter().map(|claimed| Held { claimed, beat }));
    }

    /// The database refused to claim. It is asked again later, and ever later.
    pub fn claim_failed(&mut self, now: Now, entropy: u64) {
        let wait = self.policy.store_wait(self.failures, entropy);
        self.failures = self.failures.saturating_add(1);
        self.rest = Rest::Trouble(now.mono.saturating_add(wait));
    }

    /// There may be something to do: an idle worker looks at once.
    pub fn wake(&mut self) {
        if let Rest::Idle(_) = self.rest {
            self.rest = Rest::None;
        }
    }

    /// Claims nothing more.
    pub fn stop(&mut self) {
        self.stopping = true;
    }
}

/// Something that was claimed, and not begun yet.
#[derive(Debug)]
#[must_use = "what is claimed and dropped counts as maybe sent, once its lease has ended"]
pub struct Held {
    claimed: Claimed,
    beat: Heartbeat,
}

/// How something that was claimed begins.
#[derive(Debug)]
#[must_use = "nothing is done by itself"]
#[non_exhaustive]
pub enum Begun<C> {
    /// Perform its call.
    Perform(Box<Performing<C>>),
    /// Send nothing, record this.
    Record(Box<Recording>),
    /// Leave it as it is: only a newer version of this library can read it.
    Leave(Lease),
}

impl Held {
    /// Its lease.
    #[must_use]
    pub fn lease(&self) -> Lease {
        match &self.claimed {
            Ok(claim) => claim.lease(),
            Err(unreadable) => unreadable.lease,
        }
    }

    /// Whether its lease is to be extended before anything else: others of the same batch took their time.
    #[must_use]
    pub fn is_stale(&self, now: Now) -> bool {
        self.beat.is_due(now)
    }

    /// Its lease was extended, `asked` being a moment before.
    pub fn extended(mut self, asked: Now) -> Self {
        self.beat.extended(asked);
        self
    }

    /// Begins. `handled` says whether this program has a handler for an operation of that name: without one nothing is sent, since
    /// nobody would take the outcome. It is put off, loudly: during a deployment, a newer program will have it.
    pub fn begin<C: Credential>(
        self,
        client: &Client<C>,
        policy: &Policy,
        entropy: u64,
        handled: impl FnOnce(&str) -> bool,
    ) -> Begun<C> {
        let claim = match self.claimed {
            Ok(claim) => claim,
            Err(Unreadable { lease, settlement: Some(settlement) }) => {
                return Begun::Record(Recording::unread(lease, *settlement).into());
            }
            Err(Unreadable { lease, settlement: None }) => return Begun::Leave(lease),
        };
        let next = claim.next(policy);
        if !handled(claim.intent().operation()) {
            let wait = policy.wait(claim.lease().fence, entropy);
            let settlement = match next {
                Next::Hand(settlement) => settlement.answered(wait),
                _ => claim.put_off("this program has no handler for the operation: nothing was sent", wait),
            };
            return Begun::Record(Recording::new(&claim, settlement, client, policy).into());
        }
        let settlement = match next {
            Next::Perform => match claim.call(client, policy) {
                Ok(call) => return Begun::Perform(Performing::new(claim, call, self.beat).into()),
                Err(settlement) => *settlement,
            },
            Next::Settle(settlement) | Next::Hand(settlement) => settlement,
        };
        Begun::Record(Recording::new(&claim, settlement, client, policy).into())
    }
}

#[cfg(test)]
mod tests;
