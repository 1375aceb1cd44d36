//! `GET issuer/v2/investments/{id}/`: read an investment with its details.

use super::InvestmentDetails;
use crate::partner::InvestmentId;
use crate::partner::reading::get;

get! {
    /// Reads an investment in one of the issuer's products. Needs the scope
    /// [`investments:read`](crate::partner::scope::INVESTMENTS_READ).
    ///
    /// The endpoint is documented.
    ///
    /// ```
    /// use cashlink_core::partner::issuer::GetInvestment;
    ///
    /// let get = GetInvestment::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetInvestment(InvestmentId) -> InvestmentDetails, "issuer.investments.get", "issuer/v2/investments/"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn the_id_is_one_segment_of_the_path() {
        vectors::request(
            &BEARER,
            &GetInvestment::new("v-1".parse().unwrap()),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/investments/v-1/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<GetInvestment>(r#"{"id":"v-1","units":40}"#);
    }
}
