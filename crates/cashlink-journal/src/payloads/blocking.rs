//! Documents that are read by calls that return when they are over.

use std::io;

use cashlink_client::blocking::Source;
use cashlink_core::body::PayloadRef;

/// Finds documents.
pub trait Payloads: Send + Sync {
    /// The document of this length and SHA-256.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) or [`InvalidData`](io::ErrorKind::InvalidData) where it is gone or another one: the
    /// intent can't be sent anymore. After any other error it is tried again.
    fn find(&self, payload: &PayloadRef) -> io::Result<Source>;
}

/// There are none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPayloads;

impl Payloads for NoPayloads {
    fn find(&self, _: &PayloadRef) -> io::Result<Source> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
