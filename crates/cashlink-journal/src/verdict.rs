//! What the end of a call means for its intent: the table of T45, pure.

use std::time::Duration;

use cashlink_core::answer::Received;
use cashlink_core::{Certainty, Error, ErrorKind, Reply};
use http::StatusCode;

use crate::{Evidence, Policy, State};

/// What is to be recorded of an intent: its state, when it is due again, and the evidence.
#[derive(Clone, Debug)]
pub struct Settlement {
    state: State,
    wait: Option<Duration>,
    evidence: Evidence,
    needs_attention: bool,
}

impl Settlement {
    pub(crate) fn done(reply: &Reply<Received>) -> Self {
        let meta = &reply.meta;
        let evidence = Evidence::new(State::Done, Certainty::Applied, meta.attempts(), "it happened")
            .with_answer(meta.status(), meta.headers(), meta.body());
        Self::last(evidence)
    }

    /// What a call that failed means. `claims` and `entropy` only place the next attempt.
    pub(crate) fn failed(error: &Error, policy: &Policy, claims: i64, entropy: u64) -> Self {
        let state = judge(error);
        let mut evidence = Evidence::new(state, error.certainty(), error.attempts(), error.to_string());
        if let (Some(status), Some(headers), Some(body)) = (error.status(), error.headers(), error.body()) {
            evidence = evidence.with_answer(status, headers, body);
        }
        let asked = || error.retry_after().unwrap_or_default().min(policy.longest_retry_after);
        let wait = || policy.wait(claims, entropy).max(asked());
        Self {
            state,
            wait: (state == State::Pending).then(wait),
            evidence,
            needs_attention: error.is_auth()
                || !matches!(state, State::Pending | State::Done | State::Rejected),
        }
    }

    /// It stays where it is for now, for a reason that the program or its configuration has to mend.
    pub(crate) fn postponed(evidence: Evidence, wait: Duration) -> Self {
        Self { state: State::Pending, wait: Some(wait), evidence, needs_attention: true }
    }

    /// Nothing will be sent for it anymore, for now.
    pub(crate) fn last(evidence: Evidence) -> Self {
        let needs_attention = matches!(evidence.state, State::NeedsReconciliation | State::Dead);
        Self { state: evidence.state, wait: None, evidence, needs_attention }
    }

    /// The same outcome, to be handed out again later: its handler failed. Nothing more is sent.
    #[must_use]
    pub fn answered(self, wait: Duration) -> Self {
        match self.state {
            State::Pending | State::Claimed => self,
            _ => Self { state: State::Answered, wait: Some(wait), needs_attention: true, ..self },
        }
    }

    /// The state to be stored.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// How long until it is due, where it is still [live](State::is_live).
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// Whether the next attempt has to reckon with an earlier one that happened.
    #[must_use]
    pub fn maybe_sent(&self) -> bool {
        self.evidence.certainty != Certainty::NotApplied
    }

    /// What is known, to be stored.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Whether a person should hear of it: the credential was refused, nobody knows whether it happened, it can't be sent, or its
    /// handler failed.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        self.needs_attention
    }
}

/// A refusal that another attempt with the same key would only repeat. 401 and 403 are none: a credential can be renewed, and must
/// not kill what was meant (T45).
fn is_definite(status: StatusCode) -> bool {
    status.is_client_error() && !matches!(status.as_u16(), 401 | 403 | 408 | 409 | 425 | 429)
}

fn judge(error: &Error) -> State {
    let refused = error.status().is_some_and(is_definite);
    match (error.kind(), error.certainty()) {
        // Its whole answer is kept, though it can't be read: another one would be the same.
        (ErrorKind::Undecodable, _) => State::Done,
        (ErrorKind::AnswerTooLarge, Certainty::Applied) => State::NeedsReconciliation,
        // Nothing was sent by this call; what an earlier one did stays in doubt.
        (ErrorKind::InvalidRequest | ErrorKind::Payload, Certainty::NotApplied) => State::Dead,
        (ErrorKind::InvalidRequest | ErrorKind::Payload, _) => State::NeedsReconciliation,
        (_, Certainty::NotApplied) if refused => State::Rejected,
        (_, Certainty::NotApplied) => State::Pending,
        // Refused now, though an earlier attempt may have happened: the server may have forgotten the key since.
        (_, Certainty::Unknown) if refused => State::NeedsReconciliation,
        (_, Certainty::Unknown | Certainty::Applied) if error.is_safe_to_repeat() => State::Pending,
        (_, Certainty::Unknown | Certainty::Applied) => State::NeedsReconciliation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_again_is_not_handed_out_and_what_is_over_is() {
        let (soon, later) = (Duration::from_secs(1), Duration::from_secs(60));
        let evidence = |state| Evidence::new(state, Certainty::Unknown, 1, "maybe sent");
        for state in [State::Pending, State::Claimed] {
            let waiting =
                Settlement { state, wait: Some(soon), evidence: evidence(state), needs_attention: false };
            let waiting = waiting.answered(later);
            assert_eq!((waiting.state(), waiting.wait()), (state, Some(soon)));
            assert!(!waiting.needs_attention());
        }
        for state in [State::Done, State::Rejected, State::Dead, State::NeedsReconciliation] {
            let over = Settlement::last(evidence(state)).answered(later);
            assert_eq!((over.state(), over.wait()), (State::Answered, Some(later)));
            assert_eq!(over.evidence().state(), state, "what became of it stays known");
            assert!(over.needs_attention(), "its handler failed");
        }
    }
}
