//! `GET distributor/v2/investors/{id}/`: read an investor.

use super::{Investor, InvestorId};
use crate::partner::reading::get;

get! {
    /// Reads an investor. Needs the scope [`investors:read`](crate::partner::scope::INVESTORS_READ).
    ///
    /// The path is documented in the API's older form (`v2/investors/{id}/`) and inferred for the distributor API.
    ///
    /// ```
    /// use cashlink_core::partner::distributor::GetInvestor;
    ///
    /// let get = GetInvestor::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetInvestor(InvestorId) -> Investor, "investors.get", "distributor/v2/investors/"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    const ANSWER: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#;

    #[test]
    fn the_id_is_one_segment_of_the_path() {
        let get = GetInvestor::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap());
        vectors::request(
            &BEARER,
            &get,
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/investors/3fa85f64-5717-4562-b3fc-2c963f66afa6/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
    }

    #[test]
    fn the_answer_is_the_investor() {
        assert_eq!(
            vectors::answer::<GetInvestor>(ANSWER).unwrap().id.as_str(),
            "3fa85f64-5717-4562-b3fc-2c963f66afa6"
        );
        vectors::t29_cut_everywhere::<GetInvestor>(ANSWER);
    }
}
