//! Looking for objects, by a program whose clock is not the server's.

use cashlink_journal::Next;
use cashlink_journal::reconcile::{self, Finding, Plan};

use super::*;

/// Looked for too early, an object isn't there yet: the intent would be sent again, and happen twice.
#[test]
fn t43_how_long_an_intent_was_left_alone_goes_by_the_databases_clock() {
    let place = Place::new("reconciled");
    let mut store = place.store();
    let _ = stage(&mut place.client(), &place.journal(), &intent("k", "Ada"), &Staging::default()).unwrap();
    assert_eq!(claim(&mut store, now(0)).len(), 1);
    pass(&place, 2 * Policy::default().max_replay_age);
    let again = claim(&mut store, now(0)).remove(0);
    let Next::Settle(settlement) = again.next(&Policy::default()) else { panic!("it is performed") };
    store.settle(again.lease(), &settlement, now(0), |_| Ok(())).unwrap();

    let ahead = Now::new(1 << 33, Duration::ZERO);
    let behind = now(0);
    let mut run = |now| {
        let look = |_: &_| Finding::<()>::DidNotHappen;
        reconcile::blocking::run(&mut store, &Plan::new("test"), now, look, |_, _, ()| Ok(())).unwrap()
    };
    for clock in [ahead, behind] {
        let report = run(clock);
        assert_eq!((report.quiet, report.retried), (1, 0), "{clock:?}");
    }
    pass(&place, Duration::from_secs(15 * 60));
    let report = run(behind);
    assert_eq!((report.quiet, report.retried), (0, 1));
}

#[tokio::test]
async fn t43_the_asynchronous_one_goes_by_it_as_well() {
    use cashlink_journal::postgres::Postgres;
    use cashlink_journal::store::asynchronous::Operate;

    let place = tokio::task::spawn_blocking(|| Place::new("reconciled_asynchronously")).await.unwrap();
    let mut store = Postgres::new(place.connect().await, place.asynchronous()).await.unwrap();
    let (ahead, behind) =
        (store.clock(Now::new(1 << 33, Duration::ZERO)).await.unwrap(), store.clock(now(0)).await.unwrap());
    assert!(behind > 1_700_000_000 && ahead - behind < 60, "{ahead}, {behind}");
    drop(store);
    tokio::task::spawn_blocking(move || drop(place)).await.unwrap();
}
