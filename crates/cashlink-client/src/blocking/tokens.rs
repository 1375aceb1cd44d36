//! One token for all threads: a lock and a wake-up around the core's slot.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use cashlink_core::flow::{Lead, Look, TokenSlot};
use cashlink_core::{Error, GaveUp, Grant, NeedToken, Policy, Reply, Step, Token, TokenId};

use super::Timer;

/// Where the threads of one client meet.
pub(super) struct Tokens {
    slot: Mutex<TokenSlot>,
    landed: Condvar,
}

impl Tokens {
    pub(super) fn new(policy: &Policy) -> Self {
        Self { slot: Mutex::new(TokenSlot::new(policy)), landed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, TokenSlot> {
        // The slot is whole between any two of its methods, whoever panicked beside it.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on with a token: one that is there, one that another thread is about to bring, or one that `drive` obtains.
    pub(super) fn authorize<T>(
        &self,
        mut need: NeedToken<T>,
        timer: &impl Timer,
        drive: impl FnOnce(Step<Grant>) -> Result<Reply<Grant>, Error>,
    ) -> Step<T> {
        let mut joined = None;
        let mut slot = self.lock();
        let lead = loop {
            let now = timer.now();
            match slot.look(now, need.rejected(), joined) {
                Look::Use(token) => return need.with(token, now),
                Look::Failed(error) => return need.fail(&error),
                Look::Lead(lead) => break lead,
                Look::Join(flight) => joined = Some(flight),
            }
            let left = need.deadline().saturating_sub(now.mono);
            if left.is_zero() {
                return need.time_out();
            }
            slot = self.landed.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(slot);
        let leading = Leading { tokens: self, lead: Some(lead) };
        let outcome = drive(need.request(timer.now()));
        match leading.land(outcome) {
            Ok(token) => need.with(token, timer.now()),
            Err(error) => need.fail(&error),
        }
    }

    pub(super) fn reject(&self, token: TokenId) {
        self.lock().reject(token);
    }
}

/// The duty to bring a token. When it is dropped without one (a panic in the transport), the next thread takes over.
struct Leading<'a> {
    tokens: &'a Tokens,
    lead: Option<Lead>,
}

impl Leading<'_> {
    fn land(mut self, outcome: Result<Reply<Grant>, Error>) -> Result<Token, Error> {
        // This caller's own deadline says nothing to those who have more time: one of them takes over.
        let own_deadline = outcome.as_ref().is_err_and(|error| error.gave_up() == GaveUp::Deadline);
        if !own_deadline {
            if let Some(lead) = self.lead.take() {
                self.tokens.lock().land(lead, outcome.as_ref().map(|reply| &reply.value));
                self.tokens.landed.notify_all();
            }
        }
        outcome.map(|reply| reply.value.token())
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        if let Some(lead) = self.lead.take() {
            self.tokens.lock().abandon(lead);
            self.tokens.landed.notify_all();
        }
    }
}
