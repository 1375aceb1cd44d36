//! One token for all tasks: a lock and a list of wakers around the core's slot.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use cashlink_core::flow::{Flight, Lead, Look, TokenSlot};
use cashlink_core::{Error, GaveUp, Grant, Policy, Reply, Token, TokenId};

use super::Timer;

/// Where the tasks of one client meet.
pub(super) struct Tokens(Mutex<Meeting>);

struct Meeting {
    slot: TokenSlot,
    waiting: Vec<Waker>,
}

/// What a task does next about its token.
pub(super) enum Turn<'a> {
    Use(Token),
    Failed(Error),
    TooLate,
    Lead(Leading<'a>),
}

impl Tokens {
    pub(super) fn new(policy: &Policy) -> Self {
        Self(Mutex::new(Meeting { slot: TokenSlot::new(policy), waiting: Vec::new() }))
    }

    fn lock(&self) -> MutexGuard<'_, Meeting> {
        // The slot is whole between any two of its methods, whoever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This task's turn: at once, or when the flight that another task leads is over, or at the deadline.
    pub(super) async fn turn(
        &self,
        rejected: Option<TokenId>,
        deadline: std::time::Duration,
        timer: &impl Timer,
    ) -> Turn<'_> {
        let mut joined = None;
        let mut too_late = pin!(timer.sleep(deadline.saturating_sub(timer.now().mono)));
        poll_fn(|context| match self.poll_turn(context, rejected, &mut joined, timer) {
            Poll::Pending if too_late.as_mut().poll(context).is_ready() => Poll::Ready(Turn::TooLate),
            turn => turn,
        })
        .await
    }

    fn poll_turn(
        &self,
        context: &Context<'_>,
        rejected: Option<TokenId>,
        joined: &mut Option<Flight>,
        timer: &impl Timer,
    ) -> Poll<Turn<'_>> {
        let mut meeting = self.lock();
        Poll::Ready(match meeting.slot.look(timer.now(), rejected, *joined) {
            Look::Use(token) => Turn::Use(token),
            Look::Failed(error) => Turn::Failed(error),
            Look::Lead(lead) => Turn::Lead(Leading { tokens: self, lead: Some(lead) }),
            Look::Join(flight) => {
                *joined = Some(flight);
                if !meeting.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                    meeting.waiting.push(context.waker().clone());
                }
                return Poll::Pending;
            }
        })
    }

    pub(super) fn reject(&self, token: TokenId) {
        self.lock().slot.reject(token);
    }

    /// Changes the slot and wakes everyone: outside of the lock, since a waker may do anything.
    fn change(&self, change: impl FnOnce(&mut TokenSlot)) {
        let mut meeting = self.lock();
        change(&mut meeting.slot);
        let waiting = std::mem::take(&mut meeting.waiting);
        drop(meeting);
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// The duty to bring a token. When the task that has it is dropped, another one takes over (T34).
pub(super) struct Leading<'a> {
    tokens: &'a Tokens,
    lead: Option<Lead>,
}

impl Leading<'_> {
    pub(super) fn land(mut self, outcome: Result<Reply<Grant>, Error>) -> Result<Token, Error> {
        // This caller's own deadline says nothing to those who have more time: one of them takes over.
        let own_deadline = outcome.as_ref().is_err_and(|error| error.gave_up() == GaveUp::Deadline);
        if !own_deadline {
            if let Some(lead) = self.lead.take() {
                self.tokens.change(|slot| slot.land(lead, outcome.as_ref().map(|reply| &reply.value)));
            }
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
