//! The quickstart over hyper: see `quickstart`.
//!
//! ```text
//! cargo run --example quickstart_hyper
//! ```

/// A function of the async world yields a future.
macro_rules! flow {
    (pub(crate) $($function:tt)*) => { pub(crate) async $($function)* };
    ($($function:tt)*) => { async $($function)* };
}

/// A call of the async world is waited for.
macro_rules! wait {
    ($call:expr) => {
        $call.await
    };
}

#[path = "quickstart/place.rs"]
mod place;
#[path = "quickstart/steps.rs"]
mod steps;

pub(crate) use cashlink_hyper as adapter;

fn client<C: adapter::core::Credential>(
    protocol: adapter::core::Client<C>,
) -> place::Result<adapter::Client<C>> {
    Ok(adapter::client(protocol)?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> place::Result {
    steps::run(&place::Place::from_arguments()?).await
}
