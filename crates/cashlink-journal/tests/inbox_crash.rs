//! A receiver that dies: before its commit nothing was recorded, and after it everything, answered or not.
#![cfg(feature = "sqlite")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cashlink_core::webhook::{Signer, Verifier, WebhookSecret};
use cashlink_core::{Now, Secret};
use cashlink_journal::inbox::Recorded;
use cashlink_journal::sqlite::Journal;
use rusqlite::{Connection, TransactionBehavior};

const BODY: &[u8] = br#"{"event":"x","timestamp":"2017-10-09T13:11:03.661620","business":"ada","data":{}}"#;

/// Records, and calls `between` before the commit.
fn record(path: &Path, between: impl FnOnce()) -> Recorded {
    let secret = WebhookSecret::new(&Secret::new("s3cr3t")).unwrap();
    let headers = Signer::new(secret.clone()).headers(BODY);
    let verified = Verifier::new(secret).verify(&headers, BODY).unwrap();
    let mut connection = Connection::open(path).unwrap();
    let journal = Journal::default();
    journal.prepare(&mut connection).unwrap();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let recorded = journal.record(&transaction, &verified, Now::new(1_700_000_000, Duration::ZERO)).unwrap();
    between();
    transaction.commit().unwrap();
    recorded
}

/// Runs this very test as another process, which is told by its environment where to die: `abort` runs no destructor, so nothing
/// is rolled back by hand.
#[test]
#[expect(clippy::disallowed_methods, reason = "the other process is told by its environment what to do")]
fn t55_what_died_before_its_commit_comes_as_new_and_after_it_as_a_duplicate() {
    const NAME: &str = "t55_what_died_before_its_commit_comes_as_new_and_after_it_as_a_duplicate";
    if let (Ok(path), Ok(place)) = (std::env::var("INBOX_CRASH_PATH"), std::env::var("INBOX_CRASH_PLACE")) {
        let die_before = || {
            if place == "before" {
                std::process::abort()
            }
        };
        let _ = record(path.as_ref(), die_before);
        std::process::abort();
    }
    for mode in ["DELETE", "WAL"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let connection = Connection::open(&path).unwrap();
        let set: String = connection
            .query_row(&format!("PRAGMA journal_mode = {mode}"), [], |columns| columns.get(0))
            .unwrap();
        assert!(set.eq_ignore_ascii_case(mode));
        drop(connection);
        let die = |place: &str| {
            let died = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", NAME])
                .env("INBOX_CRASH_PATH", &path)
                .env("INBOX_CRASH_PLACE", place)
                .output()
                .unwrap();
            assert_eq!(died.status.code(), None, "{mode}, {place}: it was to die by a signal: {died:?}");
        };
        die("before");
        let rows = || -> i64 {
            let connection = Connection::open(&path).unwrap();
            connection.query_row("SELECT count(*) FROM cashlink_inbox", [], |columns| columns.get(0)).unwrap()
        };
        assert_eq!(rows(), 0, "{mode}: nothing was committed");
        die("after");
        assert_eq!(rows(), 1, "{mode}: committed, and never answered, and new to the second process");
        assert_eq!(record(&path, || ()), Recorded::Duplicate, "{mode}");
    }
}
