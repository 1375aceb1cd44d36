//! `GET issuer/v2/issuers/`: list issuers, oldest first.

use super::Issuer;
use crate::partner::reading::list;

list! {
    /// Lists issuers, oldest first. Needs the scope [`issuers:read`](crate::partner::scope::ISSUERS_READ).
    ///
    /// That issuers can be read is documented, the path is inferred.
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::issuer::ListIssuers;
    ///
    /// let walk = Walk::new(&ListIssuers::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListIssuers -> Issuer, "issuers.list", "issuer/v2/issuers/"
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
            &ListIssuers::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/issuers/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<ListIssuers>(r#"{"count":1,"results":[{"id":"x-1"}]}"#);
    }
}
