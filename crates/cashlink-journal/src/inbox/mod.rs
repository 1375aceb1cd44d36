//! The inbox: a webhook is recorded once, in your own transaction, and only after its commit a 2xx is answered.
//!
//! 1. **Prove** it: [`Verifier`](cashlink_core::webhook::Verifier), [`BearerTokens`](cashlink_core::webhook::BearerTokens) or
//!    [`TokenIssuer`](cashlink_core::webhook::TokenIssuer). Only what they return becomes a [`Received`].
//! 2. **Record** it, in a transaction of yours, and commit.
//! 3. **Answer** 200, whether it was new or a duplicate. Where recording or the commit failed, answer 503: the newer generation comes
//!    again. The older one never does, whatever it is told.
//! 4. **Work** later, from what is pending, and mark it as handled in the transaction of what it sets in motion. So each takes effect
//!    once, also where the program dies in between.
//!
//! # By what a delivery is known again (T55)
//! By what is authenticated. The older generation: its body's MAC. The newer: investment, status and moment of the change. What of
//! the newer one is unknown or unreadable: the SHA-256 of its body. `X-Request-Id` has no part in it.
//!
//! A signature never expires, so a delivery can be replayed in ten years. Therefore an entry is never deleted: [`Entry::body`] goes
//! when it is *forgotten*, and what it is known by stays.
//!
//! # Disorder (T56)
//! A table of its own holds the last change of each investment. It isn't derived from the entries, since which of two changes is the
//! later one is [decided in Rust](cashlink_core::webhook::StatusChanged::supersedes), and so that it outlives their bodies. A change that
//! came late is recorded, and is outdated. In whichever order all come, the state is the same.
//!
//! # Personal data
//! Bodies are stored as they came. Those of the older generation name the payer, with address. Forget them as soon as your duties allow.

use std::fmt;

use cashlink_core::answer::DecodeError;
use cashlink_core::webhook::{Authenticated, Event, Notice, StatusChanged, Verified, kept};

mod received;

pub use received::Received;

/// Which generation's webhook it is, and so by what its sender was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The older one: the body is signed.
    Signed,
    /// The newer one: the sender authenticated.
    Authenticated,
}

impl Source {
    /// As it is stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Signed => 0,
            Self::Authenticated => 1,
        }
    }

    /// What is stored as this number.
    #[must_use]
    pub const fn of(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Signed),
            1 => Some(Self::Authenticated),
            _ => None,
        }
    }
}

/// Who can do something with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// This library knows it: for a program.
    Known,
    /// Authentic, and new to this library: for people, when they have time.
    Unknown,
    /// Authentic, and not readable, though something may have happened: for people, soon.
    Unreadable,
}

impl Kind {
    /// As it is stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Known => 0,
            Self::Unknown => 1,
            Self::Unreadable => 2,
        }
    }

    /// What is stored as this number.
    #[must_use]
    pub const fn of(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Known),
            1 => Some(Self::Unknown),
            2 => Some(Self::Unreadable),
            _ => None,
        }
    }
}

/// What recording found. Whichever it is: commit, then answer 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "commit, and only then answer 200"]
#[non_exhaustive]
pub enum Recorded {
    /// It came for the first time.
    New {
        /// The entry's id.
        id: i64,
        /// It says how an investment was, not how it is: a later change came before it.
        outdated: bool,
    },
    /// It was recorded before. Nothing was written.
    Duplicate,
}

/// Why a webhook was not recorded. Roll back, and answer 503, never a 2xx.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordError<E> {
    /// A commit would not be durable (T42): which setting, and what it has to be.
    NotDurable(crate::store::NotDurable),
    /// The database refused.
    Database(E),
}

impl<E: fmt::Display> fmt::Display for RecordError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDurable(reason) => reason.fmt(f),
            Self::Database(error) => write!(f, "the database refused to record the webhook: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for RecordError<E> {}

/// A webhook that was recorded, and has yet to be handled.
#[derive(Clone)]
#[non_exhaustive]
pub struct Entry {
    /// Its place in the order of arrival.
    pub id: i64,
    /// Which generation's it is.
    pub source: Source,
    /// Who can do something with it.
    pub kind: Kind,
    /// What it is about, where that could be read: the business (older), the investment (newer). Those about one are handled in the
    /// order in which they came.
    pub subject: Option<String>,
    /// What happened, where that could be read: the event's name (older), the new status (newer). Server text.
    pub event: Option<String>,
    /// Which of the verifier's secrets, or of the tokens, proved it.
    pub credential_index: i64,
    /// When it was recorded, in seconds since 1970.
    pub received_at: i64,
    /// A later change of the same investment is recorded by now.
    pub outdated: bool,
    /// The bytes that were proved. **Personal data.** None where they were forgotten.
    pub body: Option<Vec<u8>>,
}

/// What an [`Entry`] says.
#[derive(Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation per event")]
pub enum Content<'a> {
    /// An event of the older generation.
    Event(Event<'a>),
    /// A notice of the newer one.
    Notice(Notice),
}

impl Entry {
    /// Reads it, as when it came; a newer version of this library may read more. None where its body was forgotten.
    ///
    /// # Errors
    /// When it can't be read, as [`Verified::event`] and [`Authenticated::notice`] say.
    pub fn content(&self) -> Result<Option<Content<'_>>, DecodeError> {
        let Some(body) = &self.body else { return Ok(None) };
        Ok(Some(match self.source {
            Source::Signed => Content::Event(kept::event(body)?),
            Source::Authenticated => Content::Notice(kept::notice(body)?),
        }))
    }
}

/// Without the body and what a server wrote (T11, T12).
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("source", &self.source)
            .field("kind", &self.kind)
            .field("credential_index", &self.credential_index)
            .field("received_at", &self.received_at)
            .field("outdated", &self.outdated)
            .finish_non_exhaustive()
    }
}
