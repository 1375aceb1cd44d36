//! What a loop in either world needs of a step: its outcome in one piece, and what a transport may do for it.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Response};
use cashlink_core::{
    Bearer, Call, Certainty, Effect, Error, ErrorKind, Failure, Grant, NeedToken, Pending, Prior, Raw,
    Secret, Step, Token, UserKey,
};

use crate::scenario::{Deed, START, client, later};

fn needed() -> NeedToken<Bytes> {
    match client::<Bearer>().perform(&Deed::Documented.call(), START, [0; 16]) {
        Step::Authorize(need) => need,
        step => panic!("a token first, not {step:?}"),
    }
}

fn pending() -> Pending<Bytes> {
    match client::<UserKey>().perform(&Deed::Once.call(), START, [0; 16]) {
        Step::Send(outgoing) => outgoing.into_parts().1,
        step => panic!("it goes out, not {step:?}"),
    }
}

fn token() -> Token {
    Grant::new(Secret::new("t0k3n")).unwrap().token()
}

fn refused() -> Error {
    let raw = Raw::<Bearer>::new(Method::GET, "v2/../x/", Effect::Safe);
    Call::new(&raw).unwrap_err()
}

#[test]
fn a_token_or_its_error_ends_the_wait_for_it() {
    assert!(matches!(needed().ended(START, Ok(token())), Step::Send(_)));
    let Step::Done(Err(error)) = needed().ended(START, Err(refused())) else { panic!("nothing was sent") };
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Token, Certainty::NotApplied));
}

#[test]
fn an_answer_or_a_failure_ends_an_attempt() {
    let answered = pending().ended(START, Ok(Response::new(Bytes::from_static(b"{}"))));
    assert!(matches!(answered, Step::Done(Ok(reply)) if reply.value == "{}"));
    let failed: Result<Response<Bytes>, _> = Err(Failure::maybe_sent("no answer within 20 s"));
    let Step::Done(Err(error)) = pending().ended(START, failed) else { panic!("it is sent once") };
    assert_eq!(error.certainty(), Certainty::Unknown);
}

#[test]
fn a_waiter_for_a_token_is_the_call_that_needs_it() {
    let need = needed();
    assert_eq!((need.waiter().deadline(), need.rejected()), (need.deadline(), None));
    assert_eq!(need.deadline(), START.mono + Duration::from_secs(60));
}

#[test]
fn a_transport_is_told_its_limits_as_of_when_the_request_went_out() {
    let pending = pending();
    assert_eq!(pending.limits().timeouts, pending.timeouts(START));
    assert_eq!([pending.limits().largest_answer, pending.largest_answer()], [8 << 20; 2]);
    // Time that passes before it looks is not given twice.
    assert_eq!(pending.limits().timeouts.total, Duration::from_secs(20));
    let late = pending.timeouts(later(START, Duration::from_secs(50)));
    assert_eq!(late.total, Duration::from_secs(10));
    assert_eq!((pending.operation(), pending.attempt()), ("raw", 1));
}

#[test]
fn a_later_attempt_has_what_is_left_when_it_goes_out() {
    let read = Deed::Safe.call::<UserKey>();
    let Step::Send(first) = client::<UserKey>().perform(&read, START, [0; 16]) else { panic!("it goes out") };
    let failed = later(START, Duration::from_secs(50));
    let failure = Failure::not_sent("connection refused");
    let Step::Wait(delay) = first.into_parts().1.fail(failed, failure) else { panic!("it is tried again") };
    let wait = delay.duration();
    let Step::Send(second) = delay.wake(later(failed, wait)) else { panic!("it goes out again") };
    let left = Duration::from_secs(10) - wait;
    assert_eq!(second.into_parts().1.limits().timeouts.total, left);
}

#[test]
fn an_attempt_has_its_number_and_those_of_earlier_processes_count() {
    let numbers = |prior| {
        let mut step = client::<UserKey>().resume(&Deed::Safe.call::<UserKey>(), prior, START, [0; 16]);
        let mut numbers = Vec::new();
        loop {
            step = match step {
                Step::Send(outgoing) => {
                    let pending = outgoing.into_parts().1;
                    numbers.push(pending.attempt());
                    pending.fail(START, Failure::not_sent("connection refused"))
                }
                Step::Wait(delay) => delay.wake(START),
                Step::Done(ended) => return (numbers, ended.unwrap_err().attempts()),
                step => panic!("no token is needed: {step:?}"),
            };
        }
    };
    assert_eq!(numbers(Prior::new(0, false)), (vec![1, 2, 3, 4], 4));
    assert_eq!(numbers(Prior::new(4, false)), (vec![5, 6, 7, 8], 8));
}

#[test]
fn a_wait_shows_how_long_it_is_and_for_which_call() {
    let Step::Send(outgoing) = client::<UserKey>().perform(&Deed::Safe.call::<UserKey>(), START, [0; 16])
    else {
        panic!("it goes out")
    };
    let failure = Failure::not_sent("connection refused");
    let Step::Wait(delay) = outgoing.into_parts().1.fail(START, failure) else { panic!("it is tried again") };
    let shown = format!("{delay:?}");
    assert!(shown.contains("raw") && shown.contains(&format!("{:?}", delay.duration())), "{shown}");
}
