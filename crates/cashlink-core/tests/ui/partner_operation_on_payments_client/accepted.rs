//! An operation of the Partner API doesn't start on a client of the Payments API.
use cashlink_core::partner::distributor::{GetInvestor, Investor};
use cashlink_core::{Bearer, Client, Now, Step};

pub fn start(client: &Client<Bearer>, get: &GetInvestor, now: Now) -> Step<Investor> {
    client.start(get, now, [0; 16])
}

fn main() {}
