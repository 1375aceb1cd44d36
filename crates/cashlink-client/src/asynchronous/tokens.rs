//! One token for all tasks: a lock and a list of wakers around the slot.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use cashlink_core::{Policy, TokenId};

use super::Timer;
use crate::slot::{Caller, Leading, Meeting, Slot, Turn};

/// Where the tasks of one client meet.
pub(super) struct Tokens(Mutex<Queue>);

struct Queue {
    slot: Slot,
    waiting: Vec<Waker>,
    /// How often those who wait were woken: a seat counts until then.
    round: u64,
}

/// A caller's place among those who wait.
struct Seat {
    round: u64,
    index: usize,
}

impl Tokens {
    pub(super) fn new(policy: &Policy) -> Self {
        Self(Mutex::new(Queue { slot: Slot::new(policy), waiting: Vec::new(), round: 0 }))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The slot is whole between any two of its methods, whoever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This task's turn: at once, or when the flight that another task leads is over, or at the deadline.
    pub(super) async fn turn(&self, mut caller: Caller, timer: &impl Timer) -> Turn<Leading<'_, Self>> {
        let mut seat = None;
        // Begins when it is polled first, which is when there is something to wait for.
        let deadline = caller.deadline();
        let mut too_late = pin!(async { timer.sleep(deadline.saturating_sub(timer.now().mono)).await });
        poll_fn(|context| {
            let mut queue = self.lock();
            if let Poll::Ready(turn) = queue.slot.turn(timer.now(), &mut caller) {
                return Poll::Ready(turn.map(|duty| Leading::new(self, duty)));
            }
            let displaced = queue.sit_down(&mut seat, context);
            drop(queue);
            // Outside of the lock, since with a waker its task may go, and a leader with it.
            drop(displaced);
            too_late.as_mut().poll(context).map(|()| Turn::TooLate)
        })
        .await
    }

    pub(super) fn reject(&self, token: TokenId) {
        self.lock().slot.reject(token);
    }
}

impl Queue {
    /// Keeps the waker until the next change, in the place of the same caller's earlier one, which it hands out.
    fn sit_down(&mut self, seat: &mut Option<Seat>, context: &Context<'_>) -> Option<Waker> {
        let taken = seat.as_ref().filter(|seat| seat.round == self.round).map(|seat| seat.index);
        match taken.and_then(|index| self.waiting.get_mut(index)) {
            Some(waker) if waker.will_wake(context.waker()) => None,
            Some(waker) => Some(std::mem::replace(waker, context.waker().clone())),
            None => {
                *seat = Some(Seat { round: self.round, index: self.waiting.len() });
                self.waiting.push(context.waker().clone());
                None
            }
        }
    }
}

impl Meeting for Tokens {
    fn change(&self, change: impl FnOnce(&mut Slot)) {
        let mut queue = self.lock();
        change(&mut queue.slot);
        queue.round = queue.round.wrapping_add(1);
        let waiting = std::mem::take(&mut queue.waiting);
        // Outside of the lock, since a waker may do anything.
        drop(queue);
        waiting.into_iter().for_each(Waker::wake);
    }
}
