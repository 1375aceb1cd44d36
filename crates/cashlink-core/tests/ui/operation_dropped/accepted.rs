//! An operation is only a value: writing it down sends nothing.
#![deny(unused_must_use)]
use cashlink_core::IdempotencyKey;
use cashlink_core::partner::{NaturalPerson, distributor::CreateInvestor};

pub fn create(key: IdempotencyKey, person: NaturalPerson) {
    perform(CreateInvestor::natural_person(key, person, true));
}

fn perform<T>(_operation: T) {}

fn main() {}
