//! Bearer tokens in a call's life: refused, renewed, once; and what must not renew one.

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{HeaderValue, header};
use cashlink_core::{Bearer, Certainty, ErrorKind, GaveUp, UserKey};

use crate::scenario::{At, Deed, End, Form, Play, TOKENS, answer, client, token, whole};

fn play(deed: Deed) -> Play<Bytes> {
    Play::of(&client::<Bearer>(), &deed.call())
}

fn bearer_of(play: &Play<Bytes>, request: usize) -> &str {
    play.sent[request].authorization.as_ref().unwrap().to_str().unwrap()
}

#[test]
fn t32_a_401_brings_a_new_token_and_the_same_request_with_it() {
    let mut play = play(Deed::Documented);
    play.authorize(true).attempt(whole(401));
    assert_eq!(play.at(), At::NeedsToken);
    let need = play.need();
    assert_eq!(need.rejected(), Some(token(TOKENS[0]).id()));
    let step = need.with(token("another"), play.now);
    play.go_on(step).attempt(whole(201));
    assert_eq!(play.result().unwrap().meta.attempts(), 2);
    assert_eq!((bearer_of(&play, 0), bearer_of(&play, 1)), ("Bearer first-t0k3n", "Bearer another"));
    assert_eq!(play.sent[0].lasting, play.sent[1].lasting);
    assert!(play.waits.is_empty(), "an expired token is no reason to wait");
}

#[test]
fn a_token_that_nobody_refused_yet_is_not_spoken_of() {
    let mut play = play(Deed::Safe);
    assert_eq!(play.need().rejected(), None);
}

#[test]
fn t35_the_second_401_is_final_and_names_the_token_to_drop() {
    let play = play(Deed::Safe).script(&[whole(401), whole(401)]);
    let error = play.error();
    assert_eq!((play.sent.len(), play.token_requests), (2, 2));
    assert_eq!((error.kind(), error.gave_up(), error.attempts()), (ErrorKind::Status, GaveUp::Final, 2));
    assert_eq!((error.certainty(), error.is_auth()), (Certainty::NotApplied, true));
    assert_eq!(error.rejected_token(), Some(token(TOKENS[1]).id()));
}

#[test]
fn t35_other_failures_between_them_make_the_second_401_no_less_final() {
    let play = play(Deed::Safe).script(&[whole(503), whole(401), End::NotSent, whole(401)]);
    assert_eq!((play.sent.len(), play.token_requests), (4, 2));
    assert_eq!(play.error().certainty(), Certainty::Unknown, "the 503 may have been applied");
}

#[test]
fn a_renewed_token_is_counted_as_an_attempt_but_takes_none_away() {
    let play = play(Deed::Safe).script(&[End::NotSent, whole(401), whole(503), End::MaybeSent, whole(503)]);
    assert_eq!((play.sent.len(), play.error().attempts(), play.error().gave_up()), (5, 5, GaveUp::Attempts));
}

#[test]
fn a_token_that_was_replaced_is_no_longer_one_to_drop() {
    // The server may insist on the same token: then dropping it would be wrong.
    let ends = [
        whole(403),
        End::ScopeMissing,
        End::Payload,
        End::Answer(Form::TooLarge, 500),
        whole(503),
        End::NotSent,
        End::MaybeSent,
    ];
    for end in ends {
        let mut play = play(Deed::Safe);
        play.authorize(true).attempt(whole(401));
        assert_eq!(play.repeat(end).error().rejected_token(), None, "{end:?}");
    }
}

#[test]
fn a_refused_token_that_could_not_be_replaced_is_named() {
    let refused = Some(token(TOKENS[0]).id());
    for give_up in [Play::fail_token, Play::time_out] {
        let mut play = play(Deed::Safe);
        play.authorize(true).attempt(whole(401));
        give_up(&mut play);
        let error = play.error();
        assert_eq!((error.rejected_token(), error.attempts()), (refused, 1));
        assert_eq!((play.sent.len(), error.certainty()), (1, Certainty::NotApplied));
    }
}

#[test]
fn t35_a_403_never_renews_a_token() {
    for deed in Deed::ALL {
        let play = play(deed).script(&[whole(403)]);
        assert_eq!((play.token_requests, play.error().rejected_token()), (1, None), "{deed:?}");
        assert!(play.error().is_auth());
    }
}

#[test]
fn t32_a_401_that_names_another_error_renews_nothing() {
    for (challenge, renews) in [
        ("Bearer error=\"insufficient_scope\", scope=\"investors:write\"", false),
        ("Bearer realm=\"api\", error=\"invalid_request\"", false),
        ("Bearer realm=\"api\"", true),
        ("Bearer error=\"invalid_token\", error_description=\"expired\"", true),
        ("Basic realm=\"api\"", true),
    ] {
        let mut play = play(Deed::Safe);
        play.authorize(true).attempt_with(|pending, now| {
            let mut answer = answer(401, "");
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            pending.respond(now, answer)
        });
        assert_eq!(play.at(), if renews { At::NeedsToken } else { At::Done }, "{challenge}");
        if !renews {
            assert_eq!(play.error().rejected_token(), None, "{challenge}");
        }
    }
}

#[test]
fn t38_a_once_request_is_not_resent_after_a_401_but_its_token_is_dropped() {
    let mut play = play(Deed::Once);
    play.authorize(true).attempt(whole(401));
    let error = play.error();
    assert_eq!((error.attempts(), error.certainty()), (1, Certainty::NotApplied));
    assert_eq!(error.rejected_token(), Some(token(TOKENS[0]).id()));
    assert_eq!(error.gave_up(), GaveUp::Final);
}

#[test]
fn a_401_to_an_api_key_is_final() {
    for deed in [Deed::Safe, Deed::Documented, Deed::Once] {
        let play = Play::of(&client::<UserKey>(), &deed.call()).script(&[whole(401)]);
        assert_eq!((play.error().attempts(), play.error().rejected_token()), (1, None));
        assert!(play.error().is_auth());
    }
}

#[test]
fn a_wait_keeps_the_token() {
    let play = play(Deed::Safe).script(&[whole(503), whole(200)]);
    assert_eq!(play.token_requests, 1);
    assert_eq!(bearer_of(&play, 0), bearer_of(&play, 1));
}

#[test]
fn t11_the_credential_is_marked_sensitive_on_every_attempt() {
    let play = play(Deed::Safe).script(&[whole(503), whole(401), whole(200)]);
    assert!(play.sent.iter().all(|sent| sent.authorization.as_ref().unwrap().is_sensitive()));
    let client = client::<UserKey>();
    let play = Play::of(&client, &Deed::Safe.call()).script(&[whole(503), whole(200)]);
    assert!(play.sent.iter().all(|sent| sent.lasting.2["x-api-key"].is_sensitive()));
}
