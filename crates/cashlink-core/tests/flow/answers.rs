//! Answers that are no plain success: what becomes of them, and that nothing of them is lost.

use cashlink_core::answer::Json;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Response, header};
use cashlink_core::payments::Payments;
use cashlink_core::{
    ApiVersion, Bearer, Call, Certainty, Client, Effect, Error, ErrorKind, Failure, GaveUp, IdempotencyKey,
    Operation, Raw, Secret, UserKey,
};
use serde::Deserialize;

use crate::scenario::{Account, At, Deed, Play, START, client, head, whole, without_budget};

#[derive(Debug, PartialEq, Deserialize)]
struct Thing {
    id: String,
}

/// A POST without key whose answer is read as JSON.
fn create() -> Call<Json<Thing>, UserKey> {
    Call::new(&Raw::<UserKey>::new(Method::POST, "v2/things/", Effect::Once).read_as::<Json<Thing>>())
        .unwrap()
}

fn answered(answer: Response<&'static [u8]>) -> Play<Json<Thing>> {
    let mut play = Play::of(&UserKey::client(without_budget()), &create());
    play.attempt_with(|pending, now| pending.respond(now, answer));
    assert_eq!(play.at(), At::Done);
    play
}

fn with(status: u16, headers: &[(&str, &str)], body: &'static [u8]) -> Response<&'static [u8]> {
    let mut answer = Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(body).unwrap()
}

fn error(answer: Response<&'static [u8]>) -> Error {
    answered(answer).error()
}

#[test]
fn t1_a_redirect_is_an_error_that_says_where_it_would_have_led() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let location = ("Location", "https://evil.example/steal?x=1");
        let error = error(with(status, &[location], b"<html>moved</html>"));
        assert_eq!((error.kind(), error.certainty()), (ErrorKind::UnexpectedRedirect, Certainty::Unknown));
        assert_eq!(error.location(), Some("https://evil.example/steal?x=1"));
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (status, 1));
        assert_eq!(error.body().unwrap(), "<html>moved</html>");
    }
    assert_eq!(error(with(301, &[], b"")).location(), None);
}

#[test]
fn t1_no_effect_makes_a_redirect_one_to_follow() {
    for deed in Deed::ALL {
        let mut play: Play<Bytes> = Play::of(&client::<Bearer>(), &deed.call());
        play.settle();
        play.attempt_with(|pending, now| {
            pending.respond(now, with(302, &[("Location", "https://demo.cashlink.de/api/external/")], b""))
        });
        assert_eq!((play.at(), play.error().kind()), (At::Done, ErrorKind::UnexpectedRedirect), "{deed:?}");
    }
}

#[test]
fn t2_a_redirect_that_was_cut_is_no_success_either() {
    let mut play = Play::of(&UserKey::client(without_budget()), &create());
    play.attempt_with(|pending, now| pending.fail(now, Failure::cut(head(301), "connection reset")));
    assert_eq!((play.error().kind(), play.error().certainty()), (ErrorKind::CutAnswer, Certainty::Unknown));
}

#[test]
fn t27_a_compressed_answer_is_not_unpacked_and_has_happened() {
    // Also where the bytes would do as they are: what they mean is what the header says.
    for body in [&b"\x1F\x8B\x08"[..], br#"{"id":"17"}"#] {
        for coding in ["gzip", "br", "identity, gzip", "zstd", ""] {
            let error = error(with(201, &[("Content-Encoding", coding)], body));
            assert_eq!(
                (error.kind(), error.certainty()),
                (ErrorKind::Undecodable, Certainty::Applied),
                "{coding}"
            );
            assert_eq!((error.body().unwrap().as_ref(), error.gave_up()), (body, GaveUp::Final));
        }
    }
    for coding in ["identity", "IDENTITY"] {
        let play = answered(with(201, &[("Content-Encoding", coding)], br#"{"id":"17"}"#));
        assert_eq!(play.result().unwrap().value, Json(Thing { id: "17".into() }), "{coding}");
    }
}

#[test]
fn t28_a_success_that_cannot_be_read_has_happened_and_keeps_its_bytes() {
    let bodies: [&[u8]; 10] = [
        b"",
        b"<!doctype html><title>Login</title>",
        b"null",
        b"[]",
        b"17",
        br#"{"id":17}"#,
        br#"{"id":"17""#,
        br#"{"id":"17"} {"id":"18"}"#,
        b"{\"id\":\"\xFF\"}",
        b"\xEF\xBB\xBF{\"id\":\"17\"}",
    ];
    for body in bodies {
        for status in [200, 201, 202, 204, 299] {
            let answer = with(status, &[("Content-Type", "application/json"), ("X-Request-Id", "r-1")], body);
            let error = error(answer);
            assert_eq!((error.kind(), error.certainty()), (ErrorKind::Undecodable, Certainty::Applied));
            assert_eq!(error.body().unwrap().as_ref(), body);
            assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (status, 1));
            assert_eq!(error.request_id(), Some("r-1"));
            assert!(error.to_string().contains("can't be read"), "{error}");
            assert!(error.error_map().is_empty() && !error.is_invalid_input());
        }
    }
}

#[test]
fn t28_what_counts_is_what_the_body_says_and_not_its_label() {
    for label in ["text/html", "text/plain; charset=latin-1", "nonsense"] {
        let play = answered(with(200, &[("Content-Type", label)], br#"{"id":"17"}"#));
        assert_eq!(play.result().unwrap().value, Json(Thing { id: "17".into() }));
    }
}

#[test]
fn a_success_brings_its_answer_along() {
    let play = answered(with(
        201,
        &[
            ("X-Request-Id", "r-1"),
            ("X-Api-Version", "2018-01-15"),
            ("Date", "Wed, 18 Nov 2020 12:00:30 GMT"),
        ],
        br#"{"id":"17","new":{"deep":[1,2]}}"#,
    ));
    let meta = &play.result().unwrap().meta;
    assert_eq!((meta.status().as_u16(), meta.attempts()), (201, 1));
    assert_eq!((meta.request_id(), meta.api_version()), (Some("r-1"), Some("2018-01-15")));
    assert_eq!(meta.date(), Some(1_605_700_830));
    assert_eq!(meta.body().as_ref(), br#"{"id":"17","new":{"deep":[1,2]}}"#);
    assert_eq!(meta.field::<Vec<u8>>(&["new", "deep"]).unwrap(), Some(vec![1, 2]));
}

/// "If no header is passed, the latest stable API version is assumed" (seed): which one that is, no answer has to say.
#[test]
fn without_a_version_none_is_sent_and_none_is_claimed_of_the_answer() {
    let play_at = |api: Payments| {
        let client = Client::new(api, UserKey::new(Secret::new("key")).unwrap());
        let mut play = Play::of(&client, &create());
        play.attempt_with(|pending, now| pending.respond(now, with(201, &[], br#"{"id":"17"}"#)));
        let sent = play.sent[0].lasting.2.get("x-api-version").cloned();
        let meta = play.result().unwrap().meta.clone();
        (sent, meta.api_version().map(str::to_owned))
    };
    assert_eq!(play_at(Payments::production()), (None, None));
    let pinned = Payments::production().version(ApiVersion::V2017_10_01);
    assert_eq!(play_at(pinned), (Some(header::HeaderValue::from_static("2017-10-01")), None));
}

#[test]
fn t23_a_field_that_is_asked_for_by_name_and_comes_twice_is_an_error() {
    let body = br#"{"id":"17","new":{"limit":1,"l\u0069mit":2},"once":3,"unread":4,"unread":5}"#;
    let play = answered(with(201, &[], body));
    let meta = &play.result().unwrap().meta;
    assert!(meta.field::<u8>(&["new", "limit"]).is_err());
    assert_eq!(meta.field::<u8>(&["once"]), Ok(Some(3)));
}

#[test]
fn a_refused_input_names_its_fields() {
    let body =
        br#"{"amount":["Must be positive."],"person":{"name":["Required."]},"non_field_errors":["No."]}"#;
    let error = error(with(400, &[], body));
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Status, Certainty::NotApplied));
    assert!(error.is_invalid_input());
    let map = error.error_map();
    assert_eq!(map.at("amount").next(), Some("Must be positive."));
    assert_eq!(map.at("person.name").next(), Some("Required."));
    assert_eq!(map.general().next(), Some("No."));
    assert_eq!(error.body().unwrap().as_ref(), body);
}

#[test]
fn t28_the_body_of_an_error_is_kept_whatever_it_is() {
    for body in [&b""[..], b"<html>", b"\xFF\xFE", b"null", br#"{"detail":"x"}"#] {
        for status in [400, 403, 404, 409, 418, 500, 503, 999] {
            let error = error(with(status, &[("X-Request-Id", "r-1"), ("Content-Encoding", "gzip")], body));
            assert_eq!(error.kind(), ErrorKind::Status);
            assert_eq!((error.body().unwrap().as_ref(), error.request_id()), (body, Some("r-1")));
            assert_eq!(error.headers().unwrap()[header::CONTENT_ENCODING], "gzip");
        }
    }
}

#[test]
fn an_error_tells_operation_key_and_what_kind_of_refusal_it_was() {
    let key = IdempotencyKey::new("order-4711").unwrap();
    let claims = |error: &Error| {
        (error.is_invalid_input(), error.is_auth(), error.is_not_found(), error.is_rate_limited())
    };
    for (status, expected) in [
        (400, (true, false, false, false)),
        (422, (true, false, false, false)),
        (401, (false, true, false, false)),
        (403, (false, true, false, false)),
        (404, (false, false, true, false)),
        (429, (false, false, false, true)),
        (500, (false, false, false, false)),
    ] {
        let client = UserKey::client(without_budget());
        let play = Play::of(&client, &Deed::Documented.call()).repeat(whole(status));
        let error = play.error();
        assert_eq!(claims(&error), expected, "{status}");
        assert_eq!((error.operation(), error.key()), (Raw::<UserKey>::NAME, Some(&key)));
    }
}

#[test]
fn an_operation_that_cannot_be_written_is_done_before_anything_is_sent() {
    let outside = Raw::<UserKey>::new(Method::GET, "v2/../admin", Effect::Safe);
    let client = UserKey::client(without_budget());
    let play = Play::new(START, client.start(&outside, START, [0; 16]));
    let error = play.error();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
    assert_eq!(error.certainty(), Certainty::NotApplied);
}

#[test]
fn a_400_that_may_mean_the_version_is_told_from_one_that_blames_a_field() {
    let may = |version: Option<ApiVersion>, status: u16, body: &'static str| {
        let mut api = Payments::production();
        if let Some(version) = version {
            api = api.version(version);
        }
        let client = Client::new(api, UserKey::new(Secret::new("key")).unwrap());
        let mut play = Play::of(&client, &create());
        play.attempt_with(|pending, now| pending.respond(now, with(status, &[], body.as_bytes())));
        play.error().may_be_unsupported_version()
    };
    let pinned = Some(ApiVersion::V2017_10_01);
    for body in
        ["", "<html>", r#"{"detail":"Invalid version."}"#, r#"["no"]"#, r#"{"non_field_errors":["no"]}"#]
    {
        assert!(may(pinned, 400, body), "{body}");
        assert!(!may(None, 400, body), "no version was asked for: {body}");
        assert!(!may(pinned, 404, body));
    }
    assert!(!may(pinned, 400, r#"{"subject":["This field is required."]}"#));
    assert!(!may(pinned, 400, r#"{"detail":"no","amount":["no"]}"#));
}
