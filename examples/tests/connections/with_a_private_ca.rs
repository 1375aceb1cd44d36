use cashlink_ureq::core::partner::distributor::ListInvestors;
use cashlink_ureq::core::{Certainty, Error};

use crate::custom_ca::{over_hyper, over_reqwest, over_ureq};
use crate::stage::{Authority, Server, protocol};

fn assert_not_sent(error: &Error) {
    assert_eq!(error.certainty(), Certainty::NotApplied, "{error}");
    assert!(error.to_string().contains("not sent"), "{error}");
}

#[test]
fn a_client_that_trusts_the_ca_is_answered_over_each_stack() {
    let authority = Authority::new();
    let server = Server::new(&authority, "127.0.0.1", "http/1.1", 1);
    let (protocol, pem) = (protocol(&format!("https://{}", server.address)), authority.pem());
    over_ureq(protocol.clone(), &pem).unwrap().call(&ListInvestors::new()).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        over_reqwest(protocol.clone(), &pem).unwrap().call(&ListInvestors::new()).await.unwrap();
        over_hyper(protocol, &pem).unwrap().call(&ListInvestors::new()).await.unwrap();
    });
    assert_eq!(server.requests(), 6, "a token and a list over each");
}

#[test]
fn a_client_that_does_not_trust_the_ca_sends_nothing_over_any_stack() {
    let (authority, other) = (Authority::new(), Authority::new().pem());
    let server = Server::new(&authority, "127.0.0.1", "http/1.1", 1);
    let protocol = protocol(&format!("https://{}", server.address));
    // The public roots, and a private CA that is another one.
    assert_not_sent(&cashlink_ureq::client(protocol.clone()).call(&ListInvestors::new()).unwrap_err());
    assert_not_sent(&over_ureq(protocol.clone(), &other).unwrap().call(&ListInvestors::new()).unwrap_err());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let client = cashlink_reqwest::client(protocol.clone()).unwrap();
        assert_not_sent(&client.call(&ListInvestors::new()).await.unwrap_err());
        assert_not_sent(
            &over_reqwest(protocol.clone(), &other).unwrap().call(&ListInvestors::new()).await.unwrap_err(),
        );
        let client = cashlink_hyper::client(protocol.clone()).unwrap();
        assert_not_sent(&client.call(&ListInvestors::new()).await.unwrap_err());
        assert_not_sent(
            &over_hyper(protocol, &other).unwrap().call(&ListInvestors::new()).await.unwrap_err(),
        );
    });
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_name_that_the_certificate_does_not_have_is_refused_even_under_the_ca() {
    let authority = Authority::new();
    let server = Server::new(&authority, "gateway.example", "http/1.1", 1);
    let protocol = protocol(&format!("https://{}", server.address));
    assert_not_sent(&over_ureq(protocol, &authority.pem()).unwrap().call(&ListInvestors::new()).unwrap_err());
}

#[test]
fn a_file_without_a_certificate_is_no_ca() {
    assert!(crate::custom_ca::tls(b"-----BEGIN NOTHING-----").is_err());
}
