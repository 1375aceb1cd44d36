//! A client is made of an API and a credential of that API.
use cashlink_core::partner::Partner;
use cashlink_core::payments::Payments;
use cashlink_core::{Client, UserKey};

pub fn client(_payments: Payments, partner: Partner, key: UserKey) -> Client<UserKey> {
    Client::new(partner, key)
}

fn main() {}
