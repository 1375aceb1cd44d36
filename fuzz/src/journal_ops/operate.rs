//! What operators do, and how all ends.

use std::time::Duration;

use cashlink_core::Certainty;
use cashlink_journal::operate::Decision;
use cashlink_journal::store::SettleError;
use cashlink_journal::store::blocking::Operate as _;
use cashlink_journal::{Settlement, State};

use super::World;
use super::meant::ACCOUNTS;
use super::worker::{At, Worker};

impl World<'_> {
    /// Somebody looks at an intent, or decides about what was seen before.
    pub(super) fn decide(&mut self) {
        let what = self.choices.below(4);
        if what == 0 || self.seen.is_none() {
            let rows = self.model.rows.len();
            if rows > 0 {
                let id = self.model.rows[self.choices.below(rows)].id;
                self.seen = self.memory.entry(id).expect("memory refuses nothing");
            }
            return;
        }
        let Some(seen) = &self.seen else { return };
        let decision = match what {
            1 => Decision::retry("somebody"),
            2 => Decision::done("somebody"),
            _ => Decision::rejected("somebody"),
        };
        let recorded = match self.memory.decide(seen, &decision, self.now, |_| Ok(())) {
            Ok(()) => true,
            Err(SettleError::Lost) => false,
            Err(error) => panic!("nobody else was at it: {error}"),
        };
        assert_eq!(recorded, self.model.decide(seen, &decision, self.now), "{decision:?} about {seen:?}");
        if recorded {
            let (id, meant) = (seen.id, self.meant[&seen.id]);
            self.decided.insert(id);
            if decision.state() == State::Pending {
                self.allow(meant);
            }
        }
    }

    pub(super) fn prune(&mut self) {
        let settled_for = Duration::from_secs(self.choices.of(&[0, 60, 86_400]));
        let limit = self.choices.of(&[u32::MAX, 1, 0]);
        let pruned = self.memory.prune(settled_for, limit, self.now).expect("memory refuses nothing");
        assert_eq!(pruned, self.model.prune(settled_for, limit, self.now));
    }

    /// What is recorded is so.
    pub(super) fn check_recorded(&self, id: i64, settlement: &Settlement) {
        let meant = &self.meant[&id];
        let (effects, by_itself) = (self.server.effects(meant), self.server.performed.contains(&id));
        match settlement.state() {
            State::Done => assert!(effects > 0, "done, and not at all: {meant:?}"),
            State::Rejected => assert!(!by_itself, "rejected, and yet: {meant:?}"),
            _ => {}
        }
        match settlement.evidence().certainty() {
            Certainty::NotApplied => assert!(!by_itself, "not applied, and yet: {meant:?}"),
            Certainty::Applied => assert!(effects > 0, "applied, and not at all: {meant:?}"),
            Certainty::Unknown => {}
        }
    }

    /// All workers die, and others come to whom nothing happens, until nothing is to be done.
    pub(super) fn come_to_rest(&mut self) {
        self.workers = Default::default();
        self.open.clear();
        // Each is claimed once more, perhaps after one before it; a refused one that was in doubt is recorded and not sent again.
        for _ in 0..=4 * self.model.rows.len() {
            let live =
                self.model.rows.iter().filter(|row| row.state.is_live() && !self.model.is_held_up(row));
            let Some(due) = live.map(|row| row.due_at()).min() else { return };
            self.pass(Duration::from_secs(due.saturating_sub(self.now.wall)));
            for account in ACCOUNTS {
                self.claim(0, account, u32::MAX);
                while self.workers[0].hand.iter().any(|job| matches!(job.at, At::Claimed(_))) {
                    self.perform(0);
                }
                while !self.workers[0].hand.is_empty() {
                    self.settle(0, 0);
                }
                self.workers[0] = Worker::default();
            }
            self.compare();
        }
        panic!("the journal never comes to rest: {:?}", self.model.rows);
    }

    /// Every handler's row is there, and no other; each outcome that nobody decided was handed out once.
    pub(super) fn check_the_end(&self) {
        assert_eq!(self.memory.names(), self.written.iter().cloned().collect::<Vec<_>>());
        for row in self.model.rows.iter().filter(|row| !self.decided.contains(&row.id)) {
            let of_it = format!("row/{}/", row.id);
            let rows = self.written.iter().filter(|name| name.starts_with(&of_it)).count();
            assert_eq!(rows, usize::from(!row.state.is_live()), "intent {} is {}", row.id, row.state);
        }
    }
}
