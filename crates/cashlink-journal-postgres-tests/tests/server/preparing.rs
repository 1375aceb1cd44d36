use std::sync::Barrier;
use std::thread;

use cashlink_journal::Names;
use cashlink_journal::operate::Filter;
use cashlink_journal::postgres::sql;
use cashlink_journal::store::blocking::Operate;
use postgres::types::{ToSql, Type};

use super::*;

#[test]
fn many_processes_prepare_at_once_and_again() {
    let place = Place::empty("prepared_at_once");
    let together = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = place.client();
                together.wait();
                place.journal().prepare(&mut client).unwrap();
            });
        }
    });
    place.journal().prepare(&mut place.client()).unwrap();
    let ran: i64 = place.client().query_one("SELECT count(*) FROM cashlink_migrations", &[]).unwrap().get(0);
    assert_eq!(usize::try_from(ran), Ok(sql::MIGRATIONS.len()));
}

/// Each waits for its turn, and must see then what was done before it: also where a transaction sees by default what was there at its
/// beginning.
#[test]
fn many_processes_prepare_at_once_whatever_isolation_they_have_by_default() {
    let place = Place::empty("prepared_isolated");
    let together = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut client = place.client();
                client.batch_execute("SET default_transaction_isolation = 'repeatable read'").unwrap();
                together.wait();
                place.journal().prepare(&mut client).unwrap();
            });
        }
    });
}

#[test]
fn what_another_version_migrated_is_refused() {
    let place = Place::new("prepared_by_another");
    let mut client = place.client();
    let refused = |client: &mut postgres::Client| match place.journal().prepare(client) {
        Err(Error::UnknownMigration { number }) => number,
        other => panic!("{other:?}"),
    };
    client.batch_execute("INSERT INTO cashlink_migrations VALUES (1000, 'newer')").unwrap();
    let first_unknown = refused(&mut client);
    assert!(first_unknown > 1);
    client.batch_execute("DELETE FROM cashlink_migrations WHERE number = 1000").unwrap();
    client.batch_execute("UPDATE cashlink_migrations SET sha256 = 'changed' WHERE number = 1").unwrap();
    assert_eq!(refused(&mut client), 1);
}

#[test]
fn a_prefix_and_a_schema_keep_two_journals_apart() {
    let place = Place::new("prepared_prefix");
    let other = Names::default().prefix("payments_").unwrap().schema("prepared_prefix").unwrap();
    let other = Journal::named(&other);
    let mut client = place.client();
    // Not found by the search path, but by the schema.
    client.batch_execute("SET search_path = public").unwrap();
    other.prepare(&mut client).unwrap();
    let staged = stage(&mut client, &other, &intent("k", "Ada"), &Staging::default());
    assert!(matches!(staged, Ok(Staged::New(_))));
    let count = |client: &mut postgres::Client, table| -> i64 {
        client.query_one(&format!("SELECT count(*) FROM prepared_prefix.{table}"), &[]).unwrap().get(0)
    };
    assert_eq!(count(&mut client, "payments_intents"), 1);
    assert_eq!(count(&mut client, "cashlink_intents"), 0);
    let elsewhere = place.journal().claim(&mut client, &wanted(&account(), 1), &Policy::default());
    assert_eq!(elsewhere.unwrap().len(), 0);
    assert_eq!(other.claim(&mut client, &wanted(&account(), 1), &Policy::default()).unwrap().len(), 1);
}

#[test]
fn once_all_has_run_a_role_without_the_right_to_create_tables_may_prepare_stage_and_work() {
    let place = Place::new("prepared_role");
    let mut client = place.client();
    client
        .batch_execute(
            "DROP ROLE IF EXISTS cashlink_test_role; CREATE ROLE cashlink_test_role;
             GRANT USAGE ON SCHEMA prepared_role TO cashlink_test_role;
             GRANT SELECT ON cashlink_migrations TO cashlink_test_role;
             GRANT SELECT, INSERT, UPDATE ON cashlink_intents TO cashlink_test_role;
             SET ROLE cashlink_test_role",
        )
        .unwrap();
    place.journal().prepare(&mut client).unwrap();
    let _ = stage(&mut client, &place.journal(), &intent("k", "Ada"), &Staging::default()).unwrap();
    assert_eq!(
        place.journal().claim(&mut client, &wanted(&account(), 1), &Policy::default()).unwrap().len(),
        1
    );
    client
        .batch_execute("RESET ROLE; DROP OWNED BY cashlink_test_role; DROP ROLE cashlink_test_role")
        .unwrap();
}

/// Who may create functions in a schema that others search can make one that fits what they call better than PostgreSQL's own, or than
/// the journal's: it would run with their rights.
#[test]
fn functions_of_others_are_not_taken_for_those_that_are_meant() {
    let place = Place::empty("preparing_others");
    let raising = "LANGUAGE plpgsql AS $$BEGIN RAISE 'this is somebody else''s'; END$$;";
    let others = [
        "FUNCTION hashtextextended(text, integer) RETURNS bigint",
        "FUNCTION array_position(bigint[], bigint) RETURNS integer",
        "FUNCTION shifted(integer, smallint) RETURNS integer",
        "FUNCTION cashlink_stage(text, text, text, text, text, text, text, text, text) RETURNS bigint",
        "FUNCTION cashlink_claim(text, text, text, text, text) RETURNS bigint",
        "FUNCTION cashlink_settle(text, text, text, text, text, text, text, text) RETURNS boolean",
    ];
    let others: String = others.iter().map(|other| format!("CREATE {other} {raising}")).collect();
    let mut client = place.client();
    client.batch_execute(&others).unwrap();
    let operator = "CREATE OPERATOR << (FUNCTION = shifted, LEFTARG = integer, RIGHTARG = smallint)";
    client.batch_execute(operator).unwrap();

    let mut store = Postgres::new(client, place.journal()).unwrap().prepared().unwrap();
    let journal = place.journal().prepared_on(store.client()).unwrap();
    let _ = stage(store.client(), &journal, &intent("k", "Ada"), &Staging::default()).unwrap();
    let _ = stage(store.client(), &place.journal(), &intent("l", "Bea"), &Staging::default()).unwrap();
    assert_eq!(claim(&mut store, now(0)).len(), 2);
    assert_eq!(store.entries(&Filter::default(), 10).unwrap().len(), 2);
    let settled = store.client().prepare(sql::SETTLE).unwrap();
    let types: Vec<_> = settled.params().iter().map(Type::name).collect();
    assert_eq!(types.join(" "), "int8 int8 int2 int8 int8 int8 bool bytea");
}

/// Whatever a driver makes of a small number.
#[test]
fn the_state_of_a_settlement_may_come_as_an_integer_of_another_width() {
    let place = Place::new("preparing_integers");
    let parameters: [(&(dyn ToSql + Sync), Type); 8] = [
        (&1_i64, Type::INT8),
        (&1_i64, Type::INT8),
        (&3_i32, Type::INT4),
        (&0_i64, Type::INT8),
        (&None::<i64>, Type::INT8),
        (&1_i64, Type::INT8),
        (&true, Type::BOOL),
        (&&[0_u8][..], Type::BYTEA),
    ];
    let settled = place.client().query_typed_one(sql::SETTLE, &parameters).unwrap();
    assert!(!settled.get::<_, bool>(0), "nothing is claimed");
}
