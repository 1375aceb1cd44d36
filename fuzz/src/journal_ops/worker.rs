//! A worker: what it has claimed, and what it is about to record.

use std::time::Duration;

use cashlink_core::{Certainty, Client, Failure, Now, Step, UserKey};
use cashlink_journal::store::Lease;
use cashlink_journal::worker::Heartbeat;
use cashlink_journal::{Claim, Next, Settlement, State};

use super::World;
use super::meant::Kind;

#[derive(Default)]
pub(super) struct Worker {
    /// How far its wall clock is off, in seconds.
    pub(super) skew: i64,
    pub(super) hand: Vec<Job>,
}

/// A claim in a worker's hand.
pub(super) struct Job {
    pub(super) lease: Lease,
    /// The lease as its holder counts it.
    pub(super) beat: Heartbeat,
    /// How long before this claim it was claimed first.
    pub(super) age: Duration,
    pub(super) at: At,
}

pub(super) enum At {
    Claimed(Box<Claim>),
    /// What is to be recorded, and whether its handler is called.
    Performed(Box<Settlement>, bool),
}

impl Worker {
    pub(super) fn now(&self, now: Now) -> Now {
        Now::new(now.wall.saturating_add_signed(self.skew), now.mono)
    }
}

impl Job {
    /// Performs what is claimed, or finds that there is nothing to be sent.
    pub(super) fn perform(self, world: &mut World<'_>, now: impl Fn(Now) -> Now) -> Self {
        let At::Claimed(claim) = self.at else { return self };
        let row = world.model.row(self.lease.id).filter(|row| row.fence == self.lease.fence).cloned();
        if let Some(row) = &row {
            assert_eq!((claim.prior().attempts, claim.prior().maybe_sent), (row.attempts, row.maybe_sent));
        }
        let (settlement, handled) = match claim.next(&world.policy) {
            Next::Hand(settlement) => (settlement, true),
            Next::Settle(settlement) => {
                // T44: only what has a key, and may have been sent.
                assert!(claim.prior().maybe_sent);
                assert_eq!(settlement.state(), State::NeedsReconciliation);
                (settlement, true)
            }
            Next::Perform => {
                let is_old = self.age > world.policy.max_replay_age;
                let is_keyed = world.meant[&self.lease.id].kind != Kind::Once;
                assert!(!(is_old && is_keyed && claim.prior().maybe_sent), "its key may be forgotten");
                let (result, sent) = call(world, &claim, self.lease, self.beat, &now);
                check(world, self.lease.id, &claim, &result, sent);
                let is_over = !result.state().is_live();
                (result, is_over)
            }
        };
        Self { at: At::Performed(settlement.into(), handled), ..self }
    }
}

/// The call of a claim, as far as its lease goes: what is to be recorded, and how often it was sent.
fn call(
    world: &mut World<'_>,
    claim: &Claim,
    lease: Lease,
    beat: Heartbeat,
    now: &impl Fn(Now) -> Now,
) -> (Settlement, u32) {
    let meant = world.meant[&lease.id];
    let client: &Client<UserKey> = &world.client;
    let call = claim.call(client, &world.policy).expect("it was made for this client");
    let mut step = client.resume(&call, claim.prior(), now(world.now), [0; 16]);
    let mut sent = 0;
    let result = loop {
        step = match step {
            Step::Authorize(need) => need.time_out(),
            Step::Send(outgoing) => {
                let (request, pending) = outgoing.into_parts();
                let answer = if !beat.stands(now(world.now)) {
                    Err(Failure::not_sent("the lease has ended"))
                } else {
                    sent += 1;
                    let key = request
                        .headers()
                        .get("x-idempotency-key")
                        .map(|key| key.to_str().expect("a key").to_owned());
                    assert_eq!(key, meant.key(), "another key than was staged");
                    assert_eq!(
                        request.body().as_bytes().map(|body| &body[..]),
                        Some(meant.body().as_bytes())
                    );
                    world.carry(lease.id, &meant)
                };
                pending.ended(now(world.now), answer)
            }
            Step::Wait(delay) => {
                world.pass(delay.duration());
                delay.wake(now(world.now))
            }
            Step::Done(result) => break result,
        };
    };
    (claim.settlement(result.as_ref(), &world.policy, 0), sent)
}

/// T45: what may have happened is sent again under a documented key only.
fn check(world: &World<'_>, id: i64, claim: &Claim, settlement: &Settlement, sent: u32) {
    let meant = &world.meant[&id];
    let certainty = settlement.evidence().certainty();
    let is_repeatable = meant.kind == Kind::Documented;
    if claim.prior().maybe_sent && !is_repeatable {
        assert_eq!(sent, 0, "{meant:?} was sent again");
        assert_eq!(settlement.state(), State::NeedsReconciliation);
    }
    if settlement.state() == State::Pending && certainty != Certainty::NotApplied {
        assert!(is_repeatable, "{meant:?} is to be sent again, though it may have happened");
    }
}
