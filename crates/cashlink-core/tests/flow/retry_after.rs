//! T31: what a server says about coming back, and how far it is obeyed.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Response;
use cashlink_core::{Certainty, GaveUp, Policy, UserKey};

use crate::scenario::{Account, At, Deed, End, Form, Play, whole, without_budget};

/// A call with time for every wait that is allowed, whose first attempt is answered 503 with these headers.
fn asked(headers: &[(&str, &str)], policy: Policy) -> Play<Bytes> {
    let call = Deed::Safe.call::<UserKey>().deadline(Duration::from_secs(3600));
    let mut play = Play::of(&UserKey::client(policy), &call);
    let mut answer = Response::builder().status(503);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let answer = answer.body("").unwrap();
    play.attempt_with(|pending, now| pending.respond(now, answer));
    play
}

fn wait(headers: &[(&str, &str)]) -> Duration {
    match asked(headers, without_budget()).at() {
        At::Waits(duration) => duration,
        at => panic!("{headers:?}: {at:?}"),
    }
}

#[test]
fn t31_the_servers_wait_is_a_floor_under_our_own() {
    let own = wait(&[]);
    assert!(own > Duration::ZERO && own <= Duration::from_millis(250), "{own:?}");
    assert_eq!(wait(&[("Retry-After", "7")]), Duration::from_secs(7));
    // Fractions are rounded up, two headers count as the longer one.
    assert_eq!(wait(&[("Retry-After", "6.1")]), Duration::from_secs(7));
    assert_eq!(wait(&[("Retry-After", "7"), ("Retry-After", "9")]), Duration::from_secs(9));
    // The cap itself is still waited for.
    assert_eq!(wait(&[("Retry-After", "60")]), Duration::from_secs(60));
    for nothing in ["0", "-5", "soon", "", "1e9", "Wed, 18 Nov 2020 11:00:00 GMT"] {
        assert_eq!(wait(&[("Retry-After", nothing)]), own, "{nothing:?}");
    }
}

#[test]
fn t31_a_shorter_wait_than_our_own_shortens_nothing() {
    let mut policy = without_budget();
    policy.backoff = Duration::from_secs(20);
    let own = match asked(&[], policy.clone()).at() {
        At::Waits(duration) => duration,
        at => panic!("{at:?}"),
    };
    assert!(own > Duration::from_secs(1), "the draw of this test's entropy: {own:?}");
    assert_eq!(asked(&[("Retry-After", "1")], policy).at(), At::Waits(own));
}

#[test]
fn t31_a_date_is_measured_against_the_answers_own_date_else_against_our_clock() {
    let at = ("Retry-After", "Wed, 18 Nov 2020 15:00:10 GMT");
    assert_eq!(wait(&[("Date", "Wed, 18 Nov 2020 15:00:00 GMT"), at]), Duration::from_secs(10));
    // Twelve o'clock, by the clock of these tests.
    assert_eq!(wait(&[("Retry-After", "Wed, 18 Nov 2020 12:00:30 GMT")]), Duration::from_secs(30));
}

#[test]
fn t31_a_longer_wait_than_allowed_ends_the_call_and_is_shown() {
    let far = [
        ("61", 61),
        ("60.5", 61),
        ("86400", 86_400),
        ("18446744073709551615", u64::MAX),
        ("99999999999999999999999", u64::MAX),
        // From 2020-11-18T12:00:00Z.
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799 - 1_605_700_800),
    ];
    for (written, seconds) in far {
        let play = asked(&[("Retry-After", written)], without_budget());
        let error = play.error();
        assert_eq!(error.gave_up(), GaveUp::RetryAfter, "{written}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)), "{written}");
        assert_eq!((error.attempts(), error.certainty()), (1, Certainty::Unknown), "{written}");
    }
}

#[test]
fn t31_the_cap_is_the_clients_to_set() {
    let mut policy = without_budget();
    policy.longest_retry_after = Duration::from_secs(120);
    assert_eq!(asked(&[("Retry-After", "61")], policy).at(), At::Waits(Duration::from_secs(61)));
}

#[test]
fn what_the_server_asked_for_is_shown_whatever_ended_the_call() {
    let answer =
        |status: u16| Response::builder().status(status).header("Retry-After", "5").body("").unwrap();
    let client = UserKey::client(without_budget());

    let mut once: Play<Bytes> = Play::of(&client, &Deed::Once.call());
    once.attempt_with(|pending, now| pending.respond(now, answer(429)));
    assert_eq!(once.error().retry_after(), Some(Duration::from_secs(5)));

    let mut last: Play<Bytes> = Play::of(&client, &Deed::Safe.call().attempts(1));
    last.attempt_with(|pending, now| pending.respond(now, answer(503)));
    assert_eq!(last.error().retry_after(), Some(Duration::from_secs(5)));
    assert_eq!(last.error().gave_up(), GaveUp::Attempts);
}

#[test]
fn only_the_last_answer_says_when_to_come_back() {
    for end in [whole(404), End::Payload, End::Answer(Form::TooLarge, 200)] {
        let play = asked(&[("Retry-After", "5")], without_budget());
        assert_eq!(play.script(&[end]).error().retry_after(), None, "{end:?}");
    }
}
