//! The API key of a business is no right to an allocated id, and must not go out as one.
use cashlink_core::payments::{AllocationSignature, CreateCashlink};

pub fn create(link: CreateCashlink, secret: &AllocationSignature) -> CreateCashlink {
    link.under_allocated_id(secret)
}

fn main() {}
