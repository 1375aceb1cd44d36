//! A connection and the journal in it.

use std::time::Duration;

use cashlink_core::Now;
use tokio_postgres::{Client, Transaction};

use super::{Error, Journal, values};
use crate::store::asynchronous::{Store, Within};
use crate::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use crate::{Intent, Settlement, Staged, Staging};

/// A connection and the journal in it: a [`Store`] for a worker. Its durability was checked and its tables are there.
///
/// The clock that is handed to it is ignored; the database's counts.
#[derive(Debug)]
pub struct Postgres {
    pub(super) client: Client,
    /// For any connection: what is staged comes in a transaction on another one than this.
    pub(super) journal: Journal,
    /// For this connection.
    own: Journal,
    by_callers_clock: bool,
}

impl Postgres {
    /// A worker's own connection, which the caller drives. The tables are created or brought up to date.
    ///
    /// # Errors
    /// As [`Journal::prepare`].
    pub async fn new(mut client: Client, journal: Journal) -> Result<Self, Error> {
        journal.prepare(&mut client).await?;
        Ok(Self { client, own: journal.clone(), journal, by_callers_clock: false })
    }

    /// For tests: the time is what the caller says. All that use one journal must agree on it.
    #[must_use]
    pub fn by_callers_clock(mut self) -> Self {
        self.by_callers_clock = true;
        self
    }

    /// The connection.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The connection, and the journal, by themselves.
    #[must_use]
    pub fn into_parts(self) -> (Client, Journal) {
        (self.client, self.journal)
    }

    /// The same, claiming and settling by [prepared statements](Journal::prepared_on).
    ///
    /// # Errors
    /// The database's.
    pub async fn prepared(mut self) -> Result<Self, Error> {
        self.own = self.journal.prepared_on(&self.client).await?;
        Ok(self)
    }

    pub(super) fn at(&self, now: Now) -> Option<i64> {
        self.by_callers_clock.then(|| values::seconds(now))
    }
}

/// Commits. What a failed statement has spoilt, PostgreSQL rolls back instead, and where there is no transaction any more, as after a
/// handler's own `ROLLBACK`, it only warns; the driver takes both for success. So first a statement that fails in either case. It goes
/// out in one message with the commit, which the server then passes over.
pub(super) const COMMIT: &str = "SAVEPOINT cashlink; COMMIT";

/// Runs [`COMMIT`].
pub(super) async fn commit(transaction: Transaction<'_>) -> Result<(), SettleError<Error>> {
    transaction.batch_execute(COMMIT).await.map_err(refused)?;
    // Dropped, it would ask the server to roll back what is over. It holds nothing else.
    std::mem::forget(transaction);
    Ok(())
}

/// What the caller's own part said. A driver's error is wrapped: it shows the DETAIL, which quotes rows (T12).
pub(super) fn failed(error: HandlerError) -> SettleError<Error> {
    SettleError::Handler(match error.downcast::<tokio_postgres::Error>() {
        Ok(error) => Error::from(*error).into(),
        Err(error) => error,
    })
}

pub(super) fn refused(error: tokio_postgres::Error) -> SettleError<Error> {
    SettleError::Database(error.into())
}

impl Store for Postgres {
    type Transaction<'t> = Transaction<'t>;
    type Error = Error;

    async fn stage(
        &self,
        transaction: &mut Self::Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Error>> {
        self.journal.stage_at(transaction, intent, staging, self.at(now)).await
    }

    async fn transaction(
        &mut self,
        within: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<Error>> {
        let mut transaction = self.client.transaction().await.map_err(refused)?;
        within(&mut transaction).await.map_err(failed)?;
        commit(transaction).await
    }

    async fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Error> {
        let now = self.at(now);
        self.own.claim_rows(&mut self.client, wanted, now).await
    }

    async fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Error> {
        self.journal.extend_at(&self.client, lease, by, self.at(now)).await
    }

    async fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<Error>> {
        let now = self.at(now);
        let mut transaction = self.client.transaction().await.map_err(refused)?;
        // The journal first: what has lost its lease must not reach the handler.
        let settled = self.own.settle_at(&transaction, lease, settlement, now).await;
        if !settled.map_err(SettleError::Database)? {
            return Err(SettleError::Lost);
        }
        also(&mut transaction).await.map_err(failed)?;
        commit(transaction).await
    }
}
