//! What was staged leads to no request: it may never be committed.
use cashlink_journal::core::{Bearer, Call, Client, answer::Received};
use cashlink_journal::{Claim, Policy, Settlement};

pub fn call(it: &Claim, client: &Client<Bearer>) -> Result<Call<Received, Bearer>, Box<Settlement>> {
    it.call(client, &Policy::default())
}

fn main() {}
