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

fn client<C: adapter::core::Credential>(
    protocol: adapter::core::Client<C>,
) -> place::Result<adapter::Client<C>> {
    Ok(adapter::client(protocol))
}

#[test]
fn t11_t12_a_quickstart_over_ureq_records_its_spans_and_no_canary() {
    recorder::install();
    let place = place::Place::in_a_sandbox().unwrap();
    steps::run(&place).unwrap();
    check::check(&place, "ureq");
}
