//! A product needs its price, whatever its other terms are.
use cashlink_core::IdempotencyKey;
use cashlink_core::partner::issuer::{CreateProduct, IssuerId, ProductPrice, ProductTerms};

pub fn create(key: IdempotencyKey, issuer: IssuerId, _: ProductPrice, terms: ProductTerms) -> CreateProduct {
    CreateProduct::new(key, issuer, terms)
}

fn main() {}
