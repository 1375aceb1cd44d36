//! `POST issuer/v2/products/`: create a product.

use serde::Serialize;

use super::{ProductPrice, ProductTerms};
use crate::IdempotencyKey;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::Product;
use crate::partner::issuer::IssuerId;
use crate::partner::writing::operation;

/// Creates a product. Needs the scope [`products:write`](crate::partner::scope::PRODUCTS_WRITE).
///
/// Cashlink reviews crypto securities before they go on (documented). The method is documented, path and key are inferred, so
/// the key is [`Assumed`](crate::Honoured::Assumed). An older page asks for an uploaded issuance document, without the
/// field's name: [`extra`](Self::extra).
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::Figure;
/// use cashlink_core::partner::issuer::{CreateProduct, ProductPrice, ProductTerms, ProductType};
///
/// let issuer = "9b2f1c1e-0000-4000-8000-000000000001".parse()?;
/// let price = ProductPrice::NominalValue(Figure::from(100));
/// let terms = ProductTerms::new().name("Example Bond").product_type(ProductType::Bond);
/// let create = CreateProduct::new(IdempotencyKey::new("bond-2027")?, issuer, price, terms);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateProduct {
    key: IdempotencyKey,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    issuer_id: IssuerId,
    #[serde(flatten)]
    price: ProductPrice,
    #[serde(flatten)]
    terms: ProductTerms,
}

impl CreateProduct {
    /// A product of this issuer, at this price, on these terms.
    pub fn new(key: IdempotencyKey, issuer: IssuerId, price: ProductPrice, terms: ProductTerms) -> Self {
        Self { key, fields: Fields { issuer_id: issuer, price, terms }, extra: Extra::default() }
    }

    extra!();
}

operation! {
    CreateProduct -> Product, "issuer.products.create", POST, Assumed,
    |_create, path| path.literal("issuer/v2/products/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Operation as _;
    use crate::partner::Figure;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    fn create(price: ProductPrice, terms: ProductTerms) -> CreateProduct {
        CreateProduct::new(IdempotencyKey::new("k").unwrap(), "i-1".parse().unwrap(), price, terms)
    }

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let price = ProductPrice::NominalValue(Figure::decimal("100.00").unwrap());
        vectors::request(
            &BEARER,
            &create(price, ProductTerms::with_every_term()).extra("x", 1),
            &expect![[r#"
                POST https://demo.cashlink.de/api/external/issuer/v2/products/
                accept: application/json
                authorization: Bearer t0k3n
                content-type: application/json
                user-agent: cashlink-rust/0.1.0
                x-idempotency-key: k

                {"issuer_id":"i-1","provide_nominal_value":true,"nominal_value":"100.00","name":"Example Bond","product_type":"BOND","ewpg":true,"isin":"DE000A0TEST0","max_issuable_amount":5000,"step_size":10,"agio_percent":"2.5","payment_deadline":14,"cancellation_deadline":14,"network":"POLYGON-MAINNET","x":1}"#]],
        );
        vectors::t29_cut_everywhere::<CreateProduct>(r#"{"id":"p-1","status":"new"}"#);
    }

    #[test]
    fn a_product_has_one_kind_of_price() {
        let price = Figure::from("EUR 99.50".parse::<crate::Money>().unwrap());
        let create = create(ProductPrice::IssuancePrice(price), ProductTerms::new());
        expect![[r#"{"issuer_id":"i-1","provide_nominal_value":false,"issuance_price":{"amount":"9950","decimals":2,"currency":"EUR"}}"#]].assert_eq(&vectors::body(&create));
        assert!(create.extra("issuance_price", 1).body().is_err());
    }
}
