//! One claim on its way through a worker: performed, then recorded. Each value leads only to what may follow.

use std::time::Duration;

use cashlink_core::answer::Received;
use cashlink_core::{Call, Certainty, Client, Credential, Error, Prior, Reply};

use super::heartbeat::Heartbeat;
use super::settled::{Outcome, Settled};
use crate::store::{Lease, SettleError};
use crate::{Claim, Evidence, Intent, Policy, Settlement, State};

/// A claim whose call is to be made, or is being made.
#[derive(Debug)]
#[must_use = "what becomes of the call has to be recorded"]
pub struct Performing<C> {
    claim: Claim,
    call: Call<Received, C>,
    beat: Heartbeat,
}

impl<C: Credential> Performing<C> {
    pub(super) fn new(claim: Claim, call: Call<Received, C>, beat: Heartbeat) -> Self {
        Self { claim, call, beat }
    }

    /// The call, for a client's `resume`.
    pub fn call(&self) -> &Call<Received, C> {
        &self.call
    }

    /// What is known of earlier attempts.
    #[must_use]
    pub fn prior(&self) -> Prior {
        self.claim.prior()
    }

    /// What is meant: its payload has to be found.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        self.claim.intent()
    }

    /// The lease.
    #[must_use]
    pub fn lease(&self) -> Lease {
        self.claim.lease()
    }

    /// When the lease is to be extended while the call is made.
    #[must_use]
    pub fn heartbeat(&self) -> Heartbeat {
        self.beat
    }

    /// The call ended so.
    #[must_use]
    pub fn ended(
        self,
        result: Result<&Reply<Received>, &Error>,
        client: &Client<C>,
        policy: &Policy,
        entropy: u64,
    ) -> Box<Recording> {
        let settlement = self.claim.settlement(result, policy, entropy);
        Recording::new(&self.claim, settlement, client, policy).into()
    }

    /// Its document could not be had, so that nothing was sent. One that is missing or has changed stays so; for any other reason,
    /// it is tried again.
    #[must_use]
    pub fn without_payload(
        self,
        error: &std::io::Error,
        client: &Client<C>,
        policy: &Policy,
        entropy: u64,
    ) -> Box<Recording> {
        use std::io::ErrorKind::{InvalidData, NotFound};
        let note = match error.kind() {
            NotFound => "the document is missing: nothing was sent",
            InvalidData => "the document is not the one that was meant: nothing was sent",
            _ => "the document could not be opened: nothing was sent",
        };
        let settlement = match error.kind() {
            NotFound | InvalidData => self.claim.buried(note),
            _ => self.claim.put_off(note, policy.wait(self.claim.lease().fence, entropy)),
        };
        Recording::new(&self.claim, settlement, client, policy).into()
    }
}

/// A settlement on its way into the database, and what its handler gets in the same transaction.
#[must_use = "what is not recorded is repeated, or has to be reconciled"]
#[derive(Debug)]
pub struct Recording {
    lease: Lease,
    operation: Option<String>,
    settlement: Settlement,
    handed: Option<Settled<Received>>,
    tries: u32,
}

/// What follows when a settlement was not recorded.
#[derive(Debug)]
#[must_use = "what is not recorded is repeated, or has to be reconciled"]
#[non_exhaustive]
pub enum Unrecorded {
    /// Try this, after the wait.
    Again(Box<Recording>, Duration),
    /// It is somebody else's now, or was settled by hand. Where an earlier try ended with an error of the database: that one may
    /// have been recorded after all.
    Lost(Lease),
    /// The database refused too often. The lease ends by itself: what has a documented key is repeated under it, anything else
    /// needs reconciliation.
    GivenUp(Lease),
}

impl Recording {
    pub(super) fn unread(lease: Lease, settlement: Settlement) -> Self {
        Self { lease, operation: None, settlement, handed: None, tries: 0 }
    }

    pub(super) fn new<C: Credential>(
        claim: &Claim,
        settlement: Settlement,
        client: &Client<C>,
        policy: &Policy,
    ) -> Self {
        let operation = Some(claim.intent().operation().to_owned());
        let (handed, settlement) = match settlement.state() {
            State::Pending | State::Claimed | State::Answered => (None, settlement),
            _ => match handed(claim, settlement.evidence(), client) {
                Some(handed) => (Some(handed), settlement),
                // This client can't read it: it has another base or credential than the intent was made for.
                None => (None, settlement.answered(policy.longest_wait)),
            },
        };
        Self { lease: claim.lease(), operation, settlement, handed, tries: 0 }
    }

    /// Under which lease.
    #[must_use]
    pub fn lease(&self) -> Lease {
        self.lease
    }

    /// The operation's name; nothing where the row can't be read.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// What is to be recorded.
    #[must_use]
    pub fn settlement(&self) -> &Settlement {
        &self.settlement
    }

    /// What the operation's handler is to be given, within the transaction. Nothing, where it isn't over.
    #[must_use]
    pub fn handed(&self) -> Option<&Settled<Received>> {
        self.handed.as_ref()
    }

    /// It was not recorded.
    pub fn failed<E>(mut self, error: &SettleError<E>, policy: &Policy, entropy: u64) -> Unrecorded {
        match error {
            SettleError::Lost => Unrecorded::Lost(self.lease),
            // Without its handler's part: the outcome is kept, and the handler is tried again later.
            SettleError::Handler(_) => {
                Unrecorded::Again(self.without_handler(policy, entropy).into(), Duration::ZERO)
            }
            SettleError::Database(_) => {
                let wait = policy.store_wait(self.tries, entropy);
                self.tries = self.tries.saturating_add(1);
                if self.tries < policy.settle_tries {
                    Unrecorded::Again(self.into(), wait)
                } else if self.handed.is_some() {
                    // What the handler wrote may be why: a deferred constraint, a statement that failed and was passed over.
                    Unrecorded::Again(self.without_handler(policy, entropy).into(), wait)
                } else {
                    Unrecorded::GivenUp(self.lease)
                }
            }
        }
    }

    fn without_handler(mut self, policy: &Policy, entropy: u64) -> Self {
        self.handed = None;
        self.settlement = self.settlement.answered(policy.wait(self.lease.fence, entropy));
        self
    }
}

fn handed<C: Credential>(
    claim: &Claim,
    evidence: &Evidence,
    client: &Client<C>,
) -> Option<Settled<Received>> {
    let outcome = match (evidence.state(), evidence.certainty()) {
        (State::Done, Certainty::Applied) => Outcome::Done(claim.reply(client, evidence)?),
        (State::Rejected, _) => Outcome::Rejected(evidence.clone()),
        (State::NeedsReconciliation, _) => Outcome::NeedsReconciliation(evidence.clone()),
        (State::Dead, _) => Outcome::Dead(evidence.clone()),
        _ => return None,
    };
    Some(Settled::new(claim, outcome))
}
