//! The journal's table, said a second time: a list of rows, and what each operation makes of it.

use std::time::Duration;

use cashlink_core::{Certainty, Now};
use cashlink_journal::operate::{Decision, Entry};
use cashlink_journal::store::Lease;
use cashlink_journal::{Settlement, State};

use super::meant::Meant;

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) meant: Meant,
    pub(super) ordering: Option<&'static str>,
    pub(super) state: State,
    due_at: i64,
    claimed_at: Option<i64>,
    settled_at: Option<i64>,
    pub(super) fence: i64,
    pub(super) attempts: u32,
    pub(super) maybe_sent: bool,
    /// What was recorded last.
    certainty: Option<Certainty>,
}

/// What is committed, by its ids.
#[derive(Default)]
pub(super) struct Model {
    pub(super) rows: Vec<Row>,
}

pub(super) fn seconds(now: Now) -> i64 {
    now.wall as i64
}

/// Rounded up: nothing is due before its time.
fn after(now: Now, wait: Duration) -> i64 {
    seconds(now) + wait.as_secs() as i64 + i64::from(wait.subsec_nanos() > 0)
}

impl Row {
    pub(super) fn staged(
        id: i64,
        meant: Meant,
        ordering: Option<&'static str>,
        delay: Duration,
        now: Now,
    ) -> Self {
        let (due_at, state) = (after(now, delay), State::Pending);
        let (claimed_at, settled_at) = (None, None);
        Self {
            id,
            meant,
            ordering,
            state,
            due_at,
            claimed_at,
            settled_at,
            fence: 0,
            attempts: 0,
            maybe_sent: false,
            certainty: None,
        }
    }

    pub(super) fn due_at(&self) -> u64 {
        u64::try_from(self.due_at).unwrap_or_default()
    }

    /// How long ago it was claimed first.
    pub(super) fn age(&self, now: Now) -> Duration {
        let seconds = self.claimed_at.map_or(0, |at| seconds(now) - at);
        Duration::from_secs(seconds.try_into().unwrap_or_default())
    }
}

impl Model {
    pub(super) fn row(&self, id: i64) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    fn leased(&mut self, lease: Lease) -> Option<&mut Row> {
        let is_held =
            |row: &&mut Row| row.id == lease.id && row.fence == lease.fence && row.state == State::Claimed;
        self.rows.iter_mut().find(is_held)
    }

    /// What has this key.
    pub(super) fn keyed<'a>(mut rows: impl Iterator<Item = &'a Row>, meant: &Meant) -> Option<&'a Row> {
        meant.key()?;
        rows.find(|row| row.meant.account == meant.account && row.meant.key() == meant.key())
    }

    pub(super) fn commit(&mut self, staged: Vec<Row>) -> bool {
        let is_free = staged.iter().all(|row| Self::keyed(self.rows.iter(), &row.meant).is_none());
        if is_free {
            self.rows.extend(staged);
            self.rows.sort_by_key(|row| row.id);
        }
        is_free
    }

    pub(super) fn is_held_up(&self, row: &Row) -> bool {
        let stands_before = |other: &Row| {
            other.id < row.id
                && other.meant.account == row.meant.account
                && other.ordering == row.ordering
                && !matches!(other.state, State::Done | State::Rejected)
        };
        row.ordering.is_some() && self.rows.iter().any(stands_before)
    }

    /// The ids that are due, in their order.
    fn due(&self, account: &str, now: Now) -> Vec<i64> {
        let is_due = |row: &&Row| {
            row.meant.account == account
                && matches!(row.state, State::Pending | State::Claimed | State::Answered)
                && row.due_at <= seconds(now)
                && !self.is_held_up(row)
        };
        let mut due: Vec<_> = self.rows.iter().filter(is_due).map(|row| (row.due_at, row.id)).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id)| id).collect()
    }

    /// The rows as they are after the claim.
    pub(super) fn claim(&mut self, account: &str, limit: u32, lease: Duration, now: Now) -> Vec<Row> {
        let ids: Vec<_> = self.due(account, now).into_iter().take(limit as usize).collect();
        let mut claimed = Vec::new();
        for id in ids {
            let row = self.rows.iter_mut().find(|row| row.id == id).expect("it is due");
            // A claim that nobody settled may have been sent.
            row.maybe_sent |= row.state == State::Claimed;
            row.state = State::Claimed;
            row.fence += 1;
            row.due_at = after(now, lease);
            row.claimed_at.get_or_insert(seconds(now));
            claimed.push(row.clone());
        }
        claimed
    }

    pub(super) fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> bool {
        self.leased(lease).map(|row| row.due_at = after(now, by)).is_some()
    }

    pub(super) fn holds(&mut self, lease: Lease) -> bool {
        self.leased(lease).is_some()
    }

    pub(super) fn settle(&mut self, lease: Lease, settlement: &Settlement, now: Now) {
        let row = self.leased(lease).expect("it was recorded");
        row.state = settlement.state();
        row.due_at = after(now, settlement.wait().unwrap_or_default());
        row.settled_at = (!settlement.state().is_live()).then_some(seconds(now));
        row.attempts = settlement.evidence().attempts();
        row.maybe_sent = settlement.maybe_sent();
        row.certainty = Some(settlement.evidence().certainty());
    }

    /// Whether it counts: as it was seen, and open to this. What is known to have happened, or not to, is not decided otherwise.
    pub(super) fn decide(&mut self, seen: &Entry, decision: &Decision, now: Now) -> bool {
        let retry = decision.state() == State::Pending;
        let as_seen =
            |row: &&mut Row| row.id == seen.id && row.fence == seen.fence && row.state == seen.state;
        let Some(row) = self.rows.iter_mut().find(as_seen) else { return false };
        let is_open = match (row.state, row.certainty) {
            (State::NeedsReconciliation | State::Dead, _) => true,
            (State::Answered, Some(Certainty::Applied)) => decision.state() == State::Done,
            (State::Answered, Some(Certainty::NotApplied)) => decision.state() == State::Rejected,
            (State::Pending | State::Answered, _) => !retry,
            _ => false,
        };
        if !is_open {
            return false;
        }
        row.state = decision.state();
        row.fence += 1;
        row.due_at = seconds(now);
        row.settled_at = (!retry).then_some(seconds(now));
        if retry {
            row.claimed_at = None;
        }
        let happened = decision.state() == State::Done;
        row.maybe_sent = happened;
        row.certainty = Some(if happened { Certainty::Applied } else { Certainty::NotApplied });
        true
    }

    /// Those that are gone.
    pub(super) fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> u64 {
        let until = seconds(now) - settled_for.as_secs() as i64;
        let is_old = |row: &&Row| {
            matches!(row.state, State::Done | State::Rejected) && row.settled_at.is_some_and(|at| at <= until)
        };
        let old: Vec<_> = self.rows.iter().filter(is_old).map(|row| row.id).take(limit as usize).collect();
        self.rows.retain(|row| !old.contains(&row.id));
        old.len() as u64
    }

    /// The journal says the same of every intent, and knows no other.
    pub(super) fn compare(&self, entries: &[Entry]) {
        assert_eq!(entries.len(), self.rows.len(), "as many intents as were committed, and not pruned");
        for (entry, row) in entries.iter().zip(&self.rows) {
            let of_entry = (entry.id, &*entry.account, entry.key.clone(), entry.ordering_key.as_deref());
            assert_eq!(of_entry, (row.id, row.meant.account, row.meant.key(), row.ordering));
            let of_entry = (entry.state, entry.due_at, entry.claimed_at, entry.settled_at);
            assert_eq!(
                of_entry,
                (row.state, row.due_at, row.claimed_at, row.settled_at),
                "intent {}",
                row.id
            );
            let of_entry = (entry.fence, entry.attempts, entry.maybe_sent);
            assert_eq!(of_entry, (row.fence, row.attempts, row.maybe_sent), "intent {}", row.id);
        }
    }
}
