//! What a webhook costs in allocations, counted: proving the signature none; reading the event none for a body without
//! escapes, and one per escaped text otherwise.

use allocation_counter::measure;
use cashlink_core::Secret;
use cashlink_core::webhook::{Content, Signer, Verifier, WebhookSecret};

const PLAIN: &str = r#"{"event":"cashlink.paid","timestamp":"2017-10-09T13:11:03.661620","business":"utqztAwTcQKB","data":{"is_test":false,"public_id":"wxnfqAVVPWwZ","cashlink":{"type":"subscription","public_id":"VX0GK5cvM1dO","subject":"Grüße","amount":"12.34","amount_currency":"EUR","next_charge":"2017-11-09T13:11:03.661620"},"recurring_initial":true,"payer":{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com","phone_number":"+49 69 0","address":"Street 1","freetext":"none"}}}"#;

fn verifier() -> (Verifier, Signer) {
    let secret = |text| WebhookSecret::new(&Secret::new(text)).unwrap();
    (Verifier::new(secret("old")).or(secret("new")), Signer::new(secret("new")))
}

/// How many allocations it takes to read the event of a body that was verified.
fn to_read(body: &str) -> u64 {
    let (verifier, signer) = verifier();
    let headers = signer.headers(body.as_bytes());
    let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
    measure(|| assert!(matches!(verified.event().unwrap().content, Content::Paid(_)))).count_total
}

#[test]
fn verifying_allocates_nothing_whether_it_succeeds_or_not() {
    let (verifier, signer) = verifier();
    let headers = signer.headers(PLAIN.as_bytes());
    assert_eq!(measure(|| assert!(verifier.verify(&headers, PLAIN.as_bytes()).is_ok())).count_total, 0);
    assert_eq!(measure(|| assert!(verifier.verify(&headers, b"{}").is_err())).count_total, 0);
    assert!(measure(|| drop(signer.headers(b"{}"))).count_total > 0, "the counter counts");
}

#[test]
fn an_event_without_escapes_is_read_without_an_allocation() {
    assert_eq!(to_read(PLAIN), 0);
}

#[test]
fn each_escaped_text_costs_one_allocation() {
    let escaped = PLAIN
        .replace("Grüße", r"Gr\u00fc\u00dfe, \ud83d\ude00 and much more than one buffer would hold at first");
    assert_eq!(to_read(&escaped), 1);
    let twice = escaped.replace("Ada", r"\u0041da").replace("Street 1", r"Street\n1");
    assert_eq!(to_read(&twice), 3);
}
