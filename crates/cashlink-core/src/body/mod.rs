//! What a request carries: bytes, and at most one payload between framing, of which the core knows only length and place.

mod cursor;
mod inbound;
pub(crate) mod json;
pub(crate) mod multipart;
mod room;
mod sending;

pub use cursor::{Cursor, PayloadFault, Progress, Want};
pub use inbound::Inbound;
pub use json::Extra;
pub use multipart::{BoundarySeed, FileName, MediaType};
pub use sending::{ProgressObserver, Sending, Trace};

use alloc::sync::Arc;
use core::fmt;

use bytes::Bytes;
use http::HeaderValue;

/// A request's body: owned, cheap to clone, the same bytes on every attempt.
///
/// It is `head`, then perhaps a payload, then `tail`. The payload is bytes in memory or a [`PayloadRef`], whose bytes
/// the adapter reads again on every attempt; a [`Cursor`] says what comes next.
#[derive(Clone, Default)]
pub struct Body {
    /// Shared, and so one pointer wide: an HTTP stack moves a request about a dozen times before it is sent.
    pub(crate) parts: Arc<Parts>,
}

#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) head: Bytes,
    pub(crate) payload: Option<Payload>,
    pub(crate) tail: Bytes,
}

/// The part of a body that is not framing.
#[derive(Clone)]
pub enum Payload {
    /// Bytes in memory; they are never copied.
    Bytes(Bytes),
    /// Bytes elsewhere (a file, an object store), announced by their length.
    Ref(PayloadRef),
}

/// A payload that is not in memory: its length, and its hash where the caller knows it.
///
/// A source that turns out shorter or longer, or whose hash is another, fails for good before the request completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayloadRef {
    /// The length in bytes.
    pub len: u64,
    /// The SHA-256 of the bytes, checked on every attempt where it is given.
    pub sha256: Option<[u8; 32]>,
}

impl PayloadRef {
    /// A payload of `len` bytes.
    #[must_use]
    pub const fn new(len: u64) -> Self {
        Self { len, sha256: None }
    }

    /// The same with the hash that the bytes must have, so that a file that changed between two attempts is noticed.
    #[must_use]
    pub const fn with_sha256(mut self, sha256: [u8; 32]) -> Self {
        self.sha256 = Some(sha256);
        self
    }
}

impl Payload {
    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            // A `usize` fits into 64 bits wherever Rust runs today.
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Ref(reference) => reference.len,
        }
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<PayloadRef> for Payload {
    fn from(reference: PayloadRef) -> Self {
        Self::Ref(reference)
    }
}

impl Body {
    /// No body: no byte, no content type.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// These bytes, with this content type.
    #[must_use]
    pub fn new(content_type: &MediaType, bytes: impl Into<Bytes>) -> Self {
        Self::with_type(content_type.header_value(), bytes.into())
    }

    pub(crate) fn with_type(content_type: HeaderValue, bytes: Bytes) -> Self {
        Parts { content_type: Some(content_type), head: bytes, ..Parts::default() }.into()
    }

    /// The length in bytes, known in advance.
    #[must_use]
    pub fn len(&self) -> u64 {
        let framing = self.parts.head.len().saturating_add(self.parts.tail.len());
        let payload = self.parts.payload.as_ref().map_or(0, Payload::len);
        u64::try_from(framing).unwrap_or(u64::MAX).saturating_add(payload)
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The media type that goes out as `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> Option<&HeaderValue> {
        self.parts.content_type.as_ref()
    }

    /// The payload that has to be read from elsewhere, if there is one.
    #[must_use]
    pub fn payload_ref(&self) -> Option<PayloadRef> {
        match self.parts.payload {
            Some(Payload::Ref(reference)) => Some(reference),
            _ => None,
        }
    }

    /// Whether this body carries a document, and gets the time-outs of an upload.
    #[must_use]
    pub fn is_upload(&self) -> bool {
        self.parts.payload.is_some()
    }

    /// The whole body, where all of it is in one piece in memory.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        (self.parts.payload.is_none() && self.parts.tail.is_empty()).then_some(&self.parts.head)
    }

    /// Reads the body from its beginning: once per attempt.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self)
    }
}

impl From<Parts> for Body {
    fn from(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }
}

/// Only lengths: a body holds personal data, and a token request's body the client secret (T11–T12).
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("content_type", &self.content_type()).field("len", &self.len()).finish()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes(len {})", bytes.len()),
            Self::Ref(reference) => fmt::Debug::fmt(reference, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_in_one_piece_only_where_nothing_stands_behind_its_head() {
        let body = |payload: Option<Payload>, tail: &'static str| {
            let (head, tail) = (Bytes::from_static(b"<"), Bytes::from(tail));
            Body::from(Parts { head, payload, tail, ..Parts::default() })
        };
        let payload = || Some(Payload::from(Bytes::from_static(b"abc")));
        let whole = body(None, "");
        assert_eq!((whole.as_bytes(), whole.len(), whole.is_upload()), (Some(&"<".into()), 1, false));
        for (parted, length, is_upload) in
            [(body(None, ">"), 2, false), (body(payload(), ""), 4, true), (body(payload(), ">"), 5, true)]
        {
            assert_eq!((parted.as_bytes(), parted.len(), parted.is_upload()), (None, length, is_upload));
            assert!(!parted.is_empty());
        }
        let empty = Body::empty();
        assert_eq!((empty.len(), empty.is_empty(), empty.content_type()), (0, true, None));
    }

    #[test]
    fn a_body_and_a_payload_show_their_lengths() {
        let body = Body::new(&MediaType::PDF, "canary");
        let shown = r#"Body { content_type: Some("application/pdf"), len: 6 }"#;
        assert_eq!(alloc::format!("{body:?}"), shown);
        let payload = Payload::from(Bytes::from_static(b"canary"));
        assert_eq!(alloc::format!("{payload:?}"), "Bytes(len 6)");
        let reference = Payload::from(PayloadRef::new(7));
        assert_eq!(alloc::format!("{reference:?}"), "PayloadRef { len: 7, sha256: None }");
        assert!(!reference.is_empty() && Payload::from(PayloadRef::new(0)).is_empty());
    }
}
