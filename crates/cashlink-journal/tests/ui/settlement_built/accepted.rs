//! What became of a call is judged by the journal, and can't be made up.
use cashlink_journal::core::{Reply, answer::Received};
use cashlink_journal::{Claim, Policy, Settlement};

pub fn done(claim: &Claim, reply: &Reply<Received>) -> Settlement {
    claim.settlement(Ok(reply), &Policy::default(), 0)
}

fn main() {}
