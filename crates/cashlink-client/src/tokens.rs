//! One token for all callers of a client: a lock around the core's slot, and those who wait for it to change. How a caller
//! waits is its world's affair: it leaves a waker.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use cashlink_core::flow::{Lead, Look, TokenSlot, Waiter};
use cashlink_core::{Error, Grant, Now, Policy, Reply, Token};

/// Where the callers of one client meet.
pub(crate) struct Tokens(Mutex<Queue>);

struct Queue {
    slot: TokenSlot,
    /// By seat: each caller that waits has its own.
    waiting: BTreeMap<u64, Waker>,
    seats: u64,
}

/// What a caller does next.
pub(crate) enum Turn<'a> {
    /// Go on, with a token or without.
    Over(Result<Token, Error>),
    /// Its deadline has passed.
    TooLate,
    /// Obtain a token.
    Lead(Leading<'a>),
}

impl Tokens {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self(Mutex::new(Queue { slot: TokenSlot::new(policy), waiting: BTreeMap::new(), seats: 0 }))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The slot is whole between any two of its methods, whoever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A caller's turn, and since when it has it; pending while another one leads. It then has a seat, and is woken by the next
    /// change.
    pub(crate) fn poll_turn(
        &self,
        now: impl FnOnce() -> Now,
        waiter: &mut Waiter,
        seat: &mut Option<u64>,
        waker: impl FnOnce() -> Waker,
    ) -> Poll<(Turn<'_>, Now)> {
        let mut queue = self.lock();
        let now = now();
        let turn = match queue.slot.look(now, waiter) {
            Look::Use(token) => Turn::Over(Ok(token)),
            Look::Failed(error) => Turn::Over(Err(error)),
            Look::TooLate => Turn::TooLate,
            Look::Lead(lead) => Turn::Lead(Leading { tokens: self, lead: Some(lead) }),
            Look::Join => {
                let displaced = queue.sit_down(seat, waker());
                drop(queue);
                // Outside of the lock, since with a waker its task may go, and a leader with it.
                drop(displaced);
                return Poll::Pending;
            }
        };
        Poll::Ready((turn, now))
    }

    /// Where a flow ended because the server refused a token, nobody else gets that one.
    pub(crate) fn heed<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if let Some(token) = result.as_ref().err().and_then(Error::rejected_token) {
            self.lock().slot.reject(token);
        }
        result
    }

    /// Changes the slot and wakes everyone.
    fn change(&self, change: impl FnOnce(&mut TokenSlot)) {
        let mut queue = self.lock();
        change(&mut queue.slot);
        let waiting = std::mem::take(&mut queue.waiting);
        // Outside of the lock, since a waker may do anything.
        drop(queue);
        waiting.into_values().for_each(Waker::wake);
    }
}

impl Queue {
    /// Keeps the waker until the next change, in the place of the same caller's earlier one, which it hands out.
    fn sit_down(&mut self, seat: &mut Option<u64>, waker: Waker) -> Option<Waker> {
        self.seats = self.seats.wrapping_add(u64::from(seat.is_none()));
        self.waiting.insert(*seat.get_or_insert(self.seats), waker)
    }
}

/// The one who has the duty. When it is dropped (a panic, a cancelled task), the next to look takes over (T34).
pub(crate) struct Leading<'a> {
    tokens: &'a Tokens,
    lead: Option<Lead>,
}

impl Leading<'_> {
    /// Shares what came of it with everyone who waits.
    pub(crate) fn land(mut self, outcome: Result<Reply<Grant>, Error>) -> Result<Token, Error> {
        if let Some(lead) = self.lead.take() {
            self.tokens.change(|slot| slot.land(lead, outcome.as_ref().map(|reply| &reply.value)));
        }
        outcome.map(|reply| reply.value.token())
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        if let Some(lead) = self.lead.take() {
            self.tokens.change(|slot| slot.abandon(lead));
        }
    }
}
