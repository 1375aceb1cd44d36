//! The quickstart over reqwest: see `quickstart`.
//!
//! ```text
//! cargo run --example quickstart_reqwest
//! ```

#[macro_use]
#[path = "quickstart/asynchronous.rs"]
mod asynchronous;
#[path = "quickstart/journal.rs"]
mod journal;
#[path = "quickstart/place.rs"]
mod place;
#[path = "quickstart/steps.rs"]
mod steps;

pub(crate) use cashlink_reqwest as adapter;

fn client<C: adapter::core::Credential>(
    protocol: adapter::core::Client<C>,
) -> place::Result<adapter::Client<C>> {
    Ok(adapter::client(protocol)?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> place::Result {
    if journal::was_a_worker()? {
        return Ok(());
    }
    let place = place::Place::from_arguments()?;
    steps::run(&place).await?;
    journal::run(&place)
}
