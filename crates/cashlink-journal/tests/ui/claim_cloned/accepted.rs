//! A claim can't be copied: one claim, one performance.
use cashlink_journal::Intent;

pub fn twice(intent: Intent) -> (Intent, Intent) {
    (Clone::clone(&intent), intent)
}

fn main() {}
