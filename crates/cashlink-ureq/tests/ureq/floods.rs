//! Answers without end: each stops at a limit, and none is read beyond it (T26).

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cashlink_ureq::core::{Certainty, Error, ErrorKind, Policy};

use crate::scripted::{Play, Server, get, once, quick, read_request};

/// A server that begins to answer and then repeats itself until the client has had enough, or it has said a GiB; and how
/// many bytes it got rid of.
fn without_end(begin: &'static str, again: String) -> (Server, Receiver<u64>) {
    let (count, counted) = channel();
    let flood = move |mut stream: TcpStream| {
        read_request(&mut stream, true);
        stream.write_all(begin.as_bytes()).unwrap();
        let mut bytes = 0;
        while bytes < 1 << 30 && stream.write_all(again.as_bytes()).is_ok() {
            bytes += again.len() as u64;
        }
        count.send(bytes).unwrap();
    };
    (Server::plays(vec![Play::Own(Box::new(flood))]), counted)
}

/// More than the buffers of two sockets hold, and far from a GiB.
const FEW: u64 = 64 << 20;

fn flooded(begin: &'static str, again: String, policy: Policy) -> Error {
    let (server, counted) = without_end(begin, again);
    let error = once(&server, policy);
    let counted = counted.recv().unwrap();
    assert!(counted < FEW, "{counted} bytes were taken");
    assert_eq!((error.attempts(), server.requests().len()), (1, 0), "one request, {error}");
    error
}

#[test]
fn t26_a_body_without_end_is_left_at_the_limit() {
    let mut policy = quick();
    policy.largest_answer = 1000;
    for (head, again) in [
        ("HTTP/1.1 201 Created\r\ncontent-length: 99999999999999\r\n\r\n", "x".repeat(4096)),
        ("HTTP/1.1 201 Created\r\n\r\n", "x".repeat(4096)),
        (
            "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n",
            format!("fff\r\n{}\r\n", "x".repeat(4095)),
        ),
    ] {
        let error = flooded(head, again, policy.clone());
        assert_eq!(
            (error.kind(), error.certainty()),
            (ErrorKind::AnswerTooLarge, Certainty::Applied),
            "{head:?}"
        );
        assert_eq!(error.status().map(|status| status.as_u16()), Some(201), "{head:?}");
    }
}

#[test]
fn t26_the_limit_is_exact() {
    let mut policy = quick();
    policy.largest_answer = 10;
    for (answer, kind) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789", None),
        ("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n01234567890", Some(ErrorKind::AnswerTooLarge)),
        ("HTTP/1.0 200 OK\r\n\r\n0123456789", None),
        ("HTTP/1.0 200 OK\r\n\r\n01234567890", Some(ErrorKind::AnswerTooLarge)),
    ] {
        let server = Server::plays(vec![Play::Close(answer)]);
        let result = server.client(policy.clone()).call(&get());
        assert_eq!(result.err().map(|error| error.kind()), kind, "{answer:?}");
    }
}

#[test]
fn a_head_without_end_is_no_answer() {
    for again in [format!("x-a: {}\r\n", "x".repeat(4096)), "x".repeat(4096)] {
        let error = flooded("HTTP/1.1 201 Created\r\nx-b: ", again, quick());
        assert_eq!((error.kind(), error.certainty()), (ErrorKind::Transport, Certainty::Unknown));
    }
}

#[test]
fn interim_answers_without_end_are_no_answer() {
    let mut policy = quick();
    // Whichever limit comes first, the time or the size of a head.
    policy.attempt_timeout = Duration::from_millis(200);
    let error = flooded("", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100), policy);
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Transport, Certainty::Unknown));
}
