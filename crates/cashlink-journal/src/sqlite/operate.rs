//! What operators ask and decide, in SQLite.

use std::time::Duration;

use cashlink_core::Now;
use rusqlite::types::Type;
use rusqlite::{
    Connection, Error, OptionalExtension, Row as Columns, Transaction, TransactionBehavior, params,
};

use super::{Journal, Sqlite, sql};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::blocking::Operate;
use crate::store::{HandlerError, SettleError, seconds};
use crate::{Account, State};

impl Journal {
    /// The intents that are meant, by their ids, at most so many, without their requests.
    ///
    /// # Errors
    /// The database's.
    pub fn entries(&self, connection: &Connection, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
        let list = if filter.only_held() { sql::LIST_HELD } else { sql::LIST };
        let parameters = params![
            filter.ids.start(),
            filter.ids.end(),
            filter.account.as_ref().map(Account::as_str),
            filter.state_bits(),
            filter.operation,
            filter.key,
            limit
        ];
        connection.prepare(&self.names.apply(list))?.query_map(parameters, entry)?.collect()
    }

    /// The intent of this id, with its request.
    ///
    /// # Errors
    /// The database's.
    pub fn entry(&self, connection: &Connection, id: i64) -> Result<Option<Entry>, Error> {
        connection.prepare(&self.names.apply(sql::SHOW))?.query_row([id], entry).optional()
    }

    /// Figures, of one account or of all.
    ///
    /// # Errors
    /// The database's.
    pub fn stats(
        &self,
        connection: &Connection,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> Result<Stats, Error> {
        let count = match counted {
            Counted::Open => sql::STATS_OPEN,
            Counted::All => sql::STATS,
        };
        let mut statement = connection.prepare(&self.names.apply(count))?;
        let mut rows = statement.query(params![account.map(Account::as_str), seconds(now)])?;
        let mut stats = Stats::default();
        while let Some(columns) = rows.next()? {
            let [count, oldest, attempts] = [1, 2, 3].map(|column| columns.get::<_, i64>(column));
            let oldest = Duration::from_secs(positive(oldest?));
            stats.add(state(columns, 0)?, positive(count?), oldest, positive(attempts?));
        }
        Ok(stats)
    }

    /// Records a decision in your transaction; says whether the intent was still as it was seen, and open to the decision. Where it was
    /// not, roll back.
    ///
    /// # Errors
    /// The database's.
    pub fn decide(
        &self,
        transaction: &Transaction<'_>,
        seen: &Entry,
        decision: &Decision,
        now: Now,
    ) -> Result<bool, Error> {
        let Some(evidence) = decision.of(seen) else { return Ok(false) };
        let changed = transaction.prepare_cached(&self.statements.decide)?.execute(params![
            seen.id,
            seen.fence,
            seen.state.number(),
            decision.state().number(),
            seconds(now),
            evidence.encode(),
        ])?;
        Ok(changed == 1)
    }

    /// Deletes intents that were done or rejected at least so long ago, the oldest first, at most so many; says how many it were. What
    /// is deleted is forgotten: its key can be staged anew, and is then performed anew (T40).
    ///
    /// # Errors
    /// The database's.
    pub fn prune(
        &self,
        connection: &Connection,
        settled_for: Duration,
        limit: u32,
        now: Now,
    ) -> Result<u64, Error> {
        let until = seconds(now).saturating_sub_unsigned(settled_for.as_secs());
        let deleted = connection.prepare(&self.names.apply(sql::PRUNE))?.execute(params![until, limit])?;
        Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
    }
}

fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn state(columns: &Columns<'_>, column: usize) -> Result<State, Error> {
    let unknown = || {
        let reason = "a state of a newer version of this library";
        Error::FromSqlConversionFailure(column, Type::Integer, reason.into())
    };
    State::from_number(columns.get(column)?).ok_or_else(unknown)
}

fn entry(columns: &Columns<'_>) -> Result<Entry, Error> {
    let attempts: i64 = columns.get(11)?;
    Ok(Entry {
        id: columns.get(0)?,
        account: columns.get(1)?,
        operation: columns.get(2)?,
        key: columns.get(3)?,
        ordering_key: columns.get(4)?,
        state: state(columns, 5)?,
        staged_at: columns.get(6)?,
        due_at: columns.get(7)?,
        claimed_at: columns.get(8)?,
        settled_at: columns.get(9)?,
        fence: columns.get(10)?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        maybe_sent: columns.get(12)?,
        worker: columns.get(13)?,
        evidence: columns.get(14)?,
        request: columns.get(15)?,
    })
}

impl Operate for Sqlite {
    fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
        self.journal.entries(&self.connection, filter, limit)
    }

    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Error> {
        self.journal.entry(&self.connection, id)
    }

    fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Error> {
        self.journal.stats(&self.connection, account, counted, now)
    }

    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let mut transaction = begun.map_err(SettleError::Database)?;
        if !self.journal.decide(&transaction, seen, decision, now).map_err(SettleError::Database)? {
            return Err(SettleError::Lost);
        }
        also(&mut transaction).map_err(SettleError::Handler)?;
        transaction.commit().map_err(SettleError::Database)
    }

    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Error> {
        self.journal.prune(&self.connection, settled_for, limit, now)
    }
}
