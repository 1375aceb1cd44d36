//! Both sides in turn, each time; what a round needs is made before it is timed.

use std::time::{Duration, Instant};

use crate::intents::{self, New};

/// One side, on one database.
pub(crate) trait Side {
    /// One transaction of the caller's for each: with a row of the caller's own before it, or without.
    fn stage(&mut self, new: &[New], with_order: bool, after_each: &dyn Fn());

    /// They are there to be claimed.
    fn make_due(&mut self, new: &[New]);

    /// Claims them, at most `batch` at once, and settles each in a transaction of its own.
    fn work(&mut self, rows: usize, batch: u32, after_each: &dyn Fn());

    /// So many rows are pending, due long ago: each by itself, or all behind one that is claimed.
    fn fill(&mut self, rows: u64, behind: bool);

    /// Claims one, or finds nothing where all are behind one.
    fn claim(&mut self) -> usize;

    /// The processes of the database's server that work for it.
    fn servers(&self) -> Vec<u32>;
}

/// How long it took, and for how long it had a processor, here and in the server: other programs disturb that less.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    processor: Duration,
}

/// Connections, caches and plans settle first.
const WARM_UP: u64 = 5;

/// Transactions in a round.
const IN_A_ROUND: u64 = 20;

fn pairs(pairs: u64, one: &mut dyn FnMut(u64) -> Cost, other: &mut dyn FnMut(u64) -> Cost) {
    for pair in 0..WARM_UP + pairs {
        let (one, other) = if pair % 2 == 0 {
            let first = one(pair);
            (first, other(pair))
        } else {
            let first = other(pair);
            (one(pair), first)
        };
        if pair >= WARM_UP {
            let times = [one.wall, other.wall, one.processor, other.processor]
                .map(|time| time.as_nanos().to_string());
            println!("{}", times.join(" "));
        }
    }
}

pub(crate) fn stage(many: u64, with_order: bool, burden: Duration, one: &mut dyn Side, other: &mut dyn Side) {
    let round = |side: &mut dyn Side, pair: u64, burden: Duration| {
        let new = intents::new(pair * IN_A_ROUND, IN_A_ROUND);
        cost(side, |side| side.stage(&new, with_order, &|| spin(burden)))
    };
    pairs(many, &mut |pair| round(one, pair, burden), &mut |pair| round(other, pair, Duration::ZERO));
}

pub(crate) fn queue(many: u64, batch: u32, burden: Duration, one: &mut dyn Side, other: &mut dyn Side) {
    let rows = IN_A_ROUND.max(batch.into());
    let round = |side: &mut dyn Side, pair: u64, burden: Duration| {
        let new = intents::new(pair * rows, rows);
        side.make_due(&new);
        cost(side, |side| side.work(new.len(), batch, &|| spin(burden)))
    };
    pairs(many, &mut |pair| round(one, pair, burden), &mut |pair| round(other, pair, Duration::ZERO));
}

/// A line a round: how long a claim took at each depth.
pub(crate) fn depth(rounds: u64, behind: bool, deep: &mut [Box<dyn Side>]) {
    for round in 0..WARM_UP + rounds {
        let mut line = Vec::new();
        for side in &mut *deep {
            let mut claimed = 0;
            let cost = cost(&mut **side, |side| claimed = side.claim());
            line.extend([cost.wall, cost.processor].map(|time| time.as_nanos().to_string()));
            assert_eq!(claimed, usize::from(!behind), "what is claimed");
        }
        if round >= WARM_UP {
            println!("{}", line.join(" "));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn cost(side: &mut dyn Side, work: impl FnOnce(&mut dyn Side)) -> Cost {
    let had = processor(side);
    let began = Instant::now();
    work(side);
    let wall = began.elapsed();
    Cost { wall, processor: processor(side).saturating_sub(had) }
}

/// For how long this thread and the server's processes had a processor. Linux tells it, to the nanosecond; elsewhere it is zero.
fn processor(side: &dyn Side) -> Duration {
    let had = |path: String| {
        let told = std::fs::read_to_string(path).unwrap_or_default();
        told.split_whitespace().next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or_default()
    };
    let servers = side.servers().into_iter().map(|server| had(format!("/proc/{server}/schedstat")));
    Duration::from_nanos(servers.sum::<u64>() + had("/proc/thread-self/schedstat".to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn spin(burden: Duration) {
    let began = Instant::now();
    while began.elapsed() < burden {}
}
