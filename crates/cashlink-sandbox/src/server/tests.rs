//! Over real sockets: only what a socket adds. The rules of the APIs are tested on the engine.

use super::*;
use crate::demo;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const CASHLINK: &str = r#"{"type": "invoice", "amount": "12.34", "subject": "x"}"#;

pub(super) fn connect(sandbox: &Running) -> TcpStream {
    let stream = TcpStream::connect(sandbox.addr()).unwrap();
    // Only so that a failing test ends: nothing waits for it.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn write_post(stream: &mut TcpStream, headers: &str, body: &str) {
    let length = body.len();
    let key = demo::USER_KEY;
    write!(
        stream,
        "POST /business/api/v1/cashlink HTTP/1.1\r\nHost: sandbox\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
}

/// All that comes until the server closes the connection.
pub(super) fn read_to_end(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Head and body of one answer of a connection that stays open.
pub(super) fn read_one(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let mut body = vec![0; content_length(&head)];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn content_length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    line.unwrap_or_else(|| panic!("no length in {head}")).parse().unwrap()
}

fn count(sandbox: &Running) -> usize {
    sandbox.with(|engine| engine.count(crate::Kind::Cashlink))
}

#[test]
fn one_connection_serves_many_requests() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    for made in 1..=3 {
        write_post(&mut stream, "", CASHLINK);
        let (head, body) = read_one(&mut stream);
        assert!(head.starts_with("HTTP/1.1 201 Created\r\n"), "{head}");
        assert!(body.contains("\"public_id\""), "{body}");
        assert_eq!(count(&sandbox), made);
    }
}

#[test]
fn a_dropped_response_closes_the_connection_without_a_byte_after_the_effect() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "X-Sandbox-Fault: drop-response\r\n", CASHLINK);
    assert_eq!(read_to_end(stream), "");
    assert_eq!(count(&sandbox), 1);
}

#[test]
fn a_dropped_request_closes_the_connection_without_an_effect() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "X-Sandbox-Fault: drop-request\r\n", CASHLINK);
    assert_eq!(read_to_end(stream), "");
    assert_eq!(count(&sandbox), 0);
}

#[test]
fn a_cut_body_announces_its_whole_length_and_brings_what_was_asked_for() {
    let sandbox = Server::start(Config::default()).unwrap();
    for kept in [0, 1, 10] {
        let mut stream = connect(&sandbox);
        write_post(&mut stream, &format!("X-Sandbox-Fault: cut-body={kept}\r\n"), CASHLINK);
        let answer = read_to_end(stream);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 201 Created\r\n"), "{head}");
        assert_eq!(body.len(), kept);
        assert!(content_length(head) > kept);
    }
}

#[test]
fn a_cut_far_into_a_long_body_brings_every_byte_before_it() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    // The token answer is the only one that can't grow, so an investor it is: what came in goes out again.
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        demo::DISTRIBUTOR_CLIENT_ID,
        demo::DISTRIBUTOR_CLIENT_SECRET
    );
    write!(
        stream,
        "POST /api/external/oauth/token HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let granted: serde_json::Value = serde_json::from_str(&read_one(&mut stream).1).unwrap();
    let token = granted["access_token"].as_str().unwrap();
    // More than hyper holds and than a socket takes at once.
    let (whole, kept) = (6 << 20, 5 << 20);
    let body =
        format!(r#"{{"is_beneficiary": true, "natural_person": {{"note": "{}"}}}}"#, "x".repeat(whole));
    write!(
        stream,
        "POST /api/external/distributor/v2/investors/ HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\nX-Idempotency-Key: k\r\nX-Sandbox-Fault: cut-body={kept}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let answer = read_to_end(stream);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 201 Created\r\n"), "{head}");
    assert_eq!(body.len(), kept);
}

#[test]
fn a_cut_beyond_the_end_cuts_nothing() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "X-Sandbox-Fault: cut-body=100000\r\n", CASHLINK);
    assert!(read_one(&mut stream).1.ends_with('}'));
}

#[test]
fn a_delayed_answer_comes_late_and_holds_up_nobody_else() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut slow = connect(&sandbox);
    let mut fast = connect(&sandbox);
    // Long enough to lose any race with the requests below, and never waited for to its end.
    write_post(&mut slow, "X-Sandbox-Fault: delay=3600000\r\n", CASHLINK);
    while count(&sandbox) == 0 {
        std::thread::yield_now();
    }
    write_post(&mut fast, "", CASHLINK);
    assert!(read_one(&mut fast).0.starts_with("HTTP/1.1 201"));
    slow.set_nonblocking(true).unwrap();
    assert_eq!(slow.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    // And a short one does arrive.
    write_post(&mut fast, "X-Sandbox-Fault: delay=20\r\n", CASHLINK);
    assert!(read_one(&mut fast).0.starts_with("HTTP/1.1 201"));
}

#[test]
fn a_method_that_http_does_not_know_is_parsed_and_refused_by_the_api() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    let key = demo::USER_KEY;
    write!(stream, "UPDATE /business/api/v1/cashlink HTTP/1.1\r\nHost: sandbox\r\nX-Api-Key: {key}\r\n\r\n")
        .unwrap();
    let (head, body) = read_one(&mut stream);
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    assert_eq!(body, r#"{"detail":"Method \"UPDATE\" not allowed."}"#);
}

#[test]
fn a_body_beyond_the_limit_is_read_on_and_told_so() {
    let config = Config { body_limit: 1000, ..Config::default() };
    let sandbox = Server::start(config).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "", &" ".repeat(1500));
    assert!(read_one(&mut stream).0.starts_with("HTTP/1.1 413"));
    // Far beyond it, the server stops reading; up to the limit it doesn't matter.
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "", &format!("{CASHLINK}{}", " ".repeat(1000 - CASHLINK.len())));
    assert!(read_one(&mut stream).0.starts_with("HTTP/1.1 201"));
}

#[test]
fn links_name_the_host_that_was_asked() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "", CASHLINK);
    assert!(read_one(&mut stream).1.contains("\"url\":\"http://sandbox/business/+"));
}

#[test]
fn a_manual_clock_is_the_engines_time() {
    let clock = ManualClock::at(Duration::from_secs(1_700_000_000));
    let sandbox = Server::new(Config::default()).clock(Clock::Manual(clock.clone())).run().unwrap();
    let mut stream = connect(&sandbox);
    for date in ["Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:14:20 GMT"] {
        write_post(&mut stream, "", CASHLINK);
        let head = read_one(&mut stream).0;
        assert!(head.contains(&format!("date: {date}\r\n")), "{head}");
        assert_eq!(head.matches("date: ").count(), 1);
        clock.advance(Duration::from_secs(60));
    }
}

#[test]
fn dropping_it_closes_its_connections() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "", CASHLINK);
    read_one(&mut stream);
    drop(sandbox);
    assert_eq!(read_to_end(stream), "");
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let sandbox = Server::start(Config::default()).unwrap();
    let again = Server::new(Config::default()).listen(sandbox.addr()).run();
    assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AddrInUse);
}

#[test]
fn the_bases_are_written_as_the_vendor_writes_them() {
    let sandbox = Server::start(Config::default()).unwrap();
    let port = sandbox.addr().port();
    assert_eq!(sandbox.payments_base(), format!("http://127.0.0.1:{port}/business/api/v1/"));
    assert_eq!(sandbox.partner_base(), format!("http://127.0.0.1:{port}/api/external"));
}

#[test]
fn a_body_that_is_shorter_than_its_fault_is_dropped_all_the_same() {
    let sandbox = Server::start(Config::default()).unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "X-Sandbox-Fault: drop-upload=1000\r\n", CASHLINK);
    assert_eq!(read_to_end(stream), "");
    assert_eq!(count(&sandbox), 0);
}

#[test]
fn whoever_watches_is_told_what_became_of_each_attempt() {
    let receiver = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to = format!("http://{}/a", receiver.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = receiver.accept().unwrap();
        read_one(&mut stream);
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").unwrap();
        // Until the other end has closed.
        let _ = stream.read(&mut [0]);
    });
    let mut config = Config::default();
    let hook = |url: &str| crate::webhooks::SignedHook { url: url.to_owned(), secret: "s".to_owned() };
    config.webhooks.signed = Some(hook(&to));
    let elsewhere = "https://example.com/a";
    let credential = crate::webhooks::Credential::Bearer("t".to_owned());
    config.webhooks.partner = Some(crate::webhooks::PartnerHook { url: elsewhere.to_owned(), credential });
    let (tell, told) = std::sync::mpsc::channel();
    let watch = move |report: &Report| tell.send(report.clone()).unwrap();
    let clock = ManualClock::at(Duration::from_secs(1_700_000_000));
    let sandbox = Server::new(config).clock(Clock::Manual(clock.clone())).watch(watch).run().unwrap();
    let mut stream = connect(&sandbox);
    write_post(&mut stream, "", CASHLINK);
    let (_, made) = read_one(&mut stream);
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let link = made["public_id"].as_str().unwrap();
    sandbox.with(|engine| engine.pay(clock.now(), link, &crate::webhooks::Payer::default())).unwrap();
    let report = told.recv().unwrap();
    let unauthorized = Outcome::Answered(http::StatusCode::UNAUTHORIZED);
    assert_eq!((report.what, report.to, report.outcome), ("cashlink.paid", to, unauthorized));
    assert_eq!(report.again_in, None);
    sandbox.with(|engine| engine.advance(clock.now(), demo::INVESTMENT_ID, None)).unwrap();
    let report = told.recv().unwrap();
    assert_eq!((report.what, &*report.to, report.outcome), ("status change", elsewhere, Outcome::NotSent));
    assert_eq!(report.again_in, Some(Duration::from_secs(1)));
}
