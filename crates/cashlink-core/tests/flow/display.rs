//! What errors say to the person who reads the log, word for word; and that no server can speak through them (T11–T12).

use std::error::Error as _;
use std::time::Duration;

use cashlink_core::answer::Json;
use cashlink_core::body::PayloadFault;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Response};
use cashlink_core::partner::Partner;
use cashlink_core::{Bearer, Call, Client, Effect, Error, Failure, Policy, Prior, Raw, Secret, UserKey};
use expect_test::{Expect, expect};

use crate::scenario::{
    Account, Deed, End, Form, Play, START, answer, client, head, token, whole, without_budget,
};

fn says(error: &Error, expected: &Expect) {
    expected.assert_eq(&error.to_string());
}

/// The error of a call whose attempts all end like this.
fn after(deed: Deed, end: End) -> Error {
    Play::of(&client::<UserKey>(), &deed.call()).repeat(end).error()
}

#[test]
fn a_refusal() {
    says(
        &after(Deed::Documented, whole(400)),
        &expect![
            "raw: the server answered 400 Bad Request at the only attempt; it did not happen (key order-4711)"
        ],
    );
    says(
        &after(Deed::Once, whole(500)),
        &expect![
            "raw: the server answered 500 Internal Server Error at the only attempt; it may have happened, and carries no key: look before repeating it"
        ],
    );
}

#[test]
fn a_server_that_stays_away() {
    says(
        &after(Deed::Documented, whole(503)),
        &expect![
            "raw: the server answered 503 Service Unavailable at the last of 4 attempts; it may have happened, and repeating it with the same key is safe (key order-4711)"
        ],
    );
    says(
        &after(Deed::Safe, End::NotSent),
        &expect!["raw: not sent: connection refused at the last of 4 attempts"],
    );
    says(
        &after(Deed::Once, End::MaybeSent),
        &expect![
            "raw: maybe sent: no answer within 20 s at the only attempt; it may have happened, and carries no key: look before repeating it"
        ],
    );
}

#[test]
fn a_lost_answer_says_whether_a_repetition_is_known_to_be_harmless() {
    says(
        &after(Deed::Assumed, End::MaybeSent),
        &expect![
            "raw: maybe sent: no answer within 20 s at the only attempt; it may have happened, and that its key makes a repetition harmless is not documented: look first (key order-4711)"
        ],
    );
    says(
        &after(Deed::Confirmed, End::MaybeSent),
        &expect![
            "raw: maybe sent: no answer within 20 s at the last of 4 attempts; it may have happened, and repeating it with the same key is safe (key order-4711)"
        ],
    );
    says(
        &after(Deed::Idempotent, End::MaybeSent),
        &expect![
            "raw: maybe sent: no answer within 20 s at the last of 4 attempts; it may have happened, and repeating it is safe"
        ],
    );
}

#[test]
fn an_answer_that_is_not_whole() {
    says(
        &after(Deed::Once, End::Answer(Form::Cut, 201)),
        &expect!["raw: the answer (201) was cut: connection reset at the only attempt; it happened"],
    );
    says(
        &after(Deed::Once, End::Answer(Form::TooLarge, 200)),
        &expect!["raw: the answer (200) is larger than allowed at the only attempt; it happened"],
    );
    says(
        &after(Deed::Once, End::Payload),
        &expect![
            "raw: the payload is shorter than announced; the request was not completed at the only attempt; it did not happen"
        ],
    );
}

#[test]
fn an_answer_that_leads_elsewhere() {
    says(
        &after(Deed::Once, whole(301)),
        &expect![
            "raw: unexpected redirect (301), not followed at the only attempt; it may have happened, and carries no key: look before repeating it"
        ],
    );
}

#[test]
fn the_end_of_patience() {
    let client = UserKey::client(without_budget());
    let mut late = Play::of(&client, &Deed::Safe.call());
    late.attempt(whole(503)).pass(Duration::from_secs(60)).sleep();
    says(
        &late.error(),
        &expect![
            "raw: the server answered 503 Service Unavailable at the only attempt, the deadline leaves no time for another one"
        ],
    );

    let mut broke = Policy::default();
    broke.retry_budget.capacity = 0;
    let spent = Play::of(&UserKey::client(broke), &Deed::Safe.call()).repeat(whole(429));
    says(
        &spent.error(),
        &expect![
            "raw: the server answered 429 Too Many Requests at the only attempt, too much is failing for another one"
        ],
    );

    let mut asked = Play::of(&client, &Deed::Safe.call());
    asked.attempt_with(|pending, now| {
        pending.respond(now, Response::builder().status(429).header("Retry-After", "3600").body("").unwrap())
    });
    says(
        &asked.error(),
        &expect![
            "raw: the server answered 429 Too Many Requests at the only attempt, the server asks for a longer wait than allowed"
        ],
    );
}

#[test]
fn nothing_was_sent() {
    let client = UserKey::client(without_budget());
    let none = Play::of(&client, &Deed::Safe.call().deadline(Duration::ZERO));
    says(&none.error(), &expect!["raw: the deadline had passed before anything was sent"]);

    for attempts in [0, 1, 3] {
        let step = client.resume(&Deed::Once.call::<UserKey>(), Prior::new(attempts, true), START, [0; 16]);
        says(
            &Play::new(START, step).error(),
            &expect![
                "raw: an earlier attempt got no whole answer, and this call must not be repeated blindly; it may have happened, and carries no key: look before repeating it"
            ],
        );
    }
}

#[test]
fn no_token() {
    let client = Bearer::client(without_budget());
    let mut play = Play::of(&client, &Deed::Documented.call());
    play.authorize(false);
    says(
        &play.error(),
        &expect![
            "raw: no token could be obtained: the server answered 400 Bad Request (invalid_client); it did not happen (key order-4711)"
        ],
    );

    // Whether the token was granted is nobody's concern: what counts is the call, which was never sent.
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Once.call());
    let mut need = play.need();
    let lost = Play::new(START, need.request(START)).repeat(End::MaybeSent);
    play.go_on(need.fail(&lost.error()));
    says(
        &play.error(),
        &expect!["raw: no token could be obtained: maybe sent: no answer within 20 s; it did not happen"],
    );
}

/// The error of a call whose token request was answered like this.
fn refused_a_token(body: &str) -> Error {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Safe.call());
    let mut need = play.need();
    let mut token_call = Play::new(START, need.request(START));
    token_call.attempt_with(|pending, now| {
        pending.respond(now, Response::builder().status(400).body(body.to_owned()).unwrap())
    });
    play.go_on(need.fail(&token_call.error()));
    play.error()
}

#[test]
fn the_token_servers_reason_reaches_whoever_made_the_call() {
    for code in [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ] {
        let error = refused_a_token(&format!(r#"{{"error":"{code}","error_description":"C4NARY"}}"#));
        let text = format!("raw: no token could be obtained: the server answered 400 Bad Request ({code})");
        assert_eq!(error.to_string(), text);
        let map = error.error_map();
        let oauth = map.oauth().unwrap();
        assert_eq!((oauth.code(), oauth.description()), (code, Some("C4NARY")));
        assert!(!error.is_invalid_input(), "the call's own input was never looked at");
    }
}

#[test]
fn t11_a_token_servers_own_words_are_no_code() {
    for word in ["C4NARY", "invalid_scope C4NARY", "invalid_scope\n", "INVALID_SCOPE", ""] {
        let error = refused_a_token(&format!(r#"{{"error":"{word}"}}"#));
        let text = "raw: no token could be obtained: the server answered 400 Bad Request";
        assert_eq!(error.to_string(), text, "{word}");
        assert!(!printed(&error).contains(CANARY), "{word}");
    }
}

#[test]
fn only_the_token_call_is_answered_in_oauths_words() {
    let client = UserKey::client(without_budget());
    let mut play = Play::of(&client, &Deed::Safe.call());
    play.attempt_with(|pending, now| pending.respond(now, answer(400, r#"{"error":"invalid_scope"}"#)));
    says(&play.error(), &expect!["raw: the server answered 400 Bad Request at the only attempt"]);
}

/// Stands in everything that a server, or whoever stands in between, can write.
const CANARY: &str = "C4NARY";

/// An answer full of canaries: body, headers, and an extension as some stacks use for the reason phrase.
fn canaries(status: u16) -> Response<&'static str> {
    let mut answer = answer(status, r#"{"C4NARY":["C4NARY"],"error":"C4NARY","error_description":"C4NARY"}"#);
    for name in ["location", "x-request-id", "x-c4nary", "www-authenticate", "content-type", "date", "server"]
    {
        answer.headers_mut().insert(name, CANARY.parse().unwrap());
    }
    answer.extensions_mut().insert(CANARY);
    answer
}

/// Everything that can be printed of an error, its sources included.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(" {error} {error:?} {error:#?}");
        source = error.source();
    }
    text
}

#[test]
fn t11_no_error_and_no_step_shows_what_a_server_wrote() {
    let raw = Raw::<UserKey>::new(Method::POST, "v2/C4NARY/", Effect::Once).query("C4NARY", "C4NARY");
    let call = Call::new(&raw.json(&CANARY).read_as::<Json<u64>>()).unwrap();
    let client = UserKey::client(without_budget());
    let ends: [fn(u16) -> Failure; 2] = [
        |status| Failure::cut(canaries(status).into_parts().0, "connection reset"),
        |status| Failure::too_large(canaries(status).into_parts().0),
    ];
    for status in (100..=999).step_by(7).chain([200, 201, 301, 302, 400, 401, 403, 404, 409, 429, 500, 503]) {
        let mut plays = vec![Play::of(&client, &call)];
        plays[0].attempt_with(|pending, now| pending.respond(now, canaries(status)));
        for end in ends {
            let mut play = Play::of(&client, &call);
            play.attempt_with(|pending, now| pending.fail(now, end(status)));
            plays.push(play);
        }
        for play in plays {
            let text = printed(&play.error()) + &format!("{:?} {:#?}", play.step(), play.step());
            assert!(!text.contains(CANARY) && !text.contains("c4nary"), "{status}: {text}");
        }
    }
}

#[test]
fn t11_no_step_shows_the_token_the_target_or_the_body() {
    let bearer = Bearer::client_credentials("C4NARY-id", Secret::new("C4NARY-secret")).unwrap();
    let client = Client::new(Partner::demo(), bearer);
    let raw =
        Raw::<Bearer>::new(Method::POST, "v2/C4NARY/", Effect::Safe).query("C4NARY", "C4NARY").json(&CANARY);
    let mut play = Play::new(START, client.start(&raw, START, [0; 16]));
    let mut seen = vec![format!("{client:?} {:?} {raw:?}", play.step())];
    let mut need = play.need();
    let token_call = need.request(START);
    seen.push(format!("{need:?} {token_call:?} {token_call:#?}"));
    play.go_on(need.with(token("C4NARY-token"), START));
    seen.push(format!("{:?} {:#?}", play.step(), play.step()));
    play.attempt_with(|pending, now| {
        seen.push(format!("{pending:?} {pending:#?}"));
        pending.respond(now, canaries(503))
    });
    seen.push(format!("{:?} {:#?}", play.step(), play.step()));
    play.sleep().attempt_with(|pending, now| pending.respond(now, canaries(200)));
    seen.push(format!("{:?} {:#?}", play.step(), play.result().unwrap().meta));
    for text in seen {
        assert!(!text.contains("C4NARY") && !text.contains("c4nary"), "{text}");
    }
}

#[test]
fn t11_a_failed_token_call_shows_nothing_of_its_answer() {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Safe.call());
    let mut need = play.need();
    let mut token_call = Play::new(START, need.request(START));
    token_call.attempt_with(|pending, now| pending.respond(now, canaries(400)));
    play.go_on(need.fail(&token_call.error()));
    let text = printed(&play.error());
    assert!(!text.contains(CANARY) && !text.contains("c4nary") && !text.contains("s3cr3t"), "{text}");
}

#[test]
fn only_another_calls_error_is_a_source_since_all_else_is_said_already() {
    let source = |error: &Error| error.source().map(ToString::to_string);
    for end in [whole(400), End::NotSent, End::Payload, End::Answer(Form::Cut, 201), whole(301)] {
        assert_eq!(source(&after(Deed::Once, end)), None, "{end:?}");
    }
    let client = client::<Bearer>();
    let mut play = Play::of(&client, &Deed::Once.call());
    play.authorize(false);
    expect!["oauth.token: the server answered 400 Bad Request (invalid_client) at the only attempt; it did not happen"]
        .assert_eq(&source(&play.error()).unwrap());
}

#[test]
fn a_failure_says_what_the_transport_saw() {
    let payload = Failure::payload(PayloadFault::Changed);
    expect!["the payload's SHA-256 is not the announced one; the request was not completed"]
        .assert_eq(&payload.to_string());
    let cut = Failure::cut(head(201), "connection reset");
    expect!["the answer (201) was cut: connection reset"].assert_eq(&cut.to_string());
}
