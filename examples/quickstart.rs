//! The main job from beginning to end, on real HTTP, in eight steps:
//!
//! ```text
//! cargo run --example quickstart             # over ureq
//! cargo run --example quickstart_reqwest     # the same over reqwest
//! cargo run --example quickstart_hyper       # the same over hyper
//! ```
//!
//! starts the sandbox on a free port of this machine: no account, no set-up. Each step says what it does and checks it;
//! when something is not as it should be, the program ends with an error. The steps are in `quickstart/steps.rs`, and the
//! last one, in which a process dies, in `quickstart/journal.rs`.
//!
//! With `--base-url https://demo.cashlink.de/api/external` it talks to a real account instead, with the credentials in
//! `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`, and for the last step `CASHLINK_USER_KEY`. It leaves out what only
//! the sandbox can show, and says so. It creates a document, an investor and perhaps a payment link there.

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

#[path = "quickstart/journal.rs"]
mod journal;
#[path = "quickstart/place.rs"]
mod place;
#[path = "quickstart/steps.rs"]
mod steps;

pub(crate) use cashlink_ureq as adapter;

fn client<C: adapter::core::Credential>(
    protocol: adapter::core::Client<C>,
) -> place::Result<adapter::Client<C>> {
    Ok(adapter::client(protocol))
}

fn main() -> place::Result {
    if journal::was_a_worker()? {
        return Ok(());
    }
    let place = place::Place::from_arguments()?;
    steps::run(&place)?;
    journal::run(&place)
}
