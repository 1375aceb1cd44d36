//! A claim can't be copied: one claim, one performance.
use cashlink_journal::Claim;

pub fn twice(claim: Claim) -> (Claim, Claim) {
    (Clone::clone(&claim), claim)
}

fn main() {}
