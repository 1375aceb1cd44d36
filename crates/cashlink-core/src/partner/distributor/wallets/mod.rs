//! Wallets: where an investor's units are. The investor's own, or one that Cashlink keeps.

mod create_managed;
mod link;

pub use create_managed::CreateManagedWallet;
pub use link::LinkWallet;
