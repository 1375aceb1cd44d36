//! What the table's rows cost in instructions and allocations. `scripts/bench` runs it: once as it is, for the allocations, and once
//! under callgrind, which collects within [`measured`] alone and writes its count whenever [`reported`] returns, in the order of the
//! lines that are printed here.
//!
//! ```text
//! count [BURDEN …]    a burden is ROUNDS:BLOCKS for our side of a row, in their order: work that nobody needs, which has to be noticed
//! ```

#[path = "memory/counting.rs"]
mod counting;
mod rows;

use std::hint::black_box;

fn main() {
    let mut burdens = std::env::args().skip(1).map(|burden| {
        let (rounds, blocks) = burden.split_once(':').expect("ROUNDS:BLOCKS");
        (rounds.parse().expect("a number"), blocks.parse().expect("a number"))
    });
    for row in rows::all() {
        let mut burden = burdens.next().unwrap_or_default();
        for mut side in row.sides {
            let (rounds, blocks) = std::mem::take(&mut burden);
            let mut work = || {
                (side.work)();
                bear(rounds, blocks);
            };
            // What is set up once is no part of the work.
            work();
            let allocations = counting::blocks(&mut work);
            reported(&mut work);
            println!("{}\t{}\t{allocations}", row.name, side.name);
        }
    }
}

fn bear(rounds: u64, blocks: u64) {
    for round in 0..rounds {
        black_box(round);
    }
    for block in 0..blocks {
        drop(black_box(Box::new(block)));
    }
}

/// Two functions, since callgrind obeys one option per function.
#[inline(never)]
fn reported(work: &mut dyn FnMut()) {
    measured(work);
    // No jump instead of a call.
    black_box(());
}

#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
    black_box(());
}
