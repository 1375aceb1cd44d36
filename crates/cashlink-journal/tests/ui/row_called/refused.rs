//! A row leads to no request: only a claim that was read from it does.
use cashlink_journal::core::{Bearer, Call, Client, answer::Received};
use cashlink_journal::store::Row;
use cashlink_journal::{Policy, Settlement};

pub fn call(it: &Row, client: &Client<Bearer>) -> Result<Call<Received, Bearer>, Box<Settlement>> {
    it.call(client, &Policy::default())
}

fn main() {}
