//! Settings and agents of the user's own: what the protocol depends on holds for every request, whatever they say.

use std::time::Duration;

use cashlink_ureq::core::{Effect, ErrorKind, Policy, UserKey};
use cashlink_ureq::{Client, Ureq};
use ureq::Agent;
use ureq::config::{ConfigBuilder, RedirectAuthHeaders};
use ureq::typestate::AgentScope;

use crate::scripted::{Play, Server, get, post, quick};

/// Everything otherwise.
fn contrary() -> ConfigBuilder<AgentScope> {
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
}

/// By an agent that is as it is, by one that was made for this policy, and by one that was made for another.
fn clients(server: &Server, policy: Policy) -> [Client<UserKey>; 3] {
    let mut other = policy.clone();
    other.attempt_timeout += Duration::from_secs(1);
    let agent = Agent::new_with_config(contrary().build());
    let made = |policy| Ureq::with_settings(contrary(), policy);
    let all = [Ureq::new(agent), made(&policy), made(&other)];
    let protocol = server.client(policy).protocol().clone();
    all.map(|ureq| Client::new(protocol.clone(), ureq))
}

#[test]
fn a_contrary_agent_sends_the_same_bytes_on_a_connection_that_it_keeps() {
    const FOUND: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let twice = || [Play::Keep(FOUND), Play::Close(FOUND)];
    let server = Server::plays([twice(), twice(), twice(), twice()].into_iter().flatten().collect());
    for client in [server.client(quick())].into_iter().chain(clients(&server, quick())) {
        client.call(&get()).unwrap();
        client.call(&post(Effect::Once)).unwrap();
    }
    let requests = server.requests();
    assert!(requests[0].starts_with("GET ") && requests[1].starts_with("POST "));
    assert!(requests.chunks(2).all(|pair| pair == &requests[..2]), "{requests:?}");
}

#[test]
fn a_contrary_agent_has_the_time_that_the_core_gives_it() {
    // More than ureq reads at once, so that it has to ask for more, past each of the agent's own limits.
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4000000\r\n\r\n";
    let server = Server::plays((0..3).map(|_| Play::Flood(HEAD, 4_000_000)).collect());
    for client in clients(&server, quick()) {
        assert_eq!(client.call(&get()).unwrap().value.len(), 4_000_000);
    }
}

#[test]
fn a_contrary_agent_brings_every_status_as_an_answer() {
    let refusal = "HTTP/1.1 400 Bad Request\r\ncontent-length: 26\r\n\r\n{\"subject\":[\"Too short.\"]}";
    let server = Server::plays((0..3).map(|_| Play::Close(refusal)).collect());
    for client in clients(&server, quick()) {
        let error = client.call(&post(Effect::Once)).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.error_map().at("subject").eq(["Too short."]));
    }
}

#[test]
fn t1_a_contrary_agent_follows_no_redirect() {
    let other = Server::plays(vec![]);
    for status in [301, 302, 303, 307, 308] {
        // With a body, which is read, and without.
        for body in ["", "gone"] {
            let head = format!("HTTP/1.1 {status} Moved\r\nlocation: {}/\r\n", other.origin);
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let answer: &str = answer.leak();
            let server = Server::plays((0..3).map(|_| Play::Close(answer)).collect());
            for client in clients(&server, quick()) {
                let error = client.call(&post(Effect::Once)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::UnexpectedRedirect, "{status}");
                assert_eq!(error.body().map(|bytes| &bytes[..]), Some(body.as_bytes()), "{status}");
            }
            assert_eq!((server.requests().len(), other.requests().len()), (3, 0), "{status}");
        }
    }
}
