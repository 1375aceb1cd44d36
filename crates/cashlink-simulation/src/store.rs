//! The journal in memory, with the bugs that live in a store.

use std::time::Duration;

use cashlink_core::{Certainty, Now};
use cashlink_journal::memory::{Conflict, Memory, Transaction};
use cashlink_journal::operate::{Entry, Filter};
use cashlink_journal::store::blocking::{Operate as _, Store};
use cashlink_journal::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use cashlink_journal::{Evidence, Intent, Settlement, Staged, Staging, State};

use crate::Bug;

#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) memory: Memory,
    pub(crate) bug: Option<Bug>,
}

impl Journal {
    pub(crate) fn entries(&mut self) -> Vec<Entry> {
        self.memory.entries(&Filter::default(), u32::MAX).expect("memory refuses nothing")
    }

    pub(crate) fn entry(&mut self, id: i64) -> Option<Entry> {
        self.memory.entry(id).expect("memory refuses nothing")
    }

    /// What another worker has claimed, as if that had not been committed.
    fn claimed_elsewhere(&mut self, wanted: &Wanted<'_>) -> Option<Row> {
        let taken = self
            .entries()
            .into_iter()
            .find(|entry| entry.state == State::Claimed && entry.account == wanted.account.as_str())?;
        let request = self.entry(taken.id)?.request?;
        Some(Row {
            lease: Lease { id: taken.id, fence: taken.fence },
            fingerprint: Intent::decode(&request).ok()?.fingerprint(),
            request,
            attempts: taken.attempts,
            maybe_sent: taken.maybe_sent,
            age: Duration::ZERO,
            evidence: taken.evidence,
        })
    }
}

/// What the last settlement said, and nothing of the claims since.
fn was_sent(row: &Row) -> bool {
    let evidence = row.evidence.as_deref().and_then(|bytes| Evidence::decode(bytes).ok());
    evidence.is_some_and(|evidence| evidence.certainty() != Certainty::NotApplied)
}

impl Store for Journal {
    type Transaction<'t> = Transaction;
    type Error = Conflict;

    fn stage(
        &self,
        transaction: &mut Transaction,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Conflict>> {
        Store::stage(&self.memory, transaction, intent, staging, now)
    }

    fn transaction(
        &mut self,
        within: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Conflict>> {
        Store::transaction(&mut self.memory, within)
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Conflict> {
        let mut rows = Store::claim_rows(&mut self.memory, wanted, now)?;
        match self.bug {
            Some(Bug::ForgottenSend) => rows.iter_mut().for_each(|row| row.maybe_sent = was_sent(row)),
            Some(Bug::UncommittedClaim) if rows.is_empty() => {
                rows.extend(self.claimed_elsewhere(wanted));
            }
            _ => {}
        }
        Ok(rows)
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Conflict> {
        Store::extend(&mut self.memory, lease, by, now)
    }

    fn settle(
        &mut self,
        mut lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Conflict>> {
        if self.bug == Some(Bug::ForgottenFence) {
            lease.fence = self.entry(lease.id).map_or(lease.fence, |entry| entry.fence);
        }
        Store::settle(&mut self.memory, lease, settlement, now, also)
    }
}
