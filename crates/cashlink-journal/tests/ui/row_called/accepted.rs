//! A row leads to no request: only a claim that was read from it does.
use cashlink_journal::core::{Bearer, Call, Client, answer::Received};
use cashlink_journal::{Claim, Policy, Settlement};

pub fn call(it: &Claim, client: &Client<Bearer>) -> Result<Call<Received, Bearer>, Box<Settlement>> {
    it.call(client, &Policy::default())
}

fn main() {}
