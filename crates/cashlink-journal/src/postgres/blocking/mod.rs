//! The same for programs without a runtime, by the crate `postgres`.

mod inbox;
mod operate;

use std::time::Duration;

use ::postgres::{Client, GenericClient, IsolationLevel, Transaction};
use cashlink_core::Now;

use super::statements::{Prepared, Statements, untyped};
use super::store::{COMMIT, failed};
use super::{Claiming, Error, Extension, Settling, Stage, sql, values};
use crate::store::blocking::Store;
use crate::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use crate::{Claim, Claimed, Intent, Names, Policy, Settlement, Staged, Staging};

/// The journal's statements, for tables of certain names. Cheap to clone; it holds no connection. Its rules are those of the
/// [asynchronous one](super::Journal), call by call.
#[derive(Clone, Debug, Default)]
pub struct Journal(super::Journal);

impl Journal {
    /// The journal in tables of these names.
    #[must_use]
    pub fn named(names: &Names) -> Self {
        Self(super::Journal::named(names))
    }

    /// Whether staging wakes workers that [`LISTEN`](sql::LISTEN). It doesn't by default.
    #[must_use]
    pub fn waking(self, wake: bool) -> Self {
        Self(self.0.waking(wake))
    }

    /// As [`super::Journal::prepared_on`].
    ///
    /// # Errors
    /// The database's.
    pub fn prepared_on(&self, client: &mut Client) -> Result<Self, Error> {
        let Statements { stage, claim, settle, .. } = &*self.0.statements;
        let prepared = Prepared {
            stage: client.prepare(stage)?,
            probe: client.prepare(sql::PROBE)?,
            claim: client.prepare(claim)?,
            settle: client.prepare(settle)?,
        };
        Ok(Self(super::Journal { prepared: Some(prepared.into()), ..self.0.clone() }))
    }

    /// As [`super::Journal::prepare`].
    ///
    /// # Errors
    /// When commits are not durable, when a newer version migrated the database, or when the database refuses.
    pub fn prepare(&self, client: &mut Client) -> Result<(), Error> {
        let statements = &self.0.statements;
        let mut transaction =
            client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start()?;
        values::durable(&transaction.query_typed_one(sql::DURABILITY, &[])?)?;
        transaction.query_typed(&statements.lock, &[])?;
        let exists = transaction.query_typed_one(&statements.migration_table_exists, &[])?;
        if !exists.try_get::<_, bool>(0)? {
            transaction.batch_execute(&statements.migration_table)?;
        }
        let ran = transaction.query_typed(&statements.migrated_so_far, &[])?;
        for missing in statements.missing(&ran)? {
            transaction.batch_execute(missing.statements)?;
            transaction.execute_typed(&statements.migrated, &missing.parameters())?;
        }
        values::permanent(&transaction.query_typed_one(&statements.permanent, &[])?)?;
        Ok(transaction.commit()?)
    }

    /// Checks the same as [`Journal::prepare`]; it creates and changes nothing. For programs that look at somebody else's journal.
    ///
    /// # Errors
    /// As [`Journal::prepare`], and where there is something to migrate.
    pub fn check(&self, client: &mut Client) -> Result<(), Error> {
        let statements = &self.0.statements;
        values::durable(&client.query_typed_one(sql::DURABILITY, &[])?)?;
        let exists = client.query_typed_one(&statements.migration_table_exists, &[])?.try_get(0)?;
        let ran = if exists { client.query_typed(&statements.migrated_so_far, &[])? } else { Vec::new() };
        if let Some(missing) = statements.missing(&ran)?.first() {
            return Err(Error::NotMigrated { number: missing.number });
        }
        values::permanent(&client.query_typed_one(&statements.permanent, &[])?)
    }

    /// As [`super::Journal::stage`].
    ///
    /// # Errors
    /// When the key was staged before with another request (T40), or when your commit would not be durable (T42). Roll back then.
    pub fn stage(
        &self,
        transaction: &mut Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
    ) -> Result<Staged, StageError<Error>> {
        self.stage_at(transaction, intent, staging, None)
    }

    fn stage_at(
        &self,
        transaction: &mut Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Option<i64>,
    ) -> Result<Staged, StageError<Error>> {
        let statements = &self.0.statements;
        let stage = Stage::new(intent, staging, now, self.0.wake);
        // More than once only where what has the key is pruned between both statements.
        loop {
            let parameters = stage.parameters();
            let staged = match &self.0.prepared {
                Some(prepared) => transaction.query_one(&prepared.stage, &untyped(&parameters))?,
                None => transaction.query_typed_one(&statements.stage, &parameters)?,
            };
            if let Some(id) = staged.try_get(0)? {
                return Ok(Staged::New(id));
            }
            values::durable(&transaction.query_typed_one(sql::DURABILITY, &[])?)?;
            let before = transaction.query_typed_opt(&statements.staged_before, &stage.key())?;
            if let Some(columns) = before {
                return stage.before(&columns);
            }
        }
    }

    /// As [`super::Journal::claim`].
    ///
    /// # Errors
    /// When a transaction is open, when a commit would not be durable (T42), or the database's.
    pub fn claim(
        &self,
        client: &mut Client,
        wanted: &Wanted<'_>,
        policy: &Policy,
    ) -> Result<Vec<Claimed>, Error> {
        let rows = self.claim_rows(client, wanted, None)?;
        Ok(rows.iter().map(|row| Claim::of(row, policy)).collect())
    }

    fn claim_rows(
        &self,
        client: &mut Client,
        wanted: &Wanted<'_>,
        now: Option<i64>,
    ) -> Result<Vec<Row>, Error> {
        let claiming = Claiming::new(wanted, now);
        let parameters = claiming.parameters();
        let rows = if let Some(prepared) = &self.0.prepared {
            values::durable(&client.query_one(&prepared.probe, &[])?)?;
            client.query(&prepared.claim, &untyped(&parameters))?
        } else {
            values::durable(&client.query_typed_one(sql::PROBE, &[])?)?;
            client.query_typed(&self.0.statements.claim, &parameters)?
        };
        if rows.is_empty() && client.query_typed_one(sql::OPEN, &[])?.try_get(0)? {
            return Err(Error::OpenTransaction);
        }
        rows.iter().map(values::claimed).collect()
    }

    /// Extends a lease; says whether it was still there.
    ///
    /// # Errors
    /// The database's.
    pub fn extend(&self, client: &mut impl GenericClient, lease: Lease, by: Duration) -> Result<bool, Error> {
        self.extend_at(client, lease, by, None)
    }

    fn extend_at(
        &self,
        client: &mut impl GenericClient,
        lease: Lease,
        by: Duration,
        now: Option<i64>,
    ) -> Result<bool, Error> {
        let extension = Extension::new(lease, by, now);
        Ok(client.execute_typed(&self.0.statements.extend, &extension.parameters())? == 1)
    }

    /// As [`super::Journal::settle`].
    ///
    /// # Errors
    /// The database's.
    pub fn settle(
        &self,
        transaction: &mut Transaction<'_>,
        lease: Lease,
        settlement: &Settlement,
    ) -> Result<bool, Error> {
        self.settle_at(transaction, lease, settlement, None)
    }

    fn settle_at(
        &self,
        transaction: &mut Transaction<'_>,
        lease: Lease,
        settlement: &Settlement,
        now: Option<i64>,
    ) -> Result<bool, Error> {
        let settling = Settling::new(lease, settlement, now);
        let parameters = settling.parameters();
        let settled = match &self.0.prepared {
            Some(prepared) => transaction.query_one(&prepared.settle, &untyped(&parameters))?,
            None => transaction.query_typed_one(&self.0.statements.settle, &parameters)?,
        };
        Ok(settled.try_get(0)?)
    }
}

/// A connection and the journal in it: a [`Store`] for a worker. Its durability was checked and its tables are there.
///
/// The clock that is handed to it is ignored; the database's counts.
pub struct Postgres {
    client: Client,
    /// For any connection: what is staged comes in a transaction on another one than this.
    journal: Journal,
    /// For this connection.
    own: Journal,
    by_callers_clock: bool,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("journal", &self.journal).finish_non_exhaustive()
    }
}

impl Postgres {
    /// A worker's own connection. The tables are created or brought up to date.
    ///
    /// # Errors
    /// As [`Journal::prepare`].
    pub fn new(mut client: Client, journal: Journal) -> Result<Self, Error> {
        journal.prepare(&mut client)?;
        Ok(Self { client, own: journal.clone(), journal, by_callers_clock: false })
    }

    /// The same for a journal that is there already: nothing is created or migrated. For programs that look at somebody else's.
    ///
    /// # Errors
    /// As [`Journal::check`].
    pub fn existing(mut client: Client, journal: Journal) -> Result<Self, Error> {
        journal.check(&mut client)?;
        Ok(Self { client, own: journal.clone(), journal, by_callers_clock: false })
    }

    /// As [`super::Postgres::prepared`].
    ///
    /// # Errors
    /// The database's.
    pub fn prepared(mut self) -> Result<Self, Error> {
        self.own = self.journal.prepared_on(&mut self.client)?;
        Ok(self)
    }

    /// For tests: the time is what the caller says. All that use one journal must agree on it.
    #[must_use]
    pub fn by_callers_clock(mut self) -> Self {
        self.by_callers_clock = true;
        self
    }

    /// The connection; it is needed whole even to read.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// The connection, and the journal, by themselves.
    #[must_use]
    pub fn into_parts(self) -> (Client, Journal) {
        (self.client, self.journal)
    }

    fn at(&self, now: Now) -> Option<i64> {
        self.by_callers_clock.then(|| values::seconds(now))
    }
}

/// Runs [`COMMIT`].
fn commit(mut transaction: Transaction<'_>) -> Result<(), SettleError<Error>> {
    transaction.batch_execute(COMMIT).map_err(refused)?;
    // Dropped, it would ask the server to roll back what is over. It holds nothing else.
    std::mem::forget(transaction);
    Ok(())
}

fn refused(error: ::postgres::Error) -> SettleError<Error> {
    SettleError::Database(error.into())
}

impl Store for Postgres {
    type Transaction<'t> = Transaction<'t>;
    type Error = Error;

    fn stage(
        &self,
        transaction: &mut Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Error>> {
        self.journal.stage_at(transaction, intent, staging, self.at(now))
    }

    fn transaction(
        &mut self,
        within: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        let mut transaction = self.client.transaction().map_err(refused)?;
        within(&mut transaction).map_err(failed)?;
        commit(transaction)
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Error> {
        let now = self.at(now);
        self.own.claim_rows(&mut self.client, wanted, now)
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Error> {
        let now = self.at(now);
        self.journal.extend_at(&mut self.client, lease, by, now)
    }

    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        let now = self.at(now);
        let mut transaction = self.client.transaction().map_err(refused)?;
        // The journal first: what has lost its lease must not reach the handler.
        let settled = self.own.settle_at(&mut transaction, lease, settlement, now);
        if !settled.map_err(SettleError::Database)? {
            return Err(SettleError::Lost);
        }
        also(&mut transaction).map_err(failed)?;
        commit(transaction)
    }
}
