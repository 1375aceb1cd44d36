//! `GET issuer/v2/products/`: list products, oldest first.

use crate::partner::Product;
use crate::partner::reading::list;

list! {
    /// Lists products, oldest first. Needs the scope [`products:read`](crate::partner::scope::PRODUCTS_READ).
    ///
    /// That products can be read is documented, the path is inferred.
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::issuer::ListProducts;
    ///
    /// let walk = Walk::new(&ListProducts::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListProducts -> Product, "issuer.products.list", "issuer/v2/products/"
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
            GET https://demo.cashlink.de/api/external/issuer/v2/products/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<ListProducts>(r#"{"count":1,"results":[{"id":"x-1"}]}"#);
    }
}
