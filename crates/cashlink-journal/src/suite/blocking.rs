//! For blocking stores: what their author says of them, and the run.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cashlink_core::Now;

use super::Report;
use super::finding::{Fault, Finding, Found};
use super::report;
use super::scene::{Own, Stage, Told, World};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::blocking::{Operate, Store};
use crate::store::{HandlerError, Lease, Row, Wanted};
use crate::{Account, Settlement};

/// A store to be tried. See the [module's example](super).
pub trait Adapter {
    /// The store.
    type Store: Operate + Send;
    /// Where a journal is: a file, a schema. When it is dropped, nobody needs it any more.
    type Place;

    /// What the report calls it.
    fn name(&self) -> &str;

    /// A new, empty journal, with a table of the caller's own beside it.
    ///
    /// # Errors
    /// Why there is none.
    fn place(&self) -> Result<Self::Place, HandlerError>;

    /// Another handle of a journal: a connection of its own.
    ///
    /// # Errors
    /// Why there is none.
    fn open(&self, place: &Self::Place) -> Result<Self::Store, HandlerError>;

    /// Writes a value into the caller's own table, as a handler does.
    ///
    /// # Errors
    /// The database's.
    fn write(
        transaction: &mut <Self::Store as Store>::Transaction<'_>,
        value: &str,
    ) -> Result<(), HandlerError>;

    /// What is in the caller's own table, in any order.
    ///
    /// # Errors
    /// The database's.
    fn values(&self, place: &Self::Place) -> Result<Vec<String>, HandlerError>;
}

/// Plays all cases.
pub fn run<A: Adapter>(adapter: &A) -> Report {
    let world = Blocking(adapter);
    let mut playing = pin!(report::of(adapter.name(), &world));
    let mut context = Context::from_waker(Waker::noop());
    // Nothing in it ever waits, so that this doesn't turn.
    loop {
        if let Poll::Ready(report) = playing.as_mut().poll(&mut context) {
            return report;
        }
    }
}

struct Blocking<'a, A>(&'a A);

/// A store, and another one to stage by, since its transactions borrow the first.
struct Handle<S> {
    store: S,
    stager: S,
}

impl<A: Adapter> Blocking<'_, A> {
    fn own(own: Own, transaction: &mut <A::Store as Store>::Transaction<'_>) -> Result<(), HandlerError> {
        if let Some(value) = own.value {
            A::write(transaction, value)?;
        }
        if own.fails { Err("it was to fail".into()) } else { Ok(()) }
    }
}

fn database(error: impl std::error::Error) -> Fault {
    Fault::Database(error.to_string())
}

fn claim_all<S: Store>(mut store: S, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, S::Error> {
    let mut all = Vec::new();
    loop {
        let claimed = store.claim_rows(wanted, now)?;
        if claimed.is_empty() {
            return Ok(all);
        }
        all.extend(claimed);
    }
}

impl<A: Adapter> World for Blocking<'_, A> {
    type Place = A::Place;
    type Handle = Handle<A::Store>;

    async fn place(&self) -> Found<A::Place> {
        self.0.place().map_err(Finding::new)
    }

    async fn open(&self, place: &A::Place) -> Found<Self::Handle> {
        let open = || self.0.open(place).map_err(Finding::new);
        Ok(Handle { store: open()?, stager: open()? })
    }

    async fn values(&self, place: &A::Place) -> Found<Vec<String>> {
        self.0.values(place).map_err(Finding::new)
    }

    async fn stage(&self, handle: &mut Self::Handle, stage: Stage<Self::Handle>) -> Told {
        let Stage { intents, now, own, look } = stage;
        let Handle { store, stager } = handle;
        let (mut staged, mut seen, mut refused) = (Vec::new(), Vec::new(), None);
        let ended = store.transaction(|transaction| {
            for (intent, staging) in &intents {
                match stager.stage(transaction, intent, staging, now) {
                    Ok(one) => staged.push(one),
                    Err(error) => {
                        refused = Some(error.into());
                        return Err("it was not staged".into());
                    }
                }
            }
            if let Some(mut other) = look {
                seen = other.store.entries(&Filter::default(), 100)?;
            }
            Self::own(own, transaction)
        });
        let staged = match (ended, refused) {
            (_, Some(fault)) => Err(fault),
            (Err(error), None) => Err(error.into()),
            (Ok(()), None) => Ok(staged),
        };
        Told { staged, seen }
    }

    async fn claim(
        &self,
        handle: &mut Self::Handle,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> Result<Vec<Row>, Fault> {
        handle.store.claim_rows(wanted, now).map_err(database)
    }

    async fn race(
        &self,
        handles: Vec<Self::Handle>,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> Result<Vec<Row>, Fault> {
        std::thread::scope(|scope| {
            let claim = |handle: Handle<A::Store>| scope.spawn(move || claim_all(handle.store, wanted, now));
            let claiming: Vec<_> = handles.into_iter().map(claim).collect();
            let mut all = Vec::new();
            for thread in claiming {
                let claimed = thread.join().map_err(|_| Fault::Database("it panicked".into()))?;
                all.extend(claimed.map_err(database)?);
            }
            Ok(all)
        })
    }

    async fn extend(
        &self,
        handle: &mut Self::Handle,
        lease: Lease,
        by: Duration,
        now: Now,
    ) -> Result<bool, Fault> {
        handle.store.extend(lease, by, now).map_err(database)
    }

    async fn settle(
        &self,
        handle: &mut Self::Handle,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        own: Own,
    ) -> Result<(), Fault> {
        Ok(handle.store.settle(lease, settlement, now, |transaction| Self::own(own, transaction))?)
    }

    async fn entries(
        &self,
        handle: &mut Self::Handle,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<Entry>, Fault> {
        handle.store.entries(filter, limit).map_err(database)
    }

    async fn entry(&self, handle: &mut Self::Handle, id: i64) -> Result<Option<Entry>, Fault> {
        handle.store.entry(id).map_err(database)
    }

    async fn stats(
        &self,
        handle: &mut Self::Handle,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> Result<Stats, Fault> {
        handle.store.stats(account, counted, now).map_err(database)
    }

    async fn decide(
        &self,
        handle: &mut Self::Handle,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        own: Own,
    ) -> Result<(), Fault> {
        Ok(handle.store.decide(seen, decision, now, |transaction| Self::own(own, transaction))?)
    }

    async fn prune(
        &self,
        handle: &mut Self::Handle,
        settled_for: Duration,
        limit: u32,
        now: Now,
    ) -> Result<u64, Fault> {
        handle.store.prune(settled_for, limit, now).map_err(database)
    }
}
