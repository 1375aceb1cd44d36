//! Deadlines, attempts, time-outs and the waits between attempts.

use std::collections::BTreeSet;
use std::time::Duration;

use cashlink_core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::Response;
use cashlink_core::partner::distributor::UploadDocument;
use cashlink_core::{
    Bearer, Call, Certainty, Client, Error, ErrorKind, GaveUp, IdempotencyKey, Policy, Step, Timeouts,
    UserKey,
};
use proptest::prelude::*;

use crate::scenario::{Account, At, Deed, End, Form, Play, START, later, token, whole, without_budget};

const SECOND: Duration = Duration::from_secs(1);

fn call() -> Call<Bytes, UserKey> {
    Deed::Safe.call()
}

fn client() -> Client<UserKey> {
    UserKey::client(without_budget())
}

fn upload(size: u64) -> UploadDocument {
    UploadDocument::new(
        IdempotencyKey::new("passport-17").unwrap(),
        BoundarySeed::new([7; 16]),
        FileName::new("id.pdf").unwrap(),
        MediaType::PDF,
        PayloadRef::new(size),
    )
}

fn timeouts<T>(play: &mut Play<T>, fail: bool) -> Timeouts {
    let mut seen = None;
    play.attempt_with(|pending, now| {
        seen = Some(pending.timeouts(now));
        if fail { End::MaybeSent } else { whole(200) }.report(pending, now)
    });
    seen.unwrap()
}

fn ended(error: &Error) -> (ErrorKind, GaveUp, u32, Certainty) {
    (error.kind(), error.gave_up(), error.attempts(), error.certainty())
}

#[test]
fn the_clients_attempts_hold_until_a_call_sets_its_own() {
    for (attempts, expected) in [(None, 4), (Some(1), 1), (Some(2), 2), (Some(9), 9), (Some(0), 1)] {
        let call = attempts.map_or(call(), |attempts| call().attempts(attempts));
        // Nine attempts wait for up to 250 ms × (2⁸ − 1), beyond the default deadline.
        let play = Play::of(&client(), &call.deadline(SECOND * 900)).repeat(End::MaybeSent);
        assert_eq!(play.sent.len(), expected, "{attempts:?}");
        assert_eq!(play.error().gave_up(), GaveUp::Attempts);
    }
    let mut policy = without_budget();
    policy.attempts = 2;
    assert_eq!(Play::of(&UserKey::client(policy), &call()).repeat(whole(503)).sent.len(), 2);
}

#[test]
fn a_call_with_no_time_left_sends_nothing() {
    let play = Play::of(&client(), &call().deadline(Duration::ZERO));
    assert_eq!(ended(&play.error()), (ErrorKind::Deadline, GaveUp::Deadline, 0, Certainty::NotApplied));
}

#[test]
fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    // The first wait is between 0 and 250 ms; so 250 ms before the end there is time for it, or only just not.
    let mut play = Play::of(&client(), &call());
    play.pass(SECOND * 60 - Duration::from_nanos(1)).attempt(End::MaybeSent);
    assert_eq!(ended(&play.error()), (ErrorKind::Transport, GaveUp::Deadline, 1, Certainty::Unknown));

    let mut play = Play::of(&client(), &call());
    play.pass(SECOND * 60 - Duration::from_millis(251)).attempt(End::MaybeSent);
    assert!(matches!(play.at(), At::Waits(_)));
}

#[test]
fn a_retry_that_is_woken_too_late_is_not_sent() {
    let mut play = Play::of(&client(), &call());
    play.attempt(whole(503)).pass(SECOND * 60).sleep();
    assert_eq!(ended(&play.error()), (ErrorKind::Status, GaveUp::Deadline, 1, Certainty::Unknown));
}

#[test]
fn a_token_that_comes_too_late_is_not_used() {
    let client = Bearer::client(without_budget());
    let mut play = Play::of(&client, &Deed::Once.call());
    let need = play.need();
    assert_eq!(need.deadline(), SECOND * 60);
    let play = Play::new(START, need.with(token("late"), later(START, SECOND * 60)));
    assert_eq!(ended(&play.error()), (ErrorKind::Deadline, GaveUp::Deadline, 0, Certainty::NotApplied));
}

#[test]
fn a_token_that_never_comes_ends_the_call_as_its_deadline_does() {
    let client = Bearer::client(without_budget());
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Once.call());
    play.time_out();
    assert_eq!(ended(&play.error()), (ErrorKind::Deadline, GaveUp::Deadline, 0, Certainty::NotApplied));
    let mut play: Play<Bytes> = Play::of(&client, &Deed::Documented.call());
    play.authorize(true).attempt(whole(503)).sleep().attempt(whole(401)).time_out();
    assert_eq!(ended(&play.error()), (ErrorKind::Status, GaveUp::Deadline, 2, Certainty::Unknown));
}

#[test]
fn a_token_that_is_refused_too_late_is_not_renewed() {
    let client = Bearer::client(without_budget());
    let mut play = Play::of(&client, &Deed::Safe.call());
    play.authorize(true).pass(SECOND * 60).attempt(whole(401));
    assert_eq!(ended(&play.error()), (ErrorKind::Status, GaveUp::Deadline, 1, Certainty::NotApplied));
    assert_eq!(play.error().rejected_token(), Some(token("first-t0k3n").id()));
}

#[test]
fn the_token_call_ends_no_later_than_the_call_that_needs_it() {
    let client = Bearer::client(without_budget());
    let mut play = Play::of(&client, &Deed::Safe.call().deadline(SECOND * 10));
    let mut need = play.need();

    let mut in_time = Play::new(later(START, SECOND * 4), need.request(later(START, SECOND * 4)));
    assert_eq!(timeouts(&mut in_time, true).total, SECOND * 6);

    let too_late = Play::new(later(START, SECOND * 10), need.request(later(START, SECOND * 10)));
    assert_eq!(ended(&too_late.error()), (ErrorKind::Deadline, GaveUp::Deadline, 0, Certainty::NotApplied));
}

#[test]
fn an_attempt_gets_its_own_time_or_what_is_left() {
    // (seconds gone, connect, total)
    for (gone, connect, total) in [(0, 5, 20), (40, 5, 20), (41, 5, 19), (56, 4, 4), (59, 1, 1)] {
        let mut play = Play::of(&client(), &call());
        let limits = timeouts(play.pass(SECOND * gone), false);
        assert_eq!((limits.connect, limits.total, limits.idle), (SECOND * connect, SECOND * total, None));
    }
    // A driver that asks too late is told that there is no time, and nothing overflows.
    let limits = timeouts(Play::of(&client(), &call()).pass(SECOND * 61), false);
    assert_eq!((limits.connect, limits.total), (Duration::ZERO, Duration::ZERO));
}

#[test]
fn an_upload_dies_of_silence_and_not_of_length() {
    let client = Bearer::client(without_budget());
    let step = client.start(&upload(1 << 30), START, [0; 16]);
    let Step::Authorize(need) = step else { panic!("a token is needed") };
    assert_eq!(need.deadline(), SECOND * 15 * 60);
    let started = |gone: u32| {
        let Step::Authorize(need) = client.start(&upload(1 << 30), START, [0; 16]) else { panic!() };
        let now = later(START, SECOND * gone);
        let Step::Send(outgoing) = need.with(token("t"), now) else { panic!("time is left") };
        outgoing.into_parts().1.timeouts(now)
    };
    let limits = started(0);
    assert_eq!((limits.connect, limits.total, limits.idle), (SECOND * 5, SECOND * 900, Some(SECOND * 30)));
    let limits = started(880);
    assert_eq!((limits.connect, limits.total, limits.idle), (SECOND * 5, SECOND * 20, Some(SECOND * 20)));
}

#[test]
fn every_limit_is_the_clients_to_set() {
    let mut policy = Policy::default();
    policy.connect_timeout = SECOND;
    policy.attempt_timeout = SECOND * 2;
    policy.deadline = SECOND * 3;
    policy.largest_answer = 11;
    let client = UserKey::client(policy);
    let mut play = Play::of(&client, &call());
    assert_eq!(timeouts(&mut play, true).total, SECOND * 2);

    let mut play = Play::of(&client, &call());
    play.attempt_with(|pending, now| {
        assert_eq!(pending.largest_answer(), 11);
        pending.respond(now, Response::new(r#"{"id":"17"}"#))
    });
    assert!(play.result().is_ok(), "11 bytes are as many as allowed");
}

#[test]
fn t26_an_answer_beyond_the_cap_is_refused_also_when_the_transport_lets_it_through() {
    for (status, certainty) in [(200, Certainty::Applied), (400, Certainty::NotApplied)] {
        let mut policy = without_budget();
        policy.largest_answer = 10;
        let mut play: Play<Bytes> = Play::of(&UserKey::client(policy), &Deed::Once.call());
        play.attempt(whole(status));
        let error = play.error();
        assert_eq!(ended(&error), (ErrorKind::AnswerTooLarge, GaveUp::Final, 1, certainty));
        assert_eq!((error.status().unwrap().as_u16(), error.body()), (status, None));
    }
}

fn waits(entropy: [u8; 16], attempts: u32) -> Vec<Duration> {
    let call = call().attempts(attempts).deadline(SECOND * 3600);
    Play::new(START, client().perform(&call, START, entropy)).repeat(End::NotSent).waits
}

#[test]
fn t36_full_jitter_doubles_its_range_up_to_the_longest_wait() {
    // 250 ms × 2⁶ is 16 s, and the next doubling would pass 20 s.
    let ceilings = [250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000].map(Duration::from_millis);
    let draws: Vec<Vec<Duration>> = (0..=255).map(|byte| waits([byte; 16], 10)).collect();
    for (place, ceiling) in ceilings.into_iter().enumerate() {
        let at_place: BTreeSet<Duration> = draws.iter().map(|waits| waits[place]).collect();
        assert!(*at_place.last().unwrap() <= ceiling, "wait {place}");
        // Of 256 draws from the whole range, one falls into each outer quarter; by chance it doesn't once in 10³¹ times.
        assert!(*at_place.last().unwrap() > ceiling * 3 / 4, "wait {place}");
        assert!(*at_place.first().unwrap() < ceiling / 4, "wait {place}");
        assert!(at_place.len() > 250, "clients are spread apart: wait {place}");
    }
}

#[test]
fn the_same_entropy_makes_the_same_waits() {
    assert_eq!(waits([9; 16], 4), waits([9; 16], 4));
    assert_ne!(waits([9; 16], 4), waits([8; 16], 4));
}

proptest! {
    /// However attempts end and however long each takes: nothing leaves at or after the deadline, and no wait reaches it.
    #[test]
    fn nothing_is_sent_after_the_deadline(
        entropy: [u8; 16],
        deadline in 0_u64..100_000,
        events in prop::collection::vec((0_u64..20_000, 0_usize..6), 24),
    ) {
        let deadline = Duration::from_millis(deadline);
        let client = Bearer::client(without_budget());
        let call = Deed::Documented.call().attempts(20).deadline(deadline);
        let mut play: Play<Bytes> = Play::new(START, client.perform(&call, START, entropy));
        for (takes, end) in events {
            match play.at() {
                At::NeedsToken => {
                    let need = play.need();
                    prop_assert_eq!(need.deadline(), deadline);
                    play.pass(Duration::from_millis(takes));
                    let step = need.with(token("t"), play.now);
                    play.go_on(step);
                }
                At::Sends => {
                    prop_assert!(play.now.mono < deadline, "sent at {:?} of {:?}", play.now.mono, deadline);
                    let ends = [
                        End::NotSent, End::MaybeSent, whole(503), whole(500), whole(401), End::Answer(Form::Cut, 201),
                    ];
                    play.pass(Duration::from_millis(takes)).attempt(ends[end]);
                }
                At::Waits(duration) => {
                    prop_assert!(play.now.mono + duration < deadline);
                    // A timer may be late.
                    play.sleep();
                }
                At::Done => break,
            }
        }
    }
}
