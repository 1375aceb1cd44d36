//! The journal in SQLite: for a program on one machine, with as many workers and processes there as it likes.
//!
//! Your own connection and transaction of [`rusqlite`], of any version from 0.32 to 0.41. Whatever opens connections that stage
//! (a pool, say) has to [prepare](Journal::prepare) each of them. A worker is the [blocking one](crate::worker::blocking::Worker),
//! on a thread of its own.

pub mod sql;

mod durability;
mod inbox;
mod migrate;
mod operate;

pub use migrate::MigrateError;

use std::time::Duration;

use cashlink_core::Now;
use rusqlite::{
    Connection, Error, OptionalExtension, Row as Columns, Transaction, TransactionBehavior, params,
};

use crate::store::blocking::Store;
use crate::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted, after, seconds};
use crate::{Claim, Claimed, Fingerprint, Intent, Names, Policy, Settlement, Staged, Staging};
use durability::Durability;

/// The journal's statements, for tables of certain names. Cheap to clone; it holds no connection.
#[derive(Clone, Debug)]
pub struct Journal {
    names: Names,
    statements: std::sync::Arc<Statements>,
}

#[derive(Debug)]
struct Statements {
    stage: String,
    staged_before: String,
    claim: String,
    extend: String,
    settle: String,
    decide: String,
    inbox: inbox::Statements,
    durability: Durability,
}

impl Default for Journal {
    fn default() -> Self {
        Self::named(Names::default())
    }
}

impl Journal {
    /// The journal in tables of these names.
    #[must_use]
    pub fn named(names: Names) -> Self {
        let statements = Statements {
            stage: names.apply(sql::STAGE),
            staged_before: names.apply(sql::STAGED_BEFORE),
            claim: names.apply(sql::CLAIM),
            extend: names.apply(sql::EXTEND),
            settle: names.apply(sql::SETTLE),
            decide: names.apply(sql::DECIDE),
            inbox: inbox::Statements::named(&names),
            durability: Durability::of(&names),
        };
        Self { names, statements: statements.into() }
    }

    /// Stages an intent in your transaction: after your commit, and only then, workers see it.
    ///
    /// # Errors
    /// When the key was staged before with another request (T40), or when your commit would not be durable (T42). Roll back then.
    pub fn stage(
        &self,
        transaction: &Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Error>> {
        let durable = self.statements.durability.check(transaction);
        durable.map_err(StageError::Database)?.map_err(StageError::NotDurable)?;
        self.insert(transaction, intent, staging, now).map_err(StageError::Database)?
    }

    fn insert(
        &self,
        transaction: &Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Result<Staged, StageError<Error>>, Error> {
        let (account, key) = (intent.account().as_str(), intent.key().map(|key| key.as_str()));
        let fingerprint = intent.fingerprint();
        let staged = transaction
            .prepare_cached(&self.statements.stage)?
            .query_row(
                params![
                    account,
                    intent.operation(),
                    key,
                    staging.ordering_key(),
                    intent.encode(),
                    fingerprint.as_bytes(),
                    after(now, staging.delay()),
                    seconds(now),
                ],
                |columns| columns.get(0),
            )
            .optional()?;
        if let Some(id) = staged {
            return Ok(Ok(Staged::New(id)));
        }
        let (id, first): (i64, Vec<u8>) = transaction
            .prepare_cached(&self.statements.staged_before)?
            .query_row(params![account, key], |columns| Ok((columns.get(0)?, columns.get(1)?)))?;
        Ok(if first == *fingerprint.as_bytes() {
            Ok(Staged::Before(id))
        } else {
            Err(StageError::KeyReused { id })
        })
    }

    /// Claims what is due, in a transaction of its own, which is committed when this returns. That is why it takes the connection
    /// itself: within an open transaction, what is claimed might still be rolled back after it was sent.
    ///
    /// # Errors
    /// The database's.
    pub fn claim(
        &self,
        connection: &mut Connection,
        wanted: &Wanted<'_>,
        policy: &Policy,
        now: Now,
    ) -> Result<Vec<Claimed>, Error> {
        let rows = self.claim_rows(connection, wanted, now)?;
        Ok(rows.iter().map(|row| Claim::of(row, policy)).collect())
    }

    fn claim_rows(
        &self,
        connection: &mut Connection,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> Result<Vec<Row>, Error> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows = transaction
            .prepare_cached(&self.statements.claim)?
            .query_map(
                params![
                    wanted.account.as_str(),
                    seconds(now),
                    after(now, wanted.lease),
                    wanted.worker,
                    wanted.limit
                ],
                claimed,
            )?
            .collect::<Result<Vec<_>, _>>()?;
        transaction.commit()?;
        Ok(rows)
    }

    /// Extends a lease; says whether it was still there.
    ///
    /// # Errors
    /// The database's.
    pub fn extend(
        &self,
        connection: &Connection,
        lease: Lease,
        by: Duration,
        now: Now,
    ) -> Result<bool, Error> {
        let changed = connection.prepare_cached(&self.statements.extend)?.execute(params![
            lease.id,
            lease.fence,
            after(now, by)
        ])?;
        Ok(changed == 1)
    }

    /// Records what became of an intent in your transaction; says whether the lease was still there. Where it was not, roll back.
    ///
    /// # Errors
    /// The database's.
    pub fn settle(
        &self,
        transaction: &Transaction<'_>,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
    ) -> Result<bool, Error> {
        let over = (!settlement.state().is_live()).then(|| seconds(now));
        let changed = transaction.prepare_cached(&self.statements.settle)?.execute(params![
            lease.id,
            lease.fence,
            settlement.state().number(),
            after(now, settlement.wait().unwrap_or_default()),
            over,
            settlement.evidence().attempts(),
            settlement.maybe_sent(),
            settlement.evidence().encode(),
        ])?;
        Ok(changed == 1)
    }
}

fn claimed(columns: &Columns<'_>) -> Result<Row, Error> {
    let (attempts, age): (i64, i64) = (columns.get(4)?, columns.get(6)?);
    // Of another length it is nobody's, and the claim is unreadable. An error here would hold up all that are due.
    let fingerprint = <[u8; 32]>::try_from(columns.get_ref(3)?.as_blob()?).unwrap_or_default();
    Ok(Row {
        lease: Lease { id: columns.get(0)?, fence: columns.get(1)? },
        request: columns.get(2)?,
        fingerprint: Fingerprint::new(fingerprint),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        maybe_sent: columns.get(5)?,
        age: Duration::from_secs(u64::try_from(age).unwrap_or(0)),
        evidence: columns.get(7)?,
    })
}

/// A connection and the journal in it: a [`Store`] for a worker. Its durability was checked and its tables are there.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    journal: Journal,
}

impl Sqlite {
    /// A worker's own connection. It is made durable, and its tables are created or brought up to date.
    ///
    /// # Errors
    /// When the database can't be made durable (T42), was migrated by a newer version of this library, or refuses.
    pub fn new(mut connection: Connection, journal: Journal) -> Result<Self, MigrateError> {
        journal.prepare(&mut connection)?;
        Ok(Self { connection, journal })
    }

    /// The same for a journal that is there already: nothing is created or migrated. For programs that look at somebody else's.
    ///
    /// # Errors
    /// As [`Journal::check`].
    pub fn existing(connection: Connection, journal: Journal) -> Result<Self, MigrateError> {
        journal.check(&connection)?;
        Ok(Self { connection, journal })
    }

    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection, and the journal, by themselves.
    #[must_use]
    pub fn into_parts(self) -> (Connection, Journal) {
        (self.connection, self.journal)
    }
}

impl Store for Sqlite {
    type Transaction<'t> = Transaction<'t>;
    type Error = Error;

    fn stage(
        &self,
        transaction: &mut Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Error>> {
        self.journal.stage(transaction, intent, staging, now)
    }

    fn transaction(
        &mut self,
        within: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let mut transaction = begun.map_err(SettleError::Database)?;
        within(&mut transaction).map_err(SettleError::Handler)?;
        transaction.commit().map_err(SettleError::Database)
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Error> {
        self.journal.claim_rows(&mut self.connection, wanted, now)
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Error> {
        self.journal.extend(&self.connection, lease, by, now)
    }

    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let mut transaction = begun.map_err(SettleError::Database)?;
        // The journal first: what has lost its lease must not reach the handler.
        if !self.journal.settle(&transaction, lease, settlement, now).map_err(SettleError::Database)? {
            return Err(SettleError::Lost);
        }
        also(&mut transaction).map_err(SettleError::Handler)?;
        transaction.commit().map_err(SettleError::Database)
    }
}

#[cfg(test)]
mod tests;
