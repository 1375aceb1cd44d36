//! `GET issuer/v2/products/{id}/`: read a product and its status.

use crate::partner::reading::get;
use crate::partner::{Product, ProductId};

get! {
    /// Reads a product and its status. Needs the scope [`products:read`](crate::partner::scope::PRODUCTS_READ).
    ///
    /// That products can be read is documented, the path is inferred.
    ///
    /// ```
    /// use cashlink_core::partner::issuer::GetProduct;
    ///
    /// let get = GetProduct::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetProduct(ProductId) -> Product, "issuer.products.get", "issuer/v2/products/"
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
            &GetProduct::new("x-1".parse().unwrap()),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/products/x-1/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<GetProduct>(r#"{"id":"x-1"}"#);
    }
}
