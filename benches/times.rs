//! The time of the table's rows. `cargo bench --bench rows` is criterion's; with `-- alternate` it is what `scripts/bench` asks for:
//! each row's sides in turn, a slice each, and of each side the fastest slice. So what else runs on the machine meets all of them, and
//! a slice that it doesn't meet counts.

mod rows;

use std::time::{Duration, Instant};

use criterion::Criterion;

/// Short enough to be left alone now and then.
const SLICE: Duration = Duration::from_micros(300);
/// Of one side, all slices together.
const BUDGET: Duration = Duration::from_millis(400);

fn main() {
    if std::env::args().any(|argument| argument == "alternate") {
        alternate();
    } else {
        let mut criterion = Criterion::default().configure_from_args();
        by_criterion(&mut criterion);
        criterion.final_summary();
    }
}

fn by_criterion(criterion: &mut Criterion) {
    for row in rows::all() {
        let mut group = criterion.benchmark_group(row.name);
        for mut side in row.sides {
            group.bench_function(side.name, |bencher| bencher.iter(&mut side.work));
        }
        group.finish();
    }
}

/// Prints row, side, and nanoseconds a call.
fn alternate() {
    for mut row in rows::all() {
        let mut sides: Vec<_> = row.sides.iter_mut().map(Slices::of).collect();
        let longest = sides.iter().map(|side| side.once).max().unwrap_or(SLICE).max(SLICE);
        let rounds = (BUDGET.as_nanos() / longest.as_nanos()).max(15);
        for _ in 0..rounds {
            sides.iter_mut().for_each(Slices::another);
        }
        for side in sides {
            println!("{}\t{}\t{:.1}", row.name, side.side.name, side.fastest);
        }
    }
}

struct Slices<'a> {
    side: &'a mut rows::Side,
    calls: u32,
    once: Duration,
    /// Nanoseconds of one call.
    fastest: f64,
}

impl<'a> Slices<'a> {
    fn of(side: &'a mut rows::Side) -> Self {
        (side.work)();
        let once = (0..3).map(|_| took(&mut side.work, 1)).min().unwrap_or(SLICE);
        let calls = (SLICE.as_nanos() / once.as_nanos().max(1)).clamp(1, 100_000);
        Self { side, calls: u32::try_from(calls).unwrap_or(1), once, fastest: f64::INFINITY }
    }

    fn another(&mut self) {
        let slice = took(&mut self.side.work, self.calls).as_nanos() as f64;
        self.fastest = self.fastest.min(slice / f64::from(self.calls));
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn took(work: &mut dyn FnMut(), calls: u32) -> Duration {
    let began = Instant::now();
    for _ in 0..calls {
        work();
    }
    began.elapsed()
}
