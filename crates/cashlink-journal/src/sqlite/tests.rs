use std::time::Duration;

use bytes::Bytes;
use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
use cashlink_core::{Bearer, Call, Client, IdempotencyKey, Secret};
use rusqlite::params;

use super::*;
use crate::operate::{Counted, Decision, Filter};
use crate::store::blocking::Operate;
use crate::{Account, Next, State};

fn now(seconds: u64) -> Now {
    Now::new(1_700_000_000 + seconds, Duration::from_secs(seconds))
}

fn client() -> Client<Bearer> {
    Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s")).unwrap())
}

fn account() -> Account {
    Account::new("distributor").unwrap()
}

fn intent(key: &str, name: &str) -> Intent {
    let person = NaturalPerson::new().forename(name).surname("Lovelace");
    let create = CreateInvestor::natural_person(IdempotencyKey::new(key).unwrap(), person, true);
    Intent::new(&client(), &account(), &Call::new(&create).unwrap()).unwrap()
}

/// A journal in a file, since one in memory is not durable; and a second connection to it.
struct Place {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        Self { _folder: folder, path }
    }

    fn store(&self) -> Sqlite {
        Sqlite::new(Connection::open(&self.path).unwrap(), Journal::default()).unwrap()
    }
}

fn stage(store: &mut Sqlite, intent: &Intent) -> Result<Staged, StageError<Error>> {
    let journal = store.journal.clone();
    let transaction = store.connection.transaction().unwrap();
    let staged = journal.stage(&transaction, intent, &Staging::default(), now(0))?;
    transaction.commit().unwrap();
    Ok(staged)
}

fn claim(store: &mut Sqlite, at: u64) -> Vec<Claim> {
    let (account, policy) = (account(), Policy::default());
    let wanted = Wanted { account: &account, limit: 10, lease: policy.lease, worker: "test" };
    store.claim(&wanted, &policy, now(at)).unwrap().into_iter().map(Result::unwrap).collect()
}

#[test]
fn what_is_staged_is_claimed_after_the_commit_once_and_settled_with_the_callers_rows() {
    let place = Place::new();
    let (mut ours, mut theirs) = (place.store(), place.store());
    ours.connection.execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY, investor TEXT)").unwrap();

    let journal = ours.journal.clone();
    let transaction = ours.connection.transaction().unwrap();
    let staged = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default(), now(0)).unwrap();
    drop(transaction);
    assert!(claim(&mut theirs, 1).is_empty(), "it was rolled back");
    assert!(stage(&mut ours, &intent("k", "Ada")).is_ok());

    let claims = claim(&mut theirs, 1);
    assert_eq!(claims.len(), 1);
    assert!(claim(&mut ours, 1).is_empty(), "it is somebody's");
    assert_eq!(staged.id(), claims[0].lease().id);
    assert!(matches!(claims[0].next(&Policy::default()), Next::Perform));
    assert!(!claims[0].prior().maybe_sent);

    let call = claims[0].call(&client(), &Policy::default()).unwrap();
    let answer = http::Response::new(Bytes::from_static(br#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#));
    let reply = cashlink_core::intent::replay::reply(&call, &client(), answer, 1);
    let settlement = claims[0].settlement(Ok(&reply), &Policy::default(), 0);
    theirs
        .settle(claims[0].lease(), &settlement, now(2), |transaction| {
            let reply = claims[0].reply(&client(), settlement.evidence()).unwrap();
            let investor = reply.decode_as::<CreateInvestor>()?.value;
            transaction
                .execute("INSERT INTO orders (investor) VALUES (?1)", params![investor.id.as_str()])?;
            Ok(())
        })
        .unwrap();
    assert!(claim(&mut ours, 10_000).is_empty());
    let orders: i64 = ours.connection.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!(orders, 1);
}

#[test]
fn t40_the_same_key_with_another_request_is_refused_and_with_the_same_it_is_the_same() {
    let place = Place::new();
    let mut store = place.store();
    let first = stage(&mut store, &intent("k", "Ada")).unwrap();
    assert!(matches!(stage(&mut store, &intent("k", "Ada")), Ok(Staged::Before(id)) if id == first.id()));
    assert!(
        matches!(stage(&mut store, &intent("k", "Bea")), Err(StageError::KeyReused { id }) if id == first.id())
    );
    assert_eq!(claim(&mut store, 1).len(), 1);
}

#[test]
fn t42_nothing_is_staged_where_a_commit_is_not_durable() {
    let place = Place::new();
    let mut store = place.store();
    for (settings, durable) in [
        ("PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL", false),
        ("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL", false),
        ("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA", true),
        ("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", false),
        ("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", true),
    ] {
        store.connection.execute_batch(settings).unwrap();
        let staged = stage(&mut store, &intent(&format!("k{durable}"), "Ada"));
        assert_eq!(staged.is_ok(), durable, "{settings}");
    }
    store.connection.execute_batch("PRAGMA synchronous = NORMAL").unwrap();
    assert!(matches!(stage(&mut store, &intent("k", "Ada")), Err(StageError::NotDurable(_))));
    // The second one is a temporary file, which goes with its connection.
    for nowhere in [Connection::open_in_memory(), Connection::open("")] {
        let refused = Sqlite::new(nowhere.unwrap(), Journal::default());
        assert!(matches!(refused, Err(MigrateError::NotDurable(_))), "{refused:?}");
    }
}

#[test]
fn t43_a_lease_that_ended_is_claimed_by_another_and_the_first_can_no_longer_settle() {
    let place = Place::new();
    let mut store = place.store();
    let _ = stage(&mut store, &intent("k", "Ada")).unwrap();
    let first = claim(&mut store, 1).remove(0);
    assert!(claim(&mut store, 120).is_empty());
    let second = claim(&mut store, 121).remove(0);
    assert!(second.prior().maybe_sent, "the first may have sent it");
    let settlement =
        Settlement::last(crate::Evidence::new(State::Done, cashlink_core::Certainty::Applied, 1, ""));
    let unseen = |_: &mut Transaction<'_>| -> Result<(), HandlerError> { panic!("a stale worker's handler") };
    assert!(matches!(store.settle(first.lease(), &settlement, now(122), unseen), Err(SettleError::Lost)));
    assert!(!store.extend(first.lease(), Duration::from_secs(60), now(122)).unwrap());
    assert!(store.settle(second.lease(), &settlement, now(122), |_| Ok(())).is_ok());
}

fn settle(store: &mut Sqlite, claim: &Claim, state: crate::State, at: u64) {
    let certainty = match state {
        State::Done => cashlink_core::Certainty::Applied,
        State::NeedsReconciliation => cashlink_core::Certainty::Unknown,
        _ => cashlink_core::Certainty::NotApplied,
    };
    let settlement = Settlement::last(crate::Evidence::new(state, certainty, 1, "canary"));
    store.settle(claim.lease(), &settlement, now(at), |_| Ok(())).unwrap();
}

#[test]
fn operators_see_what_is_there_and_decide_about_what_is_held_as_they_saw_it() {
    let place = Place::new();
    let mut store = place.store();
    for key in ["a", "b", "c"] {
        assert!(stage(&mut store, &intent(key, "Ada")).is_ok());
    }
    let claims = claim(&mut store, 1);
    settle(&mut store, &claims[0], State::NeedsReconciliation, 2);
    settle(&mut store, &claims[1], State::Done, 2);

    let all = store.entries(&Filter::default(), 10).unwrap();
    let states: Vec<_> = all.iter().map(|entry| (entry.key.as_deref(), entry.state)).collect();
    let [a, b, c] = [Some("a"), Some("b"), Some("c")];
    assert_eq!(states, [(a, State::NeedsReconciliation), (b, State::Done), (c, State::Claimed)]);
    let (start, end) = (1_700_000_000, 1_700_000_002);
    assert_eq!((all[0].staged_at, all[0].claimed_at, all[0].settled_at), (start, Some(start + 1), Some(end)));
    assert!(all[0].request.is_none() && format!("{all:?}").find("canary").is_none());

    let held = Filter { states: vec![State::NeedsReconciliation, State::Dead], ..Filter::default() };
    let [seen] = &store.entries(&held, 10).unwrap()[..] else { panic!("one is held") };
    let seen = store.entry(seen.id).unwrap().unwrap();
    assert_eq!(seen.intent().unwrap().unwrap().fingerprint(), intent("a", "Ada").fingerprint());

    let stats = store.stats(Some(&account()), Counted::Open, now(7)).unwrap();
    let counts = [State::NeedsReconciliation, State::Claimed, State::Done].map(|state| stats.count(state));
    assert_eq!((counts, stats.live(), stats.attempts), ([1, 1, 0], 1, 1));
    assert_eq!(stats.oldest, Some(Duration::from_secs(7)));
    assert_eq!(store.stats(None, Counted::All, now(7)).unwrap().count(State::Done), 1);

    let retry = Decision::retry("canary looked, and found nothing");
    store.decide(&seen, &retry, now(3), |_| Ok(())).unwrap();
    assert!(matches!(store.decide(&seen, &retry, now(3), |_| Ok(())), Err(SettleError::Lost)));
    let again = claim(&mut store, 3).remove(0);
    assert!(!again.prior().maybe_sent && again.lease().fence > seen.fence);
    let claimed = store.entry(seen.id).unwrap().unwrap();
    let done = Decision::done("canary");
    assert!(matches!(store.decide(&claimed, &done, now(4), |_| Ok(())), Err(SettleError::Lost)));

    settle(&mut store, &again, State::NeedsReconciliation, 5);
    let seen = store.entry(seen.id).unwrap().unwrap();
    let failed = store.decide(&seen, &done, now(6), |_| Err("no".into()));
    assert!(matches!(failed, Err(SettleError::Handler(_))));
    store.decide(&seen, &done, now(6), |_| Ok(())).unwrap();
    let seen = store.entry(seen.id).unwrap().unwrap();
    assert_eq!(seen.evidence().unwrap().unwrap().decided(), Some("canary"));
    assert!(!format!("{done:?}").contains("canary"));

    assert_eq!(store.prune(Duration::from_secs(5), 10, now(7)).unwrap(), 1);
    assert_eq!(store.entries(&Filter::default(), 10).unwrap().len(), 2);
}

#[test]
fn what_is_open_is_found_by_an_index_however_much_was_settled() {
    let place = Place::new();
    let store = place.store();
    for (sql, indexes) in [
        (sql::STATS_OPEN, &["cashlink_intents_due", "cashlink_intents_state"][..]),
        (sql::LIST_HELD, &["cashlink_intents_state"][..]),
    ] {
        let mut explain = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan = explain.raw_query().mapped(|columns| columns.get::<_, String>(3));
        let plan = plan.collect::<Result<Vec<_>, _>>().unwrap().join("\n");
        assert!(indexes.iter().all(|index| plan.contains(index)), "{plan}");
        assert!(!plan.contains("SCAN cashlink_intents\n"), "{plan}");
    }
}

#[test]
fn tables_of_other_names_do_as_well() {
    let place = Place::new();
    let names = crate::Names::default().prefix("payments_").unwrap().schema("main").unwrap();
    let store = Sqlite::new(Connection::open(&place.path).unwrap(), Journal::named(names));
    let mut store = store.unwrap();
    assert!(stage(&mut store, &intent("k", "Ada")).is_ok());
    assert_eq!(claim(&mut store, 1).len(), 1);
    assert_eq!(store.entries(&Filter::default(), 10).unwrap().len(), 1);
}

#[test]
fn what_is_only_checked_stays_as_it_is() {
    let place = Place::new();
    let check = || Sqlite::existing(Connection::open(&place.path).unwrap(), Journal::default());
    assert!(matches!(check(), Err(MigrateError::Missing { number: 1 })));
    let tables = "SELECT count(*) FROM sqlite_master";
    let count: i64 = Connection::open(&place.path).unwrap().query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
    let ours = place.store();
    assert_eq!(check().unwrap().entries(&Filter::default(), 1).unwrap().len(), 0);
    let known = i64::try_from(sql::MIGRATIONS.len()).unwrap();
    ours.connection.execute(sql::MIGRATED, params![known + 1, [0_u8; 32]]).unwrap();
    assert!(matches!(check(), Err(MigrateError::Unknown { number }) if number == known + 1));
    ours.connection.execute("DELETE FROM cashlink_migrations WHERE number >= ?1", [known]).unwrap();
    assert!(matches!(check(), Err(MigrateError::Missing { number }) if number == known));
}

/// `PRAGMA synchronous` by itself is that of the database `main`; one that is attached has its own.
#[test]
fn t42_an_attached_database_is_durable_by_its_own_settings() {
    let place = Place::new();
    let connection = Connection::open(&place.path).unwrap();
    let attached = place.path.with_file_name("ledger.db");
    connection.execute("ATTACH ?1 AS ledger", [attached.to_str().unwrap()]).unwrap();
    let names = crate::Names::default().schema("ledger").unwrap();
    let mut store = Sqlite::new(connection, Journal::named(names.clone())).unwrap();
    let synchronous: i64 =
        store.connection.query_row("PRAGMA ledger.synchronous", [], |row| row.get(0)).unwrap();
    assert_eq!(synchronous, 3, "set when the journal is prepared");
    assert!(stage(&mut store, &intent("a", "Ada")).is_ok());
    for settings in [
        "PRAGMA ledger.synchronous = OFF",
        "PRAGMA ledger.synchronous = 3; PRAGMA ledger.journal_mode = MEMORY",
    ] {
        store.connection.execute_batch(settings).unwrap();
        let staged = stage(&mut store, &intent("b", "Ada"));
        assert!(matches!(staged, Err(StageError::NotDurable(_))), "{settings}: {staged:?}");
    }
    store.connection.execute_batch("ATTACH ':memory:' AS nowhere").unwrap();
    let names = crate::Names::default().schema("nowhere").unwrap();
    let (connection, _) = store.into_parts();
    assert!(matches!(Sqlite::new(connection, Journal::named(names)), Err(MigrateError::NotDurable(_))));
}

/// Staged by the exported SQL, or changed by another hand.
#[test]
fn a_row_that_can_not_be_read_holds_up_no_other() {
    for damage in ["fingerprint = x'00'", "attempts = -1", "attempts = 1 << 40"] {
        let place = Place::new();
        let mut store = place.store();
        let bad = stage(&mut store, &intent("a", "Ada")).unwrap().id();
        let good = stage(&mut store, &intent("b", "Ada")).unwrap().id();
        let sql = format!("UPDATE cashlink_intents SET {damage} WHERE id = ?1");
        store.connection.execute(&sql, [bad]).unwrap();
        let (account, policy) = (account(), Policy::default());
        let wanted = Wanted { account: &account, limit: 10, lease: policy.lease, worker: "test" };
        let claimed = store.claim(&wanted, &policy, now(1)).unwrap();
        let readable: Vec<_> = claimed.iter().flatten().map(|claim| claim.lease().id).collect();
        assert!(claimed.len() == 2 && readable.contains(&good), "{damage}");
        assert!(store.entries(&Filter::default(), 10).is_ok(), "{damage}");
    }
}
