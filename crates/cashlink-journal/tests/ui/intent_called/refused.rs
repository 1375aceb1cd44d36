//! An intent leads to no request: only a claim does.
use cashlink_journal::core::{Bearer, Call, Client, answer::Received};
use cashlink_journal::{Intent, Policy, Settlement};

pub fn call(it: &Intent, client: &Client<Bearer>) -> Result<Call<Received, Bearer>, Box<Settlement>> {
    it.call(client, &Policy::default())
}

fn main() {}
