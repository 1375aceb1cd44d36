//! The token call: the request to the last header, where it goes, and how its failures reach the caller.

use std::error::Error as _;
use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Response, header};
use cashlink_core::partner::{Partner, scope};
use cashlink_core::{
    Bearer, Certainty, Client, Endpoint, Error, ErrorKind, GaveUp, Grant, Secret, Step, UserKey,
};
use expect_test::{Expect, expect};

use crate::scenario::{
    Account, At, Deed, End, Form, Play, START, answer, bytes_of, token, whole, without_budget,
};

fn credential() -> Bearer {
    Bearer::client_credentials("my client", Secret::new("s3cr3t: &/"))
        .unwrap()
        .scopes([scope::INVESTORS_READ, scope::DOCUMENTS_WRITE])
}

/// The token request of a client, as it goes out.
fn request(client: &Client<Bearer>, expected: &Expect) {
    let mut play: Play<Bytes> = Play::of(client, &Deed::Safe.call());
    let Step::Send(outgoing) = play.need().request(START) else { panic!("the token request goes out") };
    let (request, _) = outgoing.into_parts();
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    lines.extend(headers);
    lines.extend([String::new(), String::from_utf8(bytes_of(request.body())).unwrap(), String::new()]);
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn the_token_request_by_form_body() {
    request(
        &Client::new(Partner::demo(), credential()),
        &expect![[r#"
            POST https://demo.cashlink.de/api/external/oauth/token
            accept: application/json
            content-type: application/x-www-form-urlencoded
            user-agent: cashlink-rust/0.1.0

            grant_type=client_credentials&scope=investors%3Aread+documents%3Awrite&client_id=my+client&client_secret=s3cr3t%3A+%26%2F
        "#]],
    );
}

#[test]
fn t20_the_token_request_by_http_basic() {
    request(
        &Client::new(Partner::demo(), credential().by_http_basic()),
        &expect![[r#"
            POST https://demo.cashlink.de/api/external/oauth/token
            accept: application/json
            authorization: Basic bXkrY2xpZW50OnMzY3IzdCUzQSslMjYlMkY=
            content-type: application/x-www-form-urlencoded
            user-agent: cashlink-rust/0.1.0

            grant_type=client_credentials&scope=investors%3Aread+documents%3Awrite
        "#]],
    );
}

#[test]
fn t14_the_token_endpoint_is_below_the_base_unless_it_is_set() {
    let secret = || Bearer::client_credentials("c", Secret::new("s")).unwrap();
    let at = |url| Partner::at(Endpoint::new(url).unwrap());
    let uri = |api: Partner| {
        let mut play: Play<Bytes> = Play::of(&Client::new(api, secret()), &Deed::Safe.call());
        let Step::Send(outgoing) = play.need().request(START) else { panic!() };
        outgoing.into_parts().0.uri().to_string()
    };
    assert_eq!(uri(Partner::production()), "https://connect.cashlink.de/api/external/oauth/token");
    assert_eq!(uri(at("https://own.example/x/")), "https://own.example/x/oauth/token");
    let elsewhere = Endpoint::new("https://auth.example/distributor/oauth/token").unwrap();
    assert_eq!(
        uri(Partner::demo().token_endpoint(elsewhere)),
        "https://auth.example/distributor/oauth/token"
    );
}

/// A token call whose attempts all end like this, and what the caller hears of it.
fn failed(end: End) -> (Play<Grant>, Error) {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Once.call());
    let mut need = play.need();
    let token_call = Play::new(START, need.request(START)).repeat(end);
    play.go_on(need.fail(&token_call.error()));
    assert_eq!(play.at(), At::Done);
    assert!(play.sent.is_empty(), "without a token nothing goes out");
    let error = play.error();
    (token_call, error)
}

#[test]
fn a_failed_token_call_reaches_the_caller_with_its_reason() {
    // (end, requests, its kind, whether it is about credentials)
    let cases = [
        (whole(400), 1, ErrorKind::Status, false),
        (whole(401), 1, ErrorKind::Status, true),
        (whole(403), 1, ErrorKind::Status, true),
        (whole(429), 4, ErrorKind::Status, false),
        (whole(500), 4, ErrorKind::Status, false),
        (End::NotSent, 4, ErrorKind::Transport, false),
        (End::MaybeSent, 4, ErrorKind::Transport, false),
        (End::Answer(Form::Cut, 200), 4, ErrorKind::CutAnswer, false),
        (End::Answer(Form::TooLarge, 200), 1, ErrorKind::AnswerTooLarge, false),
        (End::Answer(Form::Empty, 200), 1, ErrorKind::Undecodable, false),
        (whole(200), 1, ErrorKind::Undecodable, false),
    ];
    for (end, requests, kind, is_auth) in cases {
        let (token_call, error) = failed(end);
        assert_eq!((token_call.sent.len(), token_call.error().kind()), (requests, kind), "{end:?}");
        let gave_up = if requests == 4 { GaveUp::Attempts } else { GaveUp::Final };
        assert_eq!((error.kind(), error.gave_up()), (ErrorKind::Token, gave_up), "{end:?}");
        // The token may have been granted or not: the call itself was never sent.
        assert_eq!((error.attempts(), error.certainty()), (0, Certainty::NotApplied), "{end:?}");
        assert_eq!((error.operation(), error.is_auth()), ("raw", is_auth), "{end:?}");
        let source = error.source().and_then(|source| source.downcast_ref::<Error>()).unwrap();
        assert_eq!((source.operation(), source.kind()), ("oauth.token", kind), "{end:?}");
        assert_eq!(source.attempts(), u32::try_from(requests).unwrap(), "{end:?}");
    }
}

#[test]
fn a_wrong_client_secret_is_told_apart_though_it_comes_as_400() {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Safe.call());
    play.authorize(false);
    assert!(play.error().is_auth());
}

#[test]
fn t1_a_redirect_of_the_token_call_is_an_error_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let client = Bearer::client(without_budget());
        let mut play: Play<Bytes> = Play::of(&client, &Deed::Safe.call());
        let mut need = play.need();
        let mut token_call = Play::new(START, need.request(START));
        token_call.attempt_with(|pending, now| {
            let answer = Response::builder().status(status).header("Location", "https://evil.example/");
            pending.respond(now, answer.body("").unwrap())
        });
        let error = token_call.error();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::UnexpectedRedirect, 1), "{status}");
        assert_eq!(error.location(), Some("https://evil.example/"));
        play.go_on(need.fail(&error));
        assert_eq!(
            (play.error().kind(), play.error().certainty()),
            (ErrorKind::Token, Certainty::NotApplied)
        );
    }
}

#[test]
fn t31_how_long_the_token_endpoint_asks_to_wait_is_told_to_the_caller() {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Safe.call());
    let mut need = play.need();
    let mut token_call = Play::new(START, need.request(START));
    token_call.attempt_with(|pending, now| {
        let answer = Response::builder().status(429).header(header::RETRY_AFTER, "300");
        pending.respond(now, answer.body("").unwrap())
    });
    assert_eq!(token_call.error().gave_up(), GaveUp::RetryAfter);
    play.go_on(need.fail(&token_call.error()));
    assert_eq!(play.error().retry_after(), Some(Duration::from_secs(300)));
}

#[test]
fn the_token_call_has_retries_of_its_own_and_then_the_call_goes_on() {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Once.call());
    let mut need = play.need();
    let mut token_call = Play::new(START, need.request(START));
    for end in [End::MaybeSent, whole(503), End::NotSent] {
        token_call.attempt(end).sleep();
    }
    token_call
        .attempt_with(|pending, now| pending.respond(now, answer(200, r#"{"access_token":"granted"}"#)));
    assert!(token_call.sent.iter().all(|sent| sent.lasting == token_call.sent[0].lasting));
    assert!(token_call.waits.iter().all(|wait| *wait <= Duration::from_secs(1)));
    let grant = token_call.result().unwrap();
    assert_eq!((grant.meta.attempts(), grant.value.token().id()), (4, token("granted").id()));

    play.go_on(need.with(grant.value.token(), token_call.now)).attempt(whole(201));
    assert_eq!(play.result().unwrap().meta.attempts(), 1, "the token's requests are not the call's");
}

#[test]
fn a_flow_with_an_api_key_never_asks_for_a_token() {
    let mut play: Play<Bytes> = Play::of(&UserKey::client(without_budget()), &Deed::Once.call());
    assert_eq!(play.settle(), At::Sends);
    play.attempt(whole(200));
    assert_eq!((play.token_requests, play.sent[0].authorization.is_some()), (0, false));
}
