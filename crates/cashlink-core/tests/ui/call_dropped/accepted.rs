//! A call that nobody performs does nothing.
#![deny(unused_must_use)]
use cashlink_core::partner::distributor::GetInvestor;
use cashlink_core::{Call, Error};

pub fn get(investor: &GetInvestor) -> Result<(), Error> {
    perform(Call::new(investor)?);
    Ok(())
}

fn perform<T>(_call: T) {}

fn main() {}
