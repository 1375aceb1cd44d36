//! Deliveries of the newer generation: who gets in, what is read, and which of two changes is the later one.

use std::format;
use std::string::ToString as _;
use std::vec::Vec;

use http::{HeaderMap, HeaderValue, header};
use proptest::prelude::*;

use super::*;
use crate::Secret;
use crate::partner::InvestmentStatus;

/// The body of the seed's webhook sample.
const SAMPLE: &str = r#"{"investment_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "status": "ACCEPTED", "changed_at": "2020-12-11T14:59:46.716Z"}"#;

fn tokens() -> BearerTokens {
    BearerTokens::new(&Secret::new("old-t0k3n")).unwrap().or(&Secret::new("new/t0k3n==")).unwrap()
}

fn shows(values: &[&[u8]]) -> HeaderMap {
    values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap())).collect()
}

#[test]
fn the_seeds_sample_is_read_behind_either_token() {
    for (index, token) in ["old-t0k3n", "new/t0k3n=="].into_iter().enumerate() {
        let headers = shows(&[format!("Bearer {token}").as_bytes()]);
        let delivery = tokens().authenticate(&headers, SAMPLE.as_bytes()).unwrap();
        assert_eq!(delivery.credential_index(), index);
        let Notice::StatusChanged(changed) = delivery.notice().unwrap() else { panic!("a status") };
        assert_eq!(changed.investment_id.as_str(), "3fa85f64-5717-4562-b3fc-2c963f66afa6");
        assert_eq!(changed.status, InvestmentStatus::Accepted);
        assert_eq!(changed.changed_at.as_str(), "2020-12-11T14:59:46.716Z");
    }
}

#[test]
fn t57_only_one_whole_token_behind_one_space_gets_in() {
    let passes = |values: &[&[u8]]| tokens().authenticate(&shows(values), b"{}").is_ok();
    for good in ["Bearer old-t0k3n", "bearer old-t0k3n", "BEARER new/t0k3n=="] {
        assert!(passes(&[good.as_bytes()]), "{good}");
    }
    for bad in [
        &b""[..],
        b"Bearer",
        b"Bearer ",
        b"Bearer  old-t0k3n",
        b"Bearer\told-t0k3n",
        b"Bearer old-t0k3n ",
        b"Bearer old-t0k3n,",
        b"Bearer old-t0k3",
        b"Bearer old-t0k3nx",
        b"Bearer xold-t0k3n",
        b"Bearer OLD-T0K3N",
        b"Bearer new/t0k3n=",
        b"Bearer new/t0k3n===",
        b"Bearer =",
        b"Bearer \xff",
        b"Bearer old-t0k3n\xc3\xa4",
        b"Basic b2xkLXQwazNu",
        b"Token old-t0k3n",
        b"old-t0k3n",
        b"XBearer old-t0k3n",
    ] {
        assert!(!passes(&[bad]), "{bad:?}");
    }
    assert!(!passes(&[]) && !passes(&[b"Bearer old-t0k3n", b"Bearer old-t0k3n"]));
}

/// That no comparison ends early is measured by `scripts/timing`; that no token is skipped is shown here: each of them decides,
/// and each is compared whichever matches.
#[test]
fn t49_the_first_token_is_no_shortcut() {
    let names = ["token-a", "token-b", "token-c"];
    let first = BearerTokens::new(&Secret::new(names[0])).unwrap();
    let tokens = names[1..].iter().fold(first, |all, name| all.or(&Secret::new(*name)).unwrap());
    let index = |token: &[u8]| {
        let delivery = tokens.authenticate(&shows(&[&[b"Bearer ", token].concat()]), b"{}");
        delivery.ok().map(|delivery| delivery.credential_index())
    };
    for (place, name) in names.into_iter().enumerate() {
        let before = calculations();
        assert_eq!(index(name.as_bytes()), Some(place));
        assert_eq!(calculations() - before, 1 + names.len());
        // One wrong letter, wherever it is, and none of them matches.
        for letter in 0..name.len() {
            let mut wrong = name.as_bytes().to_vec();
            wrong[letter] = b'X';
            assert_eq!(index(&wrong), None, "{name}, letter {letter}");
        }
    }
}

#[test]
fn t52_t57_no_token_is_empty_or_has_a_space() {
    for bad in ["", " ", "=", "a b", "a\n", "ä", "a=b", "a\""] {
        assert!(BearerTokens::new(&Secret::new(bad)).is_err(), "{bad:?}");
        assert!(tokens().or(&Secret::new(bad)).is_err(), "{bad:?}");
    }
}

#[test]
fn t58_all_refusals_read_the_same_and_a_large_body_is_one_of_them() {
    let tokens = tokens().max_body(SAMPLE.len());
    let good = shows(&[b"Bearer old-t0k3n"]);
    assert!(tokens.authenticate(&good, SAMPLE.as_bytes()).is_ok());
    let before = calculations();
    let large = tokens.authenticate(&good, format!("{SAMPLE} ").as_bytes()).unwrap_err();
    assert_eq!(calculations(), before, "refused before its token is looked at");
    let wrong = tokens.authenticate(&shows(&[b"Bearer x"]), b"{}").unwrap_err();
    let none = tokens.authenticate(&HeaderMap::new(), b"{}").unwrap_err();
    assert_eq!([large, wrong].map(|refused| refused.to_string()), [none.to_string(), none.to_string()]);

    // RFC 6750 §3.1: no error without a credential of this scheme, `invalid_token` with one.
    let challenge = |refused: Unauthorized| {
        let response = refused.response();
        assert_eq!((response.status().as_u16(), response.body().len()), (401, 0));
        response.headers()["www-authenticate"].to_str().unwrap().to_string()
    };
    assert_eq!(challenge(none), r#"Bearer realm="webhooks""#);
    assert_eq!(challenge(wrong), r#"Bearer realm="webhooks", error="invalid_token""#);
    assert_eq!(challenge(large), challenge(wrong));
    for (shown, same_as) in [
        (&b"Basic b2xkLXQwazNu"[..], none),
        (b"old-t0k3n", none),
        (b"", none),
        (b"Bearer", wrong),
        (b"bearer ", wrong),
        (b"Bearer  old-t0k3n", wrong),
        (b"Bearer \xff", wrong),
    ] {
        let refused = tokens.authenticate(&shows(&[shown]), b"{}").unwrap_err();
        assert_eq!(challenge(refused), challenge(same_as), "{shown:?}");
    }
}

fn read(body: &str) -> Option<Notice> {
    tokens().authenticate(&shows(&[b"Bearer old-t0k3n"]), body.as_bytes()).unwrap().notice().ok()
}

#[test]
fn what_is_no_change_of_a_status_is_kept_for_a_person() {
    for body in ["{}", r#"{"statement_id":"x"}"#, r#"{"status":"PAID","changed_at":"2020-12-11T14:59:46Z"}"#]
    {
        assert_eq!(read(body), Some(Notice::Unknown), "{body}");
    }
    for body in ["", "[]", "null", "<html>", r#"["x","PAID","2020-12-11T14:59:46Z"]"#] {
        assert_eq!(read(body), None, "{body}");
    }
    assert!(matches!(read(&SAMPLE.replace("}", r#","new":{"a":[1e999]}}"#)), Some(Notice::StatusChanged(_))));
}

#[test]
fn a_change_that_cannot_be_read_is_an_error_and_not_something_unknown() {
    for body in [
        r#"{"investment_id":"x"}"#,
        r#"{"investment_id":null}"#,
        r#"{"investment_id":"x","status":"PAID"}"#,
        r#"{"investment_id":"../x","status":"PAID","changed_at":"2020-12-11T14:59:46Z"}"#,
        &SAMPLE.replace("2020-12-11T14:59:46.716Z", "yesterday"),
        // t23: a doubled field says nothing that one could rely on.
        &SAMPLE.replace("{", r#"{"status":"PAID","#),
        &SAMPLE.replace("{", r#"{"investment_id":"x","#),
    ] {
        assert_eq!(read(body), None, "{body}");
    }
    // The error is that of the change, and not one of finding out whether it is one.
    let (tokens, headers) = (tokens(), shows(&[b"Bearer old-t0k3n"]));
    let delivery = tokens.authenticate(&headers, br#"{"investment_id":"x"}"#).unwrap();
    let error = delivery.notice().unwrap_err().to_string();
    assert_eq!(error, "the body's JSON has another shape than expected at line 1 column 21");
}

fn changed(status: &str, at: &str) -> StatusChanged {
    StatusChanged::fixture("i-1".parse().unwrap(), status.into(), at.parse().unwrap())
}

#[test]
fn t55_the_same_change_is_equal_and_supersedes_nothing() {
    let Some(Notice::StatusChanged(first)) = read(SAMPLE) else { panic!() };
    let Some(Notice::StatusChanged(again)) = read(&SAMPLE.replace(": ", ":").replace("}", r#","new":1}"#))
    else {
        panic!()
    };
    assert_eq!(first, again);
    assert!(!first.supersedes(&again) && !again.supersedes(&first));
}

#[test]
fn t56_the_later_instant_wins_however_it_is_written() {
    let accepted = changed("ACCEPTED", "2020-12-11T14:59:46.716Z");
    for (status, at, wins) in [
        ("PAID", "2020-12-11T14:59:46.7160001Z", true),
        ("PAID", "2020-12-11T14:59:46.715999Z", false),
        ("KYC_PENDING", "2020-12-11T15:59:46.717+01:00", true),
        ("PAID", "2020-12-11T15:59:46.715+01:00", false),
        // The same instant: the order of the table.
        ("PAID", "2020-12-11T15:59:46.716+01:00", true),
        ("REVIEW_PENDING", "2020-12-11T14:59:46.716Z", false),
        ("SOMETHING_NEW", "2020-12-11T14:59:46.716Z", true),
        // Without an offset: taken for UTC.
        ("PAID", "2020-12-11T14:59:47", true),
        ("PAID", "2020-12-11T14:59:46", false),
    ] {
        let other = changed(status, at);
        assert_eq!(
            (other.supersedes(&accepted), accepted.supersedes(&other)),
            (wins, !wins),
            "{status} {at}"
        );
    }
    // A leap second has passed when the next minute begins.
    let (leap, next) =
        (changed("PAID", "2016-12-31T23:59:60.5Z"), changed("ACCEPTED", "2017-01-01T00:00:00.2Z"));
    assert!(next.supersedes(&leap) && !leap.supersedes(&next));
    let elsewhere =
        StatusChanged { investment_id: "i-2".parse().unwrap(), ..changed("PAID", "2030-01-01T00:00:00Z") };
    assert!(!elsewhere.supersedes(&accepted) && !accepted.supersedes(&elsewhere), "of another investment");
}

#[test]
fn t56_at_one_instant_the_status_that_stands_further_down_in_the_documents_table_wins() {
    let in_order = [
        "KYC_PENDING",
        "REVIEW_PENDING",
        "WAITING_FOR_ACCEPTANCE",
        "ACCEPTED",
        "PAID",
        "DELIVERED",
        "KYC_INSUFFICIENT",
        "ABORTION",
        "REJECTION",
        "CANCELLATION",
        "PAYMENT_MISSING",
        "A_NEW_ONE",
        "B_NEW_ONE",
    ];
    let events = in_order.map(|status| changed(status, "2020-12-11T14:59:46Z"));
    for (place, event) in events.iter().enumerate() {
        for (other_place, other) in events.iter().enumerate() {
            assert_eq!(event.supersedes(other), place > other_place, "{event:?} {other:?}");
        }
    }
}

proptest! {
    #[test]
    fn t56_all_orders_of_delivery_end_in_one_state(
        mut events in prop::collection::vec(
            (
                prop_oneof!["KYC_PENDING|ACCEPTED|PAID|DELIVERED|REJECTION|PAYMENT_MISSING", "[A-C]"],
                0..3_u32,
                prop_oneof!["", "Z", "\\+02:00", "-00:30"],
            ),
            1..8,
        ),
        shuffles in prop::collection::vec(any::<prop::sample::Index>(), 8),
    ) {
        let state = |events: &[(std::string::String, u32, std::string::String)]| {
            let mut state: Option<StatusChanged> = None;
            for (status, second, zone) in events {
                let event = changed(status, &format!("2020-12-11T14:59:0{second}{zone}"));
                if state.as_ref().is_none_or(|state| event.supersedes(state)) {
                    state = Some(event);
                }
            }
            state.map(|state| (state.status, state.changed_at.compare_as_utc(&"2020-12-11T14:59:00Z".parse().unwrap())))
        };
        let in_order = state(&events);
        let mut indices: Vec<usize> = (0..events.len()).collect();
        for shuffle in shuffles {
            let (a, b) = (shuffle.index(events.len()), events.len() - 1);
            events.swap(a, b);
            indices.swap(a, b);
            events.rotate_left(1);
            prop_assert_eq!(&state(&events), &in_order);
        }
    }
}

#[test]
fn a_delivery_of_a_mebibyte_is_taken_and_one_byte_more_is_not() {
    let headers = shows(&[b"Bearer old-t0k3n"]);
    for (length, taken) in [(1_048_576, true), (1_048_577, false)] {
        let body = format!("{SAMPLE}{}", " ".repeat(length - SAMPLE.len()));
        assert_eq!(tokens().authenticate(&headers, body.as_bytes()).is_ok(), taken, "{length}");
    }
}

#[test]
fn who_got_in_and_who_did_not_say_so() {
    let headers = shows(&[b"Bearer new/t0k3n=="]);
    let delivery = tokens().authenticate(&headers, b"{}").unwrap();
    assert_eq!(format!("{delivery:?}"), "Authenticated { credential_index: 1, body_len: 2 }");
    assert_eq!(delivery.body(), b"{}");
    assert_eq!(format!("{:?}", tokens()), "BearerTokens(2)");
    let refused = tokens().authenticate(&HeaderMap::new(), b"{}").unwrap_err();
    let text = "the webhook's sender did not authenticate; answer 401 and don't read it";
    assert_eq!(refused.to_string(), text);
}
