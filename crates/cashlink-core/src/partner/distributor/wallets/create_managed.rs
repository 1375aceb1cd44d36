//! `POST distributor/v2/investors/{id}/wallets/eth-managed/`: create a wallet that Cashlink keeps.

use http::Method;
use serde::Serialize;

use crate::answer::{Answer, DecodeError};
use crate::body::{Body, Extra};
use crate::fields::extra;
use crate::partner::Wallet;
use crate::partner::distributor::InvestorId;
use crate::{Bearer, Effect, Honoured, IdempotencyKey, InvalidValue, Operation, Path};

/// Creates a wallet in Cashlink's custody; an investor has at most one. The scope is not documented, but probably
/// [`investors:write`](crate::partner::scope::INVESTORS_WRITE).
///
/// Managed wallets must be enabled for the platform, and the investor must have accepted the custody terms (documented). The
/// sample sends no body; a field for [`extra`](Self::extra) makes one. Whether the wallet is there at once is not documented.
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::CreateManagedWallet;
///
/// let key = IdempotencyKey::new("managed-wallet-17")?;
/// let create = CreateManagedWallet::new(key, "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateManagedWallet {
    key: IdempotencyKey,
    investor: InvestorId,
    extra: Extra,
}

/// No field is documented.
#[derive(Serialize)]
struct Fields {}

impl CreateManagedWallet {
    /// A managed wallet for this investor.
    pub fn new(key: IdempotencyKey, investor: InvestorId) -> Self {
        Self { key, investor, extra: Extra::default() }
    }

    extra!();
}

impl Operation for CreateManagedWallet {
    type Output = Wallet;
    type Credential = Bearer;
    const NAME: &'static str = "wallets.create_managed";

    fn method(&self) -> Method {
        Method::POST
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Keyed { key: &self.key, honoured: Honoured::Documented }
    }

    fn path(&self, path: &mut Path) {
        path.literal("distributor/v2/investors/").id(&self.investor).literal("/wallets/eth-managed/");
    }

    fn body(&self) -> Result<Body, InvalidValue> {
        if self.extra.is_empty() { Ok(Body::empty()) } else { Body::json_with(&Fields {}, &self.extra) }
    }

    fn decode(answer: &Answer<'_>) -> Result<Wallet, DecodeError> {
        answer.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn a_field_makes_a_body() {
        let create = CreateManagedWallet::new(IdempotencyKey::new("k").unwrap(), "i-1".parse().unwrap());
        let create = create.extra("x", 1);
        assert_eq!(create.body().unwrap().as_bytes().unwrap(), r#"{"x":1}"#);
        assert!(create.extra("x", 2).body().is_err());
    }

    #[test]
    fn there_is_no_body() {
        let create = CreateManagedWallet::new(IdempotencyKey::new("k").unwrap(), "i-1".parse().unwrap());
        vectors::request(
            &BEARER,
            &create,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/investors/i-1/wallets/eth-managed/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k
        "#]],
        );
        vectors::t29_cut_everywhere::<CreateManagedWallet>(r#"{"id":"w-1"}"#);
    }
}
