//! The API key of a business is no right to an allocated id, and must not go out as one.
use cashlink_core::Secret;
use cashlink_core::payments::CreateCashlink;

pub fn create(link: CreateCashlink, secret: &Secret) -> CreateCashlink {
    link.under_allocated_id(secret)
}

fn main() {}
