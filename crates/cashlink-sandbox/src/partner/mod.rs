//! The newer generation: one file per resource, and in it one function per endpoint.

pub(crate) mod documents;
pub(crate) mod investments;
pub(crate) mod investors;
pub(crate) mod issuers;
pub(crate) mod of_investors;
pub(crate) mod products;
pub(crate) mod transfers;
