//! One worker process: the journal's machine and the core's steps, with the world let in between any two of them.

use std::time::Duration;

use bytes::Bytes;
use cashlink_core::answer::Received;
use cashlink_core::body::{Body, Want};
use cashlink_core::flow::{Delay, Outgoing, Pending, Token};
use cashlink_core::{
    Certainty, Client, Credential, Error, Failure, Grant, NeedToken, Now, Prior, Reply, Step,
};
use cashlink_journal::store::blocking::Store as _;
use cashlink_journal::store::{SettleError, Wanted};
use cashlink_journal::worker::{Begun, Heartbeat, Held, Machine, Performing, Recording, Todo, Unrecorded};
use cashlink_journal::{Account, Policy};
use http::{Request, Response};

use crate::Bug;
use crate::meant::{DOCUMENT, Kind};
use crate::world::{Answer, START, World};

/// A call that is being made, and the lease as its holder counts it.
struct Job<C> {
    performing: Box<Performing<C>>,
    beat: Heartbeat,
    /// For the bugs that send again.
    resent: bool,
}

enum Stage<C> {
    Idle,
    Held(Box<Held>),
    /// Between a claim and a send.
    Send(Job<C>, Outgoing<Received>),
    /// The lease was looked at; the request is about to leave.
    Wire(Job<C>, Pending<Received>, Request<Bytes>),
    /// The answer is there, and nobody has read it.
    Reply(Job<C>, Pending<Received>, Answer),
    Wait(Job<C>, Delay<Received>, Duration),
    /// With what a bug has yet to send.
    Record(Box<Recording>, Duration, Option<Request<Bytes>>),
    Afterwards(i64, Request<Bytes>),
}

pub(crate) struct Process<C: Credential> {
    name: String,
    account: Account,
    client: Client<C>,
    policy: Policy,
    machine: Machine,
    stage: Stage<C>,
    token: Option<Token>,
    /// How far its wall clock is off, in seconds.
    pub(crate) skew: i64,
    /// It is stopped until then.
    pub(crate) stopped_until: Duration,
}

impl<C: Credential> Process<C> {
    /// It claims so many at once.
    pub(crate) fn new(
        name: String,
        account: Account,
        client: Client<C>,
        batch: u32,
        bug: Option<Bug>,
    ) -> Self {
        let mut policy = Policy::default();
        policy.batch = batch;
        if bug == Some(Bug::EndlessReplay) {
            policy.max_replay_age = Duration::MAX;
        }
        let machine = Machine::new(policy);
        let stopped_until = Duration::ZERO;
        Self {
            name,
            account,
            client,
            policy,
            machine,
            stage: Stage::Idle,
            token: None,
            skew: 0,
            stopped_until,
        }
    }

    fn now(&self, world: &World) -> Now {
        Now::new((START + world.now.as_secs()).saturating_add_signed(self.skew), world.now)
    }

    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle)
    }

    /// Whether it has looked at its lease and not sent yet: the moment that nothing can guard.
    pub(crate) fn is_sending(&self) -> bool {
        matches!(self.stage, Stage::Wire(..))
    }

    /// The intent that it has in hand.
    pub(crate) fn in_hand(&self) -> Option<i64> {
        match &self.stage {
            Stage::Idle => None,
            Stage::Held(held) => Some(held.lease().id),
            Stage::Send(job, _) | Stage::Wire(job, ..) | Stage::Reply(job, ..) | Stage::Wait(job, ..) => {
                Some(job.performing.lease().id)
            }
            Stage::Record(recording, ..) => Some(recording.lease().id),
            Stage::Afterwards(id, _) => Some(*id),
        }
    }

    /// Does the next thing; says whether there was any. `Err` where the process dies of it.
    pub(crate) fn step(&mut self, world: &mut World) -> Result<bool, Died> {
        let stage = std::mem::replace(&mut self.stage, Stage::Idle);
        self.stage = match stage {
            Stage::Idle => return Ok(self.rest(world)),
            Stage::Held(held) => self.begin(world, *held),
            Stage::Send(job, outgoing) => self.look(world, job, outgoing),
            Stage::Wire(job, pending, request) => self.wire(world, job, pending, request),
            Stage::Reply(job, pending, answer) => {
                let step = pending.ended(self.now(world), answer);
                self.follow(world, job, step)
            }
            Stage::Wait(job, delay, until) if world.now >= until => {
                let step = delay.wake(self.now(world));
                self.follow(world, job, step)
            }
            Stage::Wait(mut job, delay, until) => {
                self.extend(world, &mut job);
                self.stage = Stage::Wait(job, delay, until);
                return Ok(false);
            }
            Stage::Record(recording, until, unsent) if world.now >= until => {
                self.record(world, recording, unsent)?
            }
            Stage::Record(recording, until, unsent) => {
                self.stage = Stage::Record(recording, until, unsent);
                return Ok(false);
            }
            Stage::Afterwards(id, request) => {
                let _ = world.send(id, request);
                Stage::Idle
            }
        };
        Ok(true)
    }

    fn rest(&mut self, world: &mut World) -> bool {
        let now = self.now(world);
        match self.machine.next(now) {
            Todo::Claim { limit } => {
                let (lease, name) = (self.policy.lease, self.name.clone());
                let wanted = Wanted { account: &self.account, limit, lease, worker: &name };
                let claimed =
                    world.journal.claim(&wanted, &self.policy, now).expect("memory refuses nothing");
                let any = !claimed.is_empty();
                self.machine.claimed(now, claimed);
                any && self.rest(world)
            }
            Todo::Begin(held) => {
                let lease = held.lease();
                world.log(|| format!("{}: claims intent {}, fence {}", self.name, lease.id, lease.fence));
                world.claimed(lease.id, lease.fence);
                self.stage = Stage::Held(held);
                true
            }
            _ => false,
        }
    }

    fn begin(&mut self, world: &mut World, held: Held) -> Stage<C> {
        let now = self.now(world);
        let lease = held.lease();
        let held = match held.is_stale(now).then(|| world.journal.extend(lease, self.policy.lease, now)) {
            Some(Ok(false)) => return Stage::Idle,
            Some(_) => held.extended(now),
            None => held,
        };
        match held.begin(&self.client, &self.policy, world.random.next(), |_| true) {
            Begun::Perform(performing) => {
                let beat = performing.heartbeat();
                let prior = performing.prior();
                self.perform(world, Job { performing, beat, resent: false }, prior)
            }
            Begun::Record(recording) => Stage::Record(recording, world.now, None),
            _ => Stage::Idle,
        }
    }

    fn perform(&mut self, world: &mut World, job: Job<C>, prior: Prior) -> Stage<C> {
        let entropy = world.random.bytes();
        let step = self.client.resume(job.performing.call(), prior, self.now(world), entropy);
        self.follow(world, job, step)
    }

    fn follow(&mut self, world: &mut World, job: Job<C>, mut step: Step<Received>) -> Stage<C> {
        loop {
            step = match step {
                Step::Authorize(need) => self.authorize(world, need),
                Step::Send(outgoing) => return Stage::Send(job, outgoing),
                Step::Wait(delay) => {
                    let until = world.now + delay.duration();
                    return Stage::Wait(job, delay, until);
                }
                Step::Done(result) => return self.ended(world, job, result),
            };
        }
    }

    fn authorize(&mut self, world: &mut World, mut need: NeedToken<Received>) -> Step<Received> {
        if need.rejected().is_some() {
            self.token = None;
        }
        if let Some(token) = self.token.clone() {
            return need.with(token, self.now(world));
        }
        let mut step: Step<Grant> = need.request(self.now(world));
        loop {
            step = match step {
                Step::Send(outgoing) => {
                    let (request, pending) = outgoing.into_parts();
                    let answer = world.send(0, whole(request));
                    pending.ended(self.now(world), answer)
                }
                Step::Wait(delay) => {
                    world.now += delay.duration();
                    delay.wake(self.now(world))
                }
                Step::Authorize(need) => need.time_out(),
                Step::Done(Ok(grant)) => {
                    let token = grant.value.token();
                    self.token = Some(token.clone());
                    return need.with(token, self.now(world));
                }
                Step::Done(Err(error)) => return need.fail(&error),
            };
        }
    }

    /// As a worker beside its call: a lease that is to be extended is.
    fn extend(&self, world: &mut World, job: &mut Job<C>) {
        let now = self.now(world);
        if job.beat.is_due(now) {
            match world.journal.extend(job.performing.lease(), self.policy.lease, now) {
                Ok(true) => job.beat.extended(now),
                _ => job.beat.lost(),
            }
        }
    }

    fn look(&mut self, world: &mut World, mut job: Job<C>, outgoing: Outgoing<Received>) -> Stage<C> {
        self.extend(world, &mut job);
        let (request, pending) = outgoing.into_parts();
        if !job.beat.stands(self.now(world)) {
            return Stage::Reply(job, pending, Err(Failure::not_sent("the lease has ended")));
        }
        Stage::Wire(job, pending, whole(request))
    }

    fn wire(
        &mut self,
        world: &mut World,
        job: Job<C>,
        pending: Pending<Received>,
        mut request: Request<Bytes>,
    ) -> Stage<C> {
        let lease = job.performing.lease();
        if world.bug == Some(Bug::SettledFirst) {
            let mut invented = Response::new(Bytes::from_static(b"{}"));
            *invented.status_mut() = http::StatusCode::CREATED;
            let step = pending.respond(self.now(world), invented);
            return match self.follow(world, job, step) {
                Stage::Record(recording, until, _) => Stage::Record(recording, until, Some(request)),
                other => other,
            };
        }
        if world.bug == Some(Bug::RenewedKey) && lease.fence > 1 {
            if let Some(key) = request.headers_mut().get_mut("x-idempotency-key") {
                *key = format!("renewed-{}-{}", lease.id, lease.fence).parse().expect("visible");
            }
        }
        let mut answer = world.send(lease.id, request);
        if let (Some(Bug::AuthRejected), Ok(answer)) = (world.bug, &mut answer) {
            if matches!(answer.status().as_u16(), 401 | 403) {
                *answer.status_mut() = http::StatusCode::BAD_REQUEST;
            }
        }
        Stage::Reply(job, pending, answer)
    }

    fn ended(&mut self, world: &mut World, job: Job<C>, result: Result<Reply<Received>, Error>) -> Stage<C> {
        let id = job.performing.lease().id;
        let resends = match world.bug {
            Some(Bug::AssumedResent) => world.is(id, Kind::Investment),
            Some(Bug::OnceResent) => world.is(id, Kind::Cashlink),
            _ => false,
        };
        let in_doubt = result.as_ref().is_err_and(|error| error.certainty() != Certainty::NotApplied);
        if resends && in_doubt && !job.resent {
            return self.perform(world, Job { resent: true, ..job }, Prior::default());
        }
        let entropy = world.random.next();
        let recording = job.performing.ended(result.as_ref(), &self.client, &self.policy, entropy);
        Stage::Record(recording, world.now, None)
    }

    fn record(
        &mut self,
        world: &mut World,
        recording: Box<Recording>,
        unsent: Option<Request<Bytes>>,
    ) -> Result<Stage<C>, Died> {
        let (now, lease) = (self.now(world), recording.lease());
        let settlement = recording.settlement();
        let trouble = if world.calm { u64::MAX } else { world.random.below(24) };
        let row = recording.handed().map(|_| world.row_name(lease.id));
        let newest = world.journal.entry(lease.id).map_or(0, |entry| entry.fence);
        if let (Some(Bug::HandlerOutside), Some(row)) = (world.bug, &row) {
            let _ = world.journal.transaction(|transaction| {
                transaction.put(row.clone(), Vec::new());
                Ok(())
            });
        }
        let recorded = if trouble == 0 {
            Err(SettleError::Database("the database refused"))
        } else {
            let result = world.journal.settle(lease, settlement, now, |transaction| {
                if let (Some(row), true) = (&row, world.bug != Some(Bug::HandlerOutside)) {
                    transaction.put(row.clone(), Vec::new());
                }
                // In the handler, or just before the commit.
                if trouble <= 2 { Err("the handler failed".into()) } else { Ok(()) }
            });
            result.map_err(|error| match error {
                SettleError::Lost => SettleError::Lost,
                SettleError::Handler(error) => SettleError::Handler(error),
                _ => SettleError::Database("the database refused"),
            })
        };
        world.log(|| {
            let outcome = match &recorded {
                Ok(()) => "recorded".to_owned(),
                Err(error) => error.to_string(),
            };
            let (state, certainty) = (settlement.state(), settlement.evidence().certainty());
            format!("{}: intent {}: {state}, {certainty:?}: {outcome}", self.name, lease.id)
        });
        if recorded.is_ok() {
            world.settles(lease.id, lease.fence, newest);
        }
        if trouble == 1 {
            return Err(Died);
        }
        let recorded = match recorded {
            Ok(()) if trouble == 3 => {
                world.log(|| "  but the commit's answer was lost".to_owned());
                Err(SettleError::Database("the commit's answer was lost"))
            }
            other => other,
        };
        Ok(match recorded {
            Ok(()) => unsent.map_or(Stage::Idle, |request| Stage::Afterwards(lease.id, request)),
            Err(error) => match recording.failed(&error, &self.policy, world.random.next()) {
                Unrecorded::Again(recording, wait) => Stage::Record(recording, world.now + wait, unsent),
                _ => Stage::Idle,
            },
        })
    }
}

/// The process died.
pub(crate) struct Died;

/// A request with its body read to the end.
fn whole(request: Request<Body>) -> Request<Bytes> {
    request.map(|body| {
        let mut cursor = body.cursor();
        let mut bytes = Vec::new();
        let mut left =
            DOCUMENT.get(..body.payload_ref().map_or(0, |payload| payload.len as usize)).unwrap_or_default();
        loop {
            match cursor.want().expect("the payload is the one that was announced") {
                Want::Emit(piece) => bytes.extend_from_slice(&piece),
                Want::Read(at_most) => {
                    let (piece, rest) = left.split_at(left.len().min(at_most));
                    cursor.got(piece).expect("the payload is the one that was announced");
                    bytes.extend_from_slice(piece);
                    left = rest;
                }
                Want::End => return bytes.into(),
            }
        }
    })
}
