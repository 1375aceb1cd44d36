//! Who kills, and counts.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cashlink_client::blocking::{SystemTimer, Timer};
use cashlink_client::system_now;
use cashlink_journal::State;
use cashlink_journal::operate::Counted;
use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Armed, Config, Kind};

use crate::Result;
use crate::database::Database;
use crate::process::{Origin, is_once, stage};

/// How long all that was staged may take at the end, when nobody is killed anymore.
const CALM: Duration = Duration::from_secs(120);

pub(crate) fn run<D: Database>(kills: &str, options: &[&str]) -> Result {
    let kills: u32 = kills.parse()?;
    let seed = match options.iter().position(|option| *option == "--seed") {
        Some(at) => options.get(at.saturating_add(1)).ok_or("--seed needs a number")?.parse()?,
        None => 1,
    };
    let mut scene = Scene::<D>::new(seed)?;
    if options.contains(&"--stopped") {
        return scene.stop_and_go_on();
    }
    let wrong = options.contains(&"--wrong-order");
    // PostgreSQL goes by its own clock, so that a worker's may be minutes off; SQLite's workers are on one machine.
    let skews = if D::NAME == "postgres" { [0, 180, -240] } else { [0; 3] };
    let roles: Vec<(&str, i64)> = match wrong {
        true => vec![("wrong", 0)],
        false => [("stager", 0)].into_iter().chain(skews.map(|skew| ("worker", skew))).collect(),
    };
    let mut children = roles.iter().map(|role| scene.spawn(*role)).collect::<Result<Vec<_>>>()?;
    for _ in 0..kills {
        SystemTimer.sleep(Duration::from_millis(10 + scene.random(60)));
        scene.mischief()?;
        let place = usize::try_from(scene.random(u64::try_from(children.len())?))?;
        let (child, role) = (&mut children[place], roles[place]);
        end(child)?;
        *child = scene.spawn(role)?;
    }
    // The stager goes first; the workers end what is there.
    end(&mut children[0])?;
    scene.sandbox.with(|sandbox| sandbox.disarm());
    let calm = if wrong { Ok(()) } else { scene.wait(|scene| Ok(scene.store.open_intents()?.live() == 0)) };
    for child in &mut children {
        end(child)?;
    }
    calm?;
    if wrong { scene.count_without_journal(kills) } else { scene.count(kills) }
}

fn end(child: &mut Child) -> Result {
    // SIGKILL. One that has ended by itself has failed, and says so on the standard error.
    let _ = child.kill();
    child.wait()?;
    Ok(())
}

struct Scene<D: Database> {
    sandbox: Running,
    _place: D::Place,
    place: String,
    store: D,
    seed: u64,
}

impl<D: Database> Scene<D> {
    fn new(seed: u64) -> Result<Self> {
        let (kept, place) = D::create()?;
        let store = D::open(&place)?;
        Ok(Self { sandbox: Server::start(Config::default())?, _place: kept, place, store, seed })
    }

    fn spawn(&self, (role, skew): (&str, i64)) -> Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["child", role, D::NAME, &self.place, &self.sandbox.origin(), &skew.to_string()]);
        Ok(command.stdout(Stdio::piped()).spawn()?)
    }

    /// A number below this one: SplitMix64, so that a run's choices can be repeated; its moments can't.
    fn random(&mut self, below: u64) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    /// What happens to one of the next requests.
    fn mischief(&mut self) -> Result {
        let fault = match self.random(8) {
            0..=2 => "drop-response",
            3 => "drop-request",
            4 => "status=503",
            5 => "status=502;after-effect",
            6 => "delay=30",
            _ => return Ok(()),
        };
        let armed = Armed::new(fault.parse()?).times(1).method("POST".parse()?);
        self.sandbox.with(|sandbox| sandbox.arm(armed));
        Ok(())
    }

    fn wait(&mut self, mut is_so: impl FnMut(&mut Self) -> Result<bool>) -> Result {
        let end = system_now().mono + CALM;
        while !is_so(self)? {
            if system_now().mono > end {
                return Err("what was staged doesn't come to an end".into());
            }
            SystemTimer.sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// As many effects as intents, and each order's handler once.
    fn count(&mut self, kills: u32) -> Result {
        let orders = self.store.orders()?;
        let stats = self.store.stats(None, Counted::All, system_now())?;
        let kept = |state| usize::try_from(stats.count(state)).unwrap_or(usize::MAX);
        let (done, doubt) = (kept(State::Done), kept(State::NeedsReconciliation));
        let (investors, links) =
            self.sandbox.with(|sandbox| (sandbox.count(Kind::Investor), sandbox.count(Kind::Cashlink)));

        let (once, keyed): (Vec<_>, Vec<_>) = orders.iter().partition(|order| is_once(order.number));
        let objects = |orders: &[&crate::database::Order]| -> usize {
            orders.iter().filter_map(|order| order.object.as_deref()).collect::<BTreeSet<_>>().len()
        };
        println!(
            "{}: {kills} kills, {} intents: {done} done, {doubt} in doubt; effects: {investors} of {} keyed, {links} of {} without a key",
            D::NAME,
            orders.len(),
            keyed.len(),
            once.len(),
        );
        let holds = [
            (orders.len() == done + doubt, "every order has an intent, and each is over"),
            (investors == keyed.len(), "as many effects as keyed intents"),
            (objects(&keyed) == keyed.len(), "each keyed order has an object of its own"),
            (
                links <= once.len() && objects(&once) <= links && links <= objects(&once) + doubt,
                "no effect without a key twice",
            ),
            (orders.iter().all(|order| order.times == 1), "each handler's writes were kept once"),
        ];
        match holds.iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, what)) => Err(format!("this is not so: {what}").into()),
        }
    }

    /// The same count for whoever calls first and stores afterwards.
    fn count_without_journal(&mut self, kills: u32) -> Result {
        let (orders, investors) =
            (self.store.orders()?.len(), self.sandbox.with(|sandbox| sandbox.count(Kind::Investor)));
        println!(
            "{}: {kills} kills, called and then stored: {investors} effects of {orders} orders",
            D::NAME
        );
        if investors == orders { Ok(()) } else { Err("this is not so: as many effects as orders".into()) }
    }

    /// T43: a worker is stopped in the middle of its call, past its lease; another one settles; then the first goes on.
    fn stop_and_go_on(&mut self) -> Result {
        let origin = Origin(self.sandbox.origin());
        let journal = D::open(&self.place)?;
        stage(&mut self.store, &journal, &origin)?;
        let slow = Armed::new("delay=3000".parse()?).times(1).path_prefix("/api/external/distributor");
        self.sandbox.with(|sandbox| sandbox.arm(slow));
        let mut first = self.spawn(("worker", 0))?;
        self.wait(|scene| Ok(scene.sandbox.with(|sandbox| sandbox.count(Kind::Investor)) == 1))?;
        signal("-STOP", &first)?;
        let mut second = self.spawn(("worker", 0))?;
        self.wait(|scene| Ok(scene.store.open_intents()?.live() == 0))?;
        signal("-CONT", &first)?;
        let said = first.stdout.take().ok_or("no output")?;
        let lost = BufReader::new(said).lines().map_while(std::result::Result::ok).any(|line| line == "lost");
        end(&mut first)?;
        end(&mut second)?;
        if !lost {
            return Err("this is not so: the first worker lost its lease".into());
        }
        println!("{}: a worker was stopped past its lease, and could not settle when it went on", D::NAME);
        self.count(0)
    }
}

fn signal(which: &str, child: &Child) -> Result {
    match Command::new("kill").arg(which).arg(child.id().to_string()).status()?.success() {
        true => Ok(()),
        false => Err("kill refused".into()),
    }
}
