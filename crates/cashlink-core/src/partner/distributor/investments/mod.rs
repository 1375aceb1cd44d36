//! Investments: an investor buys units of a campaign.

mod create;
mod get;
mod list;
mod update;

pub use create::CreateInvestment;
pub use get::GetInvestment;
pub use list::ListInvestments;
pub use update::UpdateInvestment;
