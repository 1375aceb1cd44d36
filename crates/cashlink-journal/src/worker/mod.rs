//! Whoever does what was staged: claims it, performs it, records what became of it.
//!
//! [`Machine`] decides and touches nothing; [`blocking::Worker`] and [`asynchronous::Worker`] are the loops around it, one for each
//! world. `Sqlite` goes with the blocking one, `Postgres` of tokio-postgres with the other, that of `postgres` with the blocking one again.
//! Both keep these rules:
//!
//! - Before each request they look whether the lease still stands, by the monotonic clock; while a call is made, they extend it
//!   each time that a third of it has gone (the blocking one from a second thread, the other beside the call's future).
//! - An intent whose operation has no handler here is put off, loudly, and nothing is sent: the outcome of a newer program's
//!   operation must not be swallowed by an older program.
//! - What became of an intent is recorded in one transaction with what its handler writes. A handler that fails, or panics, or whose
//!   writes can't be committed, takes nothing with it: the outcome is recorded without it ([`State::Answered`](crate::State::Answered)), and the
//!   handler is called again later.
//! - An error of the database loses nothing. What was not claimed is claimed later. An outcome that can't be recorded is offered
//!   [several times](crate::Policy::settle_tries), and then left to its lease: whoever claims the intent next repeats it under its
//!   key, or, where there is no documented one, leaves it to [be reconciled](crate::State::NeedsReconciliation).
//! - A handler is called *at least* once for each outcome, and its writes are kept once: whatever it does beyond its
//!   transaction may happen again.
//! - Handlers must not wait for the network: a transaction is open.

pub mod asynchronous;
pub mod blocking;

mod heartbeat;
mod job;
mod machine;
mod observer;
mod settled;
mod signal;

pub use heartbeat::Heartbeat;
pub use job::{Performing, Recording, Unrecorded};
pub use machine::{Begun, Held, Machine, Todo};
pub use observer::{Event, Observer};
pub use settled::{Outcome, Settled};
pub use signal::Signal;

use std::fmt;

use crate::store::{HandlerError, Lease, SettleError};

/// Two handlers for operations of one name: which of them should get the outcome?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoHandlers {
    /// The operation's name.
    pub operation: &'static str,
}

impl fmt::Display for TwoHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is a handler for {} already", self.operation)
    }
}

impl std::error::Error for TwoHandlers {}

/// What a worker did in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Round {
    /// Something: there may be more.
    Worked,
    /// Nothing is due, or the database refused: [`Observer`] tells which.
    Idle(std::time::Duration),
    /// It was told to stop, and nothing is in hand.
    Stopped,
}

/// The handler panicked. What it said went to the panic hook.
#[derive(Clone, Copy, Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the handler panicked")
    }
}

impl std::error::Error for Panicked {}

fn panicked() -> HandlerError {
    Panicked.into()
}

/// Spreads waits. Without any, they are no longer spread, which is no reason to stop.
fn entropy() -> u64 {
    let mut bytes = [0; 8];
    getrandom::getrandom(&mut bytes).map_or(0, |()| u64::from_le_bytes(bytes))
}

fn tell_settled(observer: &dyn Observer, recording: &Recording) {
    let settlement = recording.settlement();
    let evidence = settlement.evidence();
    observer.observe(Event::Settled {
        lease: recording.lease(),
        operation: recording.operation(),
        state: settlement.state(),
        certainty: evidence.certainty(),
        attempts: evidence.attempts(),
        status: evidence.status().map(|status| status.as_u16()),
        note: evidence.note(),
        needs_attention: settlement.needs_attention(),
    });
}

fn tell_unsettled<E: std::error::Error + Send + Sync + 'static>(
    observer: &dyn Observer,
    (lease, operation): (Lease, Option<&str>),
    error: &SettleError<E>,
) {
    match error {
        SettleError::Lost => {}
        SettleError::Handler(error) => observer.observe(Event::HandlerFailed { lease, operation, error }),
        SettleError::Database(error) => observer.observe(Event::StoreFailed { during: "settle", error }),
    }
}
