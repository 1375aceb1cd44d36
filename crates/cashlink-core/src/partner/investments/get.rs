//! `GET distributor/v2/investments/{id}/`: read an investment.

use http::Method;

use super::{Investment, InvestmentId};
use crate::answer::{Answer, DecodeError};
use crate::{Bearer, Effect, Operation, Path};

/// Reads an investment. Needs the scope [`investments:read`](super::super::scope::INVESTMENTS_READ).
///
/// Reading is documented in prose, the path is inferred.
///
/// ```
/// use cashlink_core::partner::GetInvestment;
///
/// let get = GetInvestment::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct GetInvestment {
    id: InvestmentId,
}

impl GetInvestment {
    /// The investment with this id.
    pub fn new(id: InvestmentId) -> Self {
        Self { id }
    }
}

impl Operation for GetInvestment {
    type Output = Investment;
    type Credential = Bearer;
    const NAME: &'static str = "investments.get";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("distributor/v2/investments/").id(&self.id).literal("/");
    }

    fn decode(answer: &Answer<'_>) -> Result<Investment, DecodeError> {
        answer.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::InvestmentStatus;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    const ANSWER: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"REDEEMED"}"#;

    #[test]
    fn the_id_is_one_segment_of_the_path() {
        let get = GetInvestment::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap());
        vectors::request(
            &BEARER,
            &get,
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/investments/3fa85f64-5717-4562-b3fc-2c963f66afa6/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
    }

    #[test]
    fn a_status_that_nobody_knew_is_kept() {
        let investment = vectors::answer::<GetInvestment>(ANSWER).unwrap();
        assert_eq!(investment.status, Some(InvestmentStatus::from("REDEEMED")));
        assert_eq!(investment.status.unwrap().as_str(), "REDEEMED");
        vectors::t29_cut_everywhere::<GetInvestment>(ANSWER);
    }
}
