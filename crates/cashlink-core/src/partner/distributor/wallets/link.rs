//! `POST distributor/v2/investors/{id}/wallets/eth-generic/`: link a wallet of the investor's own.

use alloc::string::String;

use serde::Serialize;

use crate::body::Extra;
use crate::fields::extra;
use crate::partner::Wallet;
use crate::partner::distributor::InvestorId;
use crate::partner::writing::operation;
use crate::{IdempotencyKey, Personal};

/// Links a wallet of the investor's own on an Ethereum-like ledger; an investor may have any number. The scope is not
/// documented, but probably [`investors:write`](crate::partner::scope::INVESTORS_WRITE).
///
/// It takes a successful KYC, and all relevant tax information but for custodian banks. An address belongs to one investor
/// (documented).
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::LinkWallet;
///
/// let key = IdempotencyKey::new("wallet-17")?;
/// let link = LinkWallet::new(key, "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?, "0x00000000219ab540356cBB839Cbe05303d7705Fa")
///     .receiving_enabled(true);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct LinkWallet {
    key: IdempotencyKey,
    investor: InvestorId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    address: Personal<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiving_enabled: Option<bool>,
}

impl LinkWallet {
    /// The wallet at this address, as the investor of this id has it. The address is not checked here: which forms the API
    /// takes is not documented.
    pub fn new(key: IdempotencyKey, investor: InvestorId, address: impl Into<Personal<String>>) -> Self {
        let fields = Fields { address: address.into(), receiving_enabled: None };
        Self { key, investor, fields, extra: Extra::default() }
    }

    /// Whether it may receive transfers.
    pub fn receiving_enabled(mut self, enabled: bool) -> Self {
        self.fields.receiving_enabled = Some(enabled);
        self
    }

    extra!();
}

operation! {
    LinkWallet -> Wallet, "wallets.link", POST, Documented,
    |link, path| path.literal("distributor/v2/investors/").id(&link.investor).literal("/wallets/eth-generic/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let key = IdempotencyKey::new("k").unwrap();
        let link =
            LinkWallet::new(key, "i-1".parse().unwrap(), "0xc0ffee").receiving_enabled(true).extra("x", 1);
        vectors::request(
            &BEARER,
            &link,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/investors/i-1/wallets/eth-generic/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"address":"0xc0ffee","receiving_enabled":true,"x":1}"#]],
        );
        assert!(!alloc::format!("{link:?}").contains("c0ffee"), "an address tells whose wallet it is");
        vectors::t29_cut_everywhere::<LinkWallet>(r#"{"id":"w-1"}"#);
    }
}
