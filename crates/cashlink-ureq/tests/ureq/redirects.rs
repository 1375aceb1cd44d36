//! T1, T9: an agent of the user's own that follows redirects, or has a proxy, is overruled.

use std::time::Duration;

use cashlink_ureq::core::ErrorKind;

use crate::scripted::{Play, Server, get, quick};

#[test]
fn t1_an_agent_that_follows_redirects_and_fails_on_statuses_is_overruled() {
    let other = Server::plays(vec![]);
    let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", other.origin);
    let server = Server::plays(vec![Play::Close(moved.leak())]);
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
    let answer = || Play::Close("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let server = Server::plays(vec![answer(), answer()]);
    let settings = || ureq::Agent::config_builder().proxy(Some(ureq::Proxy::new(&proxy.origin).unwrap()));
    let agent = cashlink_ureq::Ureq::new(settings().build().into());
    for transport in [agent, cashlink_ureq::Ureq::with_settings(settings(), &quick())] {
        let client = cashlink_ureq::Client::new(server.client(quick()).protocol().clone(), transport);
        client.call(&get()).unwrap();
    }
    assert_eq!((server.requests().len(), proxy.requests().len()), (2, 0));
}
