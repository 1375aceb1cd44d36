//! Settles what [needs reconciliation](State::NeedsReconciliation): your function looks for the object, by your own reference, and
//! says whether it is there; what it says is [decided](crate::operate::Decision), together with what you write.
//!
//! ```
//! use cashlink_journal::core::Now;
//! use cashlink_journal::memory::Memory;
//! use cashlink_journal::reconcile::{self, Finding, Plan};
//! use std::time::Duration;
//!
//! let mut store = Memory::default();
//! let now = Now::new(1_700_000_000, Duration::ZERO);
//! let report = reconcile::blocking::run(
//!     &mut store,
//!     &Plan::new("the nightly job, which lists cashlinks by their reason"),
//!     now,
//!     // List what is there, and compare it with your own row of `entry.id`.
//!     |_entry| Finding::<()>::Unsure,
//!     // Your own rows, in the transaction that records it.
//!     |_transaction, _entry, ()| Ok(()),
//! )?;
//! assert_eq!(report.happened + report.retried, 0);
//! # Ok::<(), cashlink_journal::memory::Conflict>(())
//! ```
//!
//! *It is not there* is the dangerous answer: the intent is sent again. Say it only after a look that would have found the object,
//! at all pages, by a reference that is its own, and in a list that is up to date.

pub mod asynchronous;
pub mod blocking;

use std::time::Duration;

use crate::operate::{Decision, Entry, Filter};
use crate::store::{HandlerError, SettleError};
use crate::{Account, State};

/// How many entries are read at once.
const PAGE: u32 = 100;

/// What a look for an object came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding<T> {
    /// It is there: the intent is done. No handler is called; with this, you write what belongs to it.
    Happened(T),
    /// It surely is not there: the intent is sent again, under its key, and then its handler is called.
    DidNotHappen,
    /// Who looked can't say: the intent stays as it is.
    Unsure,
}

/// What is to be reconciled, and by whom.
#[derive(Clone)]
#[non_exhaustive]
pub struct Plan {
    /// Who looks, and how: kept with each decision.
    pub by: String,
    /// Intents of this account only.
    pub account: Option<Account>,
    /// Intents of the operation of this name only.
    pub operation: Option<String>,
    /// How long an intent is left alone after its worker gave it up: 15 minutes. A request may arrive late, and its object be
    /// listed later still: what is looked for too early is not there yet. This is our caution, not Cashlink's rule.
    pub quiet: Duration,
}

impl Plan {
    /// All intents, with a quiet of 15 minutes.
    pub fn new(by: impl Into<String>) -> Self {
        Self { by: by.into(), account: None, operation: None, quiet: Duration::from_secs(15 * 60) }
    }

    /// Those behind the last one of a page, where there was one.
    fn filter(&self, last: Option<i64>) -> Option<Filter> {
        let first = match last {
            None => i64::MIN,
            Some(id) => id.checked_add(1)?,
        };
        Some(Filter {
            account: self.account.clone(),
            states: vec![State::NeedsReconciliation],
            operation: self.operation.clone(),
            key: None,
            ids: first..=i64::MAX,
        })
    }

    fn is_quiet(&self, entry: &Entry, time: i64) -> bool {
        let quiet = i64::try_from(self.quiet.as_secs()).unwrap_or(i64::MAX);
        entry.settled_at.is_some_and(|at| time.saturating_sub(at) >= quiet)
    }
}

/// Not who looks: that is about people (T12).
impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("account", &self.account)
            .field("operation", &self.operation)
            .field("quiet", &self.quiet)
            .finish_non_exhaustive()
    }
}

/// What came of it.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many had happened, and are done.
    pub happened: u64,
    /// How many had not, and are to be sent again.
    pub retried: u64,
    /// How many stay as they are: who looked couldn't say.
    pub unsure: u64,
    /// How many weren't looked at yet.
    pub quiet: u64,
    /// How many somebody else decided meanwhile, or can't be read by this version.
    pub passed: u64,
    /// Those that had happened and stay as they are, because what was to be written failed, with the error.
    pub failed: Vec<(i64, HandlerError)>,
}

impl Report {
    /// Counts what became of a decision; an error of the database ends the run.
    fn count<E>(&mut self, id: i64, state: State, outcome: Result<(), SettleError<E>>) -> Result<(), E> {
        let count = match outcome {
            Ok(()) if state == State::Done => &mut self.happened,
            Ok(()) => &mut self.retried,
            Err(SettleError::Lost) => &mut self.passed,
            Err(SettleError::Handler(error)) => {
                self.failed.push((id, error));
                return Ok(());
            }
            Err(SettleError::Database(error)) => return Err(error),
        };
        *count = count.saturating_add(1);
        Ok(())
    }
}

/// What is decided by a finding, and what is handed to whoever writes.
fn decision<T>(finding: Finding<T>, by: &str) -> Option<(Decision, Option<T>)> {
    match finding {
        Finding::Happened(object) => Some((Decision::done(by), Some(object))),
        Finding::DidNotHappen => Some((Decision::retry(by), None)),
        Finding::Unsure => None,
    }
}
