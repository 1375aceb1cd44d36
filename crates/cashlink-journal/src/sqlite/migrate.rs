//! The tables: created, brought up to date, and compared on every start.

use std::fmt;

use rusqlite::{Connection, Error, ErrorCode, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::{Journal, sql};
use crate::store::NotDurable;

/// Why the journal can't be used in this database.
#[derive(Debug)]
#[non_exhaustive]
pub enum MigrateError {
    /// A commit would not be durable (T42).
    NotDurable(NotDurable),
    /// A migration has run that this version of the library doesn't know, or knows with another text. The number is that of the
    /// migration.
    Unknown {
        /// The migration's number.
        number: i64,
    },
    /// A migration has yet to run, and only a check was asked for ([`Journal::check`]).
    Missing {
        /// The first such migration's number: with 1, there is no journal under these names.
        number: i64,
    },
    /// The database refused.
    Database(Error),
}

impl From<Error> for MigrateError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDurable(reason) => reason.fmt(f),
            Self::Unknown { number } => write!(
                f,
                "migration {number} of the journal is not one of this version's: the database was migrated by a newer version"
            ),
            Self::Missing { number: 1 } => {
                f.write_str("there is no journal in this database, under these names")
            }
            Self::Missing { number } => write!(
                f,
                "migration {number} of the journal has yet to run: start a program that prepares it by this version"
            ),
            Self::Database(error) => write!(f, "the database refused to hold the journal: {error}"),
        }
    }
}

impl std::error::Error for MigrateError {}

impl Journal {
    /// Makes the connection durable (T42), and creates the tables or brings them up to date. To be called on every start, and by
    /// as many processes as there are: what has run is compared, not run again. Connections that only stage need it once as well,
    /// or `synchronous` set by themselves: staging checks it.
    ///
    /// # Errors
    /// When the database can't be made durable, was migrated by a newer version, or refuses.
    pub fn prepare(&self, connection: &mut Connection) -> Result<(), MigrateError> {
        self.statements.durability.ensure(connection)?.map_err(MigrateError::NotDurable)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(&self.names.apply(sql::MIGRATION_TABLE))?;
        for Missing { number, migration, hash } in missing(&self.ran(&transaction)?)? {
            transaction.execute_batch(&self.names.apply_to_migration(migration))?;
            transaction.execute(&self.names.apply(sql::MIGRATED), params![number, hash])?;
        }
        Ok(transaction.commit()?)
    }
    /// Makes the connection durable (T42), and compares the tables with this version's; it creates and changes none. For programs
    /// that look at somebody else's journal.
    ///
    /// # Errors
    /// As [`Journal::prepare`], and where there is something to migrate.
    pub fn check(&self, connection: &Connection) -> Result<(), MigrateError> {
        self.statements.durability.ensure(connection)?.map_err(MigrateError::NotDurable)?;
        let ran = match self.ran(connection) {
            // What is constant doesn't compile: its table isn't there.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => Vec::new(),
            ran => ran?,
        };
        match missing(&ran)?.first() {
            Some(Missing { number, .. }) => Err(MigrateError::Missing { number: *number }),
            None => Ok(()),
        }
    }

    fn ran(&self, connection: &Connection) -> Result<Vec<Ran>, Error> {
        connection
            .prepare(&self.names.apply(sql::MIGRATED_SO_FAR))?
            .query_map([], |columns| Ok((columns.get(0)?, columns.get(1)?)))?
            .collect()
    }
}

/// A migration that has run: its number, and its text's hash.
type Ran = (i64, [u8; 32]);

/// A migration that has yet to run.
struct Missing {
    number: i64,
    migration: &'static str,
    hash: [u8; 32],
}

/// The migrations that have yet to run, given those that have.
fn missing(ran: &[Ran]) -> Result<Vec<Missing>, MigrateError> {
    let mut ran = ran.iter();
    let mut missing = Vec::new();
    for (number, migration) in (1..).zip(sql::MIGRATIONS) {
        let hash = Sha256::digest(migration).into();
        match ran.next() {
            Some(ran) if *ran == (number, hash) => {}
            Some(_) => return Err(MigrateError::Unknown { number }),
            None => missing.push(Missing { number, migration, hash }),
        }
    }
    match ran.next() {
        Some((number, _)) => Err(MigrateError::Unknown { number: *number }),
        None => Ok(missing),
    }
}
