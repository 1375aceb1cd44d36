//! Listings: which product can be had on which platform. Once it is listed, the platform's investors may hold and receive it.

mod create;
mod list;

pub use create::CreateListing;
pub use list::ListListings;

use serde::Deserialize;

use crate::Id;

/// The id of a listing.
pub type ListingId = Id<Listing>;

/// A listing, as the API returns it. Only its id is documented.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Listing {
    /// Its id.
    pub id: ListingId,
}

impl Listing {
    /// A listing for tests.
    #[must_use]
    pub fn fixture(id: ListingId) -> Self {
        Self { id }
    }
}
