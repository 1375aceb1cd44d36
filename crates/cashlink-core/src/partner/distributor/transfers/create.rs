//! `POST distributor/v2/transfers/`: transfer units on the secondary market.

use alloc::string::String;

use serde::Serialize;

use super::Transfer;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::writing::operation;
use crate::partner::{ProductId, WalletId};
use crate::{IdempotencyKey, Personal};

/// Transfers units from a managed wallet to another investor's wallet. No scope is documented for it.
///
/// The source must be managed by Cashlink and not frozen, the target's investor must be on Cashlink Connect and take transfers,
/// the product must be listed where the recipient is, and the amount must be below what is available (documented). The
/// source's investments shrink oldest first, and the recipient gets a new one. There is no second factor: this call is all.
///
/// It answers while the ledger still works: [`Poll`](crate::task::Poll) asks after it.
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::CreateTransfer;
///
/// let create = CreateTransfer::new(
///     IdempotencyKey::new("sale-12")?,
///     "9b2f1c1e-0000-4000-8000-000000000001".parse()?,
///     "9b2f1c1e-0000-4000-8000-000000000002".parse()?,
///     "0x00000000219ab540356cBB839Cbe05303d7705Fa",
///     40,
/// );
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateTransfer {
    key: IdempotencyKey,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    product: ProductId,
    source_wallet: WalletId,
    target_address: Personal<String>,
    amount: u64,
}

impl CreateTransfer {
    /// So many whole units of a product, from a wallet to an address. The units are no money.
    pub fn new(
        key: IdempotencyKey,
        product: ProductId,
        source_wallet: WalletId,
        target_address: impl Into<Personal<String>>,
        units: u64,
    ) -> Self {
        let fields = Fields { product, source_wallet, target_address: target_address.into(), amount: units };
        Self { key, fields, extra: Extra::default() }
    }

    extra!();
}

operation! {
    CreateTransfer -> Transfer, "transfers.create", POST, Documented,
    |_create, path| path.literal("distributor/v2/transfers/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskStatus;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let id = |text: &str| text.parse().unwrap();
        let create = CreateTransfer::new(
            IdempotencyKey::new("k").unwrap(),
            id("p-1"),
            "w-1".parse().unwrap(),
            "0xc0ffee",
            u64::MAX,
        )
        .extra("x", 1);
        vectors::request(
            &BEARER,
            &create,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/transfers/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"product":"p-1","source_wallet":"w-1","target_address":"0xc0ffee","amount":18446744073709551615,"x":1}"#]],
        );
        assert!(!alloc::format!("{create:?}").contains("c0ffee"));
    }

    #[test]
    fn the_answer_says_how_far_it_is() {
        const ANSWER: &str = r#"{"id":"t-1","status":"processing"}"#;
        let transfer = vectors::answer::<CreateTransfer>(ANSWER).unwrap();
        assert_eq!(transfer.status, Some(TaskStatus::Processing));
        vectors::t29_cut_everywhere::<CreateTransfer>(ANSWER);
    }
}
