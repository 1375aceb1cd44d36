//! How long an attempt may take: said by a flow, kept by a transport.

use core::time::Duration;

use crate::Now;

/// How long one attempt may take. An adapter keeps these limits; the flow only says them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// For all of the attempt.
    pub total: Duration,
    /// For an upload: how long nothing may move. A long upload dies of silence, not of length.
    pub idle: Option<Duration>,
}

impl Timeouts {
    /// Limits for tests of a transport: connecting, and all of the attempt. No limit for silence; set it as needed.
    #[must_use]
    pub const fn new(connect: Duration, total: Duration) -> Self {
        Self { connect, total, idle: None }
    }
}

/// What one attempt may take: a transport keeps these limits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// How long it may take.
    pub timeouts: Timeouts,
    /// How many bytes an answer's body may have; beyond, reading stops and the attempt is
    /// [`Failure::too_large`](crate::Failure::too_large).
    pub largest_answer: u64,
}

impl Limits {
    /// Limits for tests of a transport.
    #[must_use]
    pub const fn new(timeouts: Timeouts, largest_answer: u64) -> Self {
        Self { timeouts, largest_answer }
    }
}

/// An attempt held against its time-outs, for a stack that can only look at a clock now and then: what is too late, and how
/// long nothing can be.
///
/// ```
/// use cashlink_core::flow::Patience;
/// use cashlink_core::{Now, Timeouts};
/// use core::time::Duration;
///
/// let at = |seconds| Now::new(0, Duration::from_secs(seconds));
/// let timeouts = Timeouts::new(Duration::from_secs(5), Duration::from_secs(60));
/// let mut patience = Patience::new(timeouts, at(0));
/// assert_eq!(patience.left(at(1), 0, false), Ok(Duration::from_secs(4))); // until the connection has to stand
/// assert_eq!(patience.left(at(1), 0, true), Ok(Duration::from_secs(59)));
/// assert_eq!(patience.left(at(60), 0, true), Err("timed out"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    timeouts: Timeouts,
    /// On the monotonic clock.
    began: Duration,
    moved: Duration,
    movements: u64,
}

impl Patience {
    /// With an attempt that begins now.
    #[must_use]
    pub fn new(timeouts: Timeouts, now: Now) -> Self {
        Self { timeouts, began: now.mono, moved: now.mono, movements: 0 }
    }

    /// How long until something may be too late; `connected` says that the time for connecting no longer counts.
    /// `movements` counts what has moved of the request and the answer: where it is another than the last time, silence begins
    /// anew. Where silence counts, the pause is a quarter of it at most, since a body may move without anybody being told.
    ///
    /// # Errors
    /// Which time is up.
    pub fn left(&mut self, now: Now, movements: u64, connected: bool) -> Result<Duration, &'static str> {
        if movements != self.movements {
            (self.movements, self.moved) = (movements, now.mono);
        }
        let left = |since: Duration, limit: Duration| {
            Some(since.saturating_add(limit).saturating_sub(now.mono)).filter(|left| !left.is_zero())
        };
        let mut least = left(self.began, self.timeouts.total).ok_or("timed out")?;
        if !connected {
            least = least.min(left(self.began, self.timeouts.connect).ok_or("timed out before it was sent")?);
        }
        if let Some(idle) = self.timeouts.idle {
            left(self.moved, idle).ok_or("timed out in silence")?;
            let quarter = idle.checked_div(4).unwrap_or_default();
            least = least.min(quarter.max(Duration::from_millis(1)));
        }
        Ok(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(seconds: u32) -> Now {
        Now::new(0, SECOND * seconds)
    }

    #[test]
    fn silence_is_looked_for_a_quarter_late_at_most_and_begins_anew_with_every_move() {
        let mut timeouts = Timeouts::new(5 * SECOND, 60 * SECOND);
        timeouts.idle = Some(8 * SECOND);
        let mut patience = Patience::new(timeouts, at(0));
        assert_eq!(patience.left(at(1), 0, true), Ok(2 * SECOND));
        assert_eq!(patience.left(at(8), 0, true), Err("timed out in silence"));
        assert_eq!(patience.left(at(7), 1, true), Ok(2 * SECOND), "something has moved");
        assert_eq!(patience.left(at(14), 1, true), Ok(2 * SECOND));
        assert_eq!(patience.left(at(59), 1, false), Err("timed out before it was sent"));
        assert_eq!(patience.left(at(60), 1, false), Err("timed out"), "whatever else is up, too");
    }

    #[test]
    fn a_limit_of_no_time_ends_at_once_and_one_without_end_never() {
        let mut none = Patience::new(Timeouts::new(Duration::ZERO, Duration::ZERO), at(3));
        assert_eq!(none.left(at(3), 0, true), Err("timed out"));
        let mut endless = Patience::new(Timeouts::new(Duration::MAX, Duration::MAX), at(3));
        assert!(endless.left(at(9), 0, false).is_ok());
    }
}
