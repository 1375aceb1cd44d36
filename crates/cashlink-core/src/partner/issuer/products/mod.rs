//! Products: what an issuer issues.

mod create;
mod figure;
mod get;
mod list;
mod terms;
mod update;

pub use create::CreateProduct;
pub use figure::Figure;
pub use get::GetProduct;
pub use list::ListProducts;
pub use terms::{Network, ProductTerms, ProductType};
pub use update::UpdateProduct;
