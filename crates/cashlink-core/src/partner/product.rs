//! Products: what is issued, listed on platforms, and invested in.

use serde::Deserialize;

use crate::Id;
use crate::open_enum::open_enum;

/// The id of a product.
pub type ProductId = Id<Product>;

open_enum! {
    /// Where a product stands. That there is a status is documented; its values are in a table that no stored copy has, so
    /// all of them are [`Other`](Self::Other).
    pub enum ProductStatus {
    }
}

/// A product, as the API returns it. Only the id is known for certain; every other field is in the reply's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Where it stands.
    pub status: Option<ProductStatus>,
}

impl Product {
    /// A product for tests: only an id; set the status as needed.
    #[must_use]
    pub fn fixture(id: ProductId) -> Self {
        Self { id, status: None }
    }
}
