//! How patient a journal is.

use std::time::Duration;

/// How patient a journal is. Every field has a default and can be set; none of them is Cashlink's rule.
///
/// ```
/// use cashlink_journal::Policy;
/// use std::time::Duration;
///
/// let mut policy = Policy::default();
/// policy.max_replay_age = Duration::from_secs(3_600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// How long a claim belongs to its worker, unless the worker extends it. Longer than a call's deadline
    /// ([`Policy::deadline`](cashlink_core::Policy::deadline), 60 s), so that only a dead worker loses one: 2 minutes.
    pub lease: Duration,
    /// How many intents are claimed at once at most: 1. What is claimed and not begun waits for its lease to end when the
    /// worker dies; and what a crash may have sent counts as *maybe sent*.
    pub batch: u32,
    /// How long an idle worker waits before it looks again, unless it is woken: 1 s.
    pub poll: Duration,
    /// The wait before an intent is tried again, after its first call gave up: 10 s, doubling from there.
    pub first_wait: Duration,
    /// The longest of those waits: 30 minutes. What the server asks for by `Retry-After` counts where it is longer.
    pub longest_wait: Duration,
    /// The longest wait that a server's `Retry-After` can ask for: 6 hours. Beyond, it is asked again all the same (T31): an answer
    /// that names a year must not bury an intent.
    pub longest_retry_after: Duration,
    /// The wait before a database that refused is asked again: 100 ms, doubling up to 10 s, and spread over its upper half.
    pub store_wait: Duration,
    /// How often the database is asked to record what became of an intent: 6 times, which takes about three seconds. Then, where it
    /// has a handler, once without what that writes; then it is left to its lease.
    pub settle_tries: u32,
    /// How long after its first claim an intent that may have happened is still repeated under its key (T44): 24 hours. For how
    /// long Cashlink keeps a key is not documented; this is our caution, not its rule.
    pub max_replay_age: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(120),
            batch: 1,
            poll: Duration::from_secs(1),
            first_wait: Duration::from_secs(10),
            longest_wait: Duration::from_secs(30 * 60),
            longest_retry_after: Duration::from_secs(6 * 60 * 60),
            store_wait: Duration::from_millis(100),
            settle_tries: 6,
            max_replay_age: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl Policy {
    /// The wait before an intent is tried again that was claimed this often.
    pub(crate) fn wait(&self, claims: i64, entropy: u64) -> Duration {
        let before = u32::try_from(claims.saturating_sub(1)).unwrap_or(0);
        spread(self.first_wait, before, self.longest_wait, entropy)
    }

    /// The wait before a database is asked again that refused this often before.
    pub(crate) fn store_wait(&self, before: u32, entropy: u64) -> Duration {
        spread(self.store_wait, before, LONGEST_STORE_WAIT, entropy)
    }
}

const LONGEST_STORE_WAIT: Duration = Duration::from_secs(10);

/// Doubling, and spread over its upper half by `entropy`, so that what failed together isn't tried together.
fn spread(first: Duration, doublings: u32, longest: Duration, entropy: u64) -> Duration {
    let full = first.saturating_mul(1_u32.checked_shl(doublings.min(31)).unwrap_or(u32::MAX));
    let half = full.min(longest).checked_div(2).unwrap_or_default();
    let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1);
    half.saturating_add(Duration::from_millis(entropy.checked_rem(millis).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn waits_double_within_their_bounds(claims in 1..200_i64, entropy: u64) {
            let policy = Policy::default();
            let wait = policy.wait(claims, entropy);
            let full = Duration::from_secs(10 << (claims - 1).min(20)).min(policy.longest_wait);
            prop_assert!(full / 2 <= wait && wait <= full);
        }
    }
}
