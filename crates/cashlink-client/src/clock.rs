//! The system's clocks, read in one place.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use cashlink_core::Now;

/// The present moment by the system's clocks: the wall clock, and the monotonic one since this was first asked for. A
/// wall clock that stands before 1970 counts as 1970.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the clocks are read that come in everywhere else as values"
)]
pub fn system_now() -> Now {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Now::new(wall.as_secs(), ORIGIN.get_or_init(Instant::now).elapsed())
}
