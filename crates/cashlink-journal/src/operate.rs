//! What people and programs beside the workers ask of a journal, and decide: rows as they stand, figures, decisions by hand.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use cashlink_core::Certainty;
use cashlink_core::intent::UnreadableIntent;

use crate::{Account, Evidence, Intent, State, UnreadableEvidence};

/// Which intents are meant. By default all are; what is set narrows it down.
///
/// ```
/// use cashlink_journal::operate::Filter;
/// use cashlink_journal::State;
///
/// let mut stuck = Filter::default();
/// stuck.states = vec![State::NeedsReconciliation, State::Dead];
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Filter {
    /// Those of this account.
    pub account: Option<Account>,
    /// Those in one of these states; in any, where none is named.
    pub states: Vec<State>,
    /// Those of the operation of this name.
    pub operation: Option<String>,
    /// Those with this idempotency key: one for each account at most.
    pub key: Option<String>,
    /// Those with such ids: to go on after the last one of a page.
    pub ids: RangeInclusive<i64>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { account: None, states: Vec::new(), operation: None, key: None, ids: i64::MIN..=i64::MAX }
    }
}

impl Filter {
    /// Whether an entry is meant.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        self.account.as_ref().is_none_or(|account| account.as_str() == entry.account)
            && (self.states.is_empty() || self.states.contains(&entry.state))
            && self.operation.as_ref().is_none_or(|operation| *operation == entry.operation)
            && self.key.as_ref().is_none_or(|key| entry.key.as_ref() == Some(key))
            && self.ids.contains(&entry.id)
    }

    /// The states as a number, for SQL: the bit of each that is meant is set, counted by [`State::number`].
    #[must_use]
    pub fn state_bits(&self) -> i32 {
        let bit = |state: &State| 1_i32.checked_shl(*state as u32).unwrap_or_default();
        if self.states.is_empty() {
            i32::MAX
        } else {
            self.states.iter().fold(0, |bits, state| bits | bit(state))
        }
    }

    /// Whether only those are meant that nobody works on and that wait for a decision: a store finds them without reading the rest.
    #[must_use]
    pub fn only_held(&self) -> bool {
        !self.states.is_empty() && self.states.iter().all(|state| *state >= State::NeedsReconciliation)
    }
}

/// An intent as it stands in the journal. It leads to no request. Times are whole seconds since 1970, by the clock that the store
/// goes by.
#[derive(Clone)]
pub struct Entry {
    /// Its id.
    pub id: i64,
    /// In whose name it is performed.
    pub account: String,
    /// The operation's name.
    pub operation: String,
    /// The idempotency key, where it has one.
    pub key: Option<String>,
    /// The ordering key ([`Staging::after_those_of`](crate::Staging::after_those_of)).
    pub ordering_key: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it was staged.
    pub staged_at: i64,
    /// When it is due; of a claimed one, when its lease ends.
    pub due_at: i64,
    /// When it was claimed first.
    pub claimed_at: Option<i64>,
    /// Since when nothing is to be done with it by a worker.
    pub settled_at: Option<i64>,
    /// How often it was claimed, or decided on by hand.
    pub fence: i64,
    /// How many requests were sent for it.
    pub attempts: u32,
    /// Whether it may have been sent, by what was settled last.
    pub maybe_sent: bool,
    /// Which worker has it.
    pub worker: Option<String>,
    /// What the last settlement said: [`Evidence::encode`].
    pub evidence: Option<Vec<u8>>,
    /// [`Intent::encode`], where one entry was asked for; lists leave it out.
    pub request: Option<Vec<u8>>,
}

impl Entry {
    /// What is known of its outcome.
    ///
    /// # Errors
    /// When it can't be read: a newer version of this library wrote it, or another hand.
    pub fn evidence(&self) -> Result<Option<Evidence>, UnreadableEvidence> {
        self.evidence.as_deref().map(Evidence::decode).transpose()
    }

    /// What was meant, where one entry was asked for.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn intent(&self) -> Result<Option<Intent>, UnreadableIntent> {
        self.request.as_deref().map(Intent::decode).transpose()
    }
}

/// What is about people stays out (T12): the request, the answer, and the names that the caller gave.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("operation", &self.operation)
            .field("state", &self.state)
            .field("fence", &self.fence)
            .field("attempts", &self.attempts)
            .field("maybe_sent", &self.maybe_sent)
            .finish_non_exhaustive()
    }
}

/// What somebody who looked decides about an intent that waits for it. It counts only as long as the entry is as it was seen: a
/// worker that claims it, or another decision, makes it void.
///
/// Every decision says who made it and why; that is kept with the evidence, and what the server answered before stays there.
#[derive(Clone)]
#[must_use = "`Operate::decide` records it"]
pub struct Decision {
    state: State,
    by: String,
}

impl Decision {
    /// It did *not* happen, and is to be sent again, under its key, from the beginning: for those that need reconciliation, and
    /// the dead whose cause is mended. Said without having looked, this is how a payment is made twice.
    pub fn retry(by: impl Into<String>) -> Self {
        Self { state: State::Pending, by: by.into() }
    }

    /// It happened. No handler is called: what belongs to it is written beside the decision.
    pub fn done(by: impl Into<String>) -> Self {
        Self { state: State::Done, by: by.into() }
    }

    /// It did not happen, and is not to: also how one is called off that is still pending. Where it may have been sent, only
    /// after having looked.
    pub fn rejected(by: impl Into<String>) -> Self {
        Self { state: State::Rejected, by: by.into() }
    }

    /// The state that it leads to.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// What is to be recorded of an entry by it, for stores; nothing, where there is nothing to decide: a claimed one is its worker's,
    /// a settled one is over, only what is held can be retried, an outcome that is known and waits for its handler can't be contradicted,
    /// and evidence of a newer version is not overwritten.
    #[must_use]
    pub fn of(&self, seen: &Entry) -> Option<Evidence> {
        let before = seen.evidence().ok()?;
        let open = match (seen.state, before.as_ref().map(Evidence::certainty)) {
            (State::NeedsReconciliation | State::Dead, _) => true,
            (State::Answered, Some(Certainty::Applied)) => self.state == State::Done,
            (State::Answered, Some(Certainty::NotApplied)) => self.state == State::Rejected,
            (State::Pending | State::Answered, _) => self.state != State::Pending,
            (State::Claimed | State::Done | State::Rejected, _) => false,
        };
        if !open {
            return None;
        }
        let certainty = if self.state == State::Done { Certainty::Applied } else { Certainty::NotApplied };
        let evidence = Evidence::new(self.state, certainty, seen.attempts, "decided by hand");
        Some(evidence.by_hand(&self.by, before))
    }
}

/// Not who, nor why: those are about people.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision").field("state", &self.state).finish_non_exhaustive()
    }
}

/// Which intents are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Those that somebody has still something to do with. Cheap, whatever was settled before: what a worker reports.
    Open,
    /// All, also the settled ones: the whole table is read.
    All,
}

/// Figures of a journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    counts: [u64; State::ALL.len()],
    /// How long ago the oldest was staged that a worker has still something to do with.
    pub oldest: Option<Duration>,
    /// How many requests were sent for all that were counted.
    pub attempts: u64,
}

impl Stats {
    /// How many are in this state.
    #[must_use]
    pub fn count(&self, state: State) -> u64 {
        self.counts.get(state as usize).copied().unwrap_or_default()
    }

    /// How many a worker has still something to do with: the depth of the queue.
    #[must_use]
    pub fn live(&self) -> u64 {
        let live = State::ALL.into_iter().filter(|state| state.is_live());
        live.fold(0, |sum, state| sum.saturating_add(self.count(state)))
    }

    /// Counts in what a store found in one state: how many, how long ago the oldest of them was staged, and how many requests were
    /// sent for them.
    pub fn add(&mut self, state: State, count: u64, oldest: Duration, attempts: u64) {
        if count == 0 {
            return;
        }
        if let Some(counted) = self.counts.get_mut(state as usize) {
            *counted = counted.saturating_add(count);
        }
        self.attempts = self.attempts.saturating_add(attempts);
        if state.is_live() {
            self.oldest = self.oldest.max(Some(oldest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(state: State, evidence: Option<Vec<u8>>) -> Entry {
        let text = || Some("canary".to_owned());
        Entry {
            id: 1,
            account: "distributor".into(),
            operation: "investors.create".into(),
            key: text(),
            ordering_key: text(),
            state,
            staged_at: 0,
            due_at: 0,
            claimed_at: None,
            settled_at: None,
            fence: 1,
            attempts: 1,
            maybe_sent: false,
            worker: text(),
            evidence,
            request: Some(b"canary".into()),
        }
    }

    #[test]
    fn t12_neither_an_entry_nor_a_decision_shows_what_is_about_people() {
        let entry = entry(State::Dead, None);
        let decision = Decision::done("canary");
        let evidence = decision.of(&entry);
        assert_eq!(evidence.as_ref().and_then(Evidence::decided), Some("canary"));
        assert!(!format!("{entry:?} {decision:?} {evidence:?}").contains("canary"));
        let newer = Entry { evidence: Some(b"CLE\x02".into()), ..entry };
        assert!(decision.of(&newer).is_none(), "what a newer version knows is not overwritten");
    }

    /// A person who is mistaken must not make a program stage it anew that has happened.
    #[test]
    fn t45_no_decision_contradicts_an_outcome_that_is_known() {
        let decisions = [Decision::retry, Decision::done, Decision::rejected].map(|decision| decision("me"));
        for (certainty, possible) in [
            (Certainty::Applied, [false, true, false]),
            (Certainty::NotApplied, [false, false, true]),
            (Certainty::Unknown, [false, true, true]),
        ] {
            let evidence = Evidence::new(State::Done, certainty, 1, "").encode();
            let answered = entry(State::Answered, Some(evidence));
            assert_eq!(decisions.each_ref().map(|decision| decision.of(&answered).is_some()), possible);
        }
    }
}
