//! What the table's rows cost in instructions and allocations. `scripts/bench` runs it: once as it is, for the allocations, and once
//! under callgrind, which collects within [`measured`] alone and writes its count whenever [`reported`] returns, in the order of the
//! lines that are printed here.
//!
//! ```text
//! count walk           the peak of a walk over 10, 100 and 1,000 pages of 100
//! count in-flight      what 100,000 flows hold while their requests are on their way, a flow
//! count [BURDEN …]     a burden is ROUNDS:BLOCKS for our side of a row, in their order: work that nobody needs, which has to be noticed
//! ```

#[path = "memory/counting.rs"]
mod counting;
mod rows;

use std::hint::black_box;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("walk") => walk(),
        Some("in-flight") => in_flight(),
        _ => every_row(&arguments),
    }
}

/// What a page and a step take, however long the list is.
fn walk() {
    let ours = rows::walk::Ours::new();
    for pages in [10, 100, 1_000] {
        let answers = rows::walk::Pages::new(pages);
        println!("{pages}\t{}", counting::peak(|| ours.walked(&answers)));
    }
}

/// Its bytes, those of its request among them, which come second; and what such a request takes, as `http` holds it.
fn in_flight() {
    const FLOWS: usize = 100_000;
    drop(rows::in_flight::flows(1));
    let bytes = counting::peak(|| rows::in_flight::flows(FLOWS));
    let built = counting::peak(|| rows::in_flight::built(FLOWS));
    println!("{}\t{}\t{}", bytes / FLOWS, rows::in_flight::request(), built / FLOWS);
}

fn every_row(burdens: &[String]) {
    let mut burdens = burdens.iter().map(|burden| {
        let (rounds, blocks) = burden.split_once(':').expect("ROUNDS:BLOCKS");
        (rounds.parse().expect("a number"), blocks.parse().expect("a number"))
    });
    for row in rows::counted() {
        let mut burden = burdens.next().unwrap_or_default();
        for mut side in row.sides {
            let (rounds, blocks) = std::mem::take(&mut burden);
            let mut work = || {
                (side.work)();
                bear(rounds, blocks);
            };
            settle();
            // What is set up once is no part of the work.
            work();
            let allocations = counting::blocks(&mut work);
            reported(&mut work);
            println!("{}\t{}\t{allocations}", row.name, side.name);
        }
    }
}

/// Takes what the allocator keeps at hand of the small blocks that earlier rows gave back, and has it merge the rest: what a row costs
/// must not depend on those before it. glibc keeps up to seven blocks of each size up to 1,032 bytes, and merges when a larger one is
/// asked for.
fn settle() {
    for size in (16..=1_040).step_by(16) {
        (0..7).for_each(|_| std::mem::forget(black_box(Vec::<u8>::with_capacity(size - 8))));
    }
    drop(black_box(Vec::<u8>::with_capacity(64 * 1024)));
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
