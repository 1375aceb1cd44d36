//! Whether the time of a webhook's check tells how much of a secret was right (T49): dudect's measurement. Of two credentials one is
//! wrong in an early place, one in a late place; which is shown next, a coin decides. If their times come from different
//! distributions by Welch's t-test, the check gives its secret away, letter by letter.
//!
//! Each check is measured a second time with a naive comparison **behind** it. That control has all the noise of the check, so
//! where it is caught, a naive comparison inside the check would have been caught too.
//!
//! It fails when a check is suspicious, or a control isn't caught. `scripts/timing` runs it.
//!
//! With `count <check> <0 for early, 1 for late> <check | naive>` it measures nothing, but does one of the classes [`COUNTED`] times,
//! for valgrind to count its instructions. That no other program disturbs: a check that stops at the first difference has more of
//! them the later it comes. With `names` it says which checks there are.

#[path = "timing/checks.rs"]
mod checks;
#[path = "timing/welch.rs"]
mod welch;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Request;
use checks::{Check, Wrong};
use welch::{Finding, Samples};

/// Measurements of each check, and of each control.
const MEASUREMENTS: u32 = 1_000_000;

/// Caches, branch predictors and clock rates settle first.
const WARM_UP: u32 = 20_000;

/// dudect's own bounds: below the one nothing is known against a check, above the other there is no doubt.
const SUSPICIOUS: f64 = 4.5;
const CERTAIN: f64 = 10.0;

/// Checks of one class, where instructions are counted.
const COUNTED: u32 = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, check, wrong, judge] = &arguments[..] {
        assert_eq!(command, "count");
        let wrong = if wrong == "0" { Wrong::Early } else { Wrong::Late };
        let check = checks::all().into_iter().find(|one| one.name == check).expect("a check of that name");
        count(&check, wrong, judge == "naive");
        return ExitCode::SUCCESS;
    }
    if arguments == ["names"] {
        println!("{}", checks::all().map(|check| check.name).join("\n"));
        return ExitCode::SUCCESS;
    }
    measured()
}

fn count(check: &Check, wrong: Wrong, naively: bool) {
    for _ in 0..COUNTED {
        let shown = black_box(check.show(wrong));
        let passed = check.passes(&shown) | (naively && check.naively_passes(&shown));
        assert!(!black_box(passed), "{}: what is wrong passed", check.name);
    }
}

fn measured() -> ExitCode {
    welch::assert_right();
    println!("{MEASUREMENTS} measurements each: a check below {SUSPICIOUS}, its control above {CERTAIN}\n");
    println!("{:<26} {:>8} {:>12} {:>6}", "", "|t|", "difference", "of");
    let right = checks::all().each_ref().map(examined);
    if right.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Whether the check is above suspicion, and the measurement able to raise it.
fn examined(check: &Check) -> bool {
    let ours = welch::most_suspicious(&measure(check, Check::passes));
    print(check.name, ours);
    let control = welch::most_suspicious(&measure(check, |check, shown| {
        check.passes(shown) | check.naively_passes(shown)
    }));
    print("  and a naive comparison", control);
    let (clean, caught) = (ours.t.abs() < SUSPICIOUS, control.t.abs() > CERTAIN);
    if !clean {
        println!("  suspicious: its time depends on what is shown");
    }
    if !caught {
        println!("  the control wasn't caught: this measurement says nothing");
    }
    clean && caught
}

fn print(name: &str, Finding { t, difference, kept }: Finding) {
    println!("{name:<26} {:>8.2} {difference:>9.2} ns {:>5.0}%", t.abs(), kept * 100.0);
}

fn measure(check: &Check, judge: impl Fn(&Check, &Request<Bytes>) -> bool) -> Samples {
    let mut samples = Samples::default();
    let mut coin = Coin(0x9E37_79B9_7F4A_7C15);
    for round in 0..WARM_UP + MEASUREMENTS {
        let wrong = coin.toss();
        let shown = black_box(check.show(wrong));
        #[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
        let began = Instant::now();
        let passed = black_box(judge(check, &shown));
        let took = began.elapsed().as_nanos();
        assert!(!passed, "{}: what is wrong passed", check.name);
        if round >= WARM_UP {
            samples[wrong as usize].push(u32::try_from(took).unwrap_or(u32::MAX));
        }
    }
    samples
}

/// Xorshift (Marsaglia, 2003), 64 bits. The same sides in each run: what differs from run to run is the machine.
struct Coin(u64);

impl Coin {
    fn toss(&mut self) -> Wrong {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        if self.0 >> 63 == 0 { Wrong::Early } else { Wrong::Late }
    }
}
