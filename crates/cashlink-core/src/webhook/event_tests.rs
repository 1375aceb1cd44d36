//! What a verified body says: every event that is known, those that aren't, and what is no event at all.

use std::format;
use std::string::{String, ToString};

use super::tests::{SAMPLE, secret};
use super::*;
use crate::payments::Mode;

/// What reads as which event.
fn read(body: &str) -> Option<(String, bool)> {
    let headers = Signer::new(secret("s")).headers(body.as_bytes());
    let verifier = Verifier::new(secret("s"));
    let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
    let event = verified.event().ok()?;
    Some((event.name().into(), matches!(event.content, Content::Paid(_))))
}

#[test]
fn an_unknown_event_is_kept_whole() {
    let body = r#"{"event":"cashlink.n\u0065w","timestamp":"2017-10-09T13:11:03","business":"b","data":{"limit":123456789012345678901234567890,"a":{"b":{"c":[1e999]}}},"more":{"x":{"y":{}}}}"#;
    let headers = Signer::new(secret("s")).headers(body.as_bytes());
    let verifier = Verifier::new(secret("s"));
    let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
    let event = verified.event().unwrap();
    assert_eq!(event.name(), "cashlink.new");
    assert!(matches!(event.content, Content::Unknown));
    assert_eq!(
        event.data_json().unwrap(),
        r#"{"limit":123456789012345678901234567890,"a":{"b":{"c":[1e999]}}}"#
    );
    #[derive(serde::Deserialize)]
    struct Limit {
        limit: u128,
    }
    assert_eq!(event.data::<Limit>().unwrap().limit, 123_456_789_012_345_678_901_234_567_890);
    // The shape doesn't make the event: its name does.
    assert_eq!(read(&SAMPLE.replace("cashlink.paid", "x")), Some(("x".into(), false)));
}

#[test]
fn every_field_of_a_payment_is_read() {
    let body = SAMPLE
        .replace(r#""invoice""#, r#""subscription""#)
        .replace(r#""EUR""#, r#""EUR", "next_charge": "2017-11-09T13:11:03.661620", "new": {"a": {"b": []}}"#)
        .replace(
            r#""is_test": false"#,
            r#""is_test": true, "recurring_initial": true, "payer": {"first_name": "Ada", "last_name": "Love\u006cace",
               "email": "ada@example.com", "phone_number": 4930, "address": {"street": "x"}, "freetext": null, "new": 1}"#,
        );
    let headers = Signer::new(secret("s")).headers(body.as_bytes());
    let verifier = Verifier::new(secret("s"));
    let event = verifier.verify(&headers, body.as_bytes()).unwrap().event().unwrap();
    let Content::Paid(paid) = &event.content else { panic!("a payment") };
    assert_eq!((paid.recurring_initial, &paid.cashlink.kind), (Some(true), &LinkType::Subscription));
    assert_eq!(paid.cashlink.next_charge.unwrap().as_str(), "2017-11-09T13:11:03.661620");
    let payer = paid.payer.as_ref().unwrap();
    let texts = [
        &payer.first_name,
        &payer.last_name,
        &payer.email,
        &payer.phone_number,
        &payer.address,
        &payer.freetext,
    ]
    .map(|field| field.as_ref().map(|text| text.expose().to_string()));
    assert_eq!(
        texts.each_ref().map(Option::as_deref),
        [
            Some("Ada"),
            Some("Lovelace"),
            Some("ada@example.com"),
            Some("4930"),
            Some(r#"{"street": "x"}"#),
            None
        ]
    );
    let shown = format!("{event:?} {event:#?}");
    assert!(["Ada", "ovelace", "example.com", "Invoice"].iter().all(|text| !shown.contains(text)), "{shown}");
}

#[test]
fn a_test_payment_is_flagged_where_the_key_is_live_and_the_other_way_round() {
    let disagrees = |is_test: &str, mode| {
        let body = SAMPLE.replace("false", is_test);
        let headers = Signer::new(secret("s")).headers(body.as_bytes());
        let event = Verifier::new(secret("s")).verify(&headers, body.as_bytes()).unwrap().event().unwrap();
        let Content::Paid(paid) = event.content else { panic!("a payment") };
        paid.disagrees_with(mode)
    };
    assert!(disagrees("true", Mode::Production) && disagrees("false", Mode::Test));
    assert!(!disagrees("true", Mode::Test) && !disagrees("false", Mode::Production));
}

#[test]
fn t54_no_timestamp_makes_it_panic_and_what_is_no_moment_is_no_event() {
    for (text, good) in [
        ("2017-10-09T13:11:03", true),
        ("2017-10-09T13:11:03.661620+02:00", true),
        ("9999-12-31T23:59:60.999999", true),
        ("0001-01-01T00:00:00", true),
        ("0000-00-00T00:00:00", false),
        ("-9223372036854775808", false),
        ("+292277026596-12-04T15:30:08Z", false),
        ("2017-02-29T00:00:00", false),
        ("1507554663", false),
        ("", false),
    ] {
        assert_eq!(read(&SAMPLE.replace("2017-10-09T13:11:03.661620", text)).is_some(), good, "{text}");
    }
    assert!(read(&SAMPLE.replace("\"2017-10-09T13:11:03.661620\"", "-9223372036854775808")).is_none());
}

#[test]
fn what_is_no_event_is_an_error_and_keeps_its_bytes() {
    for body in [
        "",
        "null",
        "[]",
        "<html>",
        r#"{"event":"x"}"#,
        // t23: a doubled field, wherever it is.
        &SAMPLE.replacen('{', r#"{"event": "x","#, 1),
        &SAMPLE.replace(r#""is_test": false"#, r#""is_test": false, "is_test": true"#),
        // t28: a list is no object.
        r#"["cashlink.paid","2017-10-09T13:11:03","b",[]]"#,
        &SAMPLE.replace(r#""12.34""#, "12.34"),
        &SAMPLE.replace("12.34", "12,34"),
        &SAMPLE.replace(r#""is_test": false, "#, "").replace("false", r#""false""#),
        &format!("{SAMPLE}x"),
        &SAMPLE.replace("Invoice no. 12345", r"\ud83d"),
    ] {
        assert_eq!(read(body), None, "{body}");
    }
    for end in 0..SAMPLE.len() {
        assert_eq!(read(&SAMPLE[..end]), None, "t29: cut at {end}");
    }
}

/// The journal's door: what was proved and kept is read as it was when it came.
#[test]
fn what_was_kept_is_read_as_what_was_verified() {
    for body in
        [SAMPLE.into(), SAMPLE.replace("cashlink.paid", "cashlink.new"), SAMPLE.replace("amount", "a")]
    {
        let headers = Signer::new(secret("s")).headers(body.as_bytes());
        let verifier = Verifier::new(secret("s"));
        let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
        let shown =
            |event: Result<Event<'_>, _>| format!("{:?}", event.map(|event| (event.name().len(), event)));
        assert_eq!(shown(kept::event(body.as_bytes())), shown(verified.event()));
    }
    let changed = br#"{"investment_id":"i-1","status":"PAID","changed_at":"2020-12-11T14:59:46Z"}"#;
    assert!(matches!(kept::notice(changed), Ok(Notice::StatusChanged(_))));
    assert!(matches!(kept::notice(b"{}"), Ok(Notice::Unknown)) && kept::notice(b"[]").is_err());
}
