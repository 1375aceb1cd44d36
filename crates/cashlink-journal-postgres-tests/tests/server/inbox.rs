//! The inbox on a PostgreSQL server.

use std::sync::Barrier;

use cashlink_journal::core::webhook::{BearerTokens, Signer, Verifier, WebhookSecret};
use cashlink_journal::core::{Secret, http};
use cashlink_journal::inbox::{Kind, Received, RecordError, Recorded};
use cashlink_journal::postgres::blocking::Journal;
use cashlink_journal_postgres_tests::Place;
use postgres::Client;

const INVESTMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const OTHER: &str = "5eed0000-0000-4000-8000-000000000002";

fn change(investment: &str, status: &str, second: u32) -> String {
    format!(
        r#"{{"investment_id":"{investment}","status":"{status}","changed_at":"2020-12-11T14:59:{second:02}Z"}}"#
    )
}

fn authenticated<T>(body: &str, then: impl FnOnce(Received<'_>) -> T) -> T {
    let tokens = BearerTokens::new(&Secret::new("t0k3n")).unwrap();
    let shown = http::HeaderValue::from_static("Bearer t0k3n");
    let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, shown)]);
    then(Received::from(&tokens.authenticate(&headers, body.as_bytes()).unwrap()))
}

fn signed<T>(body: &str, then: impl FnOnce(Received<'_>) -> T) -> T {
    let secret = WebhookSecret::new(&Secret::new("s3cr3t")).unwrap();
    let headers = Signer::new(secret.clone()).headers(body.as_bytes());
    then(Received::from(&Verifier::new(secret).verify(&headers, body.as_bytes()).unwrap()))
}

fn record(client: &mut Client, journal: &Journal, received: Received<'_>) -> Recorded {
    let mut transaction = client.transaction().unwrap();
    let recorded = journal.record(&mut transaction, received).unwrap();
    transaction.commit().unwrap();
    recorded
}

fn handled(client: &mut Client, journal: &Journal, id: i64) -> bool {
    let mut transaction = client.transaction().unwrap();
    let handled = journal.handled(&mut transaction, id).unwrap();
    transaction.commit().unwrap();
    handled
}

fn status(client: &mut Client, journal: &Journal) -> String {
    let state = journal.investment(client, &INVESTMENT.parse().unwrap()).unwrap();
    state.unwrap().status.as_str().to_owned()
}

#[test]
fn t55_a_webhook_is_recorded_after_the_commit_once_and_known_again_without_its_body() {
    let place = Place::new("inbox_once");
    let (mut client, journal) = (place.client(), place.journal());
    let body = change(INVESTMENT, "PAID", 1);
    let mut transaction = client.transaction().unwrap();
    let rolled_back = authenticated(&body, |received| journal.record(&mut transaction, received).unwrap());
    assert!(matches!(rolled_back, Recorded::New { outdated: false, .. }));
    drop(transaction);
    for (body, kind) in
        [(body.as_str(), Kind::Known), (r#"{"wallet":1}"#, Kind::Unknown), ("[]", Kind::Unreadable)]
    {
        let recorded = authenticated(body, |received| record(&mut client, &journal, received));
        let Recorded::New { id, .. } = recorded else { panic!("{kind:?}") };
        let entries = journal.pending(&mut client, kind, 0, 10).unwrap();
        assert_eq!((entries[0].id, entries.len()), (id, 1));
        assert!(handled(&mut client, &journal, id) && !handled(&mut client, &journal, id));
        assert!(journal.pending(&mut client, kind, 0, 10).unwrap().is_empty());
        assert_eq!(journal.forget(&mut client, i64::MAX, 10).unwrap(), 1);
        let again = authenticated(body, |received| record(&mut client, &journal, received));
        assert_eq!(again, Recorded::Duplicate, "{kind:?}");
    }
    assert!(matches!(signed("{}", |received| record(&mut client, &journal, received)), Recorded::New { .. }));
    assert_eq!(signed("{}", |received| record(&mut client, &journal, received)), Recorded::Duplicate);
}

/// PostgreSQL's texts hold every character but one, which JSON can write. Without a 2xx, the same would come again for ever.
#[test]
fn t55_what_no_text_of_the_database_can_hold_is_recorded_all_the_same() {
    let place = Place::new("inbox_nul");
    let (mut client, journal) = (place.client(), place.journal());
    let body = change(INVESTMENT, r"PAID\u0000", 1);
    let recorded = authenticated(&body, |received| record(&mut client, &journal, received));
    assert!(matches!(recorded, Recorded::New { .. }), "{recorded:?}");
    let body = r#"{"event":"new\u0000","timestamp":"2017-10-09T13:11:03.661620","business":"b-1","data":{}}"#;
    let recorded = signed(body, |received| record(&mut client, &journal, received));
    assert!(matches!(recorded, Recorded::New { .. }), "{recorded:?}");
    for (kind, body_len) in
        [(Kind::Unreadable, change(INVESTMENT, r"PAID\u0000", 1).len()), (Kind::Unknown, body.len())]
    {
        let entries = journal.pending(&mut client, kind, 0, 10).unwrap();
        assert_eq!(entries[0].body.as_ref().map(Vec::len), Some(body_len), "{kind:?}");
    }
}

#[test]
fn t55_t56_changes_recorded_by_many_at_once_are_each_new_once_and_end_in_the_last() {
    let place = Place::new("inbox_many");
    for round in 0..10 {
        let bodies: Vec<String> = ["ACCEPTED", "PAID", "DELIVERED", "PAID"]
            .iter()
            .zip([1, 2, 3, 2])
            .map(|(status, second)| change(INVESTMENT, status, round * 5 + second))
            .collect();
        let start = Barrier::new(bodies.len());
        let found: Vec<Recorded> = std::thread::scope(|scope| {
            let (place, start) = (&place, &start);
            let each = |body| {
                move || {
                    let (mut client, journal) = (place.client(), place.journal());
                    start.wait();
                    authenticated(body, |received| record(&mut client, &journal, received))
                }
            };
            let threads: Vec<_> = bodies.iter().map(|body| scope.spawn(each(body))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let fresh = found.iter().filter(|found| **found != Recorded::Duplicate).count();
        assert_eq!((fresh, found.len()), (3, 4), "round {round}: {found:?}");
        let mut client = place.client();
        assert_eq!(status(&mut client, &place.journal()), "DELIVERED", "round {round}");
        let entries = place.journal().pending(&mut client, Kind::Known, 0, 100).unwrap();
        assert_eq!(entries.iter().filter(|entry| !entry.outdated).count(), 1);
    }
}

#[test]
fn entries_about_one_investment_are_handled_in_order_and_hold_up_no_others_on_postgresql() {
    let place = Place::new("inbox_order");
    let (mut client, journal) = (place.client(), place.journal());
    let bodies = [change(INVESTMENT, "PAID", 2), change(INVESTMENT, "ACCEPTED", 1), change(OTHER, "PAID", 1)];
    let ids =
        bodies.map(|body| match authenticated(&body, |received| record(&mut client, &journal, received)) {
            Recorded::New { id, outdated } => (id, outdated),
            _ => panic!("new"),
        });
    assert_eq!(ids.map(|(_, outdated)| outdated), [false, true, false]);
    assert_eq!(status(&mut client, &journal), "PAID");
    assert!(!handled(&mut client, &journal, ids[1].0), "an earlier one is pending");
    assert!([2, 0, 1].iter().all(|n| handled(&mut client, &journal, ids[*n].0)));
}

#[test]
fn t42_no_webhook_is_recorded_where_a_commit_is_not_durable() {
    let place = Place::new("inbox_durable");
    let (mut client, journal) = (place.client(), place.journal());
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("SET LOCAL synchronous_commit = off").unwrap();
    let recorded = signed("{}", |received| journal.record(&mut transaction, received));
    assert!(matches!(recorded, Err(RecordError::NotDurable(_))), "{recorded:?}");
}

#[tokio::test]
async fn the_asynchronous_inbox_does_the_same() {
    let place = tokio::task::spawn_blocking(|| Place::new("inbox_asynchronous")).await.unwrap();
    let (mut client, journal) = (place.connect().await, place.asynchronous());
    for (status, second, outdated) in [("PAID", 2, false), ("ACCEPTED", 1, true), ("DELIVERED", 3, false)] {
        let body = change(INVESTMENT, status, second);
        let tokens = BearerTokens::new(&Secret::new("t0k3n")).unwrap();
        let shown = http::HeaderValue::from_static("Bearer t0k3n");
        let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, shown)]);
        let delivery = tokens.authenticate(&headers, body.as_bytes()).unwrap();
        let transaction = client.transaction().await.unwrap();
        let recorded = journal.record(&transaction, &delivery).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(matches!(recorded, Recorded::New { outdated: found, .. } if found == outdated));
    }
    let state = journal.investment(&client, &INVESTMENT.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(state.status.as_str(), "DELIVERED");
    for entry in journal.pending(&client, Kind::Known, 0, 10).await.unwrap() {
        let transaction = client.transaction().await.unwrap();
        assert!(journal.handled(&transaction, entry.id).await.unwrap());
        transaction.commit().await.unwrap();
    }
    assert_eq!(journal.forget(&client, i64::MAX, 10).await.unwrap(), 3);
    drop(client);
    tokio::task::spawn_blocking(move || drop(place)).await.unwrap();
}
