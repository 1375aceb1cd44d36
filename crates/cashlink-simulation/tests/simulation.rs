//! The journal keeps its promises in every history, and the simulation would see it if it didn't.

use cashlink_simulation::{Broken, Bug, first_broken, lines, run};

/// Within so many histories, each planted bug is found.
const ENOUGH: u64 = 200;

fn finds(bug: Bug) {
    let broken = first_broken(0..ENOUGH, Some(bug));
    let broken = broken.unwrap_or_else(|| panic!("{bug:?} is not found"));
    // The seed alone leads there again, and without the bug nothing is wrong with it.
    let lines = lines(broken.seed, Some(bug));
    assert!(broken.promises.iter().all(|promise| lines.iter().any(|line| line.contains(promise.as_str()))));
    run(broken.seed, None).unwrap();
}

/// `scripts/simulate` runs more.
#[test]
fn t41_t43_to_t45_every_promise_is_kept_in_every_history() {
    if let Some(Broken { seed, promises }) = first_broken(0..2_000, None) {
        lines(seed, None).iter().for_each(|line| println!("{line}"));
        panic!("{promises:?}: again by scripts/simulate --seed {seed}");
    }
}

/// What never happens shows nothing.
#[test]
fn everything_happens_in_some_history() {
    let happened: String = (0..200).flat_map(|seed| lines(seed, None)).collect();
    for what in [
        "dies before the commit",
        "a worker dies with intent",
        "a worker is stopped",
        "clock jumps to -",
        "clock jumps to +",
        "the server forgets its keys",
        "no connection",
        "closed before any effect",
        "effect, and no answer",
        "effect, and the answer cut",
        "the slow request",
        "401 Unauthorized",
        "403 Forbidden",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "the lease is lost",
        "the handler failed",
        "the database refused",
        "the commit's answer was lost",
        "pending, NotApplied: recorded",
        "pending, Unknown: recorded",
        "answered, Applied: recorded",
        "done, Applied: recorded",
        "rejected, NotApplied: recorded",
        "needs reconciliation, Unknown: recorded",
    ] {
        assert!(happened.contains(what), "{what}");
    }
}

#[test]
fn one_seed_is_one_history() {
    assert_eq!(lines(7, None), lines(7, None));
    assert_ne!(lines(7, None), lines(8, None));
}

#[test]
fn t43_a_store_that_forgets_the_fence_is_found() {
    finds(Bug::ForgottenFence);
}

#[test]
fn t43_a_claim_that_is_not_committed_is_found() {
    finds(Bug::UncommittedClaim);
}

#[test]
fn t41_a_lease_that_ended_and_left_no_doubt_is_found() {
    finds(Bug::ForgottenSend);
}

#[test]
fn t45_an_assumed_key_that_is_sent_again_is_found() {
    finds(Bug::AssumedResent);
}

#[test]
fn t45_a_call_without_a_key_that_is_sent_again_is_found() {
    finds(Bug::OnceResent);
}

#[test]
fn t41_a_handler_outside_the_transaction_is_found() {
    finds(Bug::HandlerOutside);
}

#[test]
fn t41_an_outcome_recorded_before_the_request_is_found() {
    finds(Bug::SettledFirst);
}

#[test]
fn t41_a_key_that_is_made_anew_is_found() {
    finds(Bug::RenewedKey);
}

#[test]
fn t44_a_replay_after_the_server_forgot_the_key_is_found() {
    finds(Bug::EndlessReplay);
}

#[test]
fn t45_a_refused_credential_taken_for_a_refused_request_is_found() {
    finds(Bug::AuthRejected);
}
