//! One token for all threads: a lock and a wake-up around the slot.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use cashlink_core::{Policy, TokenId};

use super::Timer;
use crate::slot::{Caller, Leading, Meeting, Slot, Turn};

/// Where the threads of one client meet.
pub(super) struct Tokens {
    slot: Mutex<Slot>,
    changed: Condvar,
}

impl Tokens {
    pub(super) fn new(policy: &Policy) -> Self {
        Self { slot: Mutex::new(Slot::new(policy)), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        // The slot is whole between any two of its methods, whoever panicked beside it.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This thread's turn: at once, or when the flight that another thread leads is over, or at the deadline.
    pub(super) fn turn(&self, mut caller: Caller, timer: &impl Timer) -> Turn<Leading<'_, Self>> {
        let mut slot = self.lock();
        loop {
            let now = timer.now();
            if let Poll::Ready(turn) = slot.turn(now, &mut caller) {
                return turn.map(|duty| Leading::new(self, duty));
            }
            let waited = self.changed.wait_timeout(slot, caller.time_left(now));
            slot = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn reject(&self, token: TokenId) {
        self.lock().reject(token);
    }
}

impl Meeting for Tokens {
    fn change(&self, change: impl FnOnce(&mut Slot)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}
