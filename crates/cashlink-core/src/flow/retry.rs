//! The retry table: a pure function from what a request would do and how its attempt ended to what happens
//! next and what is known of its effect. No state, no clock; the test lays the whole table out.

use http::StatusCode;

use crate::Honoured;
use crate::answer::Asked;
use crate::encoded::OwnedEffect;

/// Did it happen?
///
/// Ordered by what counts more when attempts differ: once one attempt surely had the effect, it happened; once one may
/// have had it, a later refusal doesn't make it undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It surely did not happen.
    NotApplied,
    /// Nobody can tell from here. A keyed request may be repeated with the same key where the key is documented
    /// ([`Error::is_safe_to_repeat`](crate::Error::is_safe_to_repeat)); anything else needs a look at the server's state.
    Unknown,
    /// It surely happened, though its answer could not be read.
    Applied,
}

/// The rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// Safe and idempotent requests, the token call among them.
    Repeatable,
    KeyedDocumented,
    KeyedAssumed,
    Once,
}

impl Row {
    /// The row of a call, on a client that may know its key confirmed.
    pub(crate) fn asked(asked: Asked<'_>) -> Self {
        let Asked { settings, call } = asked;
        Self::of(&call.effect, call.at_own_path && settings.confirmed.iter().any(|name| *name == call.name))
    }

    fn of(effect: &OwnedEffect, confirmed: bool) -> Self {
        match effect {
            OwnedEffect::Safe | OwnedEffect::Idempotent => Self::Repeatable,
            OwnedEffect::Keyed(_, Honoured::Documented) => Self::KeyedDocumented,
            OwnedEffect::Keyed(_, Honoured::Assumed) if confirmed => Self::KeyedDocumented,
            OwnedEffect::Keyed(_, Honoured::Assumed) => Self::KeyedAssumed,
            OwnedEffect::Once => Self::Once,
        }
    }

    /// Whether a request that may have left may be sent again at all.
    pub(crate) fn survives_ambiguity(self) -> bool {
        matches!(self, Self::Repeatable | Self::KeyedDocumented)
    }
}

/// The columns of the table: how one attempt ended, successes aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Surely not sent.
    NotSent,
    /// Maybe sent, and no answer began.
    MaybeSent,
    /// A success began, and its body was cut.
    CutSuccess,
    /// 408, 502, 503, 504.
    Unavailable,
    /// 425, 429.
    Throttled,
    /// 500 and every other 5xx; also what is no final status of HTTP at all.
    ServerError,
    /// 409.
    Conflict,
    /// 401 to a bearer token that a new one may mend.
    TokenRejected,
    /// 3xx.
    Redirected,
    /// Every other 4xx.
    Refused,
}

impl Outcome {
    /// The column of a status that is no success.
    pub(super) fn of_status(status: StatusCode, token_rejected: bool) -> Self {
        match status.as_u16() {
            401 if token_rejected => Self::TokenRejected,
            408 | 502 | 503 | 504 => Self::Unavailable,
            409 => Self::Conflict,
            425 | 429 => Self::Throttled,
            300..=399 => Self::Redirected,
            400..=499 => Self::Refused,
            _ => Self::ServerError,
        }
    }
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Again, within attempts, deadline and budget.
    Again,
    /// Again, within the same and at most twice for this reason.
    AtMostTwiceMore,
    /// With a new token, once.
    NewToken,
    Done,
}

/// What one attempt's end means: what to do, and what the attempt itself did.
pub(super) fn judge(row: Row, outcome: Outcome) -> (Verdict, Certainty) {
    use Certainty::{Applied, NotApplied, Unknown};
    use Outcome as O;
    use Row::{KeyedAssumed, KeyedDocumented, Once, Repeatable};
    use Verdict::{Again, AtMostTwiceMore, Done, NewToken};

    match (outcome, row) {
        (O::NotSent, _) => (Again, NotApplied),

        (O::MaybeSent | O::Unavailable, Repeatable | KeyedDocumented) => (Again, Unknown),
        (O::MaybeSent | O::Unavailable, KeyedAssumed | Once) => (Done, Unknown),

        (O::CutSuccess, Repeatable | KeyedDocumented) => (Again, Applied),
        (O::CutSuccess, KeyedAssumed | Once) => (Done, Applied),

        (O::Throttled, Repeatable | KeyedDocumented | KeyedAssumed) => (Again, NotApplied),
        (O::Throttled, Once) => (Done, NotApplied),

        (O::ServerError, Repeatable) => (Again, Unknown),
        // The server may replay a stored 500.
        (O::ServerError, KeyedDocumented) => (AtMostTwiceMore, Unknown),
        (O::ServerError, KeyedAssumed | Once) => (Done, Unknown),

        // The first call with this key may still run.
        (O::Conflict, KeyedDocumented) => (AtMostTwiceMore, Unknown),
        (O::Conflict, KeyedAssumed) => (Done, Unknown),
        (O::Conflict, Repeatable | Once) => (Done, NotApplied),

        (O::TokenRejected, Repeatable | KeyedDocumented | KeyedAssumed) => (NewToken, NotApplied),
        (O::TokenRejected, Once) => (Done, NotApplied),

        (O::Redirected, _) => (Done, Unknown),
        (O::Refused, _) => (Done, NotApplied),
    }
}

/// What is known after another attempt.
///
/// A refusal of the same key's *content* settles a doubt of the same flow where the key is documented: had an earlier
/// attempt been applied, the server would have answered with its stored success instead. Refusals that come before any
/// key is looked at (401, 403, 404, 429, …) settle nothing.
pub(super) fn combine(row: Row, earlier: Certainty, now: Certainty, refused_content: bool) -> Certainty {
    match (row, earlier) {
        (Row::KeyedDocumented, Certainty::Unknown) if refused_content => now,
        _ => earlier.max(now),
    }
}

#[cfg(test)]
mod tests {
    use super::Certainty::{Applied, NotApplied, Unknown};
    use super::Verdict::{Again, AtMostTwiceMore, Done, NewToken};
    use super::*;
    use alloc::vec::Vec;

    type Cell = (Verdict, Certainty);

    /// The table as the design has it: one line per row, one cell per column.
    #[rustfmt::skip]
    const TABLE: [(Row, [Cell; 9]); 4] = [
        //                    surely not sent      maybe sent        408 502 503 504    425, 429             500, other 5xx              409                         401, bearer             3xx              other 4xx
        (Row::Repeatable,      [(Again, NotApplied), (Again, Unknown), (Again, Unknown), (Again, NotApplied), (Again, Unknown),           (Done, NotApplied),         (NewToken, NotApplied), (Done, Unknown), (Done, NotApplied)]),
        (Row::KeyedDocumented, [(Again, NotApplied), (Again, Unknown), (Again, Unknown), (Again, NotApplied), (AtMostTwiceMore, Unknown), (AtMostTwiceMore, Unknown), (NewToken, NotApplied), (Done, Unknown), (Done, NotApplied)]),
        (Row::KeyedAssumed,    [(Again, NotApplied), (Done, Unknown),  (Done, Unknown),  (Again, NotApplied), (Done, Unknown),            (Done, Unknown),            (NewToken, NotApplied), (Done, Unknown), (Done, NotApplied)]),
        (Row::Once,            [(Again, NotApplied), (Done, Unknown),  (Done, Unknown),  (Done, NotApplied),  (Done, Unknown),            (Done, NotApplied),         (Done, NotApplied),     (Done, Unknown), (Done, NotApplied)]),
    ];

    /// Every outcome that falls into a column: all statuses but the successes, by their number.
    fn column(number: usize) -> Vec<Outcome> {
        let statuses = |wanted: &dyn Fn(u16) -> bool, bearer| {
            (100..=999)
                .filter(|code| !(200..300).contains(code) && wanted(*code))
                .map(|code| Outcome::of_status(StatusCode::from_u16(code).unwrap(), bearer))
                .collect::<Vec<_>>()
        };
        let named = [408, 502, 503, 504, 425, 429, 409];
        match number {
            0 => [Outcome::NotSent].into(),
            1 => [Outcome::MaybeSent].into(),
            2 => statuses(&|code| matches!(code, 408 | 502 | 503 | 504), true),
            3 => statuses(&|code| matches!(code, 425 | 429), true),
            4 => statuses(&|code| !(300..500).contains(&code) && !named.contains(&code), true),
            5 => statuses(&|code| code == 409, true),
            6 => statuses(&|code| code == 401, true),
            7 => statuses(&|code| (300..400).contains(&code), true),
            _ => statuses(&|code| (400..500).contains(&code) && !named.contains(&code), false),
        }
    }

    #[test]
    fn every_effect_and_every_answer_are_judged_as_the_design_says() {
        let mut judged = 0;
        for (row, cells) in TABLE {
            for (number, expected) in cells.into_iter().enumerate() {
                for outcome in column(number) {
                    assert_eq!(judge(row, outcome), expected, "{row:?}, {outcome:?}");
                    judged += 1;
                }
            }
        }
        // 800 statuses that are no success, 401 twice (with and without a token), and two without an answer: per row.
        assert_eq!(judged, 4 * (800 + 1 + 2));
    }

    #[test]
    fn a_cut_success_is_applied_and_asked_for_again_only_where_a_repetition_is_harmless() {
        assert_eq!(judge(Row::Repeatable, Outcome::CutSuccess), (Again, Applied));
        assert_eq!(judge(Row::KeyedDocumented, Outcome::CutSuccess), (Again, Applied));
        assert_eq!(judge(Row::KeyedAssumed, Outcome::CutSuccess), (Done, Applied));
        assert_eq!(judge(Row::Once, Outcome::CutSuccess), (Done, Applied));
    }

    #[test]
    fn the_worst_certainty_stays_unless_the_key_makes_another_certain() {
        for row in [Row::Repeatable, Row::KeyedDocumented, Row::KeyedAssumed, Row::Once] {
            for refused_content in [false, true] {
                let settled = row == Row::KeyedDocumented && refused_content;
                let expected = if settled { NotApplied } else { Unknown };
                assert_eq!(combine(row, Unknown, NotApplied, refused_content), expected, "{row:?}");
                assert_eq!(combine(row, Applied, NotApplied, refused_content), Applied, "{row:?}");
                assert_eq!(combine(row, NotApplied, Applied, refused_content), Applied, "{row:?}");
            }
        }
    }
}
