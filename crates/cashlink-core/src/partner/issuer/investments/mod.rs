//! Investments in an issuer's products. Issuers read them; only distribution platforms create them.

mod details;
mod get;
mod list;

pub use details::{InvestmentDetails, Untyped};
pub use get::GetInvestment;
pub use list::ListInvestments;
