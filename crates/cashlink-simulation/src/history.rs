//! One history: what happens in which order, from a seed alone.

use std::time::Duration;

use cashlink_core::partner::NaturalPerson;
use cashlink_core::partner::distributor::{CreateInvestor, InvestorId};
use cashlink_core::{Bearer, Call, IdempotencyKey, Now, UserKey};
use cashlink_journal::store::blocking::Store as _;
use cashlink_journal::{Intent, Staging};
use cashlink_sandbox::Kind as Object;

use crate::meant::{Clients, Kind, Meant, account};
use crate::process::Process;
use crate::world::{START, World};
use crate::{Bug, invariants};

/// How many things happen before it gets calm.
const MOVES: u64 = 120;
/// The longest that an intent waits for its next attempt is half an hour: no calm needs more of them.
const CALM: u32 = 2_000;

const ORDERING_KEYS: [&str; 2] = ["a", "b"];

pub(crate) struct History {
    world: World,
    clients: Clients,
    investor: InvestorId,
    partner: Vec<Process<Bearer>>,
    payments: Vec<Process<UserKey>>,
    /// What the program was about to stage when it died, to be staged again.
    unstaged: Option<Meant>,
    numbers: u64,
    processes: u64,
}

impl History {
    pub(crate) fn new(seed: u64, bug: Option<Bug>, logged: bool) -> Self {
        let mut history = Self {
            world: World::new(seed, bug, logged),
            clients: Clients::new(),
            investor: "5eed0000-0000-4000-8000-000000000009".parse().expect("an id"),
            partner: Vec::new(),
            payments: Vec::new(),
            unstaged: None,
            numbers: 0,
            processes: 0,
        };
        history.investor = history.somebody();
        history.partner = (0..2).map(|_| history.partner()).collect();
        history.payments = (0..2).map(|_| history.payment()).collect();
        history.world.calm = false;
        history
    }

    /// An investor that the server knows, for those that need one: performed in a journal's way, before anything goes wrong.
    fn somebody(&mut self) -> InvestorId {
        let key = IdempotencyKey::new("somebody").expect("a key");
        let create = CreateInvestor::natural_person(key, NaturalPerson::new().surname("Body"), true);
        let call = Call::new(&create).expect("encodable");
        let intent = Intent::new(&self.clients.partner, &account("setup"), &call).expect("a request");
        let mut transaction = self.world.journal.memory.begin();
        let staged = transaction.stage(&intent, &Staging::default(), self.now()).expect("a new key");
        transaction.commit().expect("nobody else");
        let meant = Meant { number: 0, kind: Kind::Investor, ordering_key: None };
        self.world.staged(staged.id(), &meant, true);
        let client = Clients::new().partner;
        let mut process = Process::new("setup".into(), account("setup"), client, 1, None);
        while process.step(&mut self.world).is_ok_and(|moved| moved) {}
        self.world.seen.clear();
        let investors = self.world.sandbox.objects(Object::Investor);
        investors.first().and_then(|investor| investor.id().parse().ok()).expect("an investor")
    }

    fn now(&self) -> Now {
        Now::new(START + self.world.now.as_secs(), self.world.now)
    }

    fn partner(&mut self) -> Process<Bearer> {
        self.processes += 1;
        let name = format!("worker {}", self.processes);
        let batch = self.batch();
        Process::new(name, account("partner"), Clients::new().partner, batch, self.world.bug)
    }

    fn payment(&mut self) -> Process<UserKey> {
        self.processes += 1;
        let name = format!("worker {}", self.processes);
        let batch = self.batch();
        Process::new(name, account("payments"), Clients::new().payments, batch, self.world.bug)
    }

    /// Mostly one: what is claimed and not begun is in doubt when its worker dies.
    fn batch(&mut self) -> u32 {
        if self.world.random.one_in(4) { 3 } else { 1 }
    }

    /// The whole history: trouble, then calm, then what has to be true. The promises that were broken, and its lines.
    pub(crate) fn run(mut self) -> (Vec<String>, Vec<String>) {
        let long_outage = self.world.random.one_in(4).then(|| self.world.random.below(MOVES));
        for number in 0..MOVES {
            if Some(number) == long_outage {
                self.long_outage();
            }
            self.make_a_move();
        }
        self.calm();
        invariants::check(&mut self.world);
        let broken = std::mem::take(&mut self.world.broken);
        (broken, self.world.lines())
    }

    fn make_a_move(&mut self) {
        self.world.now += Duration::from_millis(self.world.random.below(50));
        let partner = self.world.random.below(self.partner.len() as u64) as usize;
        let payments = self.world.random.below(self.payments.len() as u64) as usize;
        match self.world.random.below(100) {
            0..=55 => {
                if step(&mut self.partner[partner], &mut self.world).is_err() {
                    self.partner[partner] = self.partner();
                }
            }
            56..=70 => {
                if step(&mut self.payments[payments], &mut self.world).is_err() {
                    self.payments[payments] = self.payment();
                }
            }
            71..=80 => self.stage(),
            81..=83 => {
                kill(&self.partner[partner], &mut self.world);
                self.partner[partner] = self.partner();
            }
            84 => {
                kill(&self.payments[payments], &mut self.world);
                self.payments[payments] = self.payment();
            }
            85..=88 => stop(&mut self.partner[partner], &mut self.world),
            89 => stop(&mut self.payments[payments], &mut self.world),
            90 => self.partner[partner].skew = self.skew(),
            91 => self.payments[payments].skew = self.skew(),
            92..=93 => self.world.arrive(),
            _ => {
                let seconds = [1, 15, 50, 130, 400][self.world.random.below(5) as usize];
                self.world.now += Duration::from_secs(seconds);
                self.world.log(|| format!("{seconds} s pass"));
            }
        }
    }

    /// A clock jumps, by at most ten minutes from the truth: beyond a lease's length, both ways.
    fn skew(&mut self) -> i64 {
        let skew = self.world.random.below(1_201) as i64 - 600;
        self.world.log(|| format!("a worker's clock jumps to {skew:+} s"));
        skew
    }

    /// Everybody is gone or stopped for more than a day; what was on its way arrives first; the server forgets its keys.
    fn long_outage(&mut self) {
        for place in 0..self.partner.len() {
            if self.partner[place].is_sending() || self.world.random.one_in(2) {
                kill(&self.partner[place], &mut self.world);
                self.partner[place] = self.partner();
            }
        }
        for place in 0..self.payments.len() {
            if self.payments[place].is_sending() || self.world.random.one_in(2) {
                kill(&self.payments[place], &mut self.world);
                self.payments[place] = self.payment();
            }
        }
        self.world.arrive();
        self.world.now += Duration::from_secs(26 * 60 * 60);
        self.world.sandbox.forget_keys();
        self.world.forgot_keys = true;
        self.world.log(|| "26 hours pass; the server forgets its keys".to_owned());
    }

    /// The program stages something within its transaction; it may die before the commit, or after it without knowing.
    fn stage(&mut self) {
        let meant = self.unstaged.take().unwrap_or_else(|| {
            self.numbers += 1;
            let kind = Kind::ALL[self.world.random.below(Kind::ALL.len() as u64) as usize];
            let ordered = self.world.random.below(4) as usize;
            // Accounts have orders of their own.
            let ordering_key = ORDERING_KEYS.get(ordered).copied().filter(|_| kind != Kind::Cashlink);
            Meant { number: self.numbers, kind, ordering_key }
        });
        let note = format!("note/{}", meant.number);
        let mut transaction = self.world.journal.memory.begin();
        if transaction.value(&note).is_some() {
            return;
        }
        transaction.put(note, Vec::new());
        let intent = meant.intent(&self.clients, &self.investor);
        let mut staging = Staging::default();
        if let Some(key) = meant.ordering_key {
            staging = staging.after_those_of(key);
        }
        let now = self.now();
        let Ok(staged) = self.world.journal.stage(&mut transaction, &intent, &staging, now) else {
            return self.world.broke(format!("{meant:?} was not staged"));
        };
        let id = staged.id();
        let dies = self.world.random.below(8);
        if dies != 0 {
            transaction.commit().expect("nobody else stages");
        }
        self.world.staged(id, &meant, dies != 0);
        let word = if dies == 0 { "dies before the commit" } else { "commits" };
        self.world.log(|| format!("the program stages {meant:?} as intent {id}, and {word}"));
        // After a crash it begins again, sometimes: it knows by its own row whether it had committed.
        if dies <= 1 && self.world.random.one_in(2) {
            self.unstaged = Some(meant);
        }
    }

    /// Nothing goes wrong any more, and workers work until nothing is due and nothing will be.
    fn calm(&mut self) {
        self.world.calm = true;
        self.world.arrive();
        self.world.log(|| "calm".to_owned());
        for process in &mut self.partner {
            (process.skew, process.stopped_until) = (0, Duration::ZERO);
        }
        for process in &mut self.payments {
            (process.skew, process.stopped_until) = (0, Duration::ZERO);
        }
        for _ in 0..CALM {
            let mut moved = false;
            for process in &mut self.partner {
                moved |= process.step(&mut self.world).unwrap_or(true);
            }
            for process in &mut self.payments {
                moved |= process.step(&mut self.world).unwrap_or(true);
            }
            if moved {
                continue;
            }
            let busy =
                !self.partner.iter().all(Process::is_idle) || !self.payments.iter().all(Process::is_idle);
            match self.next_due() {
                // Also the machine's own rest has to pass.
                Some(due) => self.world.now = due.max(self.world.now + Duration::from_secs(2)),
                None if busy => self.world.now += Duration::from_secs(2),
                None => return,
            }
        }
        self.world.broke("the journal never comes to rest".to_owned());
    }

    /// When the first of those is due that aren't held up.
    fn next_due(&mut self) -> Option<Duration> {
        let entries = self.world.journal.entries();
        let live =
            entries.iter().filter(|entry| entry.state.is_live() && !invariants::is_held_up(entry, &entries));
        let due = live.map(|entry| entry.due_at).min()?;
        Some(Duration::from_secs(u64::try_from(due).ok()?.saturating_sub(START)))
    }
}

fn step<C: cashlink_core::Credential>(process: &mut Process<C>, world: &mut World) -> Result<(), ()> {
    if world.now < process.stopped_until {
        return Ok(());
    }
    let in_hand = process.in_hand();
    process.step(world).map(|_| ()).map_err(|_| {
        if let Some(id) = in_hand {
            world.doubt(id);
        }
    })
}

/// `kill -9`: nothing that it had in hand is told to anybody.
fn kill<C: cashlink_core::Credential>(process: &Process<C>, world: &mut World) {
    if let Some(id) = process.in_hand() {
        world.doubt(id);
        world.log(|| format!("a worker dies with intent {id} in hand"));
    }
}

/// `SIGSTOP`, and `SIGCONT` later, perhaps beyond its lease.
fn stop<C: cashlink_core::Credential>(process: &mut Process<C>, world: &mut World) {
    let seconds = world.random.below(500);
    process.stopped_until = world.now + Duration::from_secs(seconds);
    if let Some(id) = process.in_hand() {
        world.doubt(id);
        world.log(|| format!("a worker is stopped for {seconds} s with intent {id} in hand"));
    }
}
