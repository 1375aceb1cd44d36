//! What a server may answer: odd, cut, oversized, late.

use std::time::Duration;

use cashlink_ureq::core::answer::Json;
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::{Certainty, Effect, ErrorKind, Policy};

use crate::scripted::{Play, Server, documented, get, key, once, post, quick};

#[test]
fn odd_answers_are_answers() {
    for (answer, body) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", ""),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "{}"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "{}"),
        ("HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 2\r\n\r\n{}", "{}"),
    ] {
        let server = Server::plays(vec![Play::Close(answer)]);
        let reply = server.client(quick()).call(&get()).unwrap_or_else(|error| panic!("{answer:?}: {error}"));
        assert_eq!(reply.value, body, "{answer:?}");
        assert_eq!(reply.meta.attempts(), 1);
    }
}

#[test]
fn doubled_headers_are_passed_on_whole() {
    let server = Server::plays(vec![Play::Close(
        "HTTP/1.1 429 Slow\r\nretry-after: 600\r\nretry-after: 700\r\nx-request-id: r-1\r\ncontent-length: 0\r\n\r\n",
    )]);
    let error = once(&server, quick());
    assert_eq!(error.headers().unwrap().get_all("retry-after").iter().count(), 2);
    assert_eq!((error.retry_after(), error.request_id()), (Some(Duration::from_secs(700)), Some("r-1")));
}

#[test]
fn t26_reading_stops_behind_the_limit() {
    let mut policy = quick();
    policy.largest_answer = 1000;
    // Chunks of any number: the server would send 100 MB.
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n";
    let server = Server::plays(vec![Play::Flood(head, 100_000_000)]);
    let error = once(&server, policy.clone());
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::AnswerTooLarge, Certainty::Applied));

    let exact = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
    let server = Server::plays(vec![Play::Flood(exact, 1000)]);
    assert_eq!(server.client(policy).call(&get()).unwrap().value.len(), 1000);
}

#[test]
fn t27_an_encoding_that_nobody_asked_for_is_an_error() {
    let server = Server::plays(vec![Play::Close(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u{1f}abc",
    )]);
    let error = once(&server, quick());
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Undecodable, Certainty::Applied));
    assert_eq!(error.body().map(Bytes::len), Some(4));
}

#[test]
fn t28_a_page_of_html_is_a_typed_error_with_everything_in_it() {
    let server = Server::plays(vec![Play::Close(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n<html>no</html>",
    )]);
    let error = server.client(quick()).call(&post(Effect::Once).read_as::<Json<Vec<u8>>>()).unwrap_err();
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Undecodable, Certainty::Applied));
    assert_eq!(
        (error.status().unwrap().as_u16(), &error.body().unwrap()[..]),
        (200, &b"<html>no</html>"[..])
    );
}

const CUT: [&str; 3] = [
    "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":\"17\"",
    "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"id\":",
    "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n",
];

#[test]
fn t29_a_cut_201_has_happened() {
    for cut in CUT {
        let server = Server::plays(vec![Play::Close(cut)]);
        let error = once(&server, quick());
        assert_eq!((error.kind(), error.certainty()), (ErrorKind::CutAnswer, Certainty::Applied), "{cut:?}");
        assert_eq!((error.attempts(), server.requests().len()), (1, 1), "{cut:?}");
    }
}

#[test]
fn t29_a_cut_201_under_a_documented_key_is_asked_for_again() {
    for cut in CUT {
        let server = Server::plays(vec![
            Play::Close(cut),
            Play::Close("HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}"),
        ]);
        let reply = server.client(quick()).call(&post(documented(&key()))).unwrap();
        assert_eq!((reply.meta.attempts(), &reply.value[..]), (2, &b"{}"[..]), "{cut:?}");
        let requests = server.requests();
        assert_eq!(requests[0], requests[1], "the same bytes");
    }
}

#[test]
fn a_head_that_is_cut_is_no_answer() {
    for cut in ["", "HTTP/1.1 20", "HTTP/1.1 201 Created\r\ncontent-le"] {
        let server = Server::plays(vec![Play::Close(cut)]);
        let error = once(&server, quick());
        assert_eq!((error.kind(), error.certainty()), (ErrorKind::Transport, Certainty::Unknown), "{cut:?}");
        assert_eq!(server.requests().len(), 1, "{cut:?}");
    }
}

#[test]
fn a_slow_head_and_a_slow_body_end_with_the_attempts_time() {
    let mut policy: Policy = quick();
    policy.attempt_timeout = Duration::from_millis(150);
    for (started, kind, certainty) in [
        ("", ErrorKind::Transport, Certainty::Unknown),
        ("HTTP/1.1 201 Created\r\n", ErrorKind::Transport, Certainty::Unknown),
        ("HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{", ErrorKind::CutAnswer, Certainty::Applied),
    ] {
        let server = Server::plays(vec![Play::Hang(started)]);
        let error = once(&server, policy.clone());
        assert_eq!((error.kind(), error.certainty()), (kind, certainty), "{started:?}");
    }
}
