//! Where a request was when no answer came: *not sent* only where that is certain, and no request that nobody counted.

use std::net::TcpListener;
use std::time::Duration;

use cashlink_ureq::core::body::{Body, MediaType};
use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::{Certainty, Effect, ErrorKind, Raw, UserKey};

use crate::scripted::{Play, Server, documented, get, key, once, post, quick};

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";

#[test]
fn a_refused_connection_was_surely_not_sent_so_everything_tries_again() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut nowhere = Server::plays(vec![]);
    nowhere.origin = format!("http://127.0.0.1:{port}");
    let error = once(&nowhere, quick());
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Transport, Certainty::NotApplied));
    assert_eq!(error.attempts(), 4);
    assert!(error.failure().unwrap().to_string().starts_with("not sent: "), "{error}");
}

#[test]
fn t37_a_connection_that_closes_without_an_answer_is_ambiguous() {
    let server = Server::plays(vec![Play::Close("")]);
    let error = once(&server, quick());
    assert_eq!((error.certainty(), error.attempts(), server.requests().len()), (Certainty::Unknown, 1, 1));

    let server = Server::plays(vec![Play::Close(""), Play::Close(CREATED)]);
    let reply = server.client(quick()).call(&post(documented(&key()))).unwrap();
    let requests = server.requests();
    assert_eq!((reply.meta.attempts(), requests.len()), (2, 2));
    assert_eq!(requests[0], requests[1], "the same bytes");
}

#[test]
fn t37_a_connection_that_closes_before_the_whole_body_is_ambiguous() {
    // ureq asks for the body as soon as it has handed over the head, so before it can learn of anything. A body that fits
    // into the buffers of two sockets, and one that doesn't.
    for length in [10, 32 << 20] {
        let server = Server::plays(vec![Play::CloseAtHead]);
        let body = Body::new(&MediaType::PDF, "x".repeat(length));
        let request = Raw::<UserKey>::new(Method::POST, "things/", Effect::Once).body(body);
        let error = server.client(quick()).call(&request).unwrap_err();
        assert_eq!((error.kind(), error.certainty()), (ErrorKind::Transport, Certainty::Unknown), "{error}");
        assert_eq!((error.attempts(), server.requests().len()), (1, 1), "{error}");
    }
}

#[test]
fn t38_a_kept_connection_that_was_closed_gets_no_hidden_second_request() {
    let server = Server::plays(vec![Play::KeepThenClose(CREATED), Play::Close(CREATED)]);
    let client = server.client(quick());
    client.call(&post(Effect::Once)).unwrap();
    // The server has closed the connection that ureq keeps. Whatever comes of the second call: the server sees no more
    // requests than attempts were counted.
    let attempts = match client.call(&post(Effect::Once)) {
        Ok(reply) => reply.meta.attempts(),
        Err(error) => {
            assert_eq!(error.certainty(), Certainty::Unknown, "{error}");
            error.attempts()
        }
    };
    assert_eq!(attempts, 1);
    assert!(server.requests().len() <= 2);
}

#[test]
fn t38_the_server_sees_as_many_requests_as_were_counted() {
    let unavailable = "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n";
    let server = Server::plays((0..4).map(|_| Play::Keep(unavailable)).collect());
    let error = server.client(quick()).call(&get()).unwrap_err();
    assert_eq!((error.attempts() as usize, server.requests().len()), (4, 4));

    let server = Server::plays(vec![Play::Keep(unavailable)]);
    let error = once(&server, quick());
    assert_eq!((error.attempts() as usize, server.requests().len()), (1, 1));
}

#[test]
fn a_limit_beyond_the_clock_is_no_panic() {
    let mut policy = quick();
    policy.attempt_timeout = Duration::MAX;
    policy.connect_timeout = Duration::MAX;
    policy.deadline = Duration::MAX;
    let server = Server::plays(vec![Play::Close(CREATED)]);
    assert!(server.client(policy).call(&post(Effect::Once)).is_ok());
}
