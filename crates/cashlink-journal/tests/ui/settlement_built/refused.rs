//! What became of a call is judged by the journal, and can't be made up.
use cashlink_journal::core::{Reply, answer::Received};
use cashlink_journal::{Claim, Settlement};

pub fn done(_: &Claim, reply: &Reply<Received>) -> Settlement {
    Settlement::done(reply)
}

fn main() {}
