//! A transaction in memory: what it would change, until it commits.

use std::collections::BTreeMap;
use std::fmt;

use cashlink_core::Now;

use super::{Conflict, Memory, Stored, Tables};
use crate::operate::{Decision, Entry};
use crate::store::{Lease, StageError, after, seconds};
use crate::{Evidence, Intent, Settlement, Staged, Staging, State};

/// A transaction of [`Memory`]: intents and the caller's own values, which become visible together, or not at all.
///
/// Nothing is locked while it is open; at its commit it is looked whether another one contradicts it.
#[must_use = "dropped, it leaves nothing"]
pub struct Transaction {
    memory: Memory,
    staged: Vec<Stored>,
    changed: Vec<Change>,
    values: BTreeMap<String, Vec<u8>>,
}

/// A row is to change from what was seen to something else.
struct Change {
    id: i64,
    fence: i64,
    state: State,
    to: Entry,
}

impl Transaction {
    pub(super) fn on(memory: Memory) -> Self {
        Self { memory, staged: Vec::new(), changed: Vec::new(), values: BTreeMap::new() }
    }

    /// Stages an intent: after the commit, and only then, workers see it.
    ///
    /// # Errors
    /// When the key was staged before with another request (T40). Drop the transaction then.
    pub fn stage(
        &mut self,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Conflict>> {
        let mut tables = self.memory.tables();
        let (account, key) = (intent.account().to_string(), intent.key().map(|key| key.as_str().to_owned()));
        let fingerprint = intent.fingerprint();
        let is_same = |row: &&Stored| row.entry.account == account && row.entry.key == key;
        let before = key.as_ref().and_then(|key| {
            let committed =
                tables.keys.get(&(account.clone(), key.clone())).and_then(|id| tables.rows.get(id));
            committed.or_else(|| self.staged.iter().find(is_same))
        });
        if let Some(Stored { entry, fingerprint: first }) = before {
            let id = entry.id;
            return if *first == fingerprint {
                Ok(Staged::Before(id))
            } else {
                Err(StageError::KeyReused { id })
            };
        }
        // As a sequence does: an id is given once, also where its transaction comes to nothing.
        tables.last_id = tables.last_id.saturating_add(1);
        let id = tables.last_id;
        let entry = Entry {
            id,
            account,
            operation: intent.operation().to_owned(),
            key,
            ordering_key: staging.ordering_key().map(str::to_owned),
            state: State::Pending,
            staged_at: seconds(now),
            due_at: after(now, staging.delay()),
            claimed_at: None,
            settled_at: None,
            fence: 0,
            attempts: 0,
            maybe_sent: false,
            worker: None,
            evidence: None,
            request: Some(intent.encode()),
        };
        self.staged.push(Stored { entry, fingerprint });
        Ok(Staged::New(id))
    }

    /// Records what became of an intent; says whether the lease is still there. Where it isn't, drop the transaction.
    #[must_use]
    pub fn settle(&mut self, lease: Lease, settlement: &Settlement, now: Now) -> bool {
        let Some(seen) = self.memory.tables().leased(lease).map(|row| row.clone()) else { return false };
        let evidence = settlement.evidence();
        let to = Entry {
            state: settlement.state(),
            due_at: after(now, settlement.wait().unwrap_or_default()),
            settled_at: (!settlement.state().is_live()).then(|| seconds(now)),
            attempts: evidence.attempts(),
            maybe_sent: settlement.maybe_sent(),
            evidence: Some(evidence.encode()),
            worker: None,
            ..seen
        };
        self.changed.push(Change { id: lease.id, fence: lease.fence, state: State::Claimed, to });
        true
    }

    /// Records a decision; says whether the intent is still as it was seen, and open to the decision. Where it isn't, drop the
    /// transaction.
    #[must_use]
    pub fn decide(&mut self, seen: &Entry, decision: &Decision, now: Now) -> bool {
        let tables = self.memory.tables();
        let is_seen = |row: &&Stored| row.entry.fence == seen.fence && row.entry.state == seen.state;
        let Some(row) = tables.rows.get(&seen.id).filter(is_seen) else { return false };
        let Some(evidence) = decision.of(&row.entry) else { return false };
        let to = decided(row.entry.clone(), &evidence, seconds(now));
        self.changed.push(Change { id: seen.id, fence: seen.fence, state: seen.state, to });
        true
    }

    /// Writes a value of the caller's own.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.values.insert(name.into(), value.into());
    }

    /// What this transaction, or a committed one, wrote under this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.values.get(name).cloned().or_else(|| self.memory.value(name))
    }

    /// Makes everything visible at once.
    ///
    /// # Errors
    /// When another transaction that contradicts this one committed first. Nothing is kept then.
    pub fn commit(self) -> Result<(), Conflict> {
        let mut tables = self.memory.tables();
        if self.contradicts(&tables) {
            return Err(Conflict(()));
        }
        for row in self.staged {
            if let Some(key) = row.entry.key.clone() {
                tables.keys.insert((row.entry.account.clone(), key), row.entry.id);
            }
            tables.rows.insert(row.entry.id, row);
        }
        for Change { id, to, .. } in self.changed {
            if let Some(row) = tables.rows.get_mut(&id) {
                row.entry = to;
            }
        }
        tables.values.extend(self.values);
        Ok(())
    }

    fn contradicts(&self, tables: &Tables) -> bool {
        let key = |row: &Stored| Some((row.entry.account.clone(), row.entry.key.clone()?));
        let taken = |row: &Stored| key(row).is_some_and(|key| tables.keys.contains_key(&key));
        let stands = |change: &Change| {
            let row = tables.rows.get(&change.id).map(|row| &row.entry);
            row.is_some_and(|row| row.fence == change.fence && row.state == change.state)
        };
        self.staged.iter().any(taken) || !self.changed.iter().all(stands)
    }
}

fn decided(row: Entry, evidence: &Evidence, now: i64) -> Entry {
    let is_retry = evidence.state() == State::Pending;
    Entry {
        state: evidence.state(),
        fence: row.fence.saturating_add(1),
        due_at: now,
        settled_at: (!is_retry).then_some(now),
        claimed_at: row.claimed_at.filter(|_| !is_retry),
        maybe_sent: evidence.state() == State::Done,
        evidence: Some(evidence.encode()),
        worker: None,
        ..row
    }
}

/// How much it would change, and nothing of that.
impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { staged, changed, values, .. } = self;
        f.debug_struct("Transaction")
            .field("staged", &staged.len())
            .field("changed", &changed.len())
            .field("values", &values.len())
            .finish_non_exhaustive()
    }
}
