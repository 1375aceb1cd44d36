//! An entry, as operators see it, leads to no request.
use cashlink_journal::core::{Bearer, Call, Client, answer::Received};
use cashlink_journal::{Claim, Policy, Settlement};

pub fn call(it: &Claim, client: &Client<Bearer>) -> Result<Call<Received, Bearer>, Box<Settlement>> {
    it.call(client, &Policy::default())
}

fn main() {}
