//! A journal in the hands of several programs and workers, any of which may die at any moment (T40–T47).

mod meant;
mod model;
mod operate;
mod server;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Response;
use cashlink_core::payments::Payments;
use cashlink_core::{Client, Failure, Now, Secret, UserKey};
use cashlink_journal::memory::{Memory, Transaction};
use cashlink_journal::operate::{Entry, Filter};
use cashlink_journal::store::blocking::{Operate as _, Store as _};
use cashlink_journal::store::{SettleError, StageError, Wanted};
use cashlink_journal::worker::Heartbeat;
use cashlink_journal::{Account, Policy, Staged, Staging, State};

use self::meant::{ACCOUNTS, Kind, Meant};
use self::model::{Model, Row};
use self::server::Server;
use self::worker::{At, Job, Worker};
use crate::choices::Choices;

/// The journal is what a list of rows would be, nothing that was committed is lost or sent before, nothing has more effects than it was
/// meant to have, and what is recorded of it is so.
///
/// The first byte says whether the server honours keys that are merely assumed; then each operation is a byte, and what it takes are
/// the next ones (`Choices` says how bytes choose). At last all goes well, and everything comes to rest. It is accepted when something
/// was done.
pub fn journal_ops(input: &[u8]) -> bool {
    let mut choices = Choices::new(&input[..input.len().min(LONGEST)]);
    let server = Server::new(choices.yes());
    let mut world = World::new(choices, server);
    while !world.choices.are_over() {
        world.operation();
        world.compare();
    }
    world.come_to_rest();
    world.check_the_end();
    world.model.rows.iter().any(|row| row.state == State::Done)
}

/// A longer list takes long, and shows nothing new.
const LONGEST: usize = 600;

struct World<'a> {
    choices: Choices<'a>,
    memory: Memory,
    model: Model,
    server: Server,
    client: Client<UserKey>,
    policy: Policy,
    /// The truth; workers' clocks may be off.
    now: Now,
    workers: [Worker; 3],
    /// Transactions that are neither committed nor given up, and what each has staged.
    open: Vec<(Transaction, Vec<Row>)>,
    /// What was staged under each id, whether it was ever committed or not.
    meant: BTreeMap<i64, Meant>,
    last_id: i64,
    /// An intent as an operator saw it, perhaps some time ago.
    seen: Option<Entry>,
    /// About what somebody has decided.
    decided: BTreeSet<i64>,
    /// How often each was to have its effect: once for each commit, and for each decision to send it again.
    allowed: Vec<(Meant, u32)>,
    /// What handlers have written, and the number of the next row.
    written: BTreeSet<String>,
    serial: usize,
}

impl<'a> World<'a> {
    fn new(choices: Choices<'a>, server: Server) -> Self {
        let key = UserKey::new(Secret::new("k3y")).expect("a key");
        let mut patience = cashlink_core::Policy::default();
        patience.attempts = 2;
        Self {
            choices,
            memory: Memory::default(),
            model: Model::default(),
            server,
            client: Client::builder(Payments::production(), key).policy(patience).build(),
            policy: Policy::default(),
            now: Now::new(1_700_000_000, Duration::from_secs(100)),
            workers: Default::default(),
            open: Vec::new(),
            meant: BTreeMap::new(),
            last_id: 0,
            seen: None,
            decided: BTreeSet::new(),
            allowed: Vec::new(),
            written: BTreeSet::new(),
            serial: 0,
        }
    }

    fn operation(&mut self) {
        let worker = |world: &mut Self| world.choices.below(3);
        match self.choices.below(16) {
            0 | 1 => self.stage(),
            2 => self.end_transaction(),
            3 | 4 => {
                let place = worker(self);
                let limit = 1 + self.choices.below(3) as u32;
                let account = self.choices.of(&ACCOUNTS);
                self.claim(place, account, limit);
            }
            5 | 6 => {
                let place = worker(self);
                self.perform(place);
            }
            7 | 8 => {
                let (place, fails) = (worker(self), self.choices.below(5));
                self.settle(place, fails);
            }
            9 => {
                let place = worker(self);
                self.extend(place);
            }
            10 => {
                // `kill -9`: nothing that it had in hand is told to anybody.
                let place = worker(self);
                self.workers[place] = Worker::default();
            }
            11 => {
                let place = worker(self);
                self.workers[place].skew = self.choices.of(&[0, -600, 600, 60, -60]);
            }
            12 => {
                let seconds = self.choices.of(&[1, 61, 121, 15, 600, 1_800, 21_600]);
                self.pass(Duration::from_secs(seconds));
            }
            13 => {
                // The server forgets its keys, and what was on its way is lost.
                self.pass(Duration::from_secs(25 * 3600));
                self.server.forget_keys();
            }
            14 => self.decide(),
            _ => self.prune(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now = crate::flow::later(self.now, time);
    }

    fn carry(&mut self, id: i64, meant: &Meant) -> Result<Response<Bytes>, Failure> {
        if self.choices.are_over() {
            return Ok(self.server.answer(id, meant));
        }
        self.server.carry(&mut self.choices, id, meant)
    }

    fn allow(&mut self, meant: Meant) {
        match self.allowed.iter_mut().find(|(other, _)| *other == meant) {
            Some((_, times)) => *times += 1,
            None => self.allowed.push((meant, 1)),
        }
    }

    fn something(&mut self) -> Meant {
        let account = self.choices.of(&ACCOUNTS);
        let (kind, number) = self.choices.of(&[
            (Kind::Documented, 0),
            (Kind::Documented, 1),
            (Kind::Assumed, 0),
            (Kind::Once, 0),
        ]);
        let refused = self.choices.below(4) == 3;
        self.serial += 1;
        let number = if kind == Kind::Once { self.serial } else { number };
        Meant { account, kind, number, refused }
    }

    /// T40, T42: within a transaction, of which there may be two at once.
    fn stage(&mut self) {
        let place = self.choices.below(2);
        if place >= self.open.len() {
            self.open.push((self.memory.begin(), Vec::new()));
        }
        let place = place.min(self.open.len() - 1);
        let meant = self.something();
        let ordering = self.choices.of(&[None, None, Some("in order"), Some("in another order")]);
        let delay = Duration::from_secs(self.choices.of(&[0, 0, 0, 30]));
        let mut staging = Staging::default().not_before(delay);
        if let Some(key) = ordering {
            staging = staging.after_those_of(key);
        }
        let intent = meant.intent(&self.client);
        let (transaction, rows) = &mut self.open[place];
        let before =
            Model::keyed(self.model.rows.iter().chain(rows.iter()), &meant).map(|row| (row.id, row.meant));
        match (self.memory.stage(transaction, &intent, &staging, self.now), before) {
            (Ok(Staged::New(id)), None) => {
                assert!(id > self.last_id, "an id is given once");
                self.last_id = id;
                self.meant.insert(id, meant);
                rows.push(Row::staged(id, meant, ordering, delay, self.now));
            }
            (Ok(Staged::Before(id)), Some(first)) => assert_eq!(first, (id, meant)),
            (Err(StageError::KeyReused { id }), Some((first, other))) => {
                assert!(id == first && other != meant);
                // Nothing of it becomes durable.
                drop(self.open.swap_remove(place));
            }
            (result, before) => panic!("{result:?}, where {before:?} was before {meant:?}"),
        }
    }

    fn end_transaction(&mut self) {
        let (place, commits) = (self.choices.below(2), self.choices.below(4) != 3);
        if place >= self.open.len() {
            return;
        }
        let (transaction, rows) = self.open.swap_remove(place);
        if commits {
            let ours: Vec<_> = rows.iter().map(|row| row.meant).collect();
            let committed = self.model.commit(rows);
            assert_eq!(transaction.commit().is_ok(), committed);
            if committed {
                ours.into_iter().for_each(|meant| self.allow(meant));
            }
        }
    }

    /// T43: what is due, in its order, nothing twice.
    fn claim(&mut self, place: usize, account: &'static str, limit: u32) {
        let now = self.workers[place].now(self.now);
        let (lease, name) = (self.policy.lease, format!("worker {place}"));
        let wanted = Wanted { account: &Account::new(account).expect("a name"), limit, lease, worker: &name };
        let claimed = self.memory.claim(&wanted, &self.policy, now).expect("memory refuses nothing");
        let expected = self.model.claim(account, limit, lease, now);
        assert_eq!(claimed.len(), expected.len());
        for (claim, row) in claimed.into_iter().zip(expected) {
            let claim = claim.expect("what was staged can be read");
            assert_eq!((claim.lease().id, claim.lease().fence), (row.id, row.fence));
            assert_eq!((claim.prior().attempts, claim.prior().maybe_sent), (row.attempts, row.maybe_sent));
            assert_eq!(claim.intent().fingerprint(), row.meant.intent(&self.client).fingerprint());
            let (lease, beat, age) = (claim.lease(), Heartbeat::new(now, lease), row.age(now));
            self.workers[place].hand.push(Job { lease, beat, age, at: At::Claimed(claim.into()) });
        }
    }

    fn perform(&mut self, place: usize) {
        let worker = &mut self.workers[place];
        let skew = worker.skew;
        if let Some(job) = worker.hand.iter().position(|job| matches!(job.at, At::Claimed(_))) {
            let job = worker.hand.remove(job);
            let now = |now: Now| Worker { skew, ..Worker::default() }.now(now);
            let job = job.perform(self, now);
            self.workers[place].hand.push(job);
        }
    }

    fn extend(&mut self, place: usize) {
        let now = self.workers[place].now(self.now);
        if let Some(job) = self.workers[place].hand.first_mut() {
            let extended =
                self.memory.extend(job.lease, self.policy.lease, now).expect("memory refuses nothing");
            assert_eq!(extended, self.model.extend(job.lease, self.policy.lease, now));
            if extended { job.beat.extended(now) } else { job.beat.lost() }
        }
    }

    /// T41, T43: recorded together with what its handler writes, under the newest fencing number, or not at all.
    fn settle(&mut self, place: usize, fails: usize) {
        let worker = &mut self.workers[place];
        let Some(job) = worker.hand.iter().position(|job| matches!(job.at, At::Performed(..))) else {
            return;
        };
        let (now, job) = (worker.now(self.now), worker.hand.remove(job));
        let At::Performed(settlement, handled) = job.at else { return };
        self.serial += 1;
        let row = format!("row/{}/{}", job.lease.id, self.serial);
        let held = self.model.holds(job.lease);
        let result = self.memory.settle(job.lease, &settlement, now, |transaction| {
            if handled {
                transaction.put(row.clone(), "");
            }
            if handled && fails == 3 { Err("the handler failed".into()) } else { Ok(()) }
        });
        match result {
            Ok(()) => {
                assert!(
                    held && !(handled && fails == 3),
                    "recorded by who has no lease, or without its handler"
                );
                if !self.decided.contains(&job.lease.id) {
                    self.check_recorded(job.lease.id, &settlement);
                }
                self.model.settle(job.lease, &settlement, now);
                self.written.extend(handled.then_some(row));
            }
            Err(SettleError::Lost) => assert!(!held, "a lease that stands is lost"),
            Err(SettleError::Handler(_)) => {
                assert!(held && handled && fails == 3);
                let settlement = settlement.answered(Duration::from_secs(10));
                self.workers[place].hand.push(Job { at: At::Performed(settlement.into(), false), ..job });
            }
            Err(error) => panic!("nobody else was at it: {error}"),
        }
    }

    fn compare(&mut self) {
        let entries = self.memory.entries(&Filter::default(), u32::MAX).expect("memory refuses nothing");
        self.model.compare(&entries);
        for (meant, times) in &self.allowed {
            let effects = self.server.effects(meant);
            assert!(effects <= *times, "{meant:?} had {effects} effects, and was meant {times} times");
        }
    }
}
