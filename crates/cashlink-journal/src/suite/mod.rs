//! The cases that every store must pass, for those who write a third one.
//!
//! A store is where a journal's promises are kept or broken: one that shows what isn't committed, forgets a fencing number, or settles
//! without what the handler wrote, has an intent performed twice, or lost. Each [`Case`] is one such promise, with its reason and the
//! rows of the project's threat model that it belongs to.
//!
//! Say how a journal of yours is begun, opened and written beside, by [`blocking::Adapter`] or [`asynchronous::Adapter`], and run it in
//! a test:
//!
//! ```
//! use cashlink_journal::memory::{Memory, Transaction};
//! use cashlink_journal::store::HandlerError;
//! use cashlink_journal::suite::blocking;
//!
//! struct InMemory;
//!
//! impl blocking::Adapter for InMemory {
//!     type Store = Memory;
//!     type Place = Memory;
//!
//!     fn name(&self) -> &str {
//!         "memory"
//!     }
//!
//!     fn place(&self) -> Result<Memory, HandlerError> {
//!         Ok(Memory::default())
//!     }
//!
//!     fn open(&self, place: &Memory) -> Result<Memory, HandlerError> {
//!         Ok(place.clone())
//!     }
//!
//!     fn write(transaction: &mut Transaction, value: &str) -> Result<(), HandlerError> {
//!         transaction.put(value, []);
//!         Ok(())
//!     }
//!
//!     fn values(&self, place: &Memory) -> Result<Vec<String>, HandlerError> {
//!         Ok(place.names())
//!     }
//! }
//!
//! let report = blocking::run(&InMemory);
//! println!("{report}"); // a table
//! assert!(report.is_conformant());
//! ```
//!
//! The cases give the time themselves, from November 2023 on: a store that goes by its database's clock needs a way to be told another
//! one. What a store does when its machine loses power can't be tried from here.

pub mod asynchronous;
pub mod blocking;
mod cases;
mod finding;
mod report;
mod scene;

pub use report::{Outcome, Report};

use std::fmt;

/// One case: what a store must keep.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    rows: &'static [&'static str],
    reason: &'static str,
}

impl Case {
    /// All cases, in the order in which they run.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        cases::ALL.iter()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What is expected, and why.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The rows of the project's threat model that it belongs to.
    #[must_use]
    pub fn rows(&self) -> &'static [&'static str] {
        self.rows
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests;
