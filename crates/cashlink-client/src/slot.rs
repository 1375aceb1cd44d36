//! The core's token slot with an eye on deadlines: whose time is up, and for whom a failure counts. Each world puts its
//! own lock and wake-up around it.

use std::task::Poll;
use std::time::Duration;

use cashlink_core::flow::{Flight, Lead, Look, TokenSlot};
use cashlink_core::{Error, GaveUp, Grant, NeedToken, Now, Policy, Reply, Token, TokenId};

/// Where the callers of one client meet for a token.
pub(crate) struct Slot {
    slot: TokenSlot,
    /// No flight takes longer, whatever deadline its leader has.
    longest_flight: Duration,
    /// The last failure counts for those who can't wait longer than this.
    failure_counts_until: Duration,
}

/// One caller: which token it won't have, until when it waits, and which flight it has joined.
pub(crate) struct Caller {
    rejected: Option<TokenId>,
    deadline: Duration,
    joined: Option<Flight>,
}

impl Caller {
    pub(crate) fn of<T>(need: &NeedToken<T>) -> Self {
        Self { rejected: need.rejected(), deadline: need.deadline(), joined: None }
    }

    /// When its wait ends at the latest, on the monotonic clock.
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// How long it can still wait.
    pub(crate) fn time_left(&self, now: Now) -> Duration {
        self.deadline.saturating_sub(now.mono)
    }
}

/// What a caller does next.
pub(crate) enum Turn<D> {
    Use(Token),
    Failed(Error),
    /// Its deadline has passed.
    TooLate,
    /// Obtain a token.
    Lead(D),
}

impl<D> Turn<D> {
    pub(crate) fn map<E>(self, change: impl FnOnce(D) -> E) -> Turn<E> {
        match self {
            Self::Use(token) => Turn::Use(token),
            Self::Failed(error) => Turn::Failed(error),
            Self::TooLate => Turn::TooLate,
            Self::Lead(duty) => Turn::Lead(change(duty)),
        }
    }
}

/// The duty to obtain a token: the others wait until it is landed or abandoned.
pub(crate) struct Duty {
    lead: Lead,
    started: Duration,
    deadline: Duration,
}

impl Slot {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self {
            slot: TokenSlot::new(policy),
            longest_flight: policy.deadline,
            failure_counts_until: Duration::MAX,
        }
    }

    /// The caller's turn; pending while another one leads.
    pub(crate) fn turn(&mut self, now: Now, caller: &mut Caller) -> Poll<Turn<Duty>> {
        let deadline = caller.deadline;
        let mut look = self.slot.look(now, caller.rejected, caller.joined);
        if matches!(look, Look::Failed(_)) && deadline > self.failure_counts_until {
            // As if it had just come.
            look = self.slot.look(now, caller.rejected, None);
        }
        Poll::Ready(match look {
            Look::Use(token) => Turn::Use(token),
            Look::Failed(error) => Turn::Failed(error),
            Look::Join(_) if now.mono >= deadline => Turn::TooLate,
            Look::Join(flight) => {
                caller.joined = Some(flight);
                return Poll::Pending;
            }
            Look::Lead(lead) if now.mono >= deadline => {
                self.slot.abandon(lead);
                Turn::TooLate
            }
            Look::Lead(lead) => Turn::Lead(Duty { lead, started: now.mono, deadline }),
        })
    }

    /// The flight is over.
    ///
    /// A failure is everyone's who joined. Only where it was the leader's own deadline that ended the flight, another
    /// one may take over: one that has more time beyond that deadline than this flight had before it. With less, the next
    /// flight would end no better, and a thousand callers would try one after the other (T34).
    fn land(&mut self, duty: Duty, outcome: Result<&Grant, &Error>) {
        let Duty { lead, started, deadline } = duty;
        let had = deadline.saturating_sub(started);
        let own_deadline = outcome.is_err_and(|error| error.gave_up() == GaveUp::Deadline);
        self.failure_counts_until = if own_deadline && had < self.longest_flight {
            deadline.saturating_add(had)
        } else {
            Duration::MAX
        };
        self.slot.land(lead, outcome);
    }

    /// The server refused this token.
    pub(crate) fn reject(&mut self, token: TokenId) {
        self.slot.reject(token);
    }
}

/// A slot behind a lock, and those who wait for it to change.
pub(crate) trait Meeting {
    /// Changes the slot and wakes everyone.
    fn change(&self, change: impl FnOnce(&mut Slot));
}

/// The one who has the duty. When it is dropped (a panic, a cancelled task), the next to look takes over (T34).
pub(crate) struct Leading<'a, M: Meeting> {
    meeting: &'a M,
    duty: Option<Duty>,
}

impl<'a, M: Meeting> Leading<'a, M> {
    pub(crate) fn new(meeting: &'a M, duty: Duty) -> Self {
        Self { meeting, duty: Some(duty) }
    }

    /// Shares what came of it with everyone who waits.
    pub(crate) fn land(mut self, outcome: Result<Reply<Grant>, Error>) -> Result<Token, Error> {
        if let Some(duty) = self.duty.take() {
            self.meeting.change(|slot| slot.land(duty, outcome.as_ref().map(|reply| &reply.value)));
        }
        outcome.map(|reply| reply.value.token())
    }
}

impl<M: Meeting> Drop for Leading<'_, M> {
    fn drop(&mut self) {
        if let Some(duty) = self.duty.take() {
            self.meeting.change(|slot| slot.slot.abandon(duty.lead));
        }
    }
}
