//! What is said when an intent is staged, and what comes of it.

use std::fmt;
use std::time::Duration;

/// What may be said of an intent when it is staged.
///
/// ```
/// use cashlink_journal::Staging;
///
/// let in_order = Staging::default().after_those_of("investor-17");
/// # let _ = in_order;
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Staging {
    pub(crate) ordering_key: Option<String>,
    pub(crate) delay: Duration,
}

impl Staging {
    /// Not before those that were staged earlier with the same key (and account) have been settled: one investor's intents in
    /// order. One that needs reconciliation, or is dead, holds up those behind it until somebody settles it.
    ///
    /// The order is that of the intents' ids: two transactions that run at once have none, until both have committed.
    #[must_use]
    pub fn after_those_of(mut self, ordering_key: impl Into<String>) -> Self {
        self.ordering_key = Some(ordering_key.into());
        self
    }

    /// Not before this much time has passed.
    #[must_use]
    pub fn not_before(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The ordering key, for stores.
    #[must_use]
    pub fn ordering_key(&self) -> Option<&str> {
        self.ordering_key.as_deref()
    }

    /// The delay, for stores.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.delay
    }
}

/// Without the ordering key, which may be about people (T12).
impl fmt::Debug for Staging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Staging").field("delay", &self.delay).finish_non_exhaustive()
    }
}

/// An intent is in the journal, once the transaction commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what was staged before is not staged again"]
#[non_exhaustive]
pub enum Staged {
    /// It is new, and has this id.
    New(i64),
    /// The same request was staged before, under the same account and key, and has this id. It is performed once.
    Before(i64),
}

impl Staged {
    /// The intent's id in the journal.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::New(id) | Self::Before(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_its_delay_and_no_ordering_key() {
        let staging = Staging::default().after_those_of("canary").not_before(Duration::from_secs(7));
        assert_eq!(format!("{staging:?}"), "Staging { delay: 7s, .. }");
    }
}
