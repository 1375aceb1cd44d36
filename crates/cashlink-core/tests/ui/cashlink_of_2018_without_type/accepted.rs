//! Version 2018-01-15 of the Payments API asks for a payment link's type.
use cashlink_core::Money;
use cashlink_core::payments::{CashlinkType, CreateCashlink};

pub fn create(kind: CashlinkType, amount: Money) -> CreateCashlink {
    CreateCashlink::v2018_01_15(kind, amount, "Invoice no. 12345")
}

fn main() {}
