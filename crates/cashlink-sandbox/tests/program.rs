//! The program, as someone runs it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cashlink-sandbox");

/// Ends with the test, also with one that fails.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let child =
        Command::new(PROGRAM).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut started = Started(child);
    let mut lines = BufReader::new(started.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let control =
        lines.find_map(|line| line.trim().strip_prefix("Control").map(|url| url.trim().to_owned())).unwrap();
    let (host, path) = control.strip_prefix("http://").and_then(|url| url.split_once('/')).unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"investors\":0"), "{answer}");
}

#[test]
fn what_is_triggered_happens_in_the_sandbox_that_runs() {
    let arguments = ["--listen", "127.0.0.1:0", "--webhook-url", "http://127.0.0.1:1/x", "--print-secret"];
    let child = Command::new(PROGRAM).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut started = Started(child);
    let mut lines = BufReader::new(started.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let control =
        lines.find_map(|line| line.trim().strip_prefix("Control").map(|url| url.trim().to_owned())).unwrap();
    let at = control.strip_suffix("/_sandbox/state").unwrap().to_owned();
    assert!(lines.any(|line| line == "Webhooks are signed with sandbox-webhook-secret"));
    let say = |arguments: &[&str]| {
        let output = Command::new(PROGRAM).args(arguments).args(["--at", &at]).output().unwrap();
        // What is wrong is said apart from what is answered.
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let investment = cashlink_sandbox::demo::INVESTMENT_ID;
    let (code, told) = say(&["trigger", "advance", investment]);
    assert_eq!((code, told.contains("\"status\": \"PAID\"")), (Some(0), true), "{told}");
    let (code, told) = say(&["trigger", "advance", investment, "NEW"]);
    assert_eq!((code, told.contains("\"status\": \"NEW\"")), (Some(0), true), "{told}");
    assert!(told.ends_with("cashlink-sandbox: warning: \"NEW\" is not a documented status\n"), "{told}");
    let (code, told) = say(&["trigger", "advance", investment]);
    assert_eq!((code, told.contains("there is no next status")), (Some(1), true), "{told}");
    let (code, told) = say(&["trigger", "pay", "nobody"]);
    assert_eq!((code, told.contains("there is no payment link")), (Some(1), true), "{told}");
    let (code, told) = say(&["trigger", "settle", "nobody"]);
    assert_eq!((code, told.contains("Not found")), (Some(1), true), "{told}");
    for (arguments, answer) in [
        (&["fault", "status=503", "--times", "2", "--path", "/api/"][..], "\"fault\": \"status=503\""),
        (&["mode", "sandbox-userkey", "live"], "\"live\": true"),
        (&["mischief", "--repeat-every", "3", "--shuffle"], "\"repeat_every\": 3"),
        (&["trigger", "secret", "n3xt"], "\"exchanged\": true"),
        (&["trigger", "expire-tokens"], "\"expired\": 0"),
        (&["trigger", "forget-keys"], "\"forgotten\": 0"),
    ] {
        let (code, told) = say(arguments);
        assert_eq!((code, told.contains(answer)), (Some(0), true), "{arguments:?}: {told}");
    }
    let (code, told) = say(&["state"]);
    assert_eq!((code, told.contains("\"webhooks\"")), (Some(0), true), "{told}");
}

#[test]
fn each_delivery_leaves_one_line_without_a_secret_or_a_person() {
    let arguments = [
        &["--listen", "127.0.0.1:0", "--webhook-url", "http://127.0.0.1:1/a?canary"][..],
        &["--webhook-secret", "canary", "--partner-webhook-token", "canary"],
        &[
            "--partner-webhook-url",
            "http://127.0.0.1:1/b",
            "--first-retry",
            "600000",
            "--longest-retry",
            "600000",
        ],
    ]
    .concat();
    let mut command = Command::new(PROGRAM);
    let child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut started = Started(child);
    let mut lines = BufReader::new(started.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let control =
        lines.find_map(|line| line.trim().strip_prefix("Control").map(|url| url.trim().to_owned())).unwrap();
    let at = control.strip_suffix("/_sandbox/state").unwrap();
    let host = at.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let link = r#"{"type": "product", "amount": "12.34", "subject": "x"}"#;
    write!(
        stream,
        "POST /business/api/v1/cashlink HTTP/1.1\r\nHost: {host}\r\nX-Api-Key: sandbox-userkey\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{link}",
        link.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let id = answer.split("\"public_id\":\"").nth(1).unwrap().split('"').next().unwrap();
    let mut reports = BufReader::new(started.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    for (arguments, report) in [
        (["pay", id], "cashlink.paid → http://127.0.0.1:1/a: no answer, not repeated"),
        (
            ["advance", cashlink_sandbox::demo::INVESTMENT_ID],
            "status change → http://127.0.0.1:1/b: no answer, again in 600s",
        ),
    ] {
        let output =
            Command::new(PROGRAM).arg("trigger").args(arguments).args(["--at", at]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(reports.next().unwrap(), report);
    }
}

#[test]
fn where_no_sandbox_answers_it_says_how_to_name_another_place() {
    let output = Command::new(PROGRAM).args(["--at", "http://127.0.0.1:1", "state"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("http://127.0.0.1:1: no sandbox answers there; say where it listens with --at URL"),
        "{said}"
    );
}

#[test]
fn an_address_that_cannot_be_bound_is_told_and_ends_it_with_a_failure() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(PROGRAM).args(["--listen", &address]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&format!("cashlink-sandbox: can't serve on {address}: ")), "{said}");
}

#[test]
fn its_help_teaches_every_fault_and_control_call() {
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for taught in [
        "drop-request",
        "drop-response",
        "status=503",
        "cut-body=",
        "drop-upload=",
        "--upload-limit",
        "delay=",
        "expire-token",
        "X-Sandbox-Fault",
        "/_sandbox/state",
        "/_sandbox/faults",
        "/_sandbox/pay",
        "/_sandbox/advance",
        "/_sandbox/settle",
        "/_sandbox/mode",
        "/_sandbox/mischief",
        "/_sandbox/webhook-secret",
        "recurring_initial",
        "trigger pay",
        "trigger settle",
        "trigger secret",
        "cashlink-sandbox mode",
        "cashlink-sandbox fault",
        "cashlink-sandbox mischief",
        "--webhook-timeout",
        "--partner-webhook-timeout",
        "--first-retry",
        "--longest-retry",
        "trigger advance",
        "--webhook-url",
        "--partner-webhook-url",
        // As the receivers among the examples have it.
        "--partner-webhook-client cashlink:SECRET",
        "--partner-token-url http://127.0.0.1:8080/token",
        "--print-secret",
        "--default-version",
        "/_sandbox/expire-tokens",
        "/_sandbox/forget-keys",
        "--page-size",
        "--at <URL>",
        "--listen",
    ] {
        assert!(help.contains(taught), "{taught} in {help}");
    }
}
