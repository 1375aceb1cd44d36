use cashlink_journal::Settlement;
use cashlink_journal::postgres::Postgres;
use cashlink_journal::store::SettleError;
use cashlink_journal::store::asynchronous::Store;

use super::*;

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

async fn store(place: &Place) -> Postgres {
    Postgres::new(place.connect().await, place.asynchronous()).await.unwrap()
}

async fn claim(store: &mut Postgres) -> Vec<Claim> {
    let claims = store.claim(&wanted(&account(), 10), &Policy::default(), now(0)).await.unwrap();
    claims.into_iter().map(Result::unwrap).collect()
}

fn settlement(claim: &Claim) -> Settlement {
    let call = claim.call(&client(), &Policy::default()).unwrap();
    let answer =
        http::Response::new(bytes::Bytes::from_static(br#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#));
    let reply = cashlink_journal::core::intent::replay::reply(&call, &client(), answer, 1);
    claim.settlement(Ok(&reply), &Policy::default(), 0)
}

#[test]
fn what_is_staged_is_claimed_after_the_commit_once_and_settled_with_the_callers_rows() {
    let place = Place::empty("asynchronous_story");
    run(async {
        let (journal, mut client) = (place.asynchronous(), place.connect().await);
        let (mut ours, mut theirs) = (store(&place).await, store(&place).await);
        client.batch_execute("CREATE TABLE orders (investor text NOT NULL)").await.unwrap();

        let transaction = client.transaction().await.unwrap();
        let _ = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await.unwrap();
        drop(transaction);
        assert!(claim(&mut theirs).await.is_empty(), "it was rolled back");
        let transaction = client.transaction().await.unwrap();
        let staged = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await.unwrap();
        let again = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await;
        assert!(matches!(again, Ok(Staged::Before(id)) if id == staged.id()));
        assert!(claim(&mut theirs).await.is_empty(), "it is not committed");
        transaction.commit().await.unwrap();

        let claims = claim(&mut theirs).await;
        assert_eq!(claims[0].lease().id, staged.id());
        assert!(claim(&mut ours).await.is_empty(), "it is somebody's");
        assert!(ours.extend(claims[0].lease(), Duration::from_secs(60), now(0)).await.unwrap());
        let settlement = settlement(&claims[0]);
        let fails = theirs.settle(claims[0].lease(), &settlement, now(0), |transaction| {
            Box::pin(async move {
                transaction.execute("INSERT INTO orders VALUES ('Ada')", &[]).await?;
                Err("no room".into())
            })
        });
        assert!(matches!(fails.await, Err(SettleError::Handler(_))));
        let settled = theirs.settle(claims[0].lease(), &settlement, now(0), |transaction| {
            Box::pin(async move {
                transaction.execute("INSERT INTO orders VALUES ('Ada')", &[]).await?;
                Ok(())
            })
        });
        settled.await.unwrap();
        let late = ours.settle(claims[0].lease(), &settlement, now(0), |_| panic!("it is settled")).await;
        assert!(matches!(late, Err(SettleError::Lost)));
        let orders = client.query_one("SELECT count(*) FROM orders", &[]).await.unwrap();
        assert_eq!(orders.get::<_, i64>(0), 1);
    });
}

#[test]
fn t40_the_same_key_with_another_request_is_refused() {
    let place = Place::new("asynchronous_key");
    run(async {
        let (journal, mut client) = (place.asynchronous(), place.connect().await);
        let transaction = client.transaction().await.unwrap();
        let first = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await.unwrap();
        let other = journal.stage(&transaction, &intent("k", "Bea"), &Staging::default()).await;
        assert!(matches!(other, Err(StageError::KeyReused { id }) if id == first.id()));
    });
}

#[test]
fn t42_nothing_is_claimed_within_an_open_transaction_or_where_a_commit_is_not_durable() {
    let place = Place::new("asynchronous_open");
    run(async {
        let (journal, mut client) = (place.asynchronous(), place.connect().await);
        client.batch_execute("BEGIN").await.unwrap();
        let (account, policy) = (account(), Policy::default());
        let claimed = journal.claim(&mut client, &wanted(&account, 1), &policy).await;
        assert!(matches!(claimed, Err(Error::OpenTransaction)));
        client.batch_execute("COMMIT; SET synchronous_commit = off").await.unwrap();
        let claimed = journal.claim(&mut client, &wanted(&account, 1), &policy).await;
        assert!(matches!(claimed, Err(Error::NotDurable(_))));
        let transaction = client.transaction().await.unwrap();
        let staged = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await;
        assert!(matches!(staged, Err(StageError::NotDurable(_))));
    });
}

/// The probe and the claim go out together: what the one has to refuse, the other must not have claimed meanwhile.
#[test]
fn t42_what_is_refused_is_not_claimed_either() {
    let place = Place::new("asynchronous_refused");
    run(async {
        let mut client = place.connect().await;
        let (account, policy) = (account(), Policy::default());
        for journal in [place.asynchronous(), place.asynchronous().prepared_on(&client).await.unwrap()] {
            let transaction = client.transaction().await.unwrap();
            let _ = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await.unwrap();
            transaction.commit().await.unwrap();
            for (begin, end) in
                [("SET synchronous_commit = off", "RESET synchronous_commit"), ("BEGIN", "COMMIT")]
            {
                client.batch_execute(begin).await.unwrap();
                journal.claim(&mut client, &wanted(&account, 1), &policy).await.unwrap_err();
                client.batch_execute(end).await.unwrap();
                let row = client.query_one("SELECT max(fence) FROM cashlink_intents", &[]).await.unwrap();
                assert_eq!(row.get::<_, i64>(0), 0, "{begin}");
            }
        }
    });
}

#[test]
fn prepared_statements_are_good_for_their_own_connection_only() {
    let place = Place::new("asynchronous_prepared");
    run(async {
        let (mut ours, mut theirs) = (place.connect().await, place.connect().await);
        let journal = place.asynchronous().prepared_on(&ours).await.unwrap();
        for (client, works) in [(&mut theirs, false), (&mut ours, true)] {
            let transaction = client.transaction().await.unwrap();
            let staged = journal.stage(&transaction, &intent("k", "Ada"), &Staging::default()).await;
            assert_eq!(staged.is_ok(), works);
            drop(transaction);
            let claimed = journal.claim(client, &wanted(&account(), 1), &Policy::default()).await;
            assert_eq!(claimed.is_ok(), works);
        }
    });
}

#[test]
fn what_is_settled_is_committed_and_leaves_no_transaction_open() {
    let place = Place::new("asynchronous_settled");
    run(async {
        let (mut store, mut client) = (store(&place).await, place.connect().await);
        let transaction = client.transaction().await.unwrap();
        let _ =
            place.asynchronous().stage(&transaction, &intent("k", "Ada"), &Staging::default()).await.unwrap();
        transaction.commit().await.unwrap();
        let claims = claim(&mut store).await;
        let settlement = settlement(&claims[0]);
        store.settle(claims[0].lease(), &settlement, now(0), |_| Box::pin(async { Ok(()) })).await.unwrap();
        let row = client.query_one("SELECT state FROM cashlink_intents", &[]).await.unwrap();
        assert_eq!(row.get::<_, i16>(0), 3);
        assert!(claim(&mut store).await.is_empty(), "it would be refused in an open transaction");
    });
}

#[test]
fn t47_a_handler_that_hides_a_failed_statement_is_noticed() {
    let place = Place::new("asynchronous_hidden");
    run(async {
        let mut store = store(&place).await;
        let hidden = store.transaction(|transaction| {
            Box::pin(async move {
                let _ = transaction.batch_execute("SELECT 1/0").await;
                Ok(())
            })
        });
        assert!(matches!(hidden.await, Err(SettleError::Database(_))));
    });
}
