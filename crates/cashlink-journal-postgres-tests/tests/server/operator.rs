//! The operator's tool, as somebody runs it on PostgreSQL. What it says word for word is shown on SQLite.

use std::process::Command;

use serde_json::Value;

use super::*;

/// Runs the tool, told by its environment where the journal is: the code, and all that it said.
fn tool(server: &str, line: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_operators-tool"))
        .env("CASHLINK_JOURNAL_POSTGRES", format!("{server} sslmode=disable"))
        .args(line)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn json(place: &Place, line: &[&str]) -> Value {
    let (code, said) = tool(&place.server(), line);
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// Two intents, which may have been sent: their worker died.
fn left_behind(place: &Place) {
    let mut store = place.store();
    for key in ["investor-17", "investor-18"] {
        let _ = stage(&mut place.client(), &place.journal(), &intent(key, "canary"), &Staging::default())
            .unwrap();
    }
    assert_eq!(claim(&mut store, now(0)).len(), 2);
    pass(place, 2 * Policy::default().max_replay_age);
    for claim in claim(&mut store, now(0)) {
        let cashlink_journal::Next::Settle(settlement) = claim.next(&Policy::default()) else {
            panic!("it is performed")
        };
        store.settle(claim.lease(), &settlement, now(0), |_| Ok(())).unwrap();
    }
}

#[test]
fn each_command_does_on_postgresql_what_it_does_on_sqlite() {
    let place = Place::new("operator");
    left_behind(&place);
    let server = place.server();

    let (code, listed) = tool(&server, &["list", "--state", "needs-reconciliation", "--limit", "1"]);
    assert!(
        code == 0 && listed.contains("investor-17") && listed.ends_with("there are more: --after 1\n"),
        "{listed}"
    );
    let (code, shown) = tool(&server, &["show", "1"]);
    assert!(code == 0 && shown.contains("maybe sent     yes") && !shown.contains("canary"), "{shown}");
    let revealed = json(&place, &["show", "1", "--reveal", "--json"]);
    assert!(revealed["request"]["body"].as_str().unwrap().contains("canary"));
    let qualified = json(&place, &["--schema", "operator", "stats", "--json"]);
    assert_eq!((&qualified["counts"]["needs-reconciliation"], &qualified["live"]), (&2.into(), &0.into()));

    let reason = ["--by", "Ada", "--note", "looked"];
    let (code, refused) = tool(&server, &[&["retry", "1"], &reason[..]].concat());
    assert!(code == 1 && refused.contains("may have happened"), "{refused}");
    let (code, told) = tool(&server, &[&["retry", "1", "--it-did-not-happen"], &reason[..]].concat());
    assert_eq!(code, 0, "{told}");
    let (code, told) = tool(&server, &[&["settle", "2", "--done"], &reason[..]].concat());
    assert_eq!(code, 0, "{told}");
    let (code, refused) = tool(&server, &[&["settle", "2", "--rejected"], &reason[..]].concat());
    assert!(code == 1 && refused.contains("done already"), "{refused}");
    let claims = claim(&mut place.store(), now(0));
    assert_eq!((claims.len(), claims[0].lease().id, claims[0].prior().maybe_sent), (1, 1, false));

    let (code, exported) = tool(&server, &["export"]);
    let states: Vec<_> = exported
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((code, states), (0, vec!["claimed".to_owned(), "done".to_owned()]));
    assert_eq!(json(&place, &["prune", "--older-than", "90d", "--json"])["deleted"], 0);
    pass(&place, Duration::from_secs(90 * 24 * 60 * 60));
    assert_eq!(json(&place, &["prune", "--older-than", "90d", "--json"])["deleted"], 1);
    let (code, gone) = tool(&server, &["show", "2"]);
    assert_eq!((code, gone.as_str()), (1, "cashlink-journal: there is no intent 2\n"));
}

#[test]
fn the_tool_reads_without_a_right_to_write_and_creates_nothing() {
    let place = Place::new("operator_reads");
    left_behind(&place);
    let may_only_read = format!(
        "{} options='-c search_path=operator_reads -c default_transaction_read_only=on'",
        place.server()
    );
    for line in [&["list"][..], &["show", "1"], &["stats", "--all"], &["export", "--reveal"]] {
        let (code, told) = tool(&may_only_read, line);
        assert_eq!(code, 0, "{line:?}: {told}");
    }
    let (code, told) = tool(&may_only_read, &["prune", "--older-than", "0s"]);
    assert!(code == 3 && told.contains("read-only transaction"), "{told}");

    let empty = Place::empty("operator_empty");
    for schema in [&[][..], &["--schema", "operator_empty"], &["--schema", "operator_nowhere"]] {
        let (code, told) = tool(&empty.server(), &[schema, &["list"]].concat());
        assert!(code == 3 && told.contains("there is no journal in this database"), "{schema:?}: {told}");
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'operator_empty'";
    assert_eq!(empty.client().query_one(tables, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn t11_the_tool_never_says_the_password() {
    let nowhere = "host=/nowhere user=me password=canary dbname=canary";
    let (code, told) = tool(nowhere, &["list"]);
    assert!(code == 3 && told.contains("error connecting to server: No such file"), "{told}");
    assert!(!told.contains("canary"), "{told}");
}
