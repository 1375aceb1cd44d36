//! The reader in Rust: the multipart parser of several servers.

use std::pin::Pin;
use std::task::{Context, Poll};

use cashlink_core::bytes::Bytes;
use futures_core::Stream;
use futures_executor::block_on;

/// One part, as it was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) headers: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: String,
    pub(crate) payload: Bytes,
}

/// A body that arrives in pieces of so many bytes, so that a delimiter is also met in two halves.
struct Pieces {
    left: Bytes,
    size: usize,
}

impl Stream for Pieces {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let count = self.size.min(self.left.len());
        Poll::Ready((count > 0).then(|| Ok(self.left.split_to(count))))
    }
}

pub(crate) fn parts(content_type: &str, body: &[u8], size: usize) -> Result<Vec<Part>, multer::Error> {
    let boundary = multer::parse_boundary(content_type)?;
    let mut multipart = multer::Multipart::new(Pieces { left: Bytes::copy_from_slice(body), size }, boundary);
    let mut parts = Vec::new();
    while let Some(field) = block_on(multipart.next_field())? {
        let mut headers: Vec<String> = field.headers().keys().map(ToString::to_string).collect();
        headers.sort();
        parts.push(Part {
            headers,
            name: field.name().map(Into::into),
            filename: field.file_name().map(Into::into),
            content_type: field.headers()["content-type"].to_str().unwrap().into(),
            payload: block_on(field.bytes())?,
        });
    }
    Ok(parts)
}
