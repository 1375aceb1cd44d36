//! Everything that goes out, once and whole: every header, every byte.

use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::Response;
use cashlink_client::{asynchronous, blocking};

use crate::clock::Clock;
use crate::executor::block_on;
use crate::runner::{create, protocol};
use crate::wire::{Log, Sent, Wire, answer, grant};

const EXPECTED: &str = r#"POST https://demo.cashlink.de/api/external/oauth/token
accept: application/json
content-type: application/x-www-form-urlencoded
user-agent: cashlink-rust/0.1.0

grant_type=client_credentials&client_id=my-client&client_secret=s3cr3t

POST https://demo.cashlink.de/api/external/distributor/v2/investors/
accept: application/json
authorization: Bearer t1
content-type: application/json
user-agent: cashlink-rust/0.1.0
x-idempotency-key: investor-17

{"natural_person":{"forename":"Ada"},"is_beneficiary":true}

"#;

fn respond(sent: &Sent) -> Response<Bytes> {
    if sent.is_token_request() { grant("t1", None) } else { answer(201, r#"{"id":"17"}"#) }
}

fn listed(log: &Log) -> String {
    let mut listed = String::new();
    for sent in log.sent() {
        listed += &format!("{} {}\n", sent.method, sent.uri);
        sent.headers.iter().for_each(|(name, value)| listed += &format!("{name}: {value}\n"));
        listed += &format!("\n{}\n\n", String::from_utf8(sent.body).unwrap());
    }
    listed
}

#[test]
fn nothing_goes_out_but_this_in_either_world() {
    let (clock, log) = (Clock::default(), Log::default());
    let wire = || Wire::new(&log, |sent| Ok(respond(sent)));

    blocking::Client::with_timer(protocol(), wire(), clock.clone()).call(&create()).unwrap();
    assert_eq!(listed(&log), EXPECTED);

    let client = asynchronous::Client::with_timer(protocol(), wire(), clock.clone());
    block_on(&clock, client.call(&create())).unwrap();
    assert_eq!(listed(&log), EXPECTED.repeat(2));
}
