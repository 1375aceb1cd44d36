//! Where the server's time comes from: the wall, or a hand that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The clock that a server hands to the engine with every request.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Clock {
    /// The wall clock of this machine.
    #[default]
    Wall,
    /// A clock that stands still until someone moves it.
    Manual(ManualClock),
}

impl Clock {
    /// The time since the epoch. A wall clock from before 1970 counts as the epoch itself.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place in this crate that reads a real clock")]
    pub fn now(&self) -> Duration {
        match self {
            Self::Wall => {
                std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or(Duration::ZERO)
            }
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock in milliseconds since the epoch that moves only when told. Clones share the same time.
///
/// ```
/// use cashlink_sandbox::server::ManualClock;
/// use std::time::Duration;
///
/// let clock = ManualClock::at(Duration::from_secs(1_700_000_000));
/// let same = clock.clone();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(same.now(), Duration::from_secs(1_700_000_060));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock that shows this time since the epoch.
    #[must_use]
    pub fn at(since_epoch: Duration) -> Self {
        Self(Arc::new(AtomicU64::new(millis(since_epoch))))
    }

    /// The time that it shows.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Moves it forward; at the end of time it stands still.
    pub fn advance(&self, by: Duration) {
        let by = millis(by);
        // The closure always gives a value, so there is no failure to look at.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| Some(now.saturating_add(by)));
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
