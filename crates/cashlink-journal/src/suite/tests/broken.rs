//! A journal in memory with one defect.

use std::time::Duration;

use cashlink_core::Now;

use crate::memory::{Conflict, Memory, Transaction};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::blocking::{Operate, Store};
use crate::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use crate::suite::blocking;
use crate::{Account, Intent, Settlement, Staged, Staging, State};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Defect {
    Nothing,
    ShowsTheUncommitted,
    KeepsWhatWasRolledBack,
    LosesTheCallersRows,
    TakesAnyRequestForTheSame,
    RefusesTheSameRequest,
    ForgetsTheFirstBytes,
    ClaimsTooMuch,
    IgnoresTheDelay,
    IgnoresTheAccount,
    IgnoresTheOrder,
    IgnoresWhoElseClaims,
    ForgetsTheFence,
    ExtendsAnything,
    ExtendsNothing,
    ForgetsThatItMayBeSent,
    ForgetsTheAge,
    ForgetsTheEvidence,
    SettlesWithoutTheHandler,
    TakesDeadForRejected,
    TakesAnsweredForDone,
    ForgetsWhenClosed,
    ListsAll,
    CountsAll,
    DecidesBlindly,
    DecidesWithoutTheCaller,
    RetriesWhatMayBeSent,
    PrunesTheYoung,
}

use Defect::*;

/// Each defect, and the case that was made for it.
pub(super) const DEFECTS: [(Defect, &str); 27] = [
    (ShowsTheUncommitted, "staged-is-unseen-before-the-commit"),
    (KeepsWhatWasRolledBack, "rollback-leaves-nothing"),
    (LosesTheCallersRows, "commit-keeps-both"),
    (TakesAnyRequestForTheSame, "same-key-other-request"),
    (RefusesTheSameRequest, "same-key-same-request"),
    (ForgetsTheFirstBytes, "request-is-kept-byte-for-byte"),
    (ClaimsTooMuch, "oldest-first"),
    (IgnoresTheDelay, "not-before-its-time"),
    (IgnoresTheAccount, "account-by-account"),
    (IgnoresTheOrder, "in-order"),
    (IgnoresWhoElseClaims, "once-among-many"),
    (ForgetsTheFence, "fencing"),
    (ExtendsAnything, "settled-once"),
    (ExtendsNothing, "extend"),
    (ForgetsThatItMayBeSent, "leased-until-its-end"),
    (ForgetsTheAge, "age-since-the-first-claim"),
    (ForgetsTheEvidence, "tried-again"),
    (SettlesWithoutTheHandler, "handler-and-settlement-together"),
    (TakesDeadForRejected, "order-held-up"),
    (TakesAnsweredForDone, "answered-is-handed-again"),
    (ForgetsWhenClosed, "survives-closing"),
    (ListsAll, "operators-see"),
    (CountsAll, "operators-count"),
    (DecidesBlindly, "decided-as-seen"),
    (DecidesWithoutTheCaller, "decided-with-own-rows"),
    (RetriesWhatMayBeSent, "retry-begins-anew"),
    (PrunesTheYoung, "prune"),
];

#[derive(Clone)]
pub(super) struct Broken {
    memory: Memory,
    defect: Defect,
}

impl Broken {
    fn has(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn all(&mut self) -> Vec<Entry> {
        Operate::entries(&mut self.memory, &Filter::default(), u32::MAX).unwrap()
    }

    /// As the row stands now, whoever holds an older one.
    fn newest(&mut self, lease: Lease) -> Lease {
        let entry = self.all().into_iter().find(|entry| entry.id == lease.id);
        Lease { fence: entry.map_or(lease.fence, |entry| entry.fence), ..lease }
    }
}

type Ended = Result<(), SettleError<Conflict>>;

impl Store for Broken {
    type Transaction<'t> = Transaction;
    type Error = Conflict;

    fn stage(
        &self,
        transaction: &mut Transaction,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Conflict>> {
        let mut staging = staging.clone();
        match self.defect {
            IgnoresTheDelay => staging.delay = Duration::ZERO,
            IgnoresTheOrder => staging.ordering_key = None,
            _ => {}
        }
        if self.has(ShowsTheUncommitted) {
            let mut own = self.memory.begin();
            let staged = own.stage(intent, &staging, now);
            own.commit().unwrap();
            return staged;
        }
        match transaction.stage(intent, &staging, now) {
            Err(StageError::KeyReused { id }) if self.has(TakesAnyRequestForTheSame) => {
                Ok(Staged::Before(id))
            }
            Ok(Staged::Before(id)) if self.has(RefusesTheSameRequest) => Err(StageError::KeyReused { id }),
            staged => staged,
        }
    }

    fn transaction(&mut self, within: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>) -> Ended {
        let mut transaction = self.memory.begin();
        match within(&mut transaction) {
            Err(error) if !self.has(KeepsWhatWasRolledBack) => Err(SettleError::Handler(error)),
            _ => transaction.commit().map_err(SettleError::Database),
        }
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Conflict> {
        let mut wanted = wanted.clone();
        if self.has(ClaimsTooMuch) {
            wanted.limit = u32::MAX;
        }
        let mut rows = Store::claim_rows(&mut self.memory, &wanted, now)?;
        if self.has(IgnoresTheAccount) {
            let other = Account::new("other").unwrap();
            rows.extend(Store::claim_rows(&mut self.memory, &Wanted { account: &other, ..wanted }, now)?);
        }
        if self.has(IgnoresWhoElseClaims) {
            rows.extend(rows.clone());
        }
        for row in &mut rows {
            match self.defect {
                ForgetsTheFirstBytes => row.request.truncate(1_000),
                ForgetsThatItMayBeSent => row.maybe_sent = false,
                RetriesWhatMayBeSent => row.maybe_sent |= row.attempts > 0,
                ForgetsTheAge => row.age = Duration::ZERO,
                ForgetsTheEvidence => row.evidence = None,
                _ => {}
            }
        }
        Ok(rows)
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Conflict> {
        match self.defect {
            ExtendsAnything => Ok(true),
            ExtendsNothing => Store::extend(&mut self.memory, lease, Duration::ZERO, now),
            _ => Store::extend(&mut self.memory, lease, by, now),
        }
    }

    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>,
    ) -> Ended {
        let mut settlement = settlement.clone();
        match self.defect {
            TakesAnsweredForDone if settlement.state() == State::Answered => {
                settlement = Settlement::last(settlement.evidence().clone());
            }
            TakesDeadForRejected if matches!(settlement.state(), State::Dead) => {
                let mut evidence = settlement.evidence().clone();
                evidence.state = State::Rejected;
                settlement = Settlement::last(evidence);
            }
            _ => {}
        }
        let lease = if self.has(ForgetsTheFence) { self.newest(lease) } else { lease };
        if self.has(SettlesWithoutTheHandler) {
            Store::settle(&mut self.memory, lease, &settlement, now, |_| Ok(()))?;
            return self.transaction(also);
        }
        Store::settle(&mut self.memory, lease, &settlement, now, also)
    }
}

impl Operate for Broken {
    fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Conflict> {
        let all = Filter::default();
        let filter = if self.has(ListsAll) { &all } else { filter };
        Operate::entries(&mut self.memory, filter, limit)
    }

    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Conflict> {
        Operate::entry(&mut self.memory, id)
    }

    fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Conflict> {
        let counted = if self.has(CountsAll) { Counted::All } else { counted };
        Operate::stats(&mut self.memory, account, counted, now)
    }

    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl FnOnce(&mut Transaction) -> Result<(), HandlerError>,
    ) -> Ended {
        let mut seen = seen.clone();
        if self.has(DecidesBlindly) {
            seen = Operate::entry(&mut self.memory, seen.id).unwrap().unwrap();
            if seen.state == State::Done {
                return Ok(());
            }
        }
        if self.has(DecidesWithoutTheCaller) {
            Operate::decide(&mut self.memory, &seen, decision, now, |_| Ok(()))?;
            return self.transaction(also);
        }
        Operate::decide(&mut self.memory, &seen, decision, now, also)
    }

    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Conflict> {
        let settled_for = if self.has(PrunesTheYoung) { Duration::ZERO } else { settled_for };
        Operate::prune(&mut self.memory, settled_for, limit, now)
    }
}

pub(super) struct Adapter {
    pub(super) defect: Defect,
}

impl blocking::Adapter for Adapter {
    type Store = Broken;
    type Place = Memory;

    fn name(&self) -> &str {
        "memory"
    }

    fn place(&self) -> Result<Memory, HandlerError> {
        Ok(Memory::default())
    }

    fn open(&self, place: &Memory) -> Result<Broken, HandlerError> {
        let memory = if self.defect == ForgetsWhenClosed { Memory::default() } else { place.clone() };
        Ok(Broken { memory, defect: self.defect })
    }

    fn write(transaction: &mut Transaction, value: &str) -> Result<(), HandlerError> {
        transaction.put(value, []);
        Ok(())
    }

    fn values(&self, place: &Memory) -> Result<Vec<String>, HandlerError> {
        let lost = self.defect == LosesTheCallersRows;
        Ok(if lost { Vec::new() } else { place.names() })
    }
}
