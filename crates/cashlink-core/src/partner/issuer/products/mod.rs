//! Products: what an issuer issues.

mod create;
mod get;
mod list;
mod terms;
mod update;

pub use create::CreateProduct;
pub use get::GetProduct;
pub use list::ListProducts;
pub use terms::{Network, ProductPrice, ProductTerms, ProductType};
pub use update::UpdateProduct;
