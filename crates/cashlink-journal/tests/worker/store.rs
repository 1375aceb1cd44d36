//! A store that refuses when it is told to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::core::Now;
use cashlink_journal::operate::{Counted, Decision, Entry, Filter, Stats};
use cashlink_journal::sqlite::Sqlite;
use cashlink_journal::store::blocking;
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
