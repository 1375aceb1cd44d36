//! Heads of answers that are unusual or wrong: a typed result each, never a panic, and never a doubt that is hidden.

use std::io::Write;
use std::net::TcpStream;

use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::{Certainty, Effect, Error, ErrorKind, Reply};

use crate::scripted::{Play, Server, post, quick, read_request};

/// What comes of these bytes as the answer to a request that must happen once, written in these pieces.
fn answered(pieces: Vec<&'static [u8]>) -> Result<Reply<Bytes>, Error> {
    let answer = move |mut stream: TcpStream| {
        read_request(&mut stream, true);
        for piece in pieces {
            // A client that has read enough may be gone.
            let _ = stream.write_all(piece);
        }
    };
    let server = Server::plays(vec![Play::Own(Box::new(answer))]);
    let result = server.client(quick()).call(&post(Effect::Once));
    assert_eq!(server.requests().len(), 0, "no further request");
    result
}

#[test]
fn interim_answers_are_passed_over() {
    const CREATED: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";
    for pieces in [
        vec![&b"HTTP/1.1 100 Continue\r\n\r\n"[..], CREATED],
        vec![b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", CREATED],
        vec![
            b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hi\r\n\r",
            b"\n",
            CREATED,
        ],
    ] {
        let reply = answered(pieces).unwrap();
        assert_eq!((reply.meta.status().as_u16(), &reply.value[..]), (201, &b"{}"[..]));
        assert!(
            reply.meta.headers().get("link").is_none(),
            "an interim answer's headers are not the answer's"
        );
    }
}

#[test]
fn a_switch_of_protocols_that_nobody_asked_for_is_no_success() {
    let error = answered(vec![b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n"]).unwrap_err();
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Status, Certainty::Unknown));
}

#[test]
fn t30_headers_that_are_no_text_are_passed_on_as_bytes() {
    let answer =
        b"HTTP/1.1 201 Created\r\nx-request-id: \xff\xfe\r\ndate: \xc3\x28\r\ncontent-length: 2\r\n\r\n{}";
    let reply = answered(vec![answer]).unwrap();
    assert_eq!(reply.meta.headers()["x-request-id"].as_bytes(), b"\xff\xfe");
    assert_eq!((reply.meta.request_id(), reply.meta.date()), (None, None));
}

#[test]
fn a_length_beside_chunks_is_passed_over() {
    // RFC 9112 section 6.3: the chunks count.
    let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    assert_eq!(answered(vec![answer]).unwrap().value, "{}");
}

#[test]
fn t37_a_head_that_breaks_http_leaves_a_doubt() {
    for answer in [
        &b"nonsense\r\n\r\n"[..],
        b"\r\n\r\n\r\n\r\n",
        b"HTTP/2.0 201 Created\r\n\r\n",
        b"HTTP/1.1 2O1 Created\r\n\r\n",
        b"HTTP/1.1 099 Odd\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nno colon\r\n\r\n",
        b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\ncontent-length: -1\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\ncontent-length: 99999999999999999999999\r\n\r\n{}",
        b"\x16\x03\x01\x00\x00",
    ] {
        let error = answered(vec![answer]).unwrap_err();
        let shown = answer.escape_ascii();
        assert_eq!(
            (error.kind(), error.certainty()),
            (ErrorKind::Transport, Certainty::Unknown),
            "{shown}: {error}"
        );
        assert_eq!(error.attempts(), 1, "{shown}");
    }
}
