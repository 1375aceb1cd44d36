//! What was staged leads to no request: it may never be committed.
use cashlink_journal::core::{Bearer, Call, Client, answer::Received};
use cashlink_journal::{Policy, Settlement, Staged};

pub fn call(it: &Staged, client: &Client<Bearer>) -> Result<Call<Received, Bearer>, Box<Settlement>> {
    it.call(client, &Policy::default())
}

fn main() {}
