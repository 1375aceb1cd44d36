//! The journal in memory, for simulations and for tests of programs that use a journal. It keeps nothing across a process, so that none of
//! the journal's promises holds with it.
//!
//! It is deterministic, and transactions are real: what is staged or written in one is seen by nobody before its commit; one that is
//! dropped instead, as a crash would, leaves nothing. Several handles share one journal: clone it.
//!
//! ```
//! use std::time::Duration;
//!
//! use cashlink_journal::core::{Bearer, Call, Client, IdempotencyKey, Now, Secret};
//! use cashlink_journal::core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
//! use cashlink_journal::memory::Memory;
//! use cashlink_journal::store::{Wanted, blocking::Store};
//! use cashlink_journal::{Account, Intent, Staging};
//!
//! let client = Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s3cr3t"))?);
//! let ada = NaturalPerson::new().forename("Ada");
//! let call = Call::new(&CreateInvestor::natural_person(IdempotencyKey::new("investor-17")?, ada, true))?;
//! let account = Account::new("distributor")?;
//! let intent = Intent::new(&client, &account, &call)?;
//!
//! let mut memory = Memory::default();
//! let now = Now::new(1_700_000_000, Duration::ZERO);
//! let mut transaction = memory.begin();
//! let _ = transaction.stage(&intent, &Staging::default(), now)?;
//! transaction.put("order-17", "paid");
//! let wanted = Wanted { account: &account, limit: 1, lease: Duration::from_secs(60), worker: "me" };
//! assert!(memory.claim_rows(&wanted, now)?.is_empty());
//!
//! transaction.commit()?;
//! assert_eq!(memory.claim_rows(&wanted, now)?.len(), 1);
//! assert_eq!(memory.value("order-17"), Some(b"paid".into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod stores;
mod transaction;

pub use transaction::Transaction;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cashlink_core::Now;

use crate::operate::{Counted, Entry, Filter, Stats};
use crate::store::{Lease, Row, Wanted, after, seconds};
use crate::{Account, Fingerprint, State};

/// One handle of a journal in memory; a clone is another one of the same.
#[derive(Clone, Default)]
pub struct Memory {
    tables: Arc<Mutex<Tables>>,
}

#[derive(Default)]
struct Tables {
    last_id: i64,
    rows: BTreeMap<i64, Stored>,
    keys: BTreeMap<(String, String), i64>,
    values: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone)]
struct Stored {
    entry: Entry,
    fingerprint: Fingerprint,
}

impl Memory {
    /// A transaction. It ends by [`Transaction::commit`]; dropped, it leaves nothing.
    pub fn begin(&self) -> Transaction {
        Transaction::on(self.clone())
    }

    /// What a committed transaction wrote under this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.tables().values.get(name).cloned()
    }

    /// The names under which committed transactions wrote something, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.tables().values.keys().cloned().collect()
    }

    /// A panic in another thread can't leave the tables half changed: what changes them doesn't panic.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much is in it, and nothing of that.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("intents", &self.tables().rows.len()).finish_non_exhaustive()
    }
}

impl Tables {
    fn claim(&mut self, wanted: &Wanted<'_>, now: Now) -> Vec<Row> {
        let at = seconds(now);
        let mut due: Vec<_> = self
            .rows
            .values()
            .map(|row| &row.entry)
            .filter(|row| row.account == wanted.account.as_str() && row.state.is_live() && row.due_at <= at)
            .filter(|row| !self.is_held_up(row))
            .map(|row| (row.due_at, row.id))
            .collect();
        due.sort_unstable();
        due.truncate(usize::try_from(wanted.limit).unwrap_or(usize::MAX));
        let claimed = due.into_iter().filter_map(|(_, id)| {
            let row = self.rows.get_mut(&id)?;
            row.claim(wanted, now);
            Some(row.as_row(at))
        });
        claimed.collect()
    }

    fn is_held_up(&self, row: &Entry) -> bool {
        row.ordering_key.is_some()
            && self.rows.range(..row.id).any(|(_, Stored { entry: earlier, .. })| {
                earlier.account == row.account
                    && earlier.ordering_key == row.ordering_key
                    && !earlier.state.is_settled()
            })
    }

    /// The row that is claimed under this lease.
    fn leased(&mut self, lease: Lease) -> Option<&mut Entry> {
        let row = &mut self.rows.get_mut(&lease.id)?.entry;
        (row.fence == lease.fence && row.state == State::Claimed).then_some(row)
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> bool {
        self.leased(lease).map(|row| row.due_at = after(now, by)).is_some()
    }

    fn entries(&self, filter: &Filter, limit: u32) -> Vec<Entry> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let meant =
            self.rows.values().map(|row| &row.entry).filter(|entry| filter.matches(entry)).take(limit);
        meant.map(|entry| Entry { request: None, ..entry.clone() }).collect()
    }

    fn stats(&self, account: Option<&Account>, counted: Counted, now: Now) -> Stats {
        let mut stats = Stats::default();
        for row in self.rows.values().map(|row| &row.entry) {
            if account.is_none_or(|account| account.as_str() == row.account)
                && (counted == Counted::All || !row.state.is_settled())
            {
                stats.add(row.state, 1, since(row.staged_at, seconds(now)), row.attempts.into());
            }
        }
        stats
    }

    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> u64 {
        let until = seconds(now).saturating_sub_unsigned(settled_for.as_secs());
        let is_old = |row: &Entry| row.state.is_settled() && row.settled_at.is_some_and(|at| at <= until);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let old: Vec<_> = self
            .rows
            .values()
            .map(|row| &row.entry)
            .filter(|row| is_old(row))
            .map(|row| row.id)
            .take(limit)
            .collect();
        self.rows.retain(|id, _| !old.contains(id));
        self.keys.retain(|_, id| !old.contains(id));
        u64::try_from(old.len()).unwrap_or(u64::MAX)
    }
}

impl Stored {
    fn claim(&mut self, wanted: &Wanted<'_>, now: Now) {
        let row = &mut self.entry;
        // What is claimed and due has lost its lease: it may have been sent.
        row.maybe_sent |= row.state == State::Claimed;
        row.state = State::Claimed;
        row.fence = row.fence.saturating_add(1);
        row.due_at = after(now, wanted.lease);
        row.claimed_at = row.claimed_at.or(Some(seconds(now)));
        row.worker = Some(wanted.worker.to_owned());
    }

    fn as_row(&self, at: i64) -> Row {
        let Entry { id, fence, attempts, maybe_sent, .. } = self.entry;
        Row {
            lease: Lease { id, fence },
            request: self.entry.request.clone().unwrap_or_default(),
            fingerprint: self.fingerprint,
            attempts,
            maybe_sent,
            age: since(self.entry.claimed_at.unwrap_or(at), at),
            evidence: self.entry.evidence.clone(),
        }
    }
}

fn since(then: i64, now: i64) -> Duration {
    Duration::from_secs(u64::try_from(now.saturating_sub(then)).unwrap_or_default())
}

/// Two transactions contradict each other, and the other one committed first: this one left nothing. Both may have staged the same
/// key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict(());

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another transaction committed first what this one contradicts: nothing of this one was kept, begin it again")
    }
}

impl std::error::Error for Conflict {}

#[cfg(test)]
mod tests;
