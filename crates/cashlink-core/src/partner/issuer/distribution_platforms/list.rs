//! `GET issuer/v2/distribution-platforms/`: list all distribution platforms, oldest first.

use super::DistributionPlatform;
use crate::partner::reading::list;

list! {
    /// Lists all distribution platforms, oldest first. Needs the scope [`products:read`](crate::partner::scope::PRODUCTS_READ).
    ///
    /// The path is an example of the documentation.
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::issuer::ListDistributionPlatforms;
    ///
    /// let walk = Walk::new(&ListDistributionPlatforms::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListDistributionPlatforms -> DistributionPlatform, "distribution_platforms.list", "issuer/v2/distribution-platforms/"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn the_first_page_has_no_query() {
        vectors::request(
            &BEARER,
            &ListDistributionPlatforms::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/distribution-platforms/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<ListDistributionPlatforms>(r#"{"count":1,"results":[{"id":"x-1"}]}"#);
    }
}
