//! Wallets: where units are credited. A distributor links or creates them.

use serde::Deserialize;

use crate::Id;

/// The id of a wallet.
pub type WalletId = Id<Wallet>;

/// A wallet, as the API returns it. Only its id is documented.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Wallet {
    /// Its id.
    pub id: WalletId,
}

impl Wallet {
    /// A wallet for tests.
    #[must_use]
    pub fn fixture(id: WalletId) -> Self {
        Self { id }
    }
}
