use std::sync::mpsc;
use std::thread;

use super::*;

#[test]
fn what_is_staged_is_claimed_after_the_commit_and_only_then() {
    let place = Place::new("staged_after_commit");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());

    let mut transaction = client.transaction().unwrap();
    let staged = journal.stage(&mut transaction, &intent("k", "Ada"), &Staging::default()).unwrap();
    assert!(claim(&mut worker, now(0)).is_empty(), "it is not committed");
    transaction.commit().unwrap();
    assert_eq!(claim(&mut worker, now(0))[0].lease().id, staged.id());
}

#[test]
fn what_is_rolled_back_was_never_staged() {
    let place = Place::new("staged_rolled_back");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());

    let mut transaction = client.transaction().unwrap();
    let _ = journal.stage(&mut transaction, &intent("k", "Ada"), &Staging::default()).unwrap();
    drop(transaction);
    assert!(claim(&mut worker, now(0)).is_empty());
    // Also with another request: its key is free.
    assert!(matches!(
        stage(&mut client, &journal, &intent("k", "Bea"), &Staging::default()),
        Ok(Staged::New(_))
    ));
}

#[test]
fn t40_the_same_key_with_another_request_is_refused_and_with_the_same_it_is_the_same() {
    let place = Place::new("staged_twice");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());
    let first = stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default()).unwrap();
    let same = stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default());
    assert!(matches!(same, Ok(Staged::Before(id)) if id == first.id()));
    let other = stage(&mut client, &journal, &intent("k", "Bea"), &Staging::default());
    assert!(matches!(other, Err(StageError::KeyReused { id }) if id == first.id()));
    assert_eq!(claim(&mut worker, now(0)).len(), 1);
}

/// A second transaction with the key waits for the first one's end, and its answer is that of what was committed.
fn second_with_the_same_key(
    schema: &'static str,
    name: &str,
    commit: bool,
) -> Result<Staged, StageError<Error>> {
    let place = Place::new(schema);
    let (journal, mut client, mut observer) = (place.journal(), place.client(), place.client());
    let mut first = client.transaction().unwrap();
    let _ = journal.stage(&mut first, &intent("k", "Ada"), &Staging::default()).unwrap();

    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            let mut client = place.client();
            let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
            tell.send(pid).unwrap();
            stage(&mut client, &journal, &intent("k", name), &Staging::default())
        });
        let pid = told.recv().unwrap();
        // Until the server says that it waits for a lock; it has nothing else to wait for, and so gets there.
        let waits = "SELECT cardinality(pg_blocking_pids($1)) > 0";
        while !observer.query_one(waits, &[&pid]).unwrap().get::<_, bool>(0) {
            assert!(!second.is_finished(), "it did not wait");
            thread::yield_now();
        }
        if commit {
            first.commit().unwrap()
        } else {
            first.rollback().unwrap()
        }
        second.join().unwrap()
    })
}

#[test]
fn t40_two_open_transactions_with_one_key_wait_for_each_other() {
    let same = second_with_the_same_key("staged_at_once_same", "Ada", true);
    assert!(matches!(same, Ok(Staged::Before(_))), "{same:?}");
    let other = second_with_the_same_key("staged_at_once_other", "Bea", true);
    assert!(matches!(other, Err(StageError::KeyReused { .. })), "{other:?}");
    let free = second_with_the_same_key("staged_at_once_free", "Bea", false);
    assert!(matches!(free, Ok(Staged::New(_))), "{free:?}");
}

#[test]
fn a_transaction_that_could_not_be_serialized_says_that_it_can_be_begun_anew() {
    let place = Place::new("staged_serializable");
    let (journal, mut client, mut other) = (place.journal(), place.client(), place.client());
    let begin = |client: &mut postgres::Client| {
        client.batch_execute("SET default_transaction_isolation = 'repeatable read'").unwrap();
    };
    begin(&mut client);
    let mut late = client.transaction().unwrap();
    let _ = late.query_one("SELECT 1", &[]).unwrap();
    let _ = stage(&mut other, &journal, &intent("k", "Ada"), &Staging::default()).unwrap();
    let refused = journal.stage(&mut late, &intent("k", "Ada"), &Staging::default());
    let Err(StageError::Database(error)) = refused else { panic!("{refused:?}") };
    assert!(error.is_retryable(), "{error}");
    drop(late);
    assert!(matches!(
        stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default()),
        Ok(Staged::Before(_))
    ));
}

#[test]
fn what_is_staged_for_later_is_due_later_and_in_order_behind_its_ordering_key() {
    let place = Place::new("staged_for_later");
    let (journal, mut client, mut worker) = (place.journal(), place.client(), place.store());
    let later = Staging::default().not_before(Duration::from_secs(60));
    let _ = stage(&mut client, &journal, &intent("later", "Ada"), &later).unwrap();
    let ordered = Staging::default().after_those_of("investor-1");
    let first = stage(&mut client, &journal, &intent("first", "Ada"), &ordered).unwrap();
    let _ = stage(&mut client, &journal, &intent("second", "Ada"), &ordered).unwrap();

    let claims = claim(&mut worker, now(0));
    assert_eq!(claims.iter().map(|claim| claim.lease().id).collect::<Vec<_>>(), [first.id()]);
    pass(&place, Duration::from_secs(61));
    let claims = claim(&mut worker, now(0));
    assert_eq!(claims.len(), 1, "the second waits for the first");
}

#[test]
fn staging_wakes_those_who_listen_after_the_commit_where_it_was_told_to() {
    let place = Place::new("staged_wakes");
    let (mut client, mut listener) = (place.client(), place.client());
    listener.batch_execute(cashlink_journal::postgres::sql::LISTEN).unwrap();
    let heard = |listener: &mut postgres::Client| {
        // What was sent before its own answer has arrived with it.
        listener.batch_execute("SELECT 1").unwrap();
        let mut heard = Vec::new();
        let mut notifications = listener.notifications();
        let mut heard_so_far = notifications.iter();
        while let Some(notification) = fallible(&mut heard_so_far) {
            heard.push(notification.payload().to_owned());
        }
        heard
    };
    let _ = stage(&mut client, &place.journal(), &intent("quiet", "Ada"), &Staging::default()).unwrap();
    assert_eq!(heard(&mut listener), [""; 0]);

    let waking = place.journal().waking(true);
    let mut transaction = client.transaction().unwrap();
    let _ = waking.stage(&mut transaction, &intent("k", "Ada"), &Staging::default()).unwrap();
    assert_eq!(heard(&mut listener), [""; 0], "it is not committed");
    transaction.commit().unwrap();
    assert_eq!(heard(&mut listener), ["distributor"]);
}

fn fallible(
    notifications: &mut impl fallible_iterator::FallibleIterator<
        Item = postgres::Notification,
        Error = postgres::Error,
    >,
) -> Option<postgres::Notification> {
    notifications.next().unwrap()
}
