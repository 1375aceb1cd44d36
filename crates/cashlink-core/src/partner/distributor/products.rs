//! `GET distributor/v2/products/`: the products that are listed on this platform.

use crate::partner::Product;
use crate::partner::reading::list;

list! {
    /// Lists the products that are listed for this distributor, oldest first. No scope is documented for it.
    ///
    /// The endpoint is documented, its path inferred. Products can't be created here, only by the
    /// [issuer](crate::partner::issuer).
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::distributor::ListProducts;
    ///
    /// let walk = Walk::new(&ListProducts::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListProducts -> Product, "products.list", "distributor/v2/products/"
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
            &ListProducts::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/products/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<ListProducts>(r#"{"count":1,"results":[{"id":"p-1"}]}"#);
    }
}
