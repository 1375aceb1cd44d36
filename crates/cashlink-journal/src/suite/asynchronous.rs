//! For stores whose calls are futures: what their author says of them, and the run, on whatever runtime they need.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cashlink_core::Now;

use super::Report;
use super::finding::{Fault, Finding, Found};
use super::report;
use super::scene::{Own, Stage, Told, World};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::asynchronous::{Operate, Store, Within};
use crate::store::{HandlerError, Lease, Row, StageError, Wanted};
use crate::{Account, Intent, Settlement, Staged, Staging};

/// A store to be tried; as [`blocking::Adapter`](super::blocking::Adapter).
pub trait Adapter {
    /// The store.
    type Store: Operate + Sync + 'static;
    /// Where a journal is: a file, a schema. When it is dropped, nobody needs it any more.
    type Place;

    /// What the report calls it.
    fn name(&self) -> &str;

    /// A new, empty journal, with a table of the caller's own beside it.
    ///
    /// # Errors
    /// Why there is none.
    fn place(&self) -> impl Future<Output = Result<Self::Place, HandlerError>>;

    /// Another handle of a journal: a connection of its own.
    ///
    /// # Errors
    /// Why there is none.
    fn open(&self, place: &Self::Place) -> impl Future<Output = Result<Self::Store, HandlerError>>;

    /// Writes a value into the caller's own table, as a handler does.
    ///
    /// # Errors
    /// The database's.
    fn write<'a>(
        transaction: &'a mut <Self::Store as Store>::Transaction<'_>,
        value: &'static str,
    ) -> Within<'a>;

    /// What is in the caller's own table, in any order.
    ///
    /// # Errors
    /// The database's.
    fn values(&self, place: &Self::Place) -> impl Future<Output = Result<Vec<String>, HandlerError>>;
}

/// Plays all cases.
pub async fn run<A: Adapter>(adapter: &A) -> Report {
    report::of(adapter.name(), &Asynchronous(adapter)).await
}

struct Asynchronous<'a, A>(&'a A);

/// A store, and another one to stage by, since its transactions borrow the first.
struct Handle<S> {
    store: S,
    stager: Arc<S>,
}

/// The caller's part of a transaction.
fn own<'a, A: Adapter>(own: Own, transaction: &'a mut <A::Store as Store>::Transaction<'_>) -> Within<'a> {
    Box::pin(async move {
        if let Some(value) = own.value {
            A::write(transaction, value).await?;
        }
        if own.fails { Err("it was to fail".into()) } else { Ok(()) }
    })
}

/// A future under a name: within a generic async block, Rust 1.85 can't see that a store's own is `Send`.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

fn stage_by<'a, 't: 'a, S: Store + 'a>(
    stager: &'a S,
    transaction: &'a mut S::Transaction<'t>,
    intent: &'a Intent,
    staging: &'a Staging,
    now: Now,
) -> Boxed<'a, Result<Staged, StageError<S::Error>>> {
    Box::pin(stager.stage(transaction, intent, staging, now))
}

fn look_by<S: Operate>(store: &mut S) -> Boxed<'_, Result<Vec<Entry>, S::Error>> {
    Box::pin(async move { store.entries(&Filter::default(), 100).await })
}

fn database(error: impl std::error::Error) -> Fault {
    Fault::Database(error.to_string())
}

async fn claim_all<S: Store>(mut store: S, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, S::Error> {
    let mut all = Vec::new();
    loop {
        let claimed = store.claim_rows(wanted, now).await?;
        if claimed.is_empty() {
            return Ok(all);
        }
        all.extend(claimed);
    }
}

/// What came of staging so far: its future can borrow nothing from here.
#[derive(Default)]
struct Meanwhile {
    staged: Vec<Staged>,
    seen: Vec<Entry>,
    refused: Option<Fault>,
}

impl<A: Adapter> World for Asynchronous<'_, A> {
    type Place = A::Place;
    type Handle = Handle<A::Store>;

    async fn place(&self) -> Found<A::Place> {
        self.0.place().await.map_err(Finding::new)
    }

    async fn open(&self, place: &A::Place) -> Found<Self::Handle> {
        let store = self.0.open(place).await.map_err(Finding::new)?;
        let stager = self.0.open(place).await.map_err(Finding::new)?;
        Ok(Handle { store, stager: Arc::new(stager) })
    }

    async fn values(&self, place: &A::Place) -> Found<Vec<String>> {
        self.0.values(place).await.map_err(Finding::new)
    }

    async fn stage(&self, handle: &mut Self::Handle, stage: Stage<Self::Handle>) -> Told {
        let meanwhile = Arc::new(Mutex::new(Meanwhile::default()));
        let (kept, stager) = (Arc::clone(&meanwhile), Arc::clone(&handle.stager));
        let keep = move |change: &mut dyn FnMut(&mut Meanwhile)| {
            change(&mut kept.lock().unwrap_or_else(PoisonError::into_inner));
        };
        let Stage { intents, now, own: mine, look } = stage;
        let ended = handle.store.transaction(move |transaction| {
            Box::pin(async move {
                for (intent, staging) in &intents {
                    match stage_by(&*stager, transaction, intent, staging, now).await {
                        Ok(one) => keep(&mut |meanwhile| meanwhile.staged.push(one)),
                        Err(error) => {
                            let mut fault = Some(error.into());
                            keep(&mut |meanwhile| meanwhile.refused = fault.take());
                            return Err("it was not staged".into());
                        }
                    }
                }
                if let Some(mut other) = look {
                    let mut seen = look_by(&mut other.store).await?;
                    keep(&mut |meanwhile| meanwhile.seen.append(&mut seen));
                }
                own::<A>(mine, transaction).await
            })
        });
        let ended = ended.await;
        let Meanwhile { staged, seen, refused } =
            std::mem::take(&mut *meanwhile.lock().unwrap_or_else(PoisonError::into_inner));
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
        handle.store.claim_rows(wanted, now).await.map_err(database)
    }

    async fn race(
        &self,
        handles: Vec<Self::Handle>,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> Result<Vec<Row>, Fault> {
        let claim = |handle: Handle<A::Store>| Box::pin(claim_all(handle.store, wanted, now));
        let mut claiming: Vec<_> = handles.into_iter().map(claim).collect();
        let mut all = Vec::new();
        // Side by side, without naming a runtime.
        poll_fn(|context| {
            let mut failed = None;
            claiming.retain_mut(|claim| match claim.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(Ok(claimed)) => {
                    all.extend(claimed);
                    false
                }
                Poll::Ready(Err(error)) => {
                    failed = Some(database(error));
                    false
                }
            });
            match failed {
                Some(fault) => Poll::Ready(Err(fault)),
                None if claiming.is_empty() => Poll::Ready(Ok(())),
                None => Poll::Pending,
            }
        })
        .await?;
        Ok(all)
    }

    async fn extend(
        &self,
        handle: &mut Self::Handle,
        lease: Lease,
        by: Duration,
        now: Now,
    ) -> Result<bool, Fault> {
        handle.store.extend(lease, by, now).await.map_err(database)
    }

    async fn settle(
        &self,
        handle: &mut Self::Handle,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        mine: Own,
    ) -> Result<(), Fault> {
        Ok(handle
            .store
            .settle(lease, settlement, now, move |transaction| own::<A>(mine, transaction))
            .await?)
    }

    async fn entries(
        &self,
        handle: &mut Self::Handle,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<Entry>, Fault> {
        handle.store.entries(filter, limit).await.map_err(database)
    }

    async fn entry(&self, handle: &mut Self::Handle, id: i64) -> Result<Option<Entry>, Fault> {
        handle.store.entry(id).await.map_err(database)
    }

    async fn stats(
        &self,
        handle: &mut Self::Handle,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> Result<Stats, Fault> {
        handle.store.stats(account, counted, now).await.map_err(database)
    }

    async fn decide(
        &self,
        handle: &mut Self::Handle,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        mine: Own,
    ) -> Result<(), Fault> {
        Ok(handle.store.decide(seen, decision, now, move |transaction| own::<A>(mine, transaction)).await?)
    }

    async fn prune(
        &self,
        handle: &mut Self::Handle,
        settled_for: Duration,
        limit: u32,
        now: Now,
    ) -> Result<u64, Fault> {
        handle.store.prune(settled_for, limit, now).await.map_err(database)
    }
}
