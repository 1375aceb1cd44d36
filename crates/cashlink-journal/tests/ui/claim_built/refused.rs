//! A claim can't be built: it comes from a store that has committed it.
use cashlink_journal::store::Row;
use cashlink_journal::{Claim, Claimed, Policy};

pub fn claim(row: &Row) -> Claimed {
    Claim::of(row, &Policy::default())
}

fn main() {}
