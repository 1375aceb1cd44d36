//! Only what was proved to come from Cashlink is recorded.
use cashlink_journal::core::Now;
use cashlink_journal::sqlite::Journal;

pub fn record(journal: &Journal, transaction: &rusqlite::Transaction<'_>, body: &[u8], now: Now) {
    let _ = journal.record(transaction, body, now);
}

fn main() {}
