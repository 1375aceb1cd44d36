//! A claim: an intent under a lease. The only thing that leads to a request.

use std::time::Duration;

use cashlink_core::answer::Received;
use cashlink_core::intent::replay;
use cashlink_core::{Call, Certainty, Client, Credential, Effect, Error, Prior, Reply};

use crate::store::{Lease, Row};
use crate::{Evidence, Intent, Policy, Settlement, State};

/// An intent that this worker alone may perform, until its lease ends. It was committed before it could be claimed.
///
/// Not `Clone`: one claim, one performance, one settlement.
#[derive(Debug)]
pub struct Claim {
    lease: Lease,
    intent: Intent,
    attempts: u32,
    maybe_sent: bool,
    age: Duration,
    answered: Option<Evidence>,
}

/// What is to be done with a claim.
#[derive(Debug)]
pub enum Next {
    /// Perform [`Claim::call`], with [`Claim::prior`].
    Perform,
    /// Send nothing: only record this.
    Settle(Settlement),
    /// Send nothing: what became of it is known, and its handler hasn't taken it yet. Once it has, record this.
    Hand(Settlement),
}

/// A claimed row that can't be read: changed by another hand, or written by a newer version of this library.
#[derive(Debug)]
pub struct Unreadable {
    /// The claim's lease.
    pub lease: Lease,
    /// What is to be recorded, so that a person or a newer worker can go on. Where there is nothing, leave the row as it is: it has an
    /// outcome that only a newer version can read, and that must not be overwritten.
    pub settlement: Option<Box<Settlement>>,
}

/// One of the rows that were claimed.
pub type Claimed = Result<Claim, Unreadable>;

impl Claim {
    /// A claimed row, read. Its fingerprint must be that of its request.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) fn of(row: &Row, policy: &Policy) -> Claimed {
        let Row { lease, attempts, maybe_sent, age, .. } = *row;
        let refused =
            |settlement: Option<Settlement>| Unreadable { lease, settlement: settlement.map(Box::new) };
        let evidence = |state, note: &str| {
            let certainty = if maybe_sent { Certainty::Unknown } else { Certainty::NotApplied };
            Evidence::new(state, certainty, attempts, note)
        };
        let answered = match row.evidence.as_deref().map(Evidence::decode).transpose() {
            Ok(evidence) => evidence.filter(|evidence| evidence.state() != State::Pending),
            Err(_) => return Err(refused(None)),
        };
        // An outcome that is known outlives a request that can't be read: it is neither sent again nor in doubt (T45).
        let unread = |settlement: Settlement| {
            let known = answered.clone().map(|known| Settlement::last(known).answered(policy.longest_wait));
            refused(Some(known.unwrap_or(settlement)))
        };
        let intent = Intent::decode(&row.request).map_err(|error| {
            // Perhaps a newer worker can read it.
            let evidence = evidence(State::Pending, &error.to_string());
            unread(Settlement::postponed(evidence, policy.longest_wait))
        })?;
        if intent.fingerprint() != row.fingerprint {
            let evidence = evidence(State::Dead, "the stored request is not the one that was staged");
            return Err(unread(Settlement::last(evidence)));
        }
        Ok(Self { lease, intent, attempts, maybe_sent, age, answered })
    }

    /// The lease.
    #[must_use]
    pub fn lease(&self) -> Lease {
        self.lease
    }

    /// What was meant.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// What is known of earlier attempts: a claim that nobody settled counts as *maybe sent*.
    #[must_use]
    pub fn prior(&self) -> Prior {
        Prior::new(self.attempts, self.maybe_sent)
    }

    /// What is to be done.
    #[must_use]
    pub fn next(&self, policy: &Policy) -> Next {
        if let Some(evidence) = &self.answered {
            return Next::Hand(Settlement::last(evidence.clone()));
        }
        let by_key = matches!(self.intent.effect(), Effect::Keyed { .. });
        if by_key && self.maybe_sent && self.age > policy.max_replay_age {
            let note = "it may have happened, and the server may have forgotten its key since: not repeated";
            return Next::Settle(Settlement::last(self.evidence(State::NeedsReconciliation, note)));
        }
        Next::Perform
    }

    /// The call, to be performed by this client with [`Claim::prior`] (`resume`, in `cashlink-client`).
    ///
    /// # Errors
    /// When nothing is to be sent ([`Claim::next`] says what is to be done instead), or when the client has another kind of credential, or
    /// another base, than the intent was made for. Record the settlement: the outcome is kept, or the intent waits for the configuration
    /// to be mended.
    pub fn call<C: Credential>(
        &self,
        client: &Client<C>,
        policy: &Policy,
    ) -> Result<Call<Received, C>, Box<Settlement>> {
        match self.next(policy) {
            Next::Perform => {}
            Next::Settle(settlement) => return Err(settlement.into()),
            Next::Hand(settlement) => return Err(settlement.answered(policy.longest_wait).into()),
        }
        replay::call(&self.intent, client)
            .map_err(|fault| self.put_off(&fault.to_string(), policy.longest_wait).into())
    }

    /// It stays pending, for a reason that the program has to mend. Nothing was sent for it now.
    pub(crate) fn put_off(&self, note: &str, wait: Duration) -> Settlement {
        Settlement::postponed(self.evidence(State::Pending, note), wait)
    }

    /// It can't be sent anymore. Nothing was sent for it now; what an earlier call did stays in doubt.
    pub(crate) fn buried(&self, note: &str) -> Settlement {
        let state = if self.maybe_sent { State::NeedsReconciliation } else { State::Dead };
        Settlement::last(self.evidence(state, note))
    }

    fn evidence(&self, state: State, note: &str) -> Evidence {
        let certainty = if self.maybe_sent { Certainty::Unknown } else { Certainty::NotApplied };
        Evidence::new(state, certainty, self.attempts, note)
    }

    /// What the end of the call means. `entropy` only spreads the waits.
    #[must_use]
    pub fn settlement(
        &self,
        result: Result<&Reply<Received>, &Error>,
        policy: &Policy,
        entropy: u64,
    ) -> Settlement {
        match result {
            Ok(reply) => Settlement::done(reply),
            Err(error) => Settlement::failed(error, policy, self.lease.fence, entropy),
        }
    }

    /// The reply that evidence of this claim holds, to be decoded as its operation's: also one that an earlier process got.
    #[must_use]
    pub fn reply<C: Credential>(&self, client: &Client<C>, evidence: &Evidence) -> Option<Reply<Received>> {
        let call = replay::call(&self.intent, client).ok()?;
        let answer = evidence.answer().filter(|answer| answer.status().is_success())?;
        Some(replay::reply(&call, client, answer.clone(), evidence.attempts()))
    }
}

#[cfg(test)]
mod tests {
    use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
    use cashlink_core::{Bearer, IdempotencyKey, Secret};

    use super::*;
    use crate::{Account, Fingerprint};

    fn client() -> Client<Bearer> {
        Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s")).unwrap())
    }

    fn row(evidence: &Evidence) -> Row {
        let person = NaturalPerson::new().forename("Ada");
        let create = CreateInvestor::natural_person(IdempotencyKey::new("k").unwrap(), person, true);
        let intent =
            Intent::new(&client(), &Account::new("a").unwrap(), &Call::new(&create).unwrap()).unwrap();
        Row {
            lease: Lease { id: 1, fence: 2 },
            request: intent.encode(),
            fingerprint: intent.fingerprint(),
            attempts: 1,
            maybe_sent: evidence.certainty() != Certainty::NotApplied,
            age: Duration::ZERO,
            evidence: Some(evidence.encode()),
        }
    }

    /// Whoever can read it again must neither send it nor doubt it.
    #[test]
    fn t45_an_outcome_that_is_known_outlives_a_request_that_can_not_be_read() {
        for (state, certainty) in
            [(State::Done, Certainty::Applied), (State::Rejected, Certainty::NotApplied)]
        {
            let row = row(&Evidence::new(state, certainty, 1, "known"));
            let newer = Row { request: b"a newer version's".into(), ..row.clone() };
            let other = Row { fingerprint: Fingerprint::new([0; 32]), ..row };
            for row in [newer, other] {
                let unreadable = Claim::of(&row, &Policy::default()).unwrap_err();
                let settlement = unreadable.settlement.unwrap();
                let kept = (settlement.state(), settlement.evidence().state(), settlement.evidence().note());
                assert_eq!(kept, (State::Answered, state, "known"));
            }
        }
    }

    #[test]
    fn t44_t45_there_is_no_call_where_nothing_is_to_be_sent() {
        let (client, policy) = (client(), Policy::default());
        let known = row(&Evidence::new(State::Rejected, Certainty::NotApplied, 1, "refused"));
        let doubt = row(&Evidence::new(State::Pending, Certainty::Unknown, 1, "maybe sent"));
        let old = Row { age: policy.max_replay_age + Duration::from_secs(1), ..doubt.clone() };
        for (row, state) in [(known, State::Answered), (old, State::NeedsReconciliation)] {
            let settlement = Claim::of(&row, &policy).unwrap().call(&client, &policy).unwrap_err();
            assert_eq!(settlement.state(), state);
        }
        let young = Row { age: policy.max_replay_age, ..doubt.clone() };
        for row in [doubt, young] {
            assert!(Claim::of(&row, &policy).unwrap().call(&client, &policy).is_ok(), "{:?}", row.age);
        }
    }
}
