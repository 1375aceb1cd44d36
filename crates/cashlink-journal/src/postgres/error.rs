//! What can go wrong with the journal in PostgreSQL.

use std::fmt;

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::store::{NotDurable, StageError};

/// Why the journal in PostgreSQL couldn't do what was asked. It shows neither a row nor a value: what the database says in detail is
/// only in the [`tokio_postgres::Error`] itself.
#[non_exhaustive]
pub enum Error {
    /// There is an open transaction on the connection, begun by hand, in which nothing may be claimed: what is claimed must be
    /// committed before it is sent (T42). Commit or roll back first.
    OpenTransaction,
    /// A commit would not be durable (T42): which setting, and what it has to be.
    NotDurable(NotDurable),
    /// A migration has run that this version of the library doesn't know, or knows with another text.
    UnknownMigration {
        /// The migration's number.
        number: i64,
    },
    /// A migration has yet to run, and only a check was asked for.
    NotMigrated {
        /// The first such migration's number: with 1, there is no journal under these names.
        number: i64,
    },
    /// A row is in a state that this version of the library doesn't know.
    UnknownState {
        /// The state's number.
        number: i16,
    },
    /// What is stored can't be read: a newer version of this library wrote it. Which column.
    Unreadable(&'static str),
    /// The database refused, or the connection to it is lost.
    Database(tokio_postgres::Error),
}

impl Error {
    /// The database's code, where it has refused.
    #[must_use]
    pub fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Database(error) => error.code(),
            _ => None,
        }
    }

    /// Whether the connection is lost. Nothing brings it back: who holds it, as a store does, has to be made anew
    /// ([how](super#when-the-connection-is-lost)).
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        let Self::Database(error) = self else { return false };
        // A server that says FATAL ends the connection with it.
        let ended = error.as_db_error().and_then(DbError::parsed_severity);
        let broken = std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
        error.is_closed() || broken || matches!(ended, Some(Severity::Fatal | Severity::Panic))
    }

    /// Whether the same transaction, begun anew, may well succeed: it was in another one's way (a serialization failure, a
    /// deadlock). Nothing of it was kept.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.code(), Some(code) if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl<E: Into<Error>> From<E> for StageError<Error> {
    fn from(error: E) -> Self {
        match error.into() {
            Error::NotDurable(reason) => Self::NotDurable(reason),
            error => Self::Database(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenTransaction => {
                f.write_str("a transaction is open on this connection: nothing is claimed before it is committed or rolled back")
            }
            Self::NotDurable(reason) => reason.fmt(f),
            Self::UnknownMigration { number } => write!(
                f,
                "migration {number} of the journal is not one of this version's: the database was migrated by a newer version"
            ),
            Self::NotMigrated { number: 1 } => f.write_str("there is no journal in this database, under these names"),
            Self::NotMigrated { number } => write!(
                f,
                "migration {number} of the journal has yet to run: start a program that prepares it by this version"
            ),
            Self::UnknownState { number } => write!(f, "{number} is a state of a newer version of this library"),
            Self::Unreadable(column) => {
                write!(f, "what is stored in {column} can't be read: a newer version of the library wrote it")
            }
            // Without DETAIL: it quotes rows, and those are about people (T12).
            Self::Database(error) => match error.as_db_error() {
                Some(refusal) => write!(f, "PostgreSQL: {} ({})", refusal.message(), refusal.code().code()),
                None => error.fmt(f),
            },
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

/// Without a source, which would show what this doesn't.
impl std::error::Error for Error {}
