//! Several businesses behind one URL: whose secret proves what, and what a refusal tells.

use std::format;

use http::HeaderMap;

use super::tests::{SAMPLE, sample, secret, signed};
use super::*;

#[test]
fn one_businesss_secret_proves_nothing_for_another() {
    let (ours, theirs) = (Verifier::new(secret("ours")), Verifier::new(secret("theirs")));
    let find = |business: &str| match business {
        "utqztAwTcQKB" => Some(&ours),
        "other" => Some(&theirs),
        _ => None,
    };
    let verify = |key: &str, body: &str| {
        let headers = Signer::new(secret(key)).headers(body.as_bytes());
        verify_for_business(&headers, body.as_bytes(), find).is_ok()
    };
    assert!(verify("ours", SAMPLE));
    assert!(!verify("theirs", SAMPLE));
    assert!(!verify("ours", &SAMPLE.replace("utqztAwTcQKB", "other")));
    assert!(!verify("ours", &SAMPLE.replace("utqztAwTcQKB", "stranger")));
    let doubled = SAMPLE.replacen('{', r#"{"business": "other","#, 1);
    assert!(!verify("ours", &doubled) && !verify("theirs", &doubled), "whose is it?");
    assert!(!verify("ours", "<html>"));
}

#[test]
fn t58_no_business_is_looked_up_without_a_signature_in_its_shape() {
    let (verifier, signature) = sample();
    let asked = core::cell::Cell::new(0);
    let find = |_: &str| {
        asked.set(asked.get() + 1);
        Some(&verifier)
    };
    for bad in ["", &signature[1..], &format!("{signature}="), &signature.replace('+', "-")] {
        assert!(verify_for_business(&signed(bad), SAMPLE.as_bytes(), find).is_err(), "{bad}");
    }
    assert!(verify_for_business(&HeaderMap::new(), SAMPLE.as_bytes(), find).is_err());
    assert_eq!(asked.get(), 0);
    assert!(verify_for_business(&signed(&signature), SAMPLE.as_bytes(), find).is_ok() && asked.get() == 1);
}

/// For a business that nobody knows the work is done all the same, with a key that everybody can read in the sources.
#[test]
fn t58_an_unknown_business_costs_a_mac_that_proves_nothing() {
    let (verifier, signature) = sample();
    let unknown = |key: WebhookSecret, body: &str| {
        let headers = Signer::new(key).headers(body.as_bytes());
        verify_for_business(&headers, body.as_bytes(), |_| None).is_err()
    };
    let macs = |find: Option<&Verifier>| {
        let before = calculations();
        let _ = verify_for_business(&signed(&signature), SAMPLE.as_bytes(), |_| find).is_ok();
        calculations() - before
    };
    assert_eq!((macs(Some(&verifier)), macs(None)), (1, 1));
    let nobody = || WebhookSecret::keyed(signature::NOBODYS_KEY).unwrap();
    assert!(unknown(nobody(), SAMPLE) && unknown(nobody(), "{}") && unknown(secret("hook-s3cr3t"), SAMPLE));
}
