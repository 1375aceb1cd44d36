//! `GET distributor/v2/investments/{id}/`: read an investment.

use crate::partner::reading::get;
use crate::partner::{Investment, InvestmentId};

get! {
    /// Reads an investment. Needs the scope [`investments:read`](crate::partner::scope::INVESTMENTS_READ).
    ///
    /// Reading is documented in prose, the path is inferred.
    ///
    /// ```
    /// use cashlink_core::partner::distributor::GetInvestment;
    ///
    /// let get = GetInvestment::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetInvestment(InvestmentId) -> Investment, "investments.get", "distributor/v2/investments/"
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
