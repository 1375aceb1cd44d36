//! A platform's key can't create payment links: that takes the business's own key.
use cashlink_core::payments::{Cashlink, CreateCashlink};
use cashlink_core::{Client, Now, Step, UserKey};

pub fn start(client: &Client<UserKey>, create: &CreateCashlink, now: Now) -> Step<Cashlink> {
    client.start(create, now, [0; 16])
}

fn main() {}
