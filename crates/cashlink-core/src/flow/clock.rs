//! When things happened to a flow. Nothing depends on it but what an observer is told.

use core::time::Duration;

use crate::Now;

/// Moments on the monotonic clock.
pub(super) struct Clock {
    started: Duration,
    pub(super) sent: Duration,
    pub(super) latest: Duration,
}

impl Clock {
    pub(super) fn started(now: Now) -> Self {
        Self { started: now.mono, sent: now.mono, latest: now.mono }
    }

    /// From when the last request was handed out until now.
    pub(super) fn attempt(&self) -> Duration {
        self.latest.saturating_sub(self.sent)
    }

    /// From the beginning until now.
    pub(super) fn all(&self) -> Duration {
        self.latest.saturating_sub(self.started)
    }
}
