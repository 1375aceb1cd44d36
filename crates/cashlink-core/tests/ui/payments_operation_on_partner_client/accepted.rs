//! An operation of the Payments API doesn't start on a client of the Partner API.
use cashlink_core::payments::{Cashlink, CreateCashlink};
use cashlink_core::{Client, Now, Step, UserKey};

pub fn start(client: &Client<UserKey>, create: &CreateCashlink, now: Now) -> Step<Cashlink> {
    client.start(create, now, [0; 16])
}

fn main() {}
