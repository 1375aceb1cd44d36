//! `GET issuer/v2/listings/`: list listings, oldest first.

use super::Listing;
use crate::partner::reading::list;

list! {
    /// Lists listings, oldest first. Needs the scope [`products:read`](crate::partner::scope::PRODUCTS_READ).
    ///
    /// That listings can be read is documented, the path is that of creating one.
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::issuer::ListListings;
    ///
    /// let walk = Walk::new(&ListListings::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListListings -> Listing, "listings.list", "issuer/v2/listings/"
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
            &ListListings::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/listings/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<ListListings>(r#"{"count":1,"results":[{"id":"x-1"}]}"#);
    }
}
