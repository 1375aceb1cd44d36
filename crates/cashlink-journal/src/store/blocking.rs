//! A store whose calls return when they are over.

use std::time::Duration;

use cashlink_core::Now;

use super::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::{Account, Claim, Claimed, Intent, Policy, Settlement, Staged, Staging};

/// The journal in one database.
///
/// What every store keeps: what was staged is seen by nobody before its transaction commits; a claim is durable before it is
/// handed out; two claims of one intent at the same time are impossible, and a later one has a higher fencing number; a
/// settlement is recorded only under the fencing number of the last claim, together with what the handler writes, or not at all.
///
/// `now` is the caller's clock. A store that is shared between machines goes by the database's clock instead, so that no
/// machine's clock decides (PostgreSQL does).
pub trait Store {
    /// The caller's transaction, in the database's own crate.
    type Transaction<'t>;
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
    ) -> Result<Staged, StageError<Self::Error>>;

    /// Runs a function in a transaction, and commits it, unless the function fails.
    ///
    /// # Errors
    /// The function's, as [`SettleError::Handler`], or the database's.
    fn transaction(
        &mut self,
        within: impl FnOnce(&mut Self::Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Self::Error>>;

    /// Claims what is due, oldest first, and commits that: pending intents whose time has come, those whose handler has yet to take
    /// them, and claims whose lease has ended. Of those with one ordering key only the first that isn't settled.
    ///
    /// For [`Store::claim`], which is what workers call.
    ///
    /// # Errors
    /// The database's.
    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Self::Error>;

    /// Claims what is due, as [`Store::claim_rows`] says.
    ///
    /// # Errors
    /// The database's.
    fn claim(&mut self, wanted: &Wanted<'_>, policy: &Policy, now: Now) -> Result<Vec<Claimed>, Self::Error> {
        let rows = self.claim_rows(wanted, now)?;
        Ok(rows.iter().map(|row| Claim::of(row, policy)).collect())
    }

    /// Extends a lease to `by` from now, also one that has ended, as long as nobody else has claimed the intent. Says whether
    /// that was so.
    ///
    /// # Errors
    /// The database's.
    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Self::Error>;

    /// Records what became of an intent, together with what `also` writes, in one transaction.
    ///
    /// # Errors
    /// A [`SettleError`]; nothing is recorded then, unless it was the commit that failed.
    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Self::Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Self::Error>>;
}

/// What operators and their programs ask of a journal, and decide.
pub trait Operate: Store {
    /// The intents that are meant, by their ids, at most so many, without their requests.
    ///
    /// # Errors
    /// The database's.
    fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Self::Error>;

    /// The intent of this id, with its request.
    ///
    /// # Errors
    /// The database's.
    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Self::Error>;

    /// Figures, of one account or of all.
    ///
    /// # Errors
    /// The database's.
    fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Self::Error>;

    /// The time by the clock that the store goes by, in seconds since 1970: by default it is the caller's.
    ///
    /// # Errors
    /// The database's.
    fn clock(&mut self, now: Now) -> Result<i64, Self::Error> {
        Ok(super::seconds(now))
    }

    /// Records a decision about an intent, together with what `also` writes, in one transaction; its fencing number rises.
    ///
    /// # Errors
    /// [`SettleError::Lost`] where it is no longer as it was seen, or there is nothing to decide about it ([`Decision::of`]);
    /// another [`SettleError`] as of [`Store::settle`].
    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl FnOnce(&mut Self::Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Self::Error>>;

    /// Deletes intents that were done or rejected at least so long ago, the oldest first, at most so many; says how many it were. What
    /// is deleted is forgotten: its key can be staged anew, and is then performed anew (T40).
    ///
    /// # Errors
    /// The database's.
    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Self::Error>;
}
