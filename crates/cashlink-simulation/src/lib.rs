//! Seeded histories on virtual time: the journal on its in-memory store, the worker's machine, the core's flows and the sandbox's
//! engine, with crashes between any two steps, stopped workers that go on after their lease, clocks that jump, and every fault of the
//! network. No thread, no socket, no clock: one seed is one history.
//!
//! Each history ends in a calm, after which every promise of the journal has to be true (T41, T43–T45). A [`Bug`] can be planted, to
//! show that the simulation would find it.
#![forbid(unsafe_code)]

mod bug;
mod history;
mod invariants;
mod meant;
mod process;
mod random;
mod store;
mod world;

pub use bug::Bug;

use history::History;

/// A history in which a promise was broken.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Its seed.
    pub seed: u64,
    /// The promises.
    pub promises: Vec<String>,
}

/// Runs the history of this seed.
///
/// # Errors
/// When it breaks a promise.
pub fn run(seed: u64, bug: Option<Bug>) -> Result<(), Broken> {
    let (promises, _) = History::new(seed, bug, false).run();
    if promises.is_empty() { Ok(()) } else { Err(Broken { seed, promises }) }
}

/// What happens in the history of this seed, line by line.
#[must_use]
pub fn lines(seed: u64, bug: Option<Bug>) -> Vec<String> {
    History::new(seed, bug, true).run().1
}

/// The first of these histories that breaks a promise.
pub fn first_broken(seeds: impl IntoIterator<Item = u64>, bug: Option<Bug>) -> Option<Broken> {
    seeds.into_iter().find_map(|seed| run(seed, bug).err())
}
