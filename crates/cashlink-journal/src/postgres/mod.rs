//! The journal in PostgreSQL: for as many workers, on as many machines, as you like.
//!
//! Your own connection and transaction of [`tokio_postgres`] (or, in [`blocking`], of `postgres`) are all that it takes; TLS, pools and
//! the runtime are yours. What is a time goes by the database's clock alone: workers whose clocks differ share a journal without
//! harm.
//!
//! ```no_run
//! # async fn stage(mut client: tokio_postgres::Client, intent: cashlink_journal::Intent) -> Result<(), Box<dyn std::error::Error>> {
//! use cashlink_journal::{Staging, postgres::Journal};
//!
//! let journal = Journal::default();
//! journal.prepare(&mut client).await?; // Once, when the program starts.
//!
//! let transaction = client.transaction().await?;
//! transaction.execute("INSERT INTO orders (investor) VALUES ($1)", &[&"Ada"]).await?;
//! let staged = journal.stage(&transaction, &intent, &Staging::default()).await?;
//! transaction.commit().await?;
//! # let _ = staged;
//! # Ok(()) }
//! ```
//!
//! A worker has a connection of its own, a transport and a timer:
//!
//! ```no_run
//! use cashlink_journal::postgres::{Journal, Postgres};
//! use cashlink_journal::worker::{Outcome, asynchronous::{Handlers, Worker}};
//! # use cashlink_client::asynchronous::{Timer, Transport};
//! # use cashlink_journal::Account;
//! use cashlink_journal::core::{Bearer, Client as Protocol, partner::distributor::CreateInvestor};
//!
//! # async fn work(
//! #     client: tokio_postgres::Client,
//! #     account: Account,
//! #     protocol: Protocol<Bearer>,
//! #     transport: impl Transport + 'static,
//! #     timer: impl Timer + 'static,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let handlers = Handlers::<Postgres, Bearer>::default().on::<CreateInvestor>(|transaction, settled| {
//!     Box::pin(async move {
//!         if let Outcome::Done(reply) = settled.outcome {
//!             let investor = reply.value.id.as_str();
//!             transaction.execute("UPDATE orders SET investor = $1 WHERE intent = $2", &[&investor, &settled.id]).await?;
//!         }
//!         Ok(())
//!     })
//! })?;
//! let store = Postgres::new(client, Journal::default()).await?;
//! // Over cashlink-reqwest: `let (transport, timer) = (Reqwest::new(builder()?.build()?), TokioTimer);`
//! let mut worker = Worker::with_timer(store, account, protocol, transport, timer, handlers);
//! let signal = worker.signal(); // To wake it after a commit, and to stop it.
//! let running = tokio::spawn(async move { worker.run().await });
//! # let _ = (signal, running);
//! # Ok(()) }
//! ```
//!
//! # Settings
//! PostgreSQL 14 or newer (tested with 15). `synchronous_commit` may be anything but `off`, `fsync` must be on; both are checked
//! whenever something is staged or claimed (T42). With `local`, or where the server waits for no replica, a commit is on this
//! server's disk only: a failover to a replica that lags forgets it, and nobody can tell from here.
//!
//! Isolation: `READ COMMITTED`, PostgreSQL's default, is what the statements are made for. Under a stricter one they are right as
//! well, but fail more often with errors of which [`Error::is_retryable`] says so: begin the transaction anew.
//!
//! A role that only stages needs `SELECT` and `INSERT` on `cashlink_intents`; a worker `SELECT` and `UPDATE`; who prunes, `DELETE`; [`Journal::prepare`], once
//! all migrations have run, `SELECT` on `cashlink_migrations`. The functions run with the rights of who calls them, and everybody may,
//! unless you revoke it, also by default privileges (`EXECUTE` on `cashlink_stage`, `cashlink_claim`, `cashlink_settle`). Who migrates
//! needs the right to create tables and functions in the schema. Where roles have different search paths, name the schema
//! ([`Names::schema`]). A dump of the tables alone (`pg_dump -t`) has no functions: after its restore, everything is refused, loudly. Dump
//! the schema.
//!
//! # Pools and PgBouncer
//! Nothing is kept in a session: no statement is prepared, no setting outlives its transaction, no lock its commit. PgBouncer's
//! transaction pooling will do; its statement pooling has no transactions, so nothing can be staged. Only [`sql::LISTEN`] needs a
//! connection of its own, straight to the server.
//!
//! What runs for every intent are functions that a [migration](sql::MIGRATIONS) makes: the server keeps their plans, whoever has the
//! session. What is parsed each time is the call. Where the connection is yours for as long as it lasts, [`Journal::prepared_on`] and
//! [`Postgres::prepared`] save that, too.
//!
//! # Waking workers
//! Workers look for what is due every [`Policy::poll`]. [`Journal::waking`] makes staging wake those who [`LISTEN`](sql::LISTEN), when
//! the caller's transaction commits. It is off by default, since PostgreSQL commits transactions that notify one after the other,
//! also the caller's. A program that listens polls its connection for messages and wakes its worker:
//!
//! ```
//! # use std::future::poll_fn;
//! # use tokio_postgres::{AsyncMessage, Connection, Error};
//! # use tokio::io::{AsyncRead, AsyncWrite};
//! /// Drives a connection on which `LISTEN cashlink` was run, until it ends.
//! async fn listen<S, T>(mut connection: Connection<S, T>, wake: impl Fn(&str)) -> Result<(), Error>
//! where
//!     S: AsyncRead + AsyncWrite + Unpin,
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
//!         if let AsyncMessage::Notification(notification) = message? {
//!             wake(notification.payload()); // The account.
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//! Nothing depends on a notification: where the connection breaks, the next look finds what is due.
//!
//! # When the connection is lost
//! A [`Postgres`] has one connection for its life. After a restart of the server its worker is refused again and again, loudly, and does
//! nothing more. End it then, by an observer that knows its [`Signal`](crate::worker::Signal), and begin with a new connection, store and
//! worker. What it had in hand is left to its lease.
//!
//! ```
//! use cashlink_journal::postgres::Error;
//! use cashlink_journal::worker::{Event, Observer, Signal};
//! use std::sync::OnceLock;
//!
//! #[derive(Default)]
//! struct EndsWithItsConnection(OnceLock<Signal>); // Set before it runs.
//!
//! impl Observer for EndsWithItsConnection {
//!     fn observe(&self, event: Event<'_>) {
//!         if let Event::StoreFailed { error, .. } = event {
//!             if error.downcast_ref().is_some_and(Error::is_connection_lost) {
//!                 if let Some(signal) = self.0.get() {
//!                     signal.stop();
//!                 }
//!             }
//!         }
//!     }
//! }
//! ```

#[cfg(feature = "postgres-sync")]
pub mod blocking;
pub mod sql;

mod error;
mod inbox;
mod operate;
mod pipeline;
mod statements;
mod store;
mod values;

pub use error::Error;
pub use store::Postgres;

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, GenericClient, IsolationLevel, Transaction};

use crate::store::{Lease, Row, StageError, Wanted};
use crate::{Claim, Claimed, Intent, Names, Policy, Settlement, Staged, Staging};
use statements::{Prepared, Statements, untyped};
use values::{Claiming, Extension, Settling, Stage};

/// The journal's statements, for tables of certain names. Cheap to clone; it holds no connection.
#[derive(Clone, Debug)]
pub struct Journal {
    statements: Arc<Statements>,
    prepared: Option<Arc<Prepared>>,
    wake: bool,
}

impl Default for Journal {
    fn default() -> Self {
        Self::named(&Names::default())
    }
}

impl Journal {
    /// The journal in tables of these names.
    #[must_use]
    pub fn named(names: &Names) -> Self {
        Self { statements: Statements::named(names).into(), prepared: None, wake: false }
    }

    /// Whether staging wakes workers that [`LISTEN`](sql::LISTEN). It doesn't by default.
    #[must_use]
    pub fn waking(mut self, wake: bool) -> Self {
        self.wake = wake;
        self
    }

    /// The same journal on this connection alone, where what runs for every intent is prepared: the server parses the call once.
    /// Its tables must be there ([`Journal::prepare`]).
    ///
    /// On another connection, or after `DISCARD ALL` on this one, its calls fail, and nothing is staged, claimed or settled. Not behind
    /// a pool that changes the server's connection between transactions.
    ///
    /// # Errors
    /// The database's.
    pub async fn prepared_on(&self, client: &Client) -> Result<Self, Error> {
        let Statements { stage, claim, settle, .. } = &*self.statements;
        let prepared = Prepared {
            stage: client.prepare(stage).await?,
            probe: client.prepare(sql::PROBE).await?,
            claim: client.prepare(claim).await?,
            settle: client.prepare(settle).await?,
        };
        Ok(Self { prepared: Some(prepared.into()), ..self.clone() })
    }

    /// Checks that commits are durable (T42), and creates the tables or brings them up to date. To be called on every start, and by
    /// as many processes as there are: what has run is compared, not run again, and one process migrates at a time.
    ///
    /// # Errors
    /// When commits are not durable, when a newer version migrated the database, or when the database refuses.
    pub async fn prepare(&self, client: &mut Client) -> Result<(), Error> {
        // Whatever is the default: after its turn has come, it has to see what was done before.
        let transaction =
            client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start().await?;
        values::durable(&transaction.query_typed_one(sql::DURABILITY, &[]).await?)?;
        transaction.query_typed(&self.statements.lock, &[]).await?;
        let exists = transaction.query_typed_one(&self.statements.migration_table_exists, &[]).await?;
        if !exists.try_get::<_, bool>(0)? {
            transaction.batch_execute(&self.statements.migration_table).await?;
        }
        let ran = transaction.query_typed(&self.statements.migrated_so_far, &[]).await?;
        for missing in self.statements.missing(&ran)? {
            transaction.batch_execute(missing.statements).await?;
            transaction.execute_typed(&self.statements.migrated, &missing.parameters()).await?;
        }
        values::permanent(&transaction.query_typed_one(&self.statements.permanent, &[]).await?)?;
        Ok(transaction.commit().await?)
    }

    /// Stages an intent in your transaction: after your commit, and only then, workers see it. Where another transaction staged the
    /// same key and is still open, it waits for its end.
    ///
    /// Look at what your commit returns, and at every error before it: after a statement has failed, PostgreSQL rolls back where it
    /// is asked to commit, and the driver reports success.
    ///
    /// # Errors
    /// When the key was staged before with another request (T40), or when your commit would not be durable (T42). Roll back then.
    pub async fn stage(
        &self,
        transaction: &Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
    ) -> Result<Staged, StageError<Error>> {
        self.stage_at(transaction, intent, staging, None).await
    }

    async fn stage_at(
        &self,
        transaction: &Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Option<i64>,
    ) -> Result<Staged, StageError<Error>> {
        let stage = Stage::new(intent, staging, now, self.wake);
        // More than once only where what has the key is pruned between both statements.
        loop {
            let parameters = stage.parameters();
            let staged = match &self.prepared {
                Some(prepared) => transaction.query_one(&prepared.stage, &untyped(&parameters)).await?,
                None => transaction.query_typed_one(&self.statements.stage, &parameters).await?,
            };
            if let Some(id) = staged.try_get(0)? {
                return Ok(Staged::New(id));
            }
            values::durable(&transaction.query_typed_one(sql::DURABILITY, &[]).await?)?;
            let before = transaction.query_typed_opt(&self.statements.staged_before, &stage.key()).await?;
            if let Some(columns) = before {
                return stage.before(&columns);
            }
        }
    }

    /// Claims what is due, in a transaction of its own, which is committed when this returns. That is why it takes the client itself:
    /// within an open transaction, what is claimed might still be rolled back after it was sent. One that was begun by hand is
    /// noticed, and refused.
    ///
    /// Where its future is dropped, what it may have claimed waits for the end of its lease.
    ///
    /// # Errors
    /// When a transaction is open, when a commit would not be durable (T42), or the database's.
    pub async fn claim(
        &self,
        client: &mut Client,
        wanted: &Wanted<'_>,
        policy: &Policy,
    ) -> Result<Vec<Claimed>, Error> {
        let rows = self.claim_rows(client, wanted, None).await?;
        Ok(rows.iter().map(|row| Claim::of(row, policy)).collect())
    }

    async fn claim_rows(
        &self,
        client: &mut Client,
        wanted: &Wanted<'_>,
        now: Option<i64>,
    ) -> Result<Vec<Row>, Error> {
        let claiming = Claiming::new(wanted, now);
        let parameters = claiming.parameters();
        // In one round trip. What the probe has to refuse, the claim refuses as well, by yielding nothing.
        let (probed, rows) = match &self.prepared {
            Some(prepared) => {
                let probe = client.query_one(&prepared.probe, &[]);
                pipeline::both(probe, client.query(&prepared.claim, &untyped(&parameters))).await
            }
            None => {
                let probe = client.query_typed_one(sql::PROBE, &[]);
                pipeline::both(probe, client.query_typed(&self.statements.claim, &parameters)).await
            }
        };
        values::durable(&probed?)?;
        let rows = rows?;
        if rows.is_empty() && client.query_typed_one(sql::OPEN, &[]).await?.try_get(0)? {
            return Err(Error::OpenTransaction);
        }
        rows.iter().map(values::claimed).collect()
    }

    /// Extends a lease; says whether it was still there.
    ///
    /// # Errors
    /// The database's.
    pub async fn extend(
        &self,
        client: &(impl GenericClient + Sync),
        lease: Lease,
        by: Duration,
    ) -> Result<bool, Error> {
        self.extend_at(client, lease, by, None).await
    }

    async fn extend_at(
        &self,
        client: &(impl GenericClient + Sync),
        lease: Lease,
        by: Duration,
        now: Option<i64>,
    ) -> Result<bool, Error> {
        let extension = Extension::new(lease, by, now);
        Ok(client.execute_typed(&self.statements.extend, &extension.parameters()).await? == 1)
    }

    /// Records what became of an intent in your transaction; says whether the lease was still there. Where it was not, roll back.
    ///
    /// Look at every error before your commit: see [`Journal::stage`].
    ///
    /// # Errors
    /// The database's.
    pub async fn settle(
        &self,
        transaction: &Transaction<'_>,
        lease: Lease,
        settlement: &Settlement,
    ) -> Result<bool, Error> {
        self.settle_at(transaction, lease, settlement, None).await
    }

    async fn settle_at(
        &self,
        transaction: &Transaction<'_>,
        lease: Lease,
        settlement: &Settlement,
        now: Option<i64>,
    ) -> Result<bool, Error> {
        let settling = Settling::new(lease, settlement, now);
        let parameters = settling.parameters();
        let settled = match &self.prepared {
            Some(prepared) => transaction.query_one(&prepared.settle, &untyped(&parameters)).await?,
            None => transaction.query_typed_one(&self.statements.settle, &parameters).await?,
        };
        Ok(settled.try_get(0)?)
    }
}
