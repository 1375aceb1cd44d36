//! Clocks that jump, and lives of tokens that nobody can believe (T33): what counts is the monotonic clock, and no life
//! makes a call ask for more than one token.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::flow::{Look, TokenSlot, Waiter};
use cashlink_core::http::Response;
use cashlink_core::{Bearer, GaveUp, Grant, Now, Policy, Secret, Step};

use crate::scenario::{Account, At, Deed, End, Play, START, later, whole, without_budget};

/// Wall clocks as machines have them after a flat battery, and after the end of the world.
const WALLS: [u64; 5] = [0, 1, START.wall, 253_402_300_800, u64::MAX];

fn at(wall: u64, mono: u64) -> Now {
    Now::new(wall, Duration::from_secs(mono))
}

fn anybody() -> Waiter {
    Waiter::new(Duration::MAX)
}

#[test]
fn t33_a_wall_clock_that_jumps_renews_no_token_and_keeps_none_alive() {
    for wall in WALLS {
        let mut slot = TokenSlot::new(&Policy::default());
        let Look::Lead(lead) = slot.look(START, &mut anybody()) else { panic!("nobody else is at it") };
        let grant = Grant::new(Secret::new("t")).unwrap().with_life(Duration::from_secs(3600));
        slot.land(lead, Ok(&grant));
        assert!(matches!(slot.look(at(wall, 2879), &mut anybody()), Look::Use(_)), "{wall}");
        assert!(matches!(slot.look(at(wall, 2880), &mut anybody()), Look::Lead(_)), "{wall}");
    }
}

#[test]
fn t33_a_wall_clock_that_jumps_moves_no_deadline_and_no_wait() {
    for wall in WALLS {
        let mut play: Play<Bytes> = Play::of(&Bearer::client(without_budget()), &Deed::Safe.call());
        play.settle();
        play.attempt(whole(503));
        play.now = at(wall, 1);
        assert!(matches!(play.at(), At::Waits(wait) if wait <= Duration::from_millis(250)), "{wall}");
        play.settle();
        play.now = at(wall, 60);
        play.attempt(End::NotSent);
        assert_eq!((play.at(), play.error().gave_up()), (At::Done, GaveUp::Deadline), "{wall}");
    }
}

#[test]
fn t33_a_monotonic_clock_that_runs_backwards_breaks_nothing() {
    let mut play: Play<Bytes> = Play::of(&Bearer::client(without_budget()), &Deed::Safe.call());
    play.now = later(START, Duration::from_secs(30));
    play.settle();
    play.now = START;
    play.attempt(whole(503));
    assert!(play.settle() == At::Sends);
    play.attempt(whole(200));
    assert!(play.result().is_ok());

    let mut slot = TokenSlot::new(&Policy::default());
    let Look::Lead(lead) = slot.look(at(0, u64::MAX), &mut anybody()) else { panic!("nobody else is at it") };
    let grant = Grant::new(Secret::new("t")).unwrap().with_life(Duration::MAX);
    slot.land(lead, Ok(&grant));
    assert!(matches!(slot.look(at(0, 0), &mut anybody()), Look::Use(_)));
}

#[test]
fn t33_whatever_life_a_token_is_said_to_have_a_call_asks_for_one_and_uses_it() {
    for life in [
        "0",
        "-1",
        "-9223372036854775809",
        "1",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "1e400",
        "0.5",
        "\"3600\"",
        "\"soon\"",
        "\"\"",
        "null",
        "true",
        "[]",
        "{}",
    ] {
        let client = Bearer::client(without_budget());
        let mut play: Play<Bytes> = Play::of(&client, &Deed::Safe.call());
        let mut slot = TokenSlot::new(client.policy());
        let Look::Lead(lead) = slot.look(play.now, &mut anybody()) else { panic!("nobody else is at it") };

        let mut need = play.need();
        let Step::Send(outgoing) = need.request(play.now) else { panic!("the token request goes out") };
        let body = format!(r#"{{"access_token":"t","expires_in":{life}}}"#);
        let step = outgoing.into_parts().1.respond(play.now, Response::new(body));
        let Step::Done(Ok(reply)) = step else { panic!("{life}: {step:?}") };
        slot.land(lead, Ok(&reply.value));

        play.go_on(need.with(reply.value.token(), play.now));
        assert_eq!(play.at(), At::Sends, "{life}");
        play.attempt(whole(200));
        assert!(play.result().is_ok(), "{life}");

        // Said in whole seconds and longer than the margin, or not believed at all: then the next call has it, too.
        let short_lived = life == "1";
        let again = slot.look(play.now, &mut anybody());
        assert_eq!(matches!(again, Look::Lead(_)), short_lived, "{life}: {again:?}");
    }
}
