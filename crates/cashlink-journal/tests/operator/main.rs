//! The operator's tool, as somebody runs it on SQLite.

mod scene;

use std::process::Stdio;

use cashlink_journal::{Next, Policy};
use expect_test::{Expect, expect};
use scene::{DAY, Scene};
use serde_json::Value;

fn check(told: &str, expected: &Expect) {
    expected.assert_eq(told);
}

fn json(told: &str) -> Value {
    serde_json::from_str(told).unwrap_or_else(|error| panic!("{error}: {told}"))
}

#[test]
fn it_lists_what_is_meant() {
    let scene = Scene::new();
    check(
        &scene.tool("list"),
        &expect![[r#"
        ID  STATE                 OPERATION         ACCOUNT      KEY          SENT  STAGED                AGE
         1  needs reconciliation  investors.create  distributor  investor-17     0  2023-11-14T22:13:20Z  2 days ago
         2  done                  investors.create  distributor  investor-18     1  2023-11-14T22:13:20Z  2 days ago
         3  claimed               investors.create  distributor  investor-19     0  2023-11-16T22:13:20Z  3 hours ago
         4  pending               investors.create  distributor  investor-20     0  2023-11-16T22:13:20Z  3 hours ago
    "#]],
    );
    check(
        &scene.tool("list --state needs-reconciliation,dead"),
        &expect![[r#"
        ID  STATE                 OPERATION         ACCOUNT      KEY          SENT  STAGED                AGE
         1  needs reconciliation  investors.create  distributor  investor-17     0  2023-11-14T22:13:20Z  2 days ago
    "#]],
    );
    check(
        &scene.tool("list --key investor-20 --account distributor --operation investors.create"),
        &expect![[r#"
            ID  STATE    OPERATION         ACCOUNT      KEY          SENT  STAGED                AGE
             4  pending  investors.create  distributor  investor-20     0  2023-11-16T22:13:20Z  3 hours ago
        "#]],
    );
    check(
        &scene.tool("list --account issuer"),
        &expect![[r#"
        there is no such intent
    "#]],
    );
    check(
        &scene.tool("list --limit 2"),
        &expect![[r#"
        ID  STATE                 OPERATION         ACCOUNT      KEY          SENT  STAGED                AGE
         1  needs reconciliation  investors.create  distributor  investor-17     0  2023-11-14T22:13:20Z  2 days ago
         2  done                  investors.create  distributor  investor-18     1  2023-11-14T22:13:20Z  2 days ago
        cashlink-journal: there are more: --after 2
    "#]],
    );
    check(
        &scene.tool("list --limit 2 --after 2"),
        &expect![[r#"
        ID  STATE    OPERATION         ACCOUNT      KEY          SENT  STAGED                AGE
         3  claimed  investors.create  distributor  investor-19     0  2023-11-16T22:13:20Z  3 hours ago
         4  pending  investors.create  distributor  investor-20     0  2023-11-16T22:13:20Z  3 hours ago
    "#]],
    );
    let listed = json(&scene.tool("list --json"));
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    assert_eq!(scene.tool("list --json --account issuer"), "[]\n");
}

#[test]
fn it_shows_one_and_reveals_its_request_only_when_asked_to() {
    let scene = Scene::new();
    check(
        &scene.tool("show 1"),
        &expect![[r#"
        intent         1
        state          needs reconciliation: look for what it was to make, then `settle` or `retry`
        operation      investors.create
        account        distributor
        key            investor-17
        API            partner, https://demo.cashlink.de/api/external/
        request        POST (not shown: --reveal)
        body           83 bytes (not shown: --reveal)
        staged         2023-11-14T22:13:20Z (2 days ago)
        first claimed  2023-11-14T22:13:21Z (2 days ago)
        settled        2023-11-16T22:13:20Z (3 hours ago)
        claims         2
        requests sent  0
        maybe sent     yes
        outcome        nobody knows whether it happened
        note           it may have happened, and the server may have forgotten its key since: not repeated
    "#]],
    );
    check(
        &scene.tool("show 2 --reveal"),
        &expect![[r#"
        intent         2
        state          done: it happened, and was taken
        operation      investors.create
        account        distributor
        key            investor-18
        API            partner, https://demo.cashlink.de/api/external/
        request        POST distributor/v2/investors/
        body           83 bytes: {"natural_person":{"forename":"canary","surname":"Lovelace"},"is_beneficiary":true}
        staged         2023-11-14T22:13:20Z (2 days ago)
        first claimed  2023-11-14T22:13:21Z (2 days ago)
        settled        2023-11-14T22:13:22Z (2 days ago)
        claims         1
        requests sent  1
        maybe sent     yes
        outcome        it happened
        note           it happened
        answer         HTTP 200, 65 bytes: {"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","forename":"canary"}
    "#]],
    );
    check(
        &scene.tool("show 3"),
        &expect![[r#"
            intent         3
            state          claimed: a worker has it; after its lease, the next one takes it
            operation      investors.create
            account        distributor
            key            investor-19
            API            partner, https://demo.cashlink.de/api/external/
            request        POST (not shown: --reveal)
            body           83 bytes (not shown: --reveal)
            staged         2023-11-16T22:13:20Z (3 hours ago)
            lease until    2023-11-16T22:15:20Z (2 hours ago)
            first claimed  2023-11-16T22:13:20Z (3 hours ago)
            worker         host-1/4711
            claims         1
            requests sent  0
            maybe sent     no
        "#]],
    );
    check(
        &scene.tool("show 4 --reveal --json"),
        &expect![[r#"
        {
          "account": "distributor",
          "attempts": 0,
          "claimed_at": null,
          "claims": 0,
          "due_at": "2023-11-16T22:13:20Z",
          "id": 4,
          "key": "investor-20",
          "maybe_sent": false,
          "operation": "investors.create",
          "ordering_key": "canary",
          "outcome": null,
          "request": {
            "api": "partner",
            "base": "https://demo.cashlink.de/api/external/",
            "body": "{\"natural_person\":{\"forename\":\"canary\",\"surname\":\"Lovelace\"},\"is_beneficiary\":true}",
            "body_len": 83,
            "content_type": "application/json",
            "method": "POST",
            "target": "distributor/v2/investors/"
          },
          "settled_at": null,
          "staged_at": "2023-11-16T22:13:20Z",
          "state": "pending",
          "worker": null
        }
    "#]],
    );
    check(
        &scene.tool("show 5"),
        &expect![[r#"
        exit code 1
        cashlink-journal: there is no intent 5
    "#]],
    );
}

#[test]
fn it_counts_the_open_ones_or_all() {
    let scene = Scene::new();
    check(
        &scene.tool("stats"),
        &expect![[r#"
        STATE                 INTENTS
        pending                     1
        claimed                     1
        answered                    0
        needs reconciliation        1
        dead                        0

        to be worked on  2
        oldest of them   staged 3 hours ago
        requests sent    0
    "#]],
    );
    check(
        &scene.tool("stats --all --json"),
        &expect![[r#"
        {
          "attempts": 1,
          "counts": {
            "answered": 0,
            "claimed": 1,
            "dead": 0,
            "done": 1,
            "needs-reconciliation": 1,
            "pending": 1,
            "rejected": 0
          },
          "live": 2,
          "oldest_seconds": 10800
        }
    "#]],
    );
    assert_eq!(json(&scene.tool("stats --account issuer --json"))["live"], 0);
}

#[test]
fn what_may_have_happened_is_sent_again_only_by_who_looked() {
    let scene = Scene::new();
    check(
        &scene.tool("retry 1 --by Ada --note 'not there'"),
        &expect![[r#"
        exit code 1
        cashlink-journal: intent 1 may have happened: to send it again without having looked may do it twice. Look for what it was to make. If it is there: `settle 1 --done`. If it is not: `retry 1 --it-did-not-happen`
    "#]],
    );
    assert!(scene.tool("show 1").contains("needs reconciliation"));
    check(
        &scene.tool("retry 1 --it-did-not-happen --by Ada --note 'not there'"),
        &expect![[r#"
        intent 1 is pending again: a worker sends it, under its key, from the beginning
    "#]],
    );
    check(
        &scene.tool("show 1"),
        &expect![[r#"
        intent         1
        state          pending: a worker performs it once it is due
        operation      investors.create
        account        distributor
        key            investor-17
        API            partner, https://demo.cashlink.de/api/external/
        request        POST (not shown: --reveal)
        body           83 bytes (not shown: --reveal)
        staged         2023-11-14T22:13:20Z (2 days ago)
        due            2023-11-17T01:13:20Z (0 seconds ago)
        claims         3
        requests sent  0
        maybe sent     no
        outcome        it did not happen
        note           decided by hand
        decided by     (not shown: --reveal)
    "#]],
    );
    check(
        &scene.tool("retry 4 --it-did-not-happen --by Ada --note x"),
        &expect![[r#"
        exit code 1
        cashlink-journal: intent 4: it is pending: a worker goes on with it by itself
    "#]],
    );
    check(
        &scene.tool("retry 3 --it-did-not-happen --by Ada --note x"),
        &expect![[r#"
        exit code 1
        cashlink-journal: intent 3: it is a worker's until 2023-11-16T22:15:20Z, or longer; the next worker takes it then
    "#]],
    );
    let claims = scene.claim(2 * DAY + 4 * 60 * 60);
    let again = claims.iter().find(|claim| claim.lease().id == 1).unwrap();
    assert!(matches!(again.next(&Policy::default()), Next::Perform) && !again.prior().maybe_sent);
    check(
        &scene.tool("retry 17 --by Ada --note x --json"),
        &expect![[r#"
        exit code 1
        cashlink-journal: there is no intent 17
    "#]],
    );
}

#[test]
fn it_settles_what_is_open_and_refuses_the_rest() {
    let scene = Scene::new();
    check(
        &scene.tool("settle 1 --done --by Ada --note 'found by hand'"),
        &expect![[r#"
        intent 1 is done: it happened. No handler was called
    "#]],
    );
    check(
        &scene.tool("show 1 --reveal"),
        &expect![[r#"
        intent         1
        state          done: it happened, and was taken
        operation      investors.create
        account        distributor
        key            investor-17
        API            partner, https://demo.cashlink.de/api/external/
        request        POST distributor/v2/investors/
        body           83 bytes: {"natural_person":{"forename":"canary","surname":"Lovelace"},"is_beneficiary":true}
        staged         2023-11-14T22:13:20Z (2 days ago)
        first claimed  2023-11-14T22:13:21Z (2 days ago)
        settled        2023-11-17T01:13:20Z (0 seconds ago)
        claims         3
        requests sent  0
        maybe sent     yes
        outcome        it happened
        note           decided by hand
        decided by     Ada: found by hand
    "#]],
    );
    check(
        &scene.tool("settle 1 --rejected --by Ada --note x"),
        &expect![[r#"
        exit code 1
        cashlink-journal: intent 1: it is done already, and that is final
    "#]],
    );
    check(
        &scene.tool("settle 3 --rejected --by Ada --note x"),
        &expect![[r#"
            exit code 1
            cashlink-journal: intent 3: it is a worker's until 2023-11-16T22:15:20Z, or longer; the next worker takes it then
        "#]],
    );
    check(
        &scene.tool("settle 4 --rejected --by Ada --note 'called off' --json"),
        &expect![[r#"
        {
          "id": 4,
          "state": "rejected"
        }
    "#]],
    );
    let claims = scene.claim(2 * DAY + 4 * 60 * 60);
    assert_eq!(claims.len(), 1, "only the one that a worker had");
    assert_eq!(claims[0].lease().id, 3);
}

#[test]
fn it_deletes_what_is_over_and_old_enough() {
    let scene = Scene::new();
    check(
        &scene.tool("prune --older-than 90d"),
        &expect![[r#"
        0 intents deleted, settled at least 90 days ago
    "#]],
    );
    check(
        &scene.tool("prune --older-than 2d --json"),
        &expect![[r#"
        {
          "deleted": 1
        }
    "#]],
    );
    check(
        &scene.tool("show 2"),
        &expect![[r#"
        exit code 1
        cashlink-journal: there is no intent 2
    "#]],
    );
    assert!(scene.tool("list").contains("investor-17"), "what is not over stays");
}

#[test]
fn it_exports_a_line_of_json_for_each() {
    let scene = Scene::new();
    check(
        &scene.tool("export --state done,needs-reconciliation"),
        &expect![[r#"
        {"account":"distributor","attempts":0,"claimed_at":"2023-11-14T22:13:21Z","claims":2,"due_at":"2023-11-16T22:13:20Z","id":1,"key":"investor-17","maybe_sent":true,"operation":"investors.create","outcome":{"decided_by_hand":false,"happened":null,"note":"it may have happened, and the server may have forgotten its key since: not repeated","status":null},"settled_at":"2023-11-16T22:13:20Z","staged_at":"2023-11-14T22:13:20Z","state":"needs-reconciliation","worker":null}
        {"account":"distributor","attempts":1,"claimed_at":"2023-11-14T22:13:21Z","claims":1,"due_at":"2023-11-14T22:13:22Z","id":2,"key":"investor-18","maybe_sent":true,"operation":"investors.create","outcome":{"decided_by_hand":false,"happened":true,"note":"it happened","status":200},"settled_at":"2023-11-14T22:13:22Z","staged_at":"2023-11-14T22:13:20Z","state":"done","worker":null}
    "#]],
    );
    let told = scene.tool("export --reveal");
    let revealed: Vec<_> = told.lines().map(json).collect();
    assert_eq!(revealed.len(), 4);
    assert_eq!(
        json(revealed[0]["request"]["body"].as_str().unwrap())["natural_person"]["forename"],
        "canary"
    );
    assert_eq!(json(revealed[1]["outcome"]["answer"]["body"].as_str().unwrap())["forename"], "canary");
    assert_eq!(revealed[3]["ordering_key"], "canary");
}

#[test]
fn t11_t12_nothing_about_people_is_shown_unasked() {
    let scene = Scene::new();
    let decided = scene.tool("settle 4 --rejected --by canary --note canary");
    assert!(decided.contains("intent 4 is rejected") && !decided.contains("canary"), "{decided}");
    for line in ["list", "show 1", "show 2", "show 3", "show 4", "stats --all", "export"] {
        for line in [line.to_owned(), format!("{line} --json")] {
            let told = scene.tool(&line);
            assert!(!told.contains("canary") && !told.contains("Lovelace"), "{line}: {told}");
            assert!(!told.starts_with("exit code"), "{line}: {told}");
        }
    }
}

#[test]
fn it_creates_neither_a_database_nor_a_table() {
    let scene = Scene::empty();
    check(
        &scene.tool("list"),
        &expect![[r#"
        exit code 3
        cashlink-journal: there is no such file; none was created
    "#]],
    );
    assert!(!scene.path().exists());
    rusqlite::Connection::open(scene.path())
        .unwrap()
        .execute_batch("CREATE TABLE orders (id INTEGER)")
        .unwrap();
    check(
        &scene.tool("list"),
        &expect![[r#"
        exit code 3
        cashlink-journal: there is no journal in this database, under these names
    "#]],
    );
    check(
        &scene.tool("prune --older-than 90d"),
        &expect![[r#"
        exit code 3
        cashlink-journal: there is no journal in this database, under these names
    "#]],
    );
    std::fs::write(
        scene.path(),
        "no database, but a text that is longer than its header: a hundred bytes of it, and more".repeat(2),
    )
    .unwrap();
    check(
        &scene.tool("list"),
        &expect![[r#"
        exit code 3
        cashlink-journal: the database refused to hold the journal: file is not a database
    "#]],
    );

    let scene = Scene::new();
    let before = std::fs::read(scene.path()).unwrap();
    for line in ["list", "show 1", "stats --all", "export --reveal", "show 5", "retry 1 --by Ada --note x"] {
        scene.tool(line);
    }
    assert!(before == std::fs::read(scene.path()).unwrap(), "who only reads changes nothing");
    check(
        &scene.tool("--prefix other_ list"),
        &expect![[r#"
        exit code 3
        cashlink-journal: there is no journal in this database, under these names
    "#]],
    );
    scene.store().connection().execute_batch("DELETE FROM cashlink_migrations WHERE number > 1").unwrap();
    check(
        &scene.tool("list"),
        &expect![[r#"
        exit code 3
        cashlink-journal: migration 2 of the journal has yet to run: start a program that prepares it by this version
    "#]],
    );
}

#[test]
fn wrong_arguments_end_with_2() {
    let scene = Scene::new();
    check(
        &scene.tool("--prefix Canary list"),
        &expect![[r#"
        exit code 2
        cashlink-journal: --prefix must be 1 to 32 small letters, digits and '_', and not begin with a digit
    "#]],
    );
    check(
        &scene.tool("settle 1 --by Ada --note x"),
        &expect![[r#"
        exit code 2
        error: the following required arguments were not provided:
          <--done|--rejected>

        Usage: cashlink-journal settle --by <NAME> --note <TEXT> <--done|--rejected> <ID>

        For more information, try '--help'.
    "#]],
    );
    check(
        &scene.tool("list canary"),
        &expect![[r#"
        exit code 2
        error: there is an argument that is neither an option nor a command (not shown)

        Usage: cashlink-journal [OPTIONS] <COMMAND>

        For more information, try '--help'.
    "#]],
    );
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cashlink-journal"))
        .env_remove("CASHLINK_JOURNAL_POSTGRES")
        .arg("list")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    check(
        &String::from_utf8(output.stderr).unwrap(),
        &expect![[r#"
        cashlink-journal: which database? Say --sqlite PATH, or PostgreSQL's URL in CASHLINK_JOURNAL_POSTGRES
    "#]],
    );
}

#[test]
fn whoever_reads_may_stop_reading() {
    let scene = Scene::new();
    let mut started =
        scene.command(&["export".to_owned()]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(started.stdout.take());
    let output = started.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}
