//! A claim can't be built: it comes from a store that has committed it.
use cashlink_journal::core::Now;
use cashlink_journal::store::{Wanted, blocking::Store};
use cashlink_journal::{Claimed, Policy};

pub fn claim<S: Store>(store: &mut S, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Claimed>, S::Error> {
    store.claim(wanted, &Policy::default(), now)
}

fn main() {}
