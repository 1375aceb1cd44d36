//! Issuers: whose products are sold. An issuer extends an ordinary account on a distribution platform.

mod create;
mod get;
mod list;
mod update;

pub use create::CreateIssuer;
pub use get::GetIssuer;
pub use list::ListIssuers;
pub use update::UpdateIssuer;

use serde::Deserialize;

use crate::Id;

/// The id of an issuer.
pub type IssuerId = Id<Issuer>;

/// An issuer, as the API returns it. That it has an id is inferred; every other field is in the reply's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Issuer {
    /// Its id, to create products for.
    pub id: IssuerId,
}

impl Issuer {
    /// An issuer for tests.
    #[must_use]
    pub fn fixture(id: IssuerId) -> Self {
        Self { id }
    }
}
