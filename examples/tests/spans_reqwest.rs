//! The quickstart over reqwest, with everything recorded that any crate says at any level: spans stand there, canaries don't.

#[macro_use]
#[path = "../quickstart/asynchronous.rs"]
mod asynchronous;
#[path = "spans/check.rs"]
mod check;
#[path = "../quickstart/place.rs"]
mod place;
#[path = "spans/recorder.rs"]
mod recorder;
#[path = "../quickstart/steps.rs"]
mod steps;

pub(crate) use cashlink_reqwest as adapter;

fn client<C: adapter::core::Credential>(
    protocol: adapter::core::Client<C>,
) -> place::Result<adapter::Client<C>> {
    Ok(adapter::client(protocol)?)
}

#[test]
fn t11_t12_a_quickstart_over_reqwest_records_its_spans_and_no_canary() {
    recorder::install();
    let place = place::Place::in_a_sandbox().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(steps::run(&place)).unwrap();
    check::check(&place, "hyper_util");
}
