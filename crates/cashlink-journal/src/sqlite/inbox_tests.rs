use std::time::Duration;

use cashlink_core::webhook::{BearerTokens, Signer, Verifier, WebhookSecret};
use cashlink_core::{Now, Secret, http};
use proptest::prelude::*;
use rusqlite::{Connection, TransactionBehavior};

use super::*;
use crate::inbox::{Content, Entry, Kind, Received, RecordError, Recorded};

const INVESTMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

fn now(seconds: u64) -> Now {
    Now::new(1_700_000_000 + seconds, Duration::from_secs(seconds))
}

struct Place {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        Self { _folder: folder, path }
    }

    fn open(&self) -> Inbox {
        let mut connection = Connection::open(&self.path).unwrap();
        let journal = Journal::default();
        journal.prepare(&mut connection).unwrap();
        Inbox { connection, journal }
    }
}

struct Inbox {
    connection: Connection,
    journal: Journal,
}

impl Inbox {
    fn record<'a>(&mut self, received: impl Into<Received<'a>>) -> Recorded {
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.unwrap();
        let recorded = self.journal.record(&transaction, received, now(0)).unwrap();
        transaction.commit().unwrap();
        recorded
    }

    fn signed(&mut self, body: &str) -> Recorded {
        signed(body, |received| self.record(received))
    }

    fn authenticated(&mut self, body: &str) -> Recorded {
        authenticated(body, |received| self.record(received))
    }

    fn pending(&self, kind: Kind) -> Vec<Entry> {
        self.journal.pending(&self.connection, kind, 0, 100).unwrap()
    }

    fn handled(&mut self, id: i64) -> bool {
        let transaction = self.connection.transaction().unwrap();
        let handled = self.journal.handled(&transaction, id, now(10)).unwrap();
        transaction.commit().unwrap();
        handled
    }

    fn status(&self) -> String {
        let investment = INVESTMENT.parse().unwrap();
        self.journal.investment(&self.connection, &investment).unwrap().unwrap().status.as_str().to_owned()
    }
}

/// Signed under another request id each time, which nobody must go by.
fn signed<T>(body: &str, then: impl FnOnce(Received<'_>) -> T) -> T {
    let secret = WebhookSecret::new(&Secret::new("s3cr3t")).unwrap();
    let mut headers = Signer::new(secret.clone()).headers(body.as_bytes());
    let id = format!("{:p}", &headers).parse().unwrap();
    headers.insert("x-request-id", id);
    then(Received::from(&Verifier::new(secret).verify(&headers, body.as_bytes()).unwrap()))
}

fn authenticated<T>(body: &str, then: impl FnOnce(Received<'_>) -> T) -> T {
    let tokens = BearerTokens::new(&Secret::new("t0k3n")).unwrap();
    let shown = http::HeaderValue::from_static("Bearer t0k3n");
    let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, shown)]);
    then(Received::from(&tokens.authenticate(&headers, body.as_bytes()).unwrap()))
}

fn change(status: &str, second: u32) -> String {
    format!(
        r#"{{"investment_id":"{INVESTMENT}","status":"{status}","changed_at":"2020-12-11T14:59:{second:02}Z"}}"#
    )
}

/// The seed's sample, for another business.
fn paid(business: &str) -> String {
    format!(
        r#"{{"event": "cashlink.paid", "timestamp": "2017-10-09T13:11:03.661620", "business": "{business}", "data": {{
        "is_test": false, "public_id": "wxnfqAVVPWwZ", "cashlink": {{"type": "invoice", "public_id": "VX0GK5cvM1dO",
        "subject": "Invoice no. 12345", "amount": "12.34", "amount_currency": "EUR"}}}}}}"#
    )
}

fn new(recorded: Recorded) -> i64 {
    match recorded {
        Recorded::New { id, .. } => id,
        Recorded::Duplicate => panic!("a duplicate"),
    }
}

#[test]
fn t55_a_delivery_is_recorded_once_and_known_again_after_its_body_was_forgotten() {
    let place = Place::new();
    let mut inbox = place.open();
    let event = r#"{"event":"x","timestamp":"2017-10-09T13:11:03.661620","business":"ada","data":{}}"#;
    let ids = [new(inbox.signed(event)), new(inbox.authenticated(&change("PAID", 1)))];
    assert_eq!(inbox.signed(event), Recorded::Duplicate);
    // The same change, in other bytes: there is no id of the delivery to go by.
    let again = change("PAID", 1).replace("{", r#"{"new":1, "#);
    assert_eq!(inbox.authenticated(&again), Recorded::Duplicate);

    for id in ids {
        assert!(inbox.handled(id));
    }
    assert_eq!(inbox.journal.forget(&inbox.connection, 1_700_000_009, 10).unwrap(), 0, "handled after that");
    assert_eq!(inbox.journal.forget(&inbox.connection, 1_700_000_010, 10).unwrap(), 2);
    let bodies: i64 = inbox
        .connection
        .query_row("SELECT count(*) FROM cashlink_inbox WHERE body IS NOT NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(bodies, 0);
    assert_eq!(inbox.signed(event), Recorded::Duplicate, "a replay, years later");
    assert_eq!(inbox.authenticated(&change("PAID", 1)), Recorded::Duplicate);
    assert_eq!(inbox.status(), "PAID");
}

#[test]
fn t55_of_many_that_record_one_delivery_at_once_one_finds_it_new() {
    let place = Place::new();
    drop(place.open());
    for (round, body) in (0..20).map(|round| (round, change("PAID", round))) {
        let start = std::sync::Barrier::new(4);
        let found: Vec<Recorded> = std::thread::scope(|scope| {
            let each = || {
                let mut inbox = place.open();
                start.wait();
                inbox.authenticated(&body)
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(each)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let fresh = found.iter().filter(|found| matches!(found, Recorded::New { .. })).count();
        assert_eq!(fresh, 1, "round {round}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn t55_t56_in_whatever_order_and_number_changes_come_they_end_in_one_state(
        (once, arrivals) in prop::collection::vec(
            (prop_oneof!["ACCEPTED|PAID|DELIVERED|REJECTION", "[A-C]"], 0..4_u32), 1..6,
        ).prop_flat_map(|once| {
            let twice = [once.clone(), once.clone()].concat();
            (Just(once), Just(twice).prop_shuffle())
        }),
    ) {
        let distinct = once.iter().collect::<std::collections::BTreeSet<_>>().len();
        let end = |changes: &[(String, u32)]| {
            let place = Place::new();
            let mut inbox = place.open();
            let fresh = changes
                .iter()
                .filter(|(status, second)| inbox.authenticated(&change(status, *second)) != Recorded::Duplicate)
                .count();
            let current = inbox.pending(Kind::Known).iter().filter(|entry| !entry.outdated).count();
            (fresh, current, inbox.status())
        };
        let in_order = end(&once);
        prop_assert_eq!((in_order.0, in_order.1), (distinct, 1));
        prop_assert_eq!(end(&arrivals), in_order);
    }
}

#[test]
fn t56_an_older_change_is_recorded_and_says_that_it_is_outdated() {
    let place = Place::new();
    let mut inbox = place.open();
    assert!(matches!(inbox.authenticated(&change("PAID", 2)), Recorded::New { outdated: false, .. }));
    assert!(matches!(inbox.authenticated(&change("ACCEPTED", 1)), Recorded::New { outdated: true, .. }));
    assert_eq!(inbox.status(), "PAID");
    // What was the last one when it came is outdated by what came before anybody looked.
    assert!(matches!(inbox.authenticated(&change("DELIVERED", 3)), Recorded::New { outdated: false, .. }));
    let outdated: Vec<bool> = inbox.pending(Kind::Known).iter().map(|entry| entry.outdated).collect();
    assert_eq!(outdated, [true, true, false]);
}

#[test]
fn t42_nothing_is_recorded_where_a_commit_is_not_durable() {
    let place = Place::new();
    let mut inbox = place.open();
    inbox.connection.execute_batch("PRAGMA synchronous = NORMAL").unwrap();
    let transaction = inbox.connection.transaction().unwrap();
    let recorded = signed("{}", |received| inbox.journal.record(&transaction, received, now(0)));
    assert!(matches!(recorded, Err(RecordError::NotDurable(_))));
}

#[test]
fn what_is_unknown_and_what_is_unreadable_is_kept_apart_and_once() {
    let place = Place::new();
    let mut inbox = place.open();
    let unreadable =
        format!(r#"{{"investment_id":"{INVESTMENT}","status":"PAID","changed_at":"yesterday"}}"#);
    let event =
        r#"{"event":"cashlink.new","timestamp":"2017-10-09T13:11:03.661620","business":"ada","data":{}}"#;
    for round in 0..2 {
        let found = [
            inbox.authenticated(r#"{"wallet_id":"w"}"#),
            inbox.authenticated(&unreadable),
            inbox.signed(event),
            inbox.signed("{}"),
            // The same bytes from the other generation are another delivery.
            inbox.authenticated("{}"),
        ];
        assert!(found.iter().all(|found| (*found == Recorded::Duplicate) == (round == 1)), "{found:?}");
    }
    assert!(inbox.pending(Kind::Known).is_empty());
    let (unknown, unreadable) = (inbox.pending(Kind::Unknown), inbox.pending(Kind::Unreadable));
    let names: Vec<_> = unknown.iter().map(|entry| entry.event.as_deref()).collect();
    assert_eq!(names, [None, Some("cashlink.new"), None]);
    assert_eq!(unreadable.len(), 2);
    assert!(unreadable.iter().all(|entry| entry.content().is_err() && entry.body.is_some()));
    // People handle them in any order.
    assert!(inbox.handled(unreadable[1].id) && inbox.handled(unreadable[0].id));
    assert!(inbox.pending(Kind::Unreadable).is_empty());
}

#[test]
fn entries_about_one_investment_are_handled_in_order_once_and_hold_up_no_others() {
    let place = Place::new();
    let (mut ours, mut theirs) = (place.open(), place.open());
    let other = change("PAID", 1).replace(INVESTMENT, "5eed0000-0000-4000-8000-000000000002");
    let bodies = [change("ACCEPTED", 1), change("PAID", 2), other];
    let [first, second, third] = bodies.map(|body| new(ours.authenticated(&body)));

    let entries = ours.pending(Kind::Known);
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [first, second, third]);
    let Ok(Some(Content::Notice(notice))) = entries[1].content() else { panic!("a notice") };
    assert!(
        matches!(notice, cashlink_core::webhook::Notice::StatusChanged(change) if change.status.as_str() == "PAID")
    );

    assert!(!ours.handled(second), "an earlier one is pending");
    assert!(ours.handled(third), "another investment");
    assert!(ours.handled(first) && !theirs.handled(first), "once");
    assert!(theirs.handled(second));
    assert!(ours.pending(Kind::Known).is_empty());
}

#[test]
fn what_a_handler_writes_commits_with_its_mark_or_not_at_all() {
    let place = Place::new();
    let mut inbox = place.open();
    inbox.connection.execute_batch("CREATE TABLE shipped (entry INTEGER)").unwrap();
    let id = new(inbox.authenticated(&change("PAID", 1)));
    for commit in [false, true] {
        let transaction = inbox.connection.transaction().unwrap();
        assert!(inbox.journal.handled(&transaction, id, now(1)).unwrap());
        transaction.execute("INSERT INTO shipped VALUES (?1)", [id]).unwrap();
        if commit {
            transaction.commit().unwrap();
        }
    }
    let shipped: i64 =
        inbox.connection.query_row("SELECT count(*) FROM shipped", [], |row| row.get(0)).unwrap();
    assert_eq!(shipped, 1);
}

#[test]
fn t12_neither_a_body_nor_whom_it_is_about_is_printed() {
    let place = Place::new();
    let mut inbox = place.open();
    let body = paid("lovelace");
    let printed = signed(&body, |received| format!("{received:?}"));
    let _ = new(inbox.signed(&body));
    let entries = inbox.pending(Kind::Known);
    assert_eq!(entries[0].subject.as_deref(), Some("lovelace"));
    assert_eq!(entries.len(), 1);
    let printed = format!("{printed} {entries:?}");
    assert!(!["lovelace", "Invoice", "12.34"].iter().any(|text| printed.contains(text)), "{printed}");
}

#[test]
fn what_the_inbox_hands_out_goes_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Received<'_>>();
    shared::<Recorded>();
    shared::<RecordError<Error>>();
    shared::<Entry>();
}
