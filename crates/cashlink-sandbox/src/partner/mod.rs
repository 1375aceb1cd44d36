//! The newer generation: one file per resource, and in it one function per endpoint.

pub(crate) mod documents;
pub(crate) mod investments;
pub(crate) mod investors;
