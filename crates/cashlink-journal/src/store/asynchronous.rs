//! A store whose calls are futures. Its rules are those of the [blocking one](super::blocking::Store).

use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use cashlink_core::Now;

use super::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::{Account, Claim, Claimed, Intent, Policy, Settlement, Staged, Staging};

/// What a handler does within the caller's transaction.
pub type Within<'a> = Pin<Box<dyn Future<Output = Result<(), HandlerError>> + Send + 'a>>;

/// The journal in one database; as [`blocking::Store`](super::blocking::Store).
pub trait Store: Send {
    /// The caller's transaction, in the database's own crate.
    type Transaction<'t>: Send;
    /// The database's own error.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Writes an intent within the caller's transaction.
    ///
    /// # Errors
    /// A [`StageError`]; roll back then.
    fn stage(
        &self,
        transaction: &mut Self::Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> impl Future<Output = Result<Staged, StageError<Self::Error>>> + Send;

    /// Runs a function in a transaction, and commits it, unless the function fails.
    ///
    /// # Errors
    /// The function's, as [`SettleError::Handler`], or the database's.
    fn transaction(
        &mut self,
        within: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> impl Future<Output = Result<(), SettleError<Self::Error>>> + Send;

    /// Claims what is due, and commits that. For [`Store::claim`], which is what workers call.
    ///
    /// # Errors
    /// The database's.
    fn claim_rows(
        &mut self,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> impl Future<Output = Result<Vec<Row>, Self::Error>> + Send;

    /// Claims what is due.
    ///
    /// # Errors
    /// The database's.
    fn claim(
        &mut self,
        wanted: &Wanted<'_>,
        policy: &Policy,
        now: Now,
    ) -> impl Future<Output = Result<Vec<Claimed>, Self::Error>> + Send {
        let rows = self.claim_rows(wanted, now);
        async move { Ok(rows.await?.iter().map(|row| Claim::of(row, policy)).collect()) }
    }

    /// Extends a lease to `by` from now; says whether it was still there.
    ///
    /// # Errors
    /// The database's.
    fn extend(
        &mut self,
        lease: Lease,
        by: Duration,
        now: Now,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Records what became of an intent, together with what `also` writes, in one transaction.
    ///
    /// # Errors
    /// A [`SettleError`]; nothing is recorded then, unless it was the commit that failed.
    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> impl Future<Output = Result<(), SettleError<Self::Error>>> + Send;
}

/// What operators and their programs ask of a journal, and decide; as [`blocking::Operate`](super::blocking::Operate).
pub trait Operate: Store {
    /// The intents that are meant, by their ids, at most so many, without their requests.
    ///
    /// # Errors
    /// The database's.
    fn entries(
        &mut self,
        filter: &Filter,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Entry>, Self::Error>> + Send;

    /// The intent of this id, with its request.
    ///
    /// # Errors
    /// The database's.
    fn entry(&mut self, id: i64) -> impl Future<Output = Result<Option<Entry>, Self::Error>> + Send;

    /// Figures, of one account or of all.
    ///
    /// # Errors
    /// The database's.
    fn stats(
        &mut self,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> impl Future<Output = Result<Stats, Self::Error>> + Send;

    /// The time by the clock that the store goes by, in seconds since 1970: by default it is the caller's.
    ///
    /// # Errors
    /// The database's.
    fn clock(&mut self, now: Now) -> impl Future<Output = Result<i64, Self::Error>> + Send {
        ready(Ok(super::seconds(now)))
    }

    /// Records a decision about an intent, together with what `also` writes, in one transaction.
    ///
    /// # Errors
    /// [`SettleError::Lost`] where it is no longer as it was seen, or there is nothing to decide about it.
    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> impl Future<Output = Result<(), SettleError<Self::Error>>> + Send;

    /// Deletes intents that were done or rejected at least so long ago; says how many it were.
    ///
    /// # Errors
    /// The database's.
    fn prune(
        &mut self,
        settled_for: Duration,
        limit: u32,
        now: Now,
    ) -> impl Future<Output = Result<u64, Self::Error>> + Send;
}
