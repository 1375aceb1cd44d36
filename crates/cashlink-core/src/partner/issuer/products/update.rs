//! `PATCH issuer/v2/products/{id}/`: change a product.

use super::ProductTerms;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::writing::operation;
use crate::partner::{Product, ProductId};

/// Changes the terms that are given, and no others. Needs the scope
/// [`products:write`](crate::partner::scope::PRODUCTS_WRITE).
///
/// The method is documented, the path inferred. No key was seen on it, and none is sent: a change whose answer was lost is
/// [`Once`](crate::Effect::Once), and never repeated by itself. Read the product to see whether it took effect.
///
/// ```
/// use cashlink_core::partner::issuer::{ProductTerms, UpdateProduct};
///
/// let terms = ProductTerms::without_price().payment_deadline(21_u32);
/// let update = UpdateProduct::new("9b2f1c1e-0000-4000-8000-000000000001".parse()?, terms);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct UpdateProduct {
    id: ProductId,
    fields: ProductTerms,
    extra: Extra,
}

impl UpdateProduct {
    /// The product of this id gets these terms.
    pub fn new(id: ProductId, terms: ProductTerms) -> Self {
        Self { id, fields: terms, extra: Extra::default() }
    }

    extra!();
}

operation! {
    UpdateProduct -> Product, "issuer.products.update", PATCH, Once,
    |update, path| path.literal("issuer/v2/products/").id(&update.id).literal("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn only_what_changes_goes_out_and_no_key() {
        let terms = ProductTerms::without_price().payment_deadline(21_u32);
        vectors::request(
            &BEARER,
            &UpdateProduct::new("p-1".parse().unwrap(), terms),
            &expect![[r#"
            PATCH https://demo.cashlink.de/api/external/issuer/v2/products/p-1/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0

            {"payment_deadline":21}"#]],
        );
        vectors::t29_cut_everywhere::<UpdateProduct>(r#"{"id":"p-1"}"#);
    }
}
