//! SQLite for the async world: its transaction can't leave its thread, so that handlers say what is to be written, which is carried
//! out in the transaction.

use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cashlink_journal::core::Now;
use cashlink_journal::operate::{Counted, Decision, Entry, Filter, Stats};
use cashlink_journal::store::asynchronous::{self, Within};
use cashlink_journal::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted, blocking};
use cashlink_journal::{Account, Intent, Settlement, Staged, Staging};
use rusqlite::Transaction;

type Write = dyn FnOnce(&Transaction<'_>) -> Result<(), HandlerError> + Send;

/// What a handler writes.
#[derive(Default)]
pub(crate) struct Writes(Vec<Box<Write>>);

impl Writes {
    pub(crate) fn add(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> Result<(), HandlerError> + Send + 'static,
    ) {
        self.0.push(Box::new(write));
    }
}

/// A blocking store over SQLite, in a lock, which is never locked: it makes the store `Sync`.
pub(crate) struct Asynchronous<S>(Mutex<S>);

impl<S> Asynchronous<S> {
    pub(crate) fn new(store: S) -> Self {
        Self(Mutex::new(store))
    }

    fn inner(&mut self) -> &mut S {
        self.0.get_mut().unwrap()
    }
}

/// A store over SQLite.
pub(crate) trait OverSqlite:
    for<'t> blocking::Store<Transaction<'t> = Transaction<'t>> + Send
{
}

impl<S: for<'t> blocking::Store<Transaction<'t> = Transaction<'t>> + Send> OverSqlite for S {}

impl<S: OverSqlite> asynchronous::Store for Asynchronous<S> {
    type Transaction<'t> = Writes;
    type Error = S::Error;

    async fn stage(
        &self,
        _: &mut Self::Transaction<'_>,
        _: &Intent,
        _: &Staging,
        _: Now,
    ) -> Result<Staged, StageError<S::Error>> {
        panic!("intents are staged by the blocking store")
    }

    async fn transaction(
        &mut self,
        _: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<S::Error>> {
        panic!("no worker does this")
    }

    async fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, S::Error> {
        self.inner().claim_rows(wanted, now)
    }

    async fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, S::Error> {
        self.inner().extend(lease, by, now)
    }

    async fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<S::Error>> {
        self.inner().settle(lease, settlement, now, |transaction| carry_out(transaction, also))
    }
}

fn carry_out(
    transaction: &mut Transaction<'_>,
    also: impl for<'a> FnOnce(&'a mut Writes) -> Within<'a>,
) -> Result<(), HandlerError> {
    let mut writes = Writes::default();
    let mut handling = also(&mut writes);
    match handling.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result?,
        Poll::Pending => panic!("the handlers of these tests wait for nothing"),
    }
    drop(handling);
    writes.0.into_iter().try_for_each(|write| write(transaction))
}

impl<S: OverSqlite + blocking::Operate> asynchronous::Operate for Asynchronous<S> {
    async fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, S::Error> {
        self.inner().entries(filter, limit)
    }

    async fn entry(&mut self, id: i64) -> Result<Option<Entry>, S::Error> {
        self.inner().entry(id)
    }

    async fn stats(
        &mut self,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> Result<Stats, S::Error> {
        self.inner().stats(account, counted, now)
    }

    async fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<S::Error>> {
        self.inner().decide(seen, decision, now, |transaction| carry_out(transaction, also))
    }

    async fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, S::Error> {
        self.inner().prune(settled_for, limit, now)
    }
}
