//! A store whose calls are futures. Its rules are those of the [blocking one](super::blocking::Store).

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use cashlink_core::Now;

use super::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use crate::{Claim, Claimed, Intent, Policy, Settlement, Staged, Staging};

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
