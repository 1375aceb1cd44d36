use super::*;

fn setting(error: Error) -> &'static str {
    match error {
        Error::NotDurable(reason) => reason.setting,
        error => panic!("{error}"),
    }
}

#[test]
fn t42_nothing_is_staged_or_claimed_where_a_commit_is_not_durable() {
    let place = Place::new("not_durable");
    let (journal, mut client) = (place.journal(), place.client());
    let _ = stage(&mut client, &journal, &intent("k", "Ada"), &Staging::default()).unwrap();

    client.batch_execute("SET synchronous_commit = off").unwrap();
    let refused = stage(&mut client, &journal, &intent("other", "Ada"), &Staging::default());
    assert!(matches!(refused, Err(StageError::NotDurable(reason)) if reason.setting == "synchronous_commit"));
    let claimed = journal.claim(&mut client, &wanted(&account(), 1), &Policy::default());
    assert_eq!(setting(claimed.unwrap_err()), "synchronous_commit");
    assert_eq!(setting(journal.prepare(&mut client).unwrap_err()), "synchronous_commit");

    // Only for one transaction, too.
    client.batch_execute("SET synchronous_commit = on").unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("SET LOCAL synchronous_commit = off").unwrap();
    let refused = journal.stage(&mut transaction, &intent("other", "Ada"), &Staging::default());
    assert!(matches!(refused, Err(StageError::NotDurable(_))));
    drop(transaction);
    let count: i64 = client.query_one("SELECT count(*) FROM cashlink_intents", &[]).unwrap().get(0);
    assert_eq!(count, 1);
}

#[test]
fn t42_every_other_setting_is_durable_on_this_server() {
    let place = Place::new("durable");
    let (journal, mut client) = (place.journal(), place.client());
    for mode in ["local", "remote_write", "on", "remote_apply"] {
        client.batch_execute(&format!("SET synchronous_commit = {mode}")).unwrap();
        assert!(stage(&mut client, &journal, &intent(mode, "Ada"), &Staging::default()).is_ok(), "{mode}");
        let claimed = journal.claim(&mut client, &wanted(&account(), 1), &Policy::default()).unwrap();
        assert_eq!(claimed.len(), 1, "{mode}");
    }
}

#[test]
fn t42_tables_that_do_not_outlive_a_crash_are_refused() {
    let place = Place::new("unlogged");
    let mut client = place.client();
    for table in ["cashlink_intents", "cashlink_inbox", "cashlink_inbox_states"] {
        client.batch_execute(&format!("ALTER TABLE {table} SET UNLOGGED")).unwrap();
        let refused = place.journal().prepare(&mut client).unwrap_err();
        assert_eq!(setting(refused), "the journal's table", "{table}");
        client.batch_execute(&format!("ALTER TABLE {table} SET LOGGED")).unwrap();
    }
}

/// A worker that goes on with such a connection would never claim anything again.
#[test]
fn a_connection_that_is_lost_says_so() {
    let place = Place::new("connection_lost");
    let mut store = place.store();
    let backend: i32 = store.client().query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let refused = store.client().batch_execute("SELECT 1 / 0").unwrap_err();
    assert!(!Error::from(refused).is_connection_lost(), "it is of use still");
    place.client().execute("SELECT pg_terminate_backend($1, 10000)", &[&backend]).unwrap();
    for _ in 0..3 {
        let error = store.claim(&wanted(&account(), 1), &Policy::default(), now(0)).unwrap_err();
        assert!(error.is_connection_lost(), "{error}");
    }
}
