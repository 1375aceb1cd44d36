//! T1, T2: no redirect is followed, neither of a resource nor of the token call; the other server hears nothing.

use std::time::Duration;

use cashlink_ureq::core::partner::{Partner, distributor::ListInvestors};
use cashlink_ureq::core::{Bearer, Certainty, Client as Protocol, Effect, Endpoint, ErrorKind, Secret};

use crate::scripted::{Play, Server, documented, get, key, post, quick};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// A server whose every answer leads to another one.
fn pair(status: u16, answers: usize) -> (Server, Server) {
    let other = Server::plays(vec![]);
    let answer = format!(
        "HTTP/1.1 {status} Moved\r\nlocation: {}/api/things/\r\ncontent-length: 0\r\n\r\n",
        other.origin
    );
    let answer: &'static str = answer.leak();
    (Server::plays((0..answers).map(|_| Play::Close(answer)).collect()), other)
}

#[test]
fn t1_t2_a_redirected_request_reaches_no_other_server_and_is_an_error() {
    for status in STATUSES {
        let key = key();
        for request in [get(), post(Effect::Once), post(documented(&key)), post(Effect::Idempotent)] {
            let (server, other) = pair(status, 1);
            let error = server.client(quick()).call(&request).unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::UnexpectedRedirect, 1), "{status}");
            assert_eq!(error.certainty(), Certainty::Unknown, "{status}");
            assert_eq!(error.location(), Some(&*format!("{}/api/things/", other.origin)));
            assert_eq!((server.requests().len(), other.requests().len()), (1, 0), "{status}");
        }
    }
}

#[test]
fn t1_t14_a_redirected_token_call_hands_the_secret_to_nobody() {
    for status in STATUSES {
        let (server, other) = pair(status, 1);
        let api = Partner::at(Endpoint::on_loopback(&format!("{}/api/", server.origin)).unwrap());
        let bearer = Bearer::client_credentials("client", Secret::new("s3cr3t")).unwrap();
        let client = cashlink_ureq::client(Protocol::builder(api, bearer).policy(quick()).build());
        let error = client.call(&ListInvestors::new()).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 0), "{status}");
        let requests = server.requests();
        assert_eq!((requests.len(), other.requests().len()), (1, 0), "{status}");
        assert!(requests[0].starts_with("POST /api/oauth/token "));
    }
}

#[test]
fn t1_an_agent_that_follows_redirects_and_fails_on_statuses_is_overruled() {
    let (server, other) = pair(307, 1);
    let agent = ureq::Agent::config_builder()
        .max_redirects(10)
        .http_status_as_error(true)
        .timeout_global(Some(Duration::from_nanos(1)))
        .build();
    let transport = cashlink_ureq::Ureq::new(agent.into());
    let client = cashlink_ureq::Client::new(server.client(quick()).protocol().clone(), transport);
    let error = client.call(&get()).unwrap_err();
    assert_eq!((error.kind(), other.requests().len()), (ErrorKind::UnexpectedRedirect, 0));
}

#[test]
fn t9_plain_http_stays_on_this_machine_whatever_proxy_the_agent_has() {
    let proxy = Server::plays(vec![]);
    let server = Server::plays(vec![Play::Close("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]);
    let agent = ureq::Agent::config_builder().proxy(Some(ureq::Proxy::new(&proxy.origin).unwrap())).build();
    let transport = cashlink_ureq::Ureq::new(agent.into());
    let client = cashlink_ureq::Client::new(server.client(quick()).protocol().clone(), transport);
    client.call(&get()).unwrap();
    assert_eq!((server.requests().len(), proxy.requests().len()), (1, 0));
}
