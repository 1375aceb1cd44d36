//! Whatever happens to a machine in whatever order, it keeps these rules.

use std::time::Duration;

use cashlink_core::Now;
use proptest::prelude::*;

use super::*;
use crate::store::Lease;

/// Something happens, between two questions to the machine.
#[derive(Clone, Debug)]
enum Step {
    /// Time goes by, in milliseconds.
    Pass(u64),
    /// So many were due, of those that are asked for.
    Due(u32),
    /// The database refuses the next claim.
    Refuse(u64),
    Wake,
    Stop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_000_u64).prop_map(Step::Pass),
        4 => (0..6_u32).prop_map(Step::Due),
        2 => any::<u64>().prop_map(Step::Refuse),
        2 => Just(Step::Wake),
        1 => Just(Step::Stop),
    ]
}

/// The machine, and beside it what a bystander knows of it.
struct Watched {
    machine: Machine,
    now: Duration,
    /// What was claimed and is not begun, in its order.
    waiting: Vec<Lease>,
    claims: i64,
    /// Until when nothing may be claimed, after a refusal.
    refused_until: Duration,
    /// Until when nothing is claimed unless it is woken.
    idle_until: Duration,
    /// How often it is measured, and when next.
    measured: Option<(Duration, Duration)>,
    stopped: bool,
}

impl Watched {
    fn new(policy: Policy, every: Option<Duration>) -> Self {
        let machine = Machine::new(policy);
        Self {
            machine: match every {
                None => machine,
                Some(every) => machine.measuring(every),
            },
            now: Duration::ZERO,
            waiting: Vec::new(),
            claims: 0,
            refused_until: Duration::ZERO,
            idle_until: Duration::ZERO,
            measured: every.map(|every| (every.max(Duration::from_secs(1)), Duration::ZERO)),
            stopped: false,
        }
    }

    fn now(&self) -> Now {
        Now::new(1_700_000_000, self.now)
    }

    fn claimed(&mut self, count: u32) {
        let rows = (0..count).map(|_| {
            self.claims += 1;
            // What can't be read is on its way through a machine like anything else.
            Unreadable { lease: Lease { id: self.claims, fence: 1 }, settlement: None }
        });
        let rows: Vec<_> = rows.collect();
        self.waiting.extend(rows.iter().map(|row| row.lease));
        let now = self.now();
        self.machine.claimed(now, rows.into_iter().map(Err).collect());
        self.refused_until = Duration::ZERO;
        self.idle_until = if count == 0 { self.now + self.machine.policy().poll } else { Duration::ZERO };
    }

    /// Whether it is time to measure.
    fn is_to_measure(&self) -> bool {
        self.measured.is_some_and(|(_, due)| due <= self.now)
    }

    /// Asks it, does what it says, and checks that it may say so.
    fn ask(&mut self, due: u32, refusal: Option<u64>) -> Result<(), TestCaseError> {
        match self.machine.next(self.now()) {
            Todo::Begin(held) => {
                prop_assert!(!self.waiting.is_empty());
                prop_assert_eq!(
                    held.lease(),
                    self.waiting.remove(0),
                    "in the order in which they were claimed"
                );
            }
            Todo::Stop => prop_assert!(self.stopped && self.waiting.is_empty()),
            Todo::Rest(rest) => {
                prop_assert!(!self.stopped && self.waiting.is_empty());
                prop_assert!(!rest.is_zero(), "a rest that is none is a loop that spins");
                let until = self.refused_until.max(self.idle_until);
                prop_assert!(self.now + rest <= until, "longer than there is a reason for");
                if self.now >= self.refused_until {
                    let due = self.measured.map_or(Duration::MAX, |(_, due)| due);
                    prop_assert!(
                        self.now + rest <= due,
                        "it is measured in time, unless the database refuses"
                    );
                }
            }
            Todo::Measure => {
                prop_assert!(!self.stopped && self.waiting.is_empty(), "work comes first");
                prop_assert!(self.is_to_measure() && self.now >= self.refused_until);
                let now = self.now();
                self.machine.measured(now);
                self.measured = self.measured.map(|(every, _)| (every, self.now + every));
                prop_assert!(!matches!(self.machine.next(now), Todo::Measure), "a loop that only measures");
            }
            Todo::Claim { limit } => {
                prop_assert!(!self.stopped && self.waiting.is_empty());
                prop_assert_eq!(limit, self.machine.policy().batch.max(1));
                prop_assert!(self.now >= self.refused_until && self.now >= self.idle_until);
                prop_assert!(!self.is_to_measure());
                match refusal {
                    None => self.claimed(due.min(limit)),
                    Some(entropy) => {
                        let now = self.now();
                        self.machine.claim_failed(now, entropy);
                        // At least half of the first wait, and no longer than the longest.
                        self.refused_until = self.now + self.machine.policy().store_wait / 2;
                        match self.machine.next(now) {
                            Todo::Rest(rest) => {
                                prop_assert!(self.now + rest >= self.refused_until);
                                prop_assert!(rest <= Duration::from_secs(10));
                                self.refused_until = self.now + rest;
                            }
                            todo => prop_assert!(false, "a refusal is followed by {todo:?}"),
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn nothing_is_forgotten_or_claimed_too_early_or_after_a_stop(
        batch in 0..5_u32,
        every in prop::option::of((0..5_000_u64).prop_map(Duration::from_millis)),
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut watched = Watched::new(Policy { batch, ..Policy::default() }, every);
        for step in steps {
            let (mut due, mut refusal) = (0, None);
            match step {
                Step::Pass(millis) => watched.now += Duration::from_millis(millis),
                Step::Due(count) => due = count,
                Step::Refuse(entropy) => refusal = Some(entropy),
                Step::Wake => {
                    watched.machine.wake();
                    watched.idle_until = Duration::ZERO;
                }
                Step::Stop => {
                    watched.machine.stop();
                    watched.stopped = true;
                }
            }
            watched.ask(due, refusal)?;
        }
        // Told to stop, it hands out what it has, and then it is over.
        watched.machine.stop();
        watched.stopped = true;
        for _ in 0..=watched.waiting.len() {
            watched.ask(0, None)?;
        }
        prop_assert!(watched.waiting.is_empty());
        prop_assert!(matches!(watched.machine.next(watched.now()), Todo::Stop));
    }

    #[test]
    fn refusals_are_followed_by_ever_longer_waits_and_a_success_forgets_them(entropies: [u64; 12]) {
        let mut machine = Machine::new(Policy::default());
        let mut now = Duration::ZERO;
        let mut wait = |machine: &mut Machine, entropy| {
            machine.claim_failed(Now::new(0, now), entropy);
            let Todo::Rest(rest) = machine.next(Now::new(0, now)) else { return None };
            now += rest;
            Some(rest)
        };
        for (before, entropy) in (0..).zip(entropies) {
            let longest = (Duration::from_millis(100) * (1 << before)).min(Duration::from_secs(10));
            let rest = wait(&mut machine, entropy);
            prop_assert!(rest.is_some_and(|rest| longest / 2 <= rest && rest <= longest), "{rest:?}");
        }
        machine.claimed(Now::new(0, Duration::ZERO), Vec::new());
        let rest = wait(&mut machine, entropies[0]);
        prop_assert!(rest.is_some_and(|rest| rest <= Duration::from_millis(100)), "{rest:?}");
    }

    #[test]
    fn a_lease_is_extended_before_it_ends_and_never_outlives_what_the_database_grants(
        lease in 0..600_000_u64,
        passes in prop::collection::vec((0..300_000_u64, any::<bool>()), 0..20),
    ) {
        let (lease, mut now) = (Duration::from_millis(lease), Duration::ZERO);
        let at = |mono| Now::new(0, mono);
        let mut beat = Heartbeat::new(at(now), lease);
        let (mut granted, mut answered, mut ended) = (lease, true, false);
        for (pass, answers) in passes {
            now += Duration::from_millis(pass);
            if beat.stands(at(now)) {
                prop_assert!(now < granted, "it stands, and the database has given it to another");
            }
            if ended {
                prop_assert!(!beat.stands(at(now)) && !beat.is_due(at(now)), "what has ended stays ended (T44)");
                continue;
            }
            if !beat.is_due(at(now)) {
                prop_assert!(beat.stands(at(now)) || !answered, "it is extended while it stands");
                prop_assert!(beat.wait(at(now)) <= lease / 3);
                continue;
            }
            prop_assert_eq!(beat.wait(at(now)), Duration::ZERO);
            answered = answers;
            if answers {
                ended = !beat.stands(at(now));
                beat.extended(at(now));
                granted = now + lease;
            } else {
                beat.failed(at(now));
                prop_assert!(!beat.wait(at(now)).is_zero(), "a wait that is none is a loop that spins");
            }
        }
        beat.lost();
        prop_assert!(!beat.stands(at(now)) && !beat.is_due(at(now)));
    }
}
