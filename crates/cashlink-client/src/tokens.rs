//! One token for all callers of a client: a lock around the core's queue, and the waking. How a caller waits is its world's
//! affair: it leaves a waker.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use cashlink_core::flow::{Lead, Look, TokenQueue, Waiter};
use cashlink_core::{Error, Grant, Now, Policy, Reply, Token};

/// Where the callers of one client meet. No waker is woken or dropped under the lock: it may do anything, also give up a lead.
pub(crate) struct Tokens(Mutex<TokenQueue<Waker>>);

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
        Self(Mutex::new(TokenQueue::new(policy)))
    }

    fn lock(&self) -> MutexGuard<'_, TokenQueue<Waker>> {
        // The queue is whole between any two of its methods, whoever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A caller's turn, and since when it has it; pending while another one leads. It is woken by the next change then.
    pub(crate) fn poll_turn(
        &self,
        now: impl FnOnce() -> Now,
        waiter: &mut Waiter,
        waker: impl FnOnce() -> Waker,
    ) -> Poll<(Turn<'_>, Now)> {
        let mut queue = self.lock();
        let now = now();
        let (look, displaced) = queue.look(now, waiter, waker);
        drop(queue);
        drop(displaced);
        let turn = match look {
            Look::Use(token) => Turn::Over(Ok(token)),
            Look::Failed(error) => Turn::Over(Err(error)),
            Look::TooLate => Turn::TooLate,
            Look::Lead(lead) => Turn::Lead(Leading { tokens: self, lead: Some(lead) }),
            Look::Join => return Poll::Pending,
        };
        Poll::Ready((turn, now))
    }

    /// Where a flow ended because the server refused a token, nobody else gets that one.
    pub(crate) fn heed<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if let Some(token) = result.as_ref().err().and_then(Error::rejected_token) {
            self.lock().reject(token);
        }
        result
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
            let woken = self.tokens.lock().land(lead, outcome.as_ref().map(|reply| &reply.value));
            woken.for_each(Waker::wake);
        }
        outcome.map(|reply| reply.value.token())
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        if let Some(lead) = self.lead.take() {
            let woken = self.tokens.lock().abandon(lead);
            woken.for_each(Waker::wake);
        }
    }
}
