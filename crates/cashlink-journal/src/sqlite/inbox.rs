//! The inbox in SQLite.

use cashlink_core::Now;
use cashlink_core::partner::{InvestmentId, InvestmentStatus};
use cashlink_core::webhook::StatusChanged;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row as Columns, Transaction, params};

use super::{Journal, seconds};
use crate::Names;
use crate::inbox::{Entry, Kind, Received, RecordError, Recorded, Source};

use super::sql::inbox as sql;

/// The inbox's statements, with the names of the tables.
#[derive(Debug)]
pub(super) struct Statements {
    record: String,
    state: String,
    set_state: String,
    pending: String,
    handled: String,
    forget: String,
}

impl Statements {
    pub(super) fn named(names: &Names) -> Self {
        Self {
            record: names.apply(sql::RECORD),
            state: names.apply(sql::STATE),
            set_state: names.apply(sql::SET_STATE),
            pending: names.apply(sql::PENDING),
            handled: names.apply(sql::HANDLED),
            forget: names.apply(sql::FORGET),
        }
    }
}

/// The inbox: [`crate::inbox`] says how it is used.
impl Journal {
    /// Records a webhook once, in your transaction. Begin it by `BEGIN IMMEDIATE`: one that reads first is refused where another
    /// writes in between. Commit, and only then answer 200, also to a duplicate.
    ///
    /// # Errors
    /// When your commit would not be durable (T42), or the database's. Roll back then, and answer no 2xx.
    pub fn record<'a>(
        &self,
        transaction: &Transaction<'_>,
        received: impl Into<Received<'a>>,
        now: Now,
    ) -> Result<Recorded, RecordError<Error>> {
        self.statements.durability.check(transaction)?.map_err(RecordError::NotDurable)?;
        Ok(self.record_durably(transaction, &received.into(), now)?)
    }

    fn record_durably(
        &self,
        transaction: &Transaction<'_>,
        received: &Received<'_>,
        now: Now,
    ) -> Result<Recorded, Error> {
        let id = transaction
            .prepare_cached(&self.statements.inbox.record)?
            .query_row(
                params![
                    received.source().number(),
                    received.delivery(),
                    received.kind().number(),
                    received.subject(),
                    received.event(),
                    received.credential_index(),
                    seconds(now),
                    received.body(),
                ],
                |columns| columns.get(0),
            )
            .optional()?;
        let Some(id) = id else { return Ok(Recorded::Duplicate) };
        let Some(change) = received.change() else { return Ok(Recorded::New { id, outdated: false }) };
        let state = self.investment(transaction, &change.investment_id)?;
        let outdated = state.is_some_and(|state| !change.supersedes(&state));
        if !outdated {
            transaction.prepare_cached(&self.statements.inbox.set_state)?.execute(params![
                change.investment_id.as_str(),
                change.status.as_str(),
                change.changed_at.as_str(),
                id,
            ])?;
        }
        Ok(Recorded::New { id, outdated })
    }

    /// The last change of an investment, of all that were recorded (T56). None where there was none.
    ///
    /// # Errors
    /// The database's.
    pub fn investment(
        &self,
        connection: &Connection,
        investment: &InvestmentId,
    ) -> Result<Option<StatusChanged>, Error> {
        connection
            .prepare_cached(&self.statements.inbox.state)?
            .query_row([investment.as_str()], |columns| {
                let (status, changed_at): (String, String) = (columns.get(0)?, columns.get(1)?);
                let changed_at = changed_at.parse().map_err(|error| unreadable(1, Type::Text, error))?;
                let status = InvestmentStatus::from(status.as_str());
                Ok(StatusChanged::fixture(*investment, status, changed_at))
            })
            .optional()
    }

    /// What of this kind has yet to be handled, in the order of arrival, at most so many; after which id: 0, or the last that was
    /// seen. More than one program may ask: [`Journal::handled`] tells whose it is.
    ///
    /// # Errors
    /// The database's.
    pub fn pending(
        &self,
        connection: &Connection,
        kind: Kind,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        connection
            .prepare_cached(&self.statements.inbox.pending)?
            .query_map(params![kind.number(), after, limit], entry)?
            .collect()
    }

    /// An entry is handled, in the transaction of what it set in motion. Call it first in there. Says whether it was yours to handle; where
    /// it was not, roll back: another program has handled it, or an earlier one about the same business or investment has yet to be.
    ///
    /// An entry that can't be handled holds up those about the same, and no others. Write it down for people, and mark it as handled.
    ///
    /// # Errors
    /// The database's.
    pub fn handled(&self, transaction: &Transaction<'_>, id: i64, now: Now) -> Result<bool, Error> {
        let mut statement = transaction.prepare_cached(&self.statements.inbox.handled)?;
        Ok(statement.execute(params![id, seconds(now)])? == 1)
    }

    /// Forgets the bodies of what was handled until then (in seconds since 1970), at most so many, and says how many it were. By what
    /// they are known again stays, and so does the state of each investment: a replay is a duplicate for ever (T55).
    ///
    /// SQLite keeps what was deleted in free pages until they are used again, unless `PRAGMA secure_delete` is on.
    ///
    /// # Errors
    /// The database's.
    pub fn forget(&self, connection: &Connection, handled_until: i64, limit: u32) -> Result<usize, Error> {
        connection.prepare_cached(&self.statements.inbox.forget)?.execute(params![handled_until, limit])
    }
}

impl From<Error> for RecordError<Error> {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

fn entry(columns: &Columns<'_>) -> Result<Entry, Error> {
    let (source, kind) = (Source::of(columns.get(1)?), Kind::of(columns.get(2)?));
    let newer = |column| unreadable(column, Type::Integer, "written by a newer version");
    Ok(Entry {
        id: columns.get(0)?,
        source: source.ok_or_else(|| newer(1))?,
        kind: kind.ok_or_else(|| newer(2))?,
        subject: columns.get(3)?,
        event: columns.get(4)?,
        credential_index: columns.get(5)?,
        received_at: columns.get(6)?,
        outdated: columns.get(7)?,
        body: columns.get(8)?,
    })
}

fn unreadable(
    column: usize,
    kind: Type,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::FromSqlConversionFailure(column, kind, error.into())
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
