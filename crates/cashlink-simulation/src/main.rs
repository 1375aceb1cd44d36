//! `cashlink-simulation FIRST COUNT` runs histories, and shows the first that breaks a promise; `cashlink-simulation SEED` shows one.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|number| number.parse().ok()).collect();
    let (seeds, is_one) = match numbers.as_deref() {
        Some([seed]) => (*seed..seed.saturating_add(1), true),
        Some([first, count]) => (*first..first.saturating_add(*count), false),
        _ => {
            eprintln!("usage: cashlink-simulation SEED | FIRST COUNT");
            return ExitCode::from(2);
        }
    };
    let broken = cashlink_simulation::first_broken(seeds.clone(), None);
    if let Some(seed) = broken.as_ref().map(|broken| broken.seed).or(is_one.then_some(seeds.start)) {
        cashlink_simulation::lines(seed, None).iter().for_each(|line| println!("{line}"));
    }
    match broken {
        None => {
            println!("{} histories, every promise kept", seeds.end - seeds.start);
            ExitCode::SUCCESS
        }
        Some(broken) => {
            println!("seed {}: {}", broken.seed, broken.promises.join("; "));
            println!("again: scripts/simulate --seed {}", broken.seed);
            ExitCode::FAILURE
        }
    }
}
