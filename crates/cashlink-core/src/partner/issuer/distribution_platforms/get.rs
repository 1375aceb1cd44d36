//! `GET issuer/v2/distribution-platforms/{id}/`: read a distribution platform.

use super::{DistributionPlatform, DistributionPlatformId};
use crate::partner::reading::get;

get! {
    /// Reads a distribution platform. Needs the scope [`products:read`](crate::partner::scope::PRODUCTS_READ).
    ///
    /// The path is an example of the documentation.
    ///
    /// ```
    /// use cashlink_core::partner::issuer::GetDistributionPlatform;
    ///
    /// let get = GetDistributionPlatform::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetDistributionPlatform(DistributionPlatformId) -> DistributionPlatform, "distribution_platforms.get", "issuer/v2/distribution-platforms/"
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
            &GetDistributionPlatform::new("x-1".parse().unwrap()),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/distribution-platforms/x-1/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<GetDistributionPlatform>(r#"{"id":"x-1"}"#);
    }
}
