//! For inboxes alone: what was proved when it came, and was kept, is read again.
//!
//! Nobody else has a use for this. Of bytes that nobody proved, [`event`] and [`notice`] make an event that anybody could have
//! written: the crate `cashlink-journal` calls them only with what it recorded from a [`Verified`](super::Verified) or an
//! [`Authenticated`]. They make neither of these: nothing gets into an inbox through here.

use super::{Authenticated, Event, Notice};
use crate::answer::DecodeError;

/// As [`Verified::event`](super::Verified::event).
///
/// # Errors
/// When it is not an event as the documentation shows it.
pub fn event(body: &[u8]) -> Result<Event<'_>, DecodeError> {
    Event::read(body)
}

/// As [`Authenticated::notice`].
///
/// # Errors
/// When it can't be read; see there.
pub fn notice(body: &[u8]) -> Result<Notice, DecodeError> {
    Authenticated::new(body, 0).notice()
}
