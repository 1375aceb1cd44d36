//! What ureq makes of a connection that is lost under a body, and of limits of time.

use std::time::Duration;

use cashlink_ureq::core::body::{Body, MediaType};
use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::{Certainty, Effect, ErrorKind, Raw, UserKey};

use crate::scripted::{Play, Server, post, quick};

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";

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
fn a_limit_beyond_the_clock_is_no_panic() {
    let mut policy = quick();
    policy.attempt_timeout = Duration::MAX;
    policy.connect_timeout = Duration::MAX;
    policy.deadline = Duration::MAX;
    let server = Server::plays(vec![Play::Close(CREATED)]);
    assert!(server.client(policy).call(&post(Effect::Once)).is_ok());
}
