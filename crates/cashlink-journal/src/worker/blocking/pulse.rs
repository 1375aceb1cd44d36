//! The heartbeat of a call: a second thread extends its lease.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use cashlink_client::blocking::Timer;

use crate::store::Lease;
use crate::store::blocking::Store;
use crate::worker::heartbeat::{Heartbeat, LeaseEnd};
use crate::worker::{Event, Observer};

/// Extends a lease while its call is made.
pub(super) struct Pulse<'a, W> {
    pub(super) lease: Lease,
    pub(super) by: Duration,
    pub(super) timer: &'a W,
    pub(super) end: &'a LeaseEnd,
    pub(super) observer: &'a dyn Observer,
}

impl<W: Timer> Pulse<'_, W> {
    /// Makes the call, while a second thread extends the lease.
    pub(super) fn during<S: Store + Send, T>(
        &self,
        store: &mut S,
        beat: Heartbeat,
        call: impl FnOnce() -> T,
    ) -> T {
        let over = Over::default();
        std::thread::scope(|scope| {
            // Without a thread the lease ends where it ends, and nothing is sent beyond that.
            let beating = std::thread::Builder::new()
                .name("cashlink heartbeat".into())
                .spawn_scoped(scope, || self.beat(store, beat, &over));
            let ended = Ended(&over);
            let result = call();
            drop(ended);
            // What panics there, as an observer may, must not take the answer with it: unless it is joined, the scope panics, too.
            if let Ok(beating) = beating {
                let _ = beating.join();
            }
            result
        })
    }

    fn beat<S: Store>(&self, store: &mut S, mut beat: Heartbeat, over: &Over) {
        while !over.within(beat.wait(self.timer.now())) {
            let asked = self.timer.now();
            if !beat.is_due(asked) {
                continue;
            }
            let extended = store.extend(self.lease, self.by, asked);
            if let Err(error) = &extended {
                self.observer.observe(Event::StoreFailed { during: "extend", error });
            }
            beat.note(asked, self.timer.now(), &extended);
            self.end.is(&beat);
        }
    }
}

/// Whether the call is over.
#[derive(Default)]
struct Over {
    is: Mutex<bool>,
    changed: Condvar,
}

impl Over {
    /// Waits for so long at most; says whether it is over.
    fn within(&self, time: Duration) -> bool {
        let is = self.is.lock().unwrap_or_else(PoisonError::into_inner);
        match self.changed.wait_timeout_while(is, time, |is| !*is) {
            Ok((is, _)) => *is,
            Err(_) => true,
        }
    }
}

/// Says so, also when the call panics: the scope waits for its thread.
struct Ended<'a>(&'a Over);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        *self.0.is.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }
}
