//! A step that nobody answers does nothing.
#![deny(unused_must_use)]
use cashlink_core::partner::distributor::ListInvestors;
use cashlink_core::{Bearer, Client, Now};

pub fn list(client: &Client<Bearer>, now: Now) {
    drive(client.start(&ListInvestors::new(), now, [0; 16]));
}

fn drive<T>(_step: T) {}

fn main() {}
