//! Only a company has an address of its own.
use cashlink_core::payments::{BusinessAddress, RegisterBusiness};

fn main() {
    let business = RegisterBusiness::individual("ada@example.com", "Ada's Shop");
    let _ = business.address(BusinessAddress::new().city("Bonn"));
}
