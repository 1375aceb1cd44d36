//! Where an intent stands.

use std::fmt;

/// Where an intent stands. Its number is what the column `state` holds; numbers are never given anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// To be performed, once it is due.
    Pending = 0,
    /// A worker has it, until its lease ends.
    Claimed = 1,
    /// What became of it is known and kept, but the handler has yet to take it: nothing is sent any more.
    Answered = 2,
    /// It happened (2xx), and was taken.
    Done = 3,
    /// The server refused it for good: it did not happen. Another attempt needs another key.
    Rejected = 4,
    /// Nobody can tell from here whether it happened, and to send it again might do it twice: a person, or a program that can
    /// look for the object, has to settle it.
    NeedsReconciliation = 5,
    /// It can't be sent: unreadable, or its document is gone. What it says is kept.
    Dead = 6,
}

impl State {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Claimed,
        Self::Answered,
        Self::Done,
        Self::Rejected,
        Self::NeedsReconciliation,
        Self::Dead,
    ];

    /// The number that is stored.
    #[must_use]
    pub const fn number(self) -> i16 {
        self as i16
    }

    /// The state with this number.
    #[must_use]
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// Whether a worker has still something to do with it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Claimed | Self::Answered)
    }

    /// Whether those behind it with the same ordering key may go on: it is known whether it happened.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Rejected)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::Answered => "answered",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::NeedsReconciliation => "needs reconciliation",
            Self::Dead => "dead",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_number_and_a_name_of_its_own() {
        let names = State::ALL.map(|state| state.to_string());
        for (state, name) in State::ALL.into_iter().zip(&names) {
            assert_eq!(State::from_number(state.number()), Some(state));
            assert!(!name.is_empty() && names.iter().filter(|other| *other == name).count() == 1, "{name:?}");
        }
        assert_eq!(State::NeedsReconciliation.to_string(), "needs reconciliation");
    }
}
