//! The scopes that the known pages name for these APIs. There may be others: [`Scope::new`](crate::Scope::new). `contracts:read` and
//! `contracts:write` are known too, but belong to the deprecated Tokenization API, of which no endpoint is known.

use crate::Scope;

/// Upload documents.
pub const DOCUMENTS_WRITE: Scope = Scope::known("documents:write");
/// Read investors.
pub const INVESTORS_READ: Scope = Scope::known("investors:read");
/// Create and change investors; probably identifications and wallets as well.
pub const INVESTORS_WRITE: Scope = Scope::known("investors:write");
/// Read investments; for issuers also information about transfers.
pub const INVESTMENTS_READ: Scope = Scope::known("investments:read");
/// Create and change investments.
pub const INVESTMENTS_WRITE: Scope = Scope::known("investments:write");
/// Read issuers.
pub const ISSUERS_READ: Scope = Scope::known("issuers:read");
/// Create and change issuers.
pub const ISSUERS_WRITE: Scope = Scope::known("issuers:write");
/// Read products, listings and distribution platforms.
pub const PRODUCTS_READ: Scope = Scope::known("products:read");
/// Create and change products, create listings.
pub const PRODUCTS_WRITE: Scope = Scope::known("products:write");
