//! Documents that are read by futures.

use std::future::{Future, ready};
use std::io;
use std::pin::Pin;

use cashlink_client::asynchronous::Source;
use cashlink_core::body::PayloadRef;

/// A document, once it is found.
pub type Finding<'a> = Pin<Box<dyn Future<Output = io::Result<Source>> + Send + 'a>>;

/// Finds documents.
pub trait Payloads: Send + Sync {
    /// The document of this length and SHA-256.
    ///
    /// # Errors
    /// As for the [blocking one](super::blocking::Payloads::find).
    fn find<'a>(&'a self, payload: &PayloadRef) -> Finding<'a>;
}

/// There are none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPayloads;

impl Payloads for NoPayloads {
    fn find<'a>(&'a self, _: &PayloadRef) -> Finding<'a> {
        Box::pin(ready(Err(io::ErrorKind::Unsupported.into())))
    }
}
