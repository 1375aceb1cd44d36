//! SQLite for the async world: its transaction can't leave its thread, so that handlers write into a list, which is
//! carried out in the transaction. And a store that refuses when it is told to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cashlink_journal::core::Now;
use cashlink_journal::operate::{Counted, Decision, Entry, Filter, Stats};
use cashlink_journal::sqlite::Sqlite;
use cashlink_journal::store::asynchronous::{self, Within};
use cashlink_journal::store::blocking::{self, Operate as _, Store as _};
use cashlink_journal::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use cashlink_journal::{Account, Intent, Settlement, Staged, Staging};
use rusqlite::{Error, Transaction};

/// What a handler says became of an intent.
pub(crate) type Written = (i64, String);

pub(crate) fn write(transaction: &Transaction<'_>, (id, what): Written) -> Result<(), HandlerError> {
    transaction.execute("INSERT INTO outcomes (intent, what) VALUES (?1, ?2)", (id, what))?;
    Ok(())
}

/// How often calls are refused from now on.
#[derive(Clone, Default)]
pub(crate) struct Refusals {
    pub(crate) claims: Arc<AtomicU32>,
    pub(crate) extensions: Arc<AtomicU32>,
    pub(crate) settlements: Arc<AtomicU32>,
    pub(crate) measurements: Arc<AtomicU32>,
    /// Commits that are reported as failed, though they happened.
    pub(crate) answers: Arc<AtomicU32>,
    /// How often a lease was extended.
    pub(crate) extended: Arc<AtomicU32>,
    /// Who hears of it when that happens.
    pub(crate) hears: Arc<Mutex<Option<Sender<()>>>>,
}

pub(crate) fn take(times: &AtomicU32) -> bool {
    times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |times| times.checked_sub(1)).is_ok()
}

fn refusal() -> Error {
    Error::InvalidQuery
}

pub(crate) struct Store {
    pub(crate) sqlite: Sqlite,
    pub(crate) refusals: Refusals,
}

impl blocking::Store for Store {
    type Transaction<'t> = Transaction<'t>;
    type Error = Error;

    fn stage(
        &self,
        transaction: &mut Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Error>> {
        blocking::Store::stage(&self.sqlite, transaction, intent, staging, now)
    }

    fn transaction(
        &mut self,
        within: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        self.sqlite.transaction(within)
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Error> {
        if take(&self.refusals.claims) { Err(refusal()) } else { self.sqlite.claim_rows(wanted, now) }
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Error> {
        if take(&self.refusals.extensions) {
            return Err(refusal());
        }
        self.refusals.extended.fetch_add(1, Ordering::Relaxed);
        let extended = self.sqlite.extend(lease, by, now);
        if let Some(sender) = &*self.refusals.hears.lock().unwrap() {
            let _ = sender.send(());
        }
        extended
    }

    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        if take(&self.refusals.settlements) {
            return Err(SettleError::Database(refusal()));
        }
        self.sqlite.settle(lease, settlement, now, also)?;
        if take(&self.refusals.answers) { Err(SettleError::Database(refusal())) } else { Ok(()) }
    }
}

/// In a lock, which is never locked: it makes the store `Sync`.
pub(crate) struct Asynchronous(Mutex<Store>);

impl Asynchronous {
    pub(crate) fn new(store: Store) -> Self {
        Self(Mutex::new(store))
    }

    fn inner(&mut self) -> &mut Store {
        self.0.get_mut().unwrap()
    }
}

impl asynchronous::Store for Asynchronous {
    type Transaction<'t> = Vec<Written>;
    type Error = Error;

    async fn stage(
        &self,
        _: &mut Self::Transaction<'_>,
        _: &Intent,
        _: &Staging,
        _: Now,
    ) -> Result<Staged, StageError<Error>> {
        panic!("intents are staged by the blocking store")
    }

    async fn transaction(
        &mut self,
        _: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<Error>> {
        panic!("no worker does this")
    }

    async fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Error> {
        self.inner().claim_rows(wanted, now)
    }

    async fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Error> {
        self.inner().extend(lease, by, now)
    }

    async fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<Error>> {
        self.inner().settle(lease, settlement, now, |transaction| carry_out(transaction, also))
    }
}

fn carry_out(
    transaction: &mut Transaction<'_>,
    also: impl for<'a> FnOnce(&'a mut Vec<Written>) -> Within<'a>,
) -> Result<(), HandlerError> {
    let mut written = Vec::new();
    let mut handling = also(&mut written);
    match handling.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result?,
        Poll::Pending => panic!("the handlers of these tests wait for nothing"),
    }
    drop(handling);
    written.into_iter().try_for_each(|written| write(transaction, written))
}

impl asynchronous::Operate for Asynchronous {
    async fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
        self.inner().sqlite.entries(filter, limit)
    }

    async fn entry(&mut self, id: i64) -> Result<Option<Entry>, Error> {
        self.inner().sqlite.entry(id)
    }

    async fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Error> {
        self.inner().stats(account, counted, now)
    }

    async fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<Error>> {
        self.inner().sqlite.decide(seen, decision, now, |transaction| carry_out(transaction, also))
    }

    async fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Error> {
        self.inner().sqlite.prune(settled_for, limit, now)
    }
}

impl blocking::Operate for Store {
    fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
        self.sqlite.entries(filter, limit)
    }

    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Error> {
        self.sqlite.entry(id)
    }

    fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Error> {
        if take(&self.refusals.measurements) {
            Err(refusal())
        } else {
            self.sqlite.stats(account, counted, now)
        }
    }

    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        self.sqlite.decide(seen, decision, now, also)
    }

    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Error> {
        self.sqlite.prune(settled_for, limit, now)
    }
}
