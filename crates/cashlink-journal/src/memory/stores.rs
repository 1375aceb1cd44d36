//! Memory as a store of both worlds. Nothing ever waits; a future does what it does when it is
//! polled, and one that is dropped before did nothing.

use std::time::Duration;

use cashlink_core::Now;

use super::{Conflict, Memory, Transaction};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::asynchronous::{self, Within};
use crate::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted, blocking};
use crate::{Account, Intent, Settlement, Staged, Staging};

type Settled = Result<(), SettleError<Conflict>>;

impl Memory {
    /// A transaction that settles: to be ended with what the handler writes.
    fn settling(
        &self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
    ) -> Result<Transaction, SettleError<Conflict>> {
        let mut transaction = self.begin();
        if transaction.settle(lease, settlement, now) { Ok(transaction) } else { Err(SettleError::Lost) }
    }

    fn deciding(
        &self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
    ) -> Result<Transaction, SettleError<Conflict>> {
        let mut transaction = self.begin();
        if transaction.decide(seen, decision, now) { Ok(transaction) } else { Err(SettleError::Lost) }
    }

    fn shown(&self, id: i64) -> Option<Entry> {
        self.tables().rows.get(&id).map(|row| row.entry.clone())
    }
}

fn end(transaction: Transaction, also: Result<(), HandlerError>) -> Settled {
    also.map_err(SettleError::Handler)?;
    transaction.commit().map_err(SettleError::Database)
}

async fn within(
    begun: Result<Transaction, SettleError<Conflict>>,
    also: impl for<'a> FnOnce(&'a mut Transaction) -> Within<'a> + Send,
) -> Settled {
    let mut transaction = begun?;
    let also = also(&mut transaction).await;
    end(transaction, also)
}

impl blocking::Store for Memory {
    type Transaction<'t> = Transaction;
    type Error = Conflict;

    fn stage(
        &self,
        transaction: &mut Transaction,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Conflict>> {
        transaction.stage(intent, staging, now)
    }

    fn transaction(&mut self, within: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>) -> Settled {
        let mut transaction = self.begin();
        let result = within(&mut transaction);
        end(transaction, result)
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Conflict> {
        Ok(self.tables().claim(wanted, now))
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Conflict> {
        Ok(self.tables().extend(lease, by, now))
    }

    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>,
    ) -> Settled {
        let mut transaction = self.settling(lease, settlement, now)?;
        let also = also(&mut transaction);
        end(transaction, also)
    }
}

impl blocking::Operate for Memory {
    fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Conflict> {
        Ok(self.tables().entries(filter, limit))
    }

    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Conflict> {
        Ok(self.shown(id))
    }

    fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Conflict> {
        Ok(self.tables().stats(account, counted, now))
    }

    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>,
    ) -> Settled {
        let mut transaction = self.deciding(seen, decision, now)?;
        let also = also(&mut transaction);
        end(transaction, also)
    }

    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Conflict> {
        Ok(self.tables().prune(settled_for, limit, now))
    }
}

impl asynchronous::Store for Memory {
    type Transaction<'t> = Transaction;
    type Error = Conflict;

    async fn stage(
        &self,
        transaction: &mut <Self as asynchronous::Store>::Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Conflict>> {
        transaction.stage(intent, staging, now)
    }

    async fn transaction(
        &mut self,
        also: impl for<'a> FnOnce(&'a mut Transaction) -> Within<'a> + Send,
    ) -> Settled {
        within(Ok(self.begin()), also).await
    }

    async fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Conflict> {
        blocking::Store::claim_rows(self, wanted, now)
    }

    async fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Conflict> {
        blocking::Store::extend(self, lease, by, now)
    }

    async fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Transaction) -> Within<'a> + Send,
    ) -> Settled {
        within(self.settling(lease, settlement, now), also).await
    }
}

impl asynchronous::Operate for Memory {
    async fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Conflict> {
        blocking::Operate::entries(self, filter, limit)
    }

    async fn entry(&mut self, id: i64) -> Result<Option<Entry>, Conflict> {
        blocking::Operate::entry(self, id)
    }

    async fn stats(
        &mut self,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> Result<Stats, Conflict> {
        blocking::Operate::stats(self, account, counted, now)
    }

    async fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Transaction) -> Within<'a> + Send,
    ) -> Settled {
        within(self.deciding(seen, decision, now), also).await
    }

    async fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Conflict> {
        blocking::Operate::prune(self, settled_for, limit, now)
    }
}
