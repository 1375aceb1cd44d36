use bytes::Bytes;
use cashlink_core::partner::distributor::CreateInvestor;
use cashlink_journal::core as cashlink_core;
use cashlink_journal::store::SettleError;
use cashlink_journal::{Settlement, State};

use super::*;

/// What a call that ended well is settled with.
fn success(claim: &Claim) -> Settlement {
    let call = claim.call(&client(), &Policy::default()).unwrap();
    let answer = http::Response::new(Bytes::from_static(br#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#));
    let reply = cashlink_core::intent::replay::reply(&call, &client(), answer, 1);
    claim.settlement(Ok(&reply), &Policy::default(), 0)
}

fn state(place: &Place) -> State {
    let number = place.client().query_one("SELECT state FROM cashlink_intents", &[]).unwrap().get(0);
    State::from_number(number).unwrap()
}

/// A place with one intent, and a table of the caller's.
fn one_claimed(schema: &'static str) -> (Place, Postgres, Claim) {
    let place = Place::new(schema);
    let mut store = place.store();
    store.client().batch_execute("CREATE TABLE orders (investor text NOT NULL)").unwrap();
    let _ = stage(store.client(), &place.journal(), &intent("k", "Ada"), &Staging::default()).unwrap();
    let claim = claim(&mut store, now(0)).remove(0);
    (place, store, claim)
}

fn orders(store: &mut Postgres) -> i64 {
    store.client().query_one("SELECT count(*) FROM orders", &[]).unwrap().get(0)
}

#[test]
fn an_outcome_and_the_callers_rows_are_committed_together() {
    let (place, mut store, claim) = one_claimed("settled_together");
    let settlement = success(&claim);
    store
        .settle(claim.lease(), &settlement, now(0), |transaction| {
            let reply = claim.reply(&client(), settlement.evidence()).unwrap();
            let investor = reply.decode_as::<CreateInvestor>()?.value;
            transaction.execute("INSERT INTO orders VALUES ($1)", &[&investor.id.as_str()])?;
            Ok(())
        })
        .unwrap();
    assert_eq!((state(&place), orders(&mut store)), (State::Done, 1));
    assert!(matches!(
        store.settle(claim.lease(), &settlement, now(0), |_| panic!("it is settled")),
        Err(SettleError::Lost)
    ));
}

#[test]
fn where_the_handler_fails_neither_is_and_the_outcome_is_handed_out_again() {
    let (place, mut store, claim) = one_claimed("settled_handler_fails");
    let settlement = success(&claim);
    let refused = store.settle(claim.lease(), &settlement, now(0), |transaction| {
        transaction.execute("INSERT INTO orders VALUES ('Ada')", &[])?;
        Err("no room".into())
    });
    assert!(matches!(refused, Err(SettleError::Handler(_))));
    assert_eq!((state(&place), orders(&mut store)), (State::Claimed, 0));

    let answered = settlement.answered(Duration::from_secs(10));
    store.settle(claim.lease(), &answered, now(0), |_| Ok(())).unwrap();
    assert!(super::claim(&mut store, now(0)).is_empty());
    pass(&place, Duration::from_secs(11));
    let again = super::claim(&mut store, now(0)).remove(0);
    assert!(matches!(again.next(&Policy::default()), cashlink_journal::Next::Hand(_)));
}

/// PostgreSQL answers COMMIT with ROLLBACK where a statement has failed, and the driver takes that for success.
#[test]
fn t47_a_handler_that_hides_a_failed_statement_is_noticed() {
    let (place, mut store, claim) = one_claimed("settled_hidden_failure");
    let hidden = |transaction: &mut postgres::Transaction<'_>| {
        let _ = transaction.execute("INSERT INTO orders VALUES (NULL)", &[]);
        Ok(())
    };
    let refused = store.settle(claim.lease(), &success(&claim), now(0), hidden);
    assert!(matches!(refused, Err(SettleError::Database(_))), "{refused:?}");
    assert_eq!(state(&place), State::Claimed);
    assert!(matches!(store.transaction(hidden), Err(SettleError::Database(_))));
}

#[test]
fn t43_a_stale_worker_can_not_settle_and_its_handler_is_not_called() {
    let (place, mut store, first) = one_claimed("settled_stale");
    pass(&place, Duration::from_secs(121));
    let mut other = place.store();
    let second = super::claim(&mut other, now(0)).remove(0);
    assert_eq!((first.lease().fence, second.lease().fence), (1, 2));
    let stale = store.settle(first.lease(), &success(&first), now(0), |_| panic!("a stale worker's handler"));
    assert!(matches!(stale, Err(SettleError::Lost)));
    other.settle(second.lease(), &success(&second), now(0), |_| Ok(())).unwrap();
}

#[test]
fn t12_an_error_of_the_database_shows_no_row() {
    let (_place, mut store, claim) = one_claimed("settled_canary");
    store.client().batch_execute("ALTER TABLE cashlink_intents ADD CHECK (state <> 3)").unwrap();
    let refused = store.settle(claim.lease(), &success(&claim), now(0), |_| Ok(()));
    let Err(SettleError::Database(error)) = refused else { panic!("{refused:?}") };
    let Error::Database(driver) = &error else { panic!("{error}") };
    assert!(driver.as_db_error().unwrap().detail().is_some(), "the database quotes the row");
    for shown in [format!("{error}"), format!("{error:?}")] {
        assert!(shown.contains("23514") && !shown.contains("distributor"), "{shown}");
    }
    assert!(std::error::Error::source(&error).is_none());
}

/// PostgreSQL's DETAIL quotes rows. A handler's `?` brings it to whoever shows the worker's events.
#[test]
fn t12_what_a_handler_passes_on_of_the_database_quotes_no_row() {
    let (_place, mut store, claim) = one_claimed("settled_quotes");
    store
        .client()
        .batch_execute("CREATE UNIQUE INDEX ON orders (investor); INSERT INTO orders VALUES ('canary')")
        .unwrap();
    let refused = store.settle(claim.lease(), &success(&claim), now(0), |transaction| {
        transaction.execute("INSERT INTO orders VALUES ('canary')", &[])?;
        Ok(())
    });
    let Err(SettleError::Handler(error)) = refused else { panic!("{refused:?}") };
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("23505") && !shown.contains("canary"), "{shown}");
    let own = store.settle(claim.lease(), &success(&claim), now(0), |_| Err("its own".into()));
    assert!(matches!(own, Err(SettleError::Handler(error)) if error.to_string() == "its own"));
}

#[test]
fn t47_a_handler_that_ends_the_transaction_by_hand_is_noticed() {
    let (place, mut store, claim) = one_claimed("settled_by_hand");
    let ended = store.settle(claim.lease(), &success(&claim), now(0), |transaction| {
        transaction.batch_execute("ROLLBACK")?;
        Ok(())
    });
    assert!(matches!(ended, Err(SettleError::Database(_))), "{ended:?}");
    assert_eq!(state(&place), State::Claimed);
    store.settle(claim.lease(), &success(&claim), now(0), |_| Ok(())).unwrap();
    assert_eq!(state(&place), State::Done);
}
