use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use cashlink_journal::postgres::sql;

use super::*;

#[test]
fn t43_workers_that_claim_at_once_get_each_intent_once() {
    let place = Place::new("claimed_at_once");
    let (journal, mut client) = (place.journal(), place.client());
    let (intents, workers) = (200, 8);
    for number in 0..intents {
        let _ = stage(&mut client, &journal, &intent(&format!("k-{number}"), "Ada"), &Staging::default())
            .unwrap();
    }
    let together = Barrier::new(workers);
    let claims = thread::scope(|scope| {
        let work = || {
            let (mut store, mut mine) = (place.store(), Vec::new());
            together.wait();
            loop {
                let claims = store.claim(&wanted(&account(), 3), &Policy::default(), now(0)).unwrap();
                if claims.is_empty() {
                    return mine;
                }
                mine.extend(claims.into_iter().map(|claim| claim.unwrap().lease()));
            }
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let mut counted = BTreeMap::new();
    for lease in claims {
        assert_eq!(lease.fence, 1);
        *counted.entry(lease.id).or_insert(0) += 1;
    }
    // Who found nothing while others still held locks went home early; what they held was theirs.
    assert_eq!(counted.len(), intents);
    assert!(counted.values().all(|times| *times == 1));
}

#[test]
fn the_oldest_are_claimed_first_and_come_in_their_order() {
    let place = Place::new("claimed_in_order");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());
    // Staged last, due first.
    let delays = [30, 20, 10, 0];
    let staged = delays.map(|delay| {
        let staging = Staging::default().not_before(Duration::from_secs(delay));
        stage(&mut client, &journal, &intent(&format!("k-{delay}"), "Ada"), &staging).unwrap().id()
    });
    pass(&place, Duration::from_secs(60));
    let ids = |claims: Vec<Claim>| claims.iter().map(|claim| claim.lease().id).collect::<Vec<_>>();
    let one = worker.claim(&wanted(&account(), 1), &Policy::default(), now(0)).unwrap();
    assert_eq!(ids(one.into_iter().map(Result::unwrap).collect()), [staged[3]]);
    assert_eq!(ids(claim(&mut worker, now(0))), [staged[2], staged[1], staged[0]]);
}

#[test]
fn t42_nothing_is_claimed_within_an_open_transaction() {
    let place = Place::new("claimed_in_transaction");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.client());
    let _ = stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default()).unwrap();
    let claim =
        |worker: &mut postgres::Client| journal.claim(worker, &wanted(&account(), 1), &Policy::default());
    // Also as the very first statement, and behind a savepoint.
    for begin in ["BEGIN", "BEGIN; SELECT 1", "BEGIN; SAVEPOINT s"] {
        worker.batch_execute(begin).unwrap();
        for _ in 0..2 {
            assert!(matches!(claim(&mut worker), Err(Error::OpenTransaction)), "{begin}");
        }
        worker.batch_execute("COMMIT").unwrap();
        let claimed: i64 =
            client.query_one("SELECT sum(fence)::bigint FROM cashlink_intents", &[]).unwrap().get(0);
        assert_eq!(claimed, 0, "{begin}");
    }
    worker.batch_execute("BEGIN").unwrap();
    worker.batch_execute("SELECT 1/0").unwrap_err();
    assert!(matches!(claim(&mut worker), Err(Error::Database(_))), "a statement has failed");
    worker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(claim(&mut worker).unwrap().len(), 1);
    assert_eq!(
        claim(&mut worker).unwrap().len(),
        0,
        "with nothing due no transaction is found where none is"
    );
}

#[test]
fn t43_a_lease_that_ended_is_claimed_by_another_and_the_first_can_no_longer_extend_it() {
    let place = Place::new("claimed_again");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());
    let _ = stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default()).unwrap();
    let first = claim(&mut worker, now(0)).remove(0);
    assert!(!first.prior().maybe_sent);
    pass(&place, Duration::from_secs(100));
    assert!(claim(&mut worker, now(0)).is_empty(), "its lease is 120 s long");
    assert!(worker.extend(first.lease(), Duration::from_secs(120), now(0)).unwrap());
    pass(&place, Duration::from_secs(100));
    assert!(claim(&mut worker, now(0)).is_empty(), "it was extended");
    pass(&place, Duration::from_secs(21));
    let second = claim(&mut worker, now(0)).remove(0);
    assert!(second.prior().maybe_sent, "the first may have sent it");
    assert!(!worker.extend(first.lease(), Duration::from_secs(60), now(0)).unwrap());
    assert!(journal.extend(&mut client, second.lease(), Duration::from_secs(60)).unwrap());
}

/// Must-show 9: whatever workers believe the time to be, the database's counts.
#[test]
fn t43_workers_whose_clocks_are_minutes_apart_never_have_one_intent_at_once() {
    let place = Place::new("claimed_clocks_apart");
    let mut stores = [place.store(), place.store()];
    // The lease lasts two minutes; the clocks are ten apart, either way, and jump.
    let clocks: [u64; 6] = [600, 0, 86_400, 1, 1_200, 0];
    for round in 0..10 {
        let staged = {
            let mut staged = None;
            stores[round % 2]
                .transaction(|transaction| {
                    let intent = intent(&format!("k-{round}"), "Ada");
                    staged = Some(place.journal().stage(transaction, &intent, &Staging::default())?);
                    Ok(())
                })
                .unwrap();
            staged.unwrap()
        };
        let mut claims = Vec::new();
        for (number, clock) in clocks.into_iter().enumerate() {
            claims.extend(claim(&mut stores[(number + round) % 2], now(clock)));
        }
        assert_eq!(claims.iter().map(|claim| claim.lease().id).collect::<Vec<_>>(), [staged.id()]);
        assert!(stores[round % 2].extend(claims[0].lease(), Duration::from_secs(120), now(0)).unwrap());
    }
}

/// The age of a claim is the database's as well: it decides whether a key is still replayed (T44).
#[test]
fn t44_how_old_a_claim_is_goes_by_the_databases_clock() {
    let place = Place::new("claimed_age");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());
    let _ = stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default()).unwrap();
    assert_eq!(claim(&mut worker, now(0)).len(), 1);
    pass(&place, Duration::from_secs(3_600));
    let rows = worker.claim_rows(&wanted(&account(), 1), now(1 << 30)).unwrap();
    assert!((3_600..3_700).contains(&rows[0].age.as_secs()), "{:?}", rows[0].age);
}

#[test]
fn tests_may_say_what_time_it_is() {
    let place = Place::new("claimed_by_callers_clock");
    let mut store = place.store().by_callers_clock();
    store.transaction(|_| Ok(())).unwrap();
    let mut client = place.client();
    let mut transaction = client.transaction().unwrap();
    let staged = store.stage(&mut transaction, &intent("k", "Ada"), &Staging::default(), now(100)).unwrap();
    transaction.commit().unwrap();
    assert!(claim(&mut store, now(99)).is_empty());
    assert_eq!(claim(&mut store, now(100))[0].lease().id, staged.id());
    assert!(claim(&mut store, now(219)).is_empty());
    assert_eq!(claim(&mut store, now(220))[0].lease().fence, 2);
}

/// The server keeps a function's plan. One that was made while little was due must do when much is, after years of what is settled.
#[test]
fn no_claim_and_no_settlement_reads_all_that_is_there_or_all_that_is_due() {
    let place = Place::new("claiming_planned");
    let settled_before = "
        INSERT INTO cashlink_intents (account, operation, request, fingerprint, state, due_at, staged_at)
        SELECT 'distributor', 'investors.create', '', '', 3, 0, 0 FROM generate_series(1, 1000);
        ANALYZE cashlink_intents";
    place.client().batch_execute(settled_before).unwrap();
    let _ = stage(&mut place.client(), &place.journal(), &intent("k", "Ada"), &Staging::default()).unwrap();
    // The statements by themselves, since a claim refuses an open transaction, and only that one tells its own scans at once.
    let mut client = place.client();
    let mut transaction = client.transaction().unwrap();
    let account = account();
    let claimed =
        transaction.query_one(sql::CLAIM, &[&account.as_str(), &None::<i64>, &60_i64, &"test", &1_i64]);
    let claimed = claimed.unwrap();
    let (id, fence): (i64, i64) = (claimed.get("id"), claimed.get("fence"));
    let outcome = &[0_u8][..];
    let settled = transaction
        .query_one(sql::SETTLE, &[&id, &fence, &3_i16, &0_i64, &None::<i64>, &1_i64, &true, &outcome])
        .unwrap();
    assert!(settled.get::<_, bool>(0));
    let scans = transaction
        .query(
            "SELECT relname::text, pg_stat_get_xact_numscans(oid) FROM pg_class
            WHERE (oid = 'cashlink_intents'::regclass
                OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'cashlink_intents'::regclass))
                AND pg_stat_get_xact_numscans(oid) > 0",
            &[],
        )
        .unwrap();
    let scans: BTreeMap<String, i64> = scans.iter().map(|row| (row.get(0), row.get(1))).collect();
    // What is due by the index of that; what was claimed and what is settled by its id.
    let expected = [("cashlink_intents_account_due_at_id_idx", 1), ("cashlink_intents_pkey", 2)];
    assert_eq!(scans, expected.map(|(name, scans)| (name.to_owned(), scans)).into());
}

/// A function of PostgreSQL's takes a name for a column's where there is one.
#[test]
fn columns_that_somebody_adds_are_not_taken_for_what_the_functions_reckon_with() {
    let place = Place::new("claiming_columns");
    let added = "
        ALTER TABLE cashlink_intents ADD COLUMN clock bigint DEFAULT 5, ADD COLUMN due bigint DEFAULT 5, ADD COLUMN staged bigint DEFAULT 5";
    place.client().batch_execute(added).unwrap();
    let mut client = place.client();
    let _ = stage(&mut client, &place.journal(), &intent("k", "Ada"), &Staging::default()).unwrap();
    let mut store = place.store();
    let claimed = claim(&mut store, now(0)).remove(0).lease();
    assert!(claim(&mut store, now(0)).is_empty(), "it is leased");
    let settled = client
        .query_one(
            sql::SETTLE,
            &[&claimed.id, &claimed.fence, &3_i16, &0_i64, &None::<i64>, &1_i64, &true, &&[0_u8][..]],
        )
        .unwrap();
    assert!(settled.get::<_, bool>(0));
}
