//! Time that passes by itself, and jumps where a call waits: nobody sleeps here.

use std::future::{Future, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cashlink_client::core::Now;
use cashlink_client::{asynchronous, blocking, system_now};

/// The system's clock, and how often and how long somebody waited by it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(Arc<Mutex<Vec<Duration>>>);

impl Clock {
    fn waits(&self) -> MutexGuard<'_, Vec<Duration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time(&self) -> Now {
        let skipped = self.skipped();
        let now = system_now();
        Now::new(now.wall.saturating_add(skipped.as_secs()), now.mono.saturating_add(skipped))
    }

    /// How long was waited, all in all.
    pub(crate) fn skipped(&self) -> Duration {
        self.waits().iter().sum()
    }
}

impl blocking::Timer for Clock {
    fn now(&self) -> Now {
        self.time()
    }

    fn sleep(&self, duration: Duration) {
        self.waits().push(duration);
    }
}

impl asynchronous::Timer for Clock {
    fn now(&self) -> Now {
        self.time()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.waits().push(duration);
        ready(())
    }
}
