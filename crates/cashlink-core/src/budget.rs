//! The bucket that keeps a client from adding to an outage (T36): every first send puts a little in, every retry takes
//! more out. Over many calls, retries are at most `deposit / withdrawal` of the first sends, plus what the bucket held.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::policy::RetryBudget;

pub(crate) struct Budget {
    settings: RetryBudget,
    held: AtomicU32,
}

impl Budget {
    pub(crate) fn new(settings: RetryBudget) -> Self {
        Self { settings, held: AtomicU32::new(settings.capacity) }
    }

    /// A call was sent for the first time.
    pub(crate) fn deposit(&self) {
        let RetryBudget { capacity, deposit, .. } = self.settings;
        // The closure always answers, so the update can't fail.
        let _ = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            Some(held.saturating_add(deposit).min(capacity))
        });
    }

    /// Takes a retry's worth out, or says that there isn't as much.
    pub(crate) fn withdraw(&self) -> bool {
        self.held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
                held.checked_sub(self.settings.withdrawal)
            })
            .is_ok()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Budget({} of {})", self.held.load(Ordering::Relaxed), self.settings.capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t36_ten_thousand_failing_calls_get_a_tenth_more_requests_and_the_bucket() {
        let budget = Budget::new(RetryBudget::default());
        let mut requests = 0;
        for _ in 0..10_000 {
            budget.deposit();
            requests += 1;
            // Three retries are what the default of four attempts allows.
            requests += (0..3).filter(|_| budget.withdraw()).count();
        }
        // The bucket of 100 pays for 10 retries beyond the tenth.
        assert!(requests <= 11_000 + 10, "{requests}");
    }

    #[test]
    fn it_shows_what_is_left() {
        let budget = Budget::new(RetryBudget::default());
        assert!(budget.withdraw());
        assert_eq!(std::format!("{budget:?}"), "Budget(90 of 100)");
    }
}
