//! The quickstart over ureq, with everything recorded that any crate says at any level: spans stand there, canaries don't.

/// A function of the blocking world is a function.
macro_rules! flow {
    ($($function:tt)*) => { $($function)* };
}

/// A call of the blocking world returns when it is over.
macro_rules! wait {
    ($call:expr) => {
        $call
    };
}

#[path = "spans/check.rs"]
mod check;
#[path = "../quickstart/place.rs"]
mod place;
#[path = "spans/recorder.rs"]
mod recorder;
#[path = "../quickstart/steps.rs"]
mod steps;

pub(crate) use cashlink_ureq as adapter;

use adapter::core::payments::AllocatePublicId;
use adapter::core::{Certainty, Error};
use cashlink_sandbox::demo;

fn client<C: adapter::core::Credential>(
    protocol: adapter::core::Client<C>,
) -> place::Result<adapter::Client<C>> {
    Ok(adapter::client(protocol))
}

/// One test, since a process has one logger.
#[test]
fn t11_t12_a_quickstart_over_ureq_records_its_spans_and_no_canary() {
    recorder::install();
    nothing_is_sent_where_the_wire_would_be_logged();
    recorder::leave_wire_out(true);
    let place = place::Place::in_a_sandbox().unwrap();
    steps::run(&place).unwrap();
    check::check(&place, "ureq");
    recorder::leave_wire_out(false);
    who_allows_it_finds_everything_in_the_log();
}

/// With a logger that takes everything, as `RUST_LOG=trace` makes one.
fn nothing_is_sent_where_the_wire_would_be_logged() {
    let place = place::Place::in_a_sandbox().unwrap();
    let error = steps::run(&place).unwrap_err();
    let error = error.downcast_ref::<Error>().expect("the first call fails");
    assert_eq!(error.certainty(), Certainty::NotApplied);
    assert!(error.is_safe_to_repeat());
    assert!(error.to_string().contains("RUST_LOG=trace,ureq_proto::util=off"), "{error}");

    let asked = place.sandbox.as_ref().unwrap().with(|server| server.statistics().total());
    assert_eq!(asked, 0, "nothing arrived");
    let mut records = recorder::records();
    let dump = records.dump();
    assert_eq!(recorder::find(&dump, &check::CANARIES), None);
    assert!(!dump.contains(recorder::WIRE));
    *records = recorder::Records::default();
}

/// So the test would see it.
fn who_allows_it_finds_everything_in_the_log() {
    let place = place::Place::in_a_sandbox().unwrap();
    let (payments, key) = place.payments().unwrap().expect("the sandbox has them");
    let client = adapter::Client::new(
        adapter::core::Client::new(payments, key),
        adapter::Ureq::default().with_wire_log(),
    );
    client.call(&AllocatePublicId::new()).unwrap();
    assert_eq!(recorder::find(&recorder::records().dump(), &check::CANARIES), Some(demo::USER_KEY));
}
