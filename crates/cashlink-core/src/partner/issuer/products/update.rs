//! `PATCH issuer/v2/products/{id}/`: change a product.

use serde::Serialize;

use super::{ProductPrice, ProductTerms};
use crate::body::Extra;
use crate::fields::{extra, setters};
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
/// let terms = ProductTerms::new().payment_deadline(21_u32);
/// let update = UpdateProduct::new("9b2f1c1e-0000-4000-8000-000000000001".parse()?, terms);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct UpdateProduct {
    id: ProductId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    #[serde(flatten)]
    price: Option<ProductPrice>,
    #[serde(flatten)]
    terms: ProductTerms,
}

impl UpdateProduct {
    /// The product of this id gets these terms.
    pub fn new(id: ProductId, terms: ProductTerms) -> Self {
        Self { id, fields: Fields { price: None, terms }, extra: Extra::default() }
    }

    setters! {
        /// Another price.
        fields.price: ProductPrice,
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
    use crate::partner::Figure;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let update = UpdateProduct::new("p-1".parse().unwrap(), ProductTerms::with_every_term());
        expect![[r#"{"provide_nominal_value":true,"nominal_value":100,"name":"Example Bond","product_type":"BOND","ewpg":true,"isin":"DE000A0TEST0","max_issuable_amount":5000,"step_size":10,"agio_percent":"2.5","payment_deadline":14,"cancellation_deadline":14,"network":"POLYGON-MAINNET"}"#]].assert_eq(&vectors::body(&update.clone().price(ProductPrice::NominalValue(Figure::from(100)))));
        expect![[r#"{"provide_nominal_value":false,"issuance_price":99,"name":"Example Bond","product_type":"BOND","ewpg":true,"isin":"DE000A0TEST0","max_issuable_amount":5000,"step_size":10,"agio_percent":"2.5","payment_deadline":14,"cancellation_deadline":14,"network":"POLYGON-MAINNET"}"#]].assert_eq(&vectors::body(&update.price(ProductPrice::IssuancePrice(Figure::from(99)))));
    }

    #[test]
    fn only_what_changes_goes_out_and_no_key() {
        let terms = ProductTerms::new().payment_deadline(21_u32);
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
