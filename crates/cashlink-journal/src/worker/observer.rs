//! What a worker tells of itself: for metrics, and for whoever has to be woken at night.

use std::error::Error;

use cashlink_core::Certainty;

use crate::operate::Stats;
use crate::store::{HandlerError, Lease};
use crate::{Account, State};

/// Who is told what a worker does. It is called in the worker's own thread or task: what it takes, the worker takes too.
///
/// ```
/// use cashlink_journal::worker::{Event, Observer};
///
/// struct Alarm;
///
/// impl Observer for Alarm {
///     fn observe(&self, event: Event<'_>) {
///         if event.needs_attention() {
///             eprintln!("journal: {event:?}");
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync {
    /// This happened.
    fn observe(&self, event: Event<'_>);
}

/// What happened. No event holds what the server wrote, or anything about people (T12); the errors are the database's and the
/// handlers' own.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// So many intents were claimed.
    #[non_exhaustive]
    Claimed {
        /// How many.
        count: usize,
    },
    /// What became of an intent was recorded, together with what its handler wrote.
    #[non_exhaustive]
    Settled {
        /// The intent's id and fencing number.
        lease: Lease,
        /// Its operation, where the row can be read.
        operation: Option<&'a str>,
        /// Where it stands now.
        state: State,
        /// Whether it happened.
        certainty: Certainty,
        /// How many requests were sent for it so far.
        attempts: u32,
        /// The answer's status.
        status: Option<u16>,
        /// What was the matter, in our own words.
        note: &'a str,
        /// Whether a person should hear of it.
        needs_attention: bool,
    },
    /// The journal was [measured](super::blocking::Worker::measured).
    #[non_exhaustive]
    Measured {
        /// Whose intents were counted.
        account: &'a Account,
        /// What is open: [how many](Stats::live) a worker has still something to do with, how old the oldest of them is, and how
        /// many wait for a person.
        stats: Stats,
    },
    /// A handler failed, or panicked. The outcome is kept, and the handler is tried again.
    #[non_exhaustive]
    HandlerFailed {
        /// The intent's id and fencing number.
        lease: Lease,
        /// Its operation.
        operation: Option<&'a str>,
        /// What the handler said.
        error: &'a HandlerError,
    },
    /// The database refused. It is asked again.
    #[non_exhaustive]
    StoreFailed {
        /// What it was asked for: `claim`, `extend`, `settle`, `measure`.
        during: &'static str,
        /// What it said.
        error: &'a (dyn Error + Send + Sync + 'static),
    },
    /// The lease was no longer there: another worker has the intent, or somebody settled it by hand. What this worker learned
    /// is not recorded; or it is, by a commit that the database reported as failed.
    #[non_exhaustive]
    LeaseLost {
        /// The intent's id and fencing number.
        lease: Lease,
    },
    /// An outcome could not be recorded: it is repeated under its key, or needs reconciliation.
    #[non_exhaustive]
    GivenUp {
        /// The intent's id and fencing number.
        lease: Lease,
    },
    /// A row was written by a newer version of this library. It is left as it is.
    #[non_exhaustive]
    Unreadable {
        /// The intent's id and fencing number.
        lease: Lease,
    },
}

impl Event<'_> {
    /// Whether a person should hear of it.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        match self {
            Self::Claimed { .. } | Self::Measured { .. } | Self::LeaseLost { .. } => false,
            Self::Settled { needs_attention, .. } => *needs_attention,
            Self::HandlerFailed { .. }
            | Self::StoreFailed { .. }
            | Self::GivenUp { .. }
            | Self::Unreadable { .. } => true,
        }
    }
}

/// Who doesn't listen.
impl Observer for () {
    fn observe(&self, _: Event<'_>) {}
}
