//! Time as a value: what "now" is comes in, and what the API wrote is kept as it wrote it.
//!
//! The core reads no clock. Whoever drives it passes a [`Now`] with every event. The moments and days inside
//! requests and answers are a [`Timestamp`] and a [`Date`]: checked, readable, and byte for byte what was on
//! the wire, since the two APIs write different forms and one of them leaves the time zone out. This is no
//! calendar library: to calculate, convert to the types of one ([`interop`](crate::interop)), or hand it the text.

pub(crate) mod clock;
mod date;
mod error;
#[cfg(test)]
mod tests;
mod text;
mod timestamp;

use core::time::Duration;

pub use date::Date;
pub use error::TimeError;
pub use timestamp::Timestamp;

/// The present moment, on two clocks, as the caller's driver read them.
///
/// It comes in with every event, so that the same events always give the same result, in a test as in
/// production. The wall clock may jump, and only dates what goes out or is compared with a server's dates.
/// All durations (deadlines, backoff, the life of a token) are measured on the monotonic clock (T33). Any
/// fixed origin will do for it, such as the start of the program, as long as all moments that a flow sees
/// have the same one.
///
/// The first-party adapters make one; in a test, any values will do:
///
/// ```
/// use cashlink_core::time::Now;
/// use core::time::Duration;
///
/// let start = Now::new(1_607_698_786, Duration::ZERO);
/// let later = Now { mono: start.mono + Duration::from_secs(30), wall: start.wall + 30 };
/// assert_eq!(later.mono - start.mono, Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Now {
    /// The wall clock: whole seconds since the Unix epoch, 1970-01-01T00:00:00Z.
    pub wall: u64,
    /// The monotonic clock: the time since a fixed origin that the driver has chosen.
    pub mono: Duration,
}

impl Now {
    /// The moment with these readings: seconds since the Unix epoch, and the time since the driver's fixed
    /// origin.
    #[must_use]
    pub const fn new(wall: u64, mono: Duration) -> Self {
        Self { wall, mono }
    }
}
