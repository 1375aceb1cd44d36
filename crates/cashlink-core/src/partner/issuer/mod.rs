//! The issuer API: issuers, their products, where these are listed, and the investments in them.
//!
//! | operation | request | key |
//! | --- | --- | --- |
//! | [`UploadDocument`] | `POST issuer/v2/documents/` | documented |
//! | [`CreateIssuer`] | `POST issuer/v2/issuers/` | assumed |
//! | [`UpdateIssuer`] | `PATCH issuer/v2/issuers/{id}/` | none |
//! | [`GetIssuer`] | `GET issuer/v2/issuers/{id}/` | |
//! | [`ListIssuers`] | `GET issuer/v2/issuers/` | |
//! | [`CreateProduct`] | `POST issuer/v2/products/` | assumed |
//! | [`UpdateProduct`] | `PATCH issuer/v2/products/{id}/` | none |
//! | [`GetProduct`] | `GET issuer/v2/products/{id}/` | |
//! | [`ListProducts`] | `GET issuer/v2/products/` | |
//! | [`ListDistributionPlatforms`] | `GET issuer/v2/distribution-platforms/` | |
//! | [`GetDistributionPlatform`] | `GET issuer/v2/distribution-platforms/{id}/` | |
//! | [`CreateListing`] | `POST issuer/v2/listings/` | documented |
//! | [`ListListings`] | `GET issuer/v2/listings/` | |
//! | [`ListInvestments`] | `GET issuer/v2/investments/` | |
//! | [`GetInvestment`] | `GET issuer/v2/investments/{id}/` | |
//!
//! Not here, because no known page shows their paths: campaigns, and transfers as an issuer sees them.
//! [`Raw`](crate::Raw) sends them once Cashlink has named them.

mod distribution_platforms;
mod documents;
mod investments;
mod issuers;
mod listings;
mod products;

pub use distribution_platforms::{
    DistributionPlatform, DistributionPlatformId, GetDistributionPlatform, ListDistributionPlatforms,
};
pub use documents::UploadDocument;
pub use investments::{GetInvestment, InvestmentDetails, ListInvestments, Untyped};
pub use issuers::{CreateIssuer, GetIssuer, Issuer, IssuerId, ListIssuers, UpdateIssuer};
pub use listings::{CreateListing, ListListings, Listing, ListingId};
pub use products::{
    CreateProduct, GetProduct, ListProducts, Network, ProductPrice, ProductTerms, ProductType, UpdateProduct,
};
