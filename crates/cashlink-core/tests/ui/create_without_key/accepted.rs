//! A create carries its idempotency key: without one it can't be written down.
use cashlink_core::IdempotencyKey;
use cashlink_core::partner::{NaturalPerson, distributor::CreateInvestor};

pub fn create(key: IdempotencyKey, person: NaturalPerson) -> CreateInvestor {
    CreateInvestor::natural_person(key, person, true)
}

fn main() {}
