//! Documents over real sockets: read as they come, dropped half-way, and limited by themselves.

use super::tests::{connect, read_one, read_to_end};
use super::*;
use crate::demo;
use std::io::Write;
use std::net::TcpStream;

/// A document that is larger than any other body may be, written piece by piece.
fn write_document(stream: &mut TcpStream, headers: &str, token: &str, length: usize) {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"id.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
    let tail = "\r\n--b--\r\n";
    let whole = head.len() + length + tail.len();
    write!(
        stream,
        "POST /api/external/distributor/v2/documents/ HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\nX-Idempotency-Key: k\r\nContent-Type: multipart/form-data; boundary=b\r\n{headers}Content-Length: {whole}\r\n\r\n{head}"
    )
    .unwrap();
    for _ in 0..length / 1000 {
        stream.write_all(&[b'x'; 1000]).unwrap();
    }
    stream.write_all(&vec![b'x'; length % 1000]).unwrap();
    stream.write_all(tail.as_bytes()).unwrap();
}

fn token(sandbox: &Running) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        demo::DISTRIBUTOR_CLIENT_ID,
        demo::DISTRIBUTOR_CLIENT_SECRET
    );
    let request = Request::post("/api/external/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
    let answer = sandbox.with(|engine| engine.handle(Clock::Wall.now(), request));
    let answer: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_document_of_any_size_is_hashed_as_it_comes_and_its_faults_are_those_of_any_request() {
    let sandbox = Server::start(Config { body_limit: 2000, ..Config::default() }).unwrap();
    let token = token(&sandbox);
    let documents = |sandbox: &Running| sandbox.with(|engine| engine.count(crate::Kind::Document));

    let mut stream = connect(&sandbox);
    write_document(&mut stream, "X-Sandbox-Fault: drop-request\r\n", &token, 1_000_000);
    assert_eq!((read_to_end(stream).as_str(), documents(&sandbox)), ("", 0));

    let mut stream = connect(&sandbox);
    write_document(&mut stream, "X-Sandbox-Fault: drop-response\r\n", &token, 1_000_000);
    assert_eq!((read_to_end(stream).as_str(), documents(&sandbox)), ("", 1));

    let mut stream = connect(&sandbox);
    write_document(&mut stream, "", &token, 1_000_000);
    let (head, body) = read_one(&mut stream);
    assert!(head.starts_with("HTTP/1.1 201 Created\r\n"), "{head}{body}");
    sandbox.with(|engine| {
        assert_eq!((engine.replays(), engine.replays_of_other_bodies()), (1, 0));
        let [document] = engine.objects(crate::Kind::Document) else { panic!("there is one document") };
        assert_eq!(body, format!("{{\"id\":\"{}\"}}", document.id()));
        let kept = document.json();
        // sha256sum of a million times the letter x.
        let sha256 = "1b977e9f84f1b26b6ed7f68b0498faee2385ea4125bd29adce4a7d9106ba3134";
        assert_eq!((&kept["length"], &kept["sha256"]), (&1_000_000.into(), &sha256.into()));
    });

    // Another body under the same key is noticed, as it is where bodies are kept.
    write_document(&mut stream, "", &token, 999_999);
    assert!(read_one(&mut stream).0.starts_with("HTTP/1.1 201 Created\r\n"));
    sandbox.with(|engine| assert_eq!((engine.replays(), engine.replays_of_other_bodies()), (2, 1)));
}

#[test]
fn a_document_that_breaks_off_has_no_effect() {
    let sandbox = Server::start(Config::default()).unwrap();
    let token = token(&sandbox);
    let mut stream = connect(&sandbox);
    write!(
        stream,
        "POST /api/external/distributor/v2/documents/ HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\nX-Idempotency-Key: k\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n"
    )
    .unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(read_to_end(stream), "");
    sandbox.with(|engine| assert_eq!((engine.count(crate::Kind::Document), engine.stored_keys()), (0, 0)));
}

/// The head of an upload that is never written to its end, and the first bytes of its body.
fn begin_document(stream: &mut TcpStream, headers: &str, bytes: usize) {
    write!(
        stream,
        "POST /api/external/distributor/v2/documents/ HTTP/1.1\r\nHost: sandbox\r\nContent-Type: multipart/form-data; boundary=b\r\n{headers}Content-Length: 1000000\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&vec![b'x'; bytes]).unwrap();
}

#[test]
fn a_dropped_upload_ends_in_the_middle_without_an_effect() {
    let sandbox = Server::start(Config::default()).unwrap();
    let path = "/api/external/distributor/v2/documents/";
    let asked =
        |sandbox: &Running| sandbox.with(|engine| engine.statistics().requests(&http::Method::POST, path));
    // The rest of the body never comes: only the fault can end this.
    let mut stream = connect(&sandbox);
    begin_document(&mut stream, "X-Sandbox-Fault: drop-upload=1000\r\n", 1000);
    assert_eq!((read_to_end(stream).as_str(), asked(&sandbox)), ("", 1));

    sandbox.with(|engine| {
        engine.arm(crate::Armed::new("drop-upload=1".parse().unwrap()).path_prefix(path));
    });
    let mut stream = connect(&sandbox);
    begin_document(&mut stream, "", 1);
    assert_eq!((read_to_end(stream).as_str(), asked(&sandbox)), ("", 2));

    let token = token(&sandbox);
    let mut stream = connect(&sandbox);
    let headers = format!("X-Sandbox-Fault: expire-token,drop-upload=1\r\nAuthorization: Bearer {token}\r\n");
    begin_document(&mut stream, &headers, 1);
    assert_eq!((read_to_end(stream).as_str(), asked(&sandbox)), ("", 3));
    assert_eq!(sandbox.with(|engine| engine.live_tokens(Clock::Wall.now())), 0, "other faults act too");
    sandbox.with(|engine| {
        assert_eq!(engine.armed().count(), 0, "it is spent");
        assert_eq!((engine.count(crate::Kind::Document), engine.stored_keys()), (0, 0));
    });
}

#[test]
fn a_document_beyond_its_limit_is_told_so() {
    let sandbox = Server::start(Config { upload_limit: Some(2000), ..Config::default() }).unwrap();
    let token = token(&sandbox);
    let mut stream = connect(&sandbox);
    write_document(&mut stream, "", &token, 3000);
    assert!(read_one(&mut stream).0.starts_with("HTTP/1.1 413"));
    write_document(&mut stream, "", &token, 1000);
    assert!(read_one(&mut stream).0.starts_with("HTTP/1.1 201"));
    sandbox.with(|engine| assert_eq!(engine.count(crate::Kind::Document), 1));
}
