//! Agents of the user's own: what the protocol depends on is set on every request, whatever the agent says.

use std::time::Duration;

use cashlink_ureq::core::{Effect, ErrorKind, Policy, UserKey};
use cashlink_ureq::{Client, Ureq};
use ureq::Agent;
use ureq::config::RedirectAuthHeaders;

use crate::scripted::{Play, Server, get, post, quick};

/// An agent that wants everything otherwise.
fn contrary() -> Agent {
    let at_once = Some(Duration::from_nanos(1));
    Agent::config_builder()
        .http_status_as_error(true)
        .max_redirects(10)
        .max_redirects_will_error(true)
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .allow_non_standard_methods(false)
        .user_agent("contrary/1.0")
        .accept("text/html")
        .accept_encoding("gzip, br")
        .timeout_global(at_once)
        .timeout_per_call(at_once)
        .timeout_resolve(at_once)
        .timeout_connect(at_once)
        .timeout_send_request(at_once)
        .timeout_send_body(at_once)
        .timeout_recv_response(at_once)
        .timeout_recv_body(at_once)
        .timeout_per_read(at_once)
        .timeout_per_write(at_once)
        .build()
        .into()
}

fn client(server: &Server, policy: Policy) -> Client<UserKey> {
    Client::new(server.client(policy).protocol().clone(), Ureq::new(contrary()))
}

#[test]
fn a_contrary_agent_sends_the_same_bytes_on_a_connection_that_it_keeps() {
    const FOUND: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let server =
        Server::plays(vec![Play::Keep(FOUND), Play::Close(FOUND), Play::Keep(FOUND), Play::Close(FOUND)]);
    for client in [server.client(quick()), client(&server, quick())] {
        client.call(&get()).unwrap();
        client.call(&post(Effect::Once)).unwrap();
    }
    let requests = server.requests();
    assert!(requests[0].starts_with("GET ") && requests[1].starts_with("POST "));
    assert_eq!((&requests[2], &requests[3]), (&requests[0], &requests[1]));
}

#[test]
fn a_contrary_agent_has_the_time_that_the_core_gives_it() {
    // More than ureq reads at once, so that it has to ask for more, past each of the agent's own limits.
    let server =
        Server::plays(vec![Play::Flood("HTTP/1.1 200 OK\r\ncontent-length: 4000000\r\n\r\n", 4_000_000)]);
    assert_eq!(client(&server, quick()).call(&get()).unwrap().value.len(), 4_000_000);
}

#[test]
fn a_contrary_agent_brings_every_status_as_an_answer() {
    let refusal = "HTTP/1.1 400 Bad Request\r\ncontent-length: 26\r\n\r\n{\"subject\":[\"Too short.\"]}";
    let server = Server::plays(vec![Play::Close(refusal)]);
    let error = client(&server, quick()).call(&post(Effect::Once)).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.error_map().at("subject").eq(["Too short."]));
}

#[test]
fn t1_a_contrary_agent_follows_no_redirect() {
    let other = Server::plays(vec![]);
    for status in [301, 302, 303, 307, 308] {
        // With a body, which is read, and without.
        for body in ["", "gone"] {
            let head = format!("HTTP/1.1 {status} Moved\r\nlocation: {}/\r\n", other.origin);
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let server = Server::plays(vec![Play::Close(answer.leak())]);
            let error = client(&server, quick()).call(&post(Effect::Once)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedRedirect, "{status}");
            assert_eq!(error.body().map(|bytes| &bytes[..]), Some(body.as_bytes()), "{status}");
            assert_eq!((server.requests().len(), other.requests().len()), (1, 0), "{status}");
        }
    }
}
