//! A body that is hashed as it comes: of its parts remain head, length and SHA-256, whatever their size.

use super::{Event, Malformed, Part, Reader};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use sha2::{Digest as _, Sha256};

/// What remains of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) part: Part,
    pub(crate) length: u64,
    pub(crate) sha256: [u8; 32],
}

/// What remains of a body. Where the server has read it piece by piece, it is an extension of a request whose own body is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    /// Of the whole body, framing included: a repeated key must come with the same.
    pub(crate) sha256: [u8; 32],
    /// Of the whole body, as far as it was read.
    pub(crate) length: u64,
    pub(crate) parts: Result<Vec<File>, Malformed>,
}

impl Upload {
    /// What remains of this request's body: of the one that was read piece by piece, or else of the one that it holds.
    pub(crate) fn of(request: &Request<Bytes>, content_type: &str) -> Self {
        request.extensions().get().cloned().unwrap_or_else(|| {
            let mut digester = Digester::new(content_type);
            digester.push(request.body());
            digester.finish()
        })
    }

    /// How long a request's whole body is, however it came.
    pub(crate) fn body_length(request: &Request<Bytes>) -> u64 {
        let upload: Option<&Self> = request.extensions().get();
        upload.map_or(request.body().len() as u64, |upload| upload.length)
    }

    /// The SHA-256 of a request's whole body, however it came.
    pub(crate) fn body_sha256(request: &Request<Bytes>) -> [u8; 32] {
        let upload: Option<&Self> = request.extensions().get();
        upload.map_or_else(|| Sha256::digest(request.body()).into(), |upload| upload.sha256)
    }
}

/// Makes an [`Upload`] of a body, piece by piece.
#[derive(Debug)]
pub(crate) struct Digester {
    body: Sha256,
    length: u64,
    reader: Result<Reader, Malformed>,
    parts: Vec<File>,
    data: Sha256,
}

impl Digester {
    pub(crate) fn new(content_type: &str) -> Self {
        let reader = Reader::new(content_type);
        Self { body: Sha256::new(), length: 0, reader, parts: Vec::new(), data: Sha256::new() }
    }

    /// For a request whose body is hashed as it comes: one with a document, as it says itself. An endpoint that doesn't take
    /// documents reads its body, so it has to get it.
    pub(crate) fn wanted<B>(request: &Request<B>) -> Option<Self> {
        if request.method() != Method::POST || !request.uri().path().ends_with("/v2/documents/") {
            return None;
        }
        let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("multipart/form-data").then(|| Self::new(content_type))
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.body.update(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
        let Ok(reader) = &mut self.reader else { return };
        let (parts, data) = (&mut self.parts, &mut self.data);
        let read = reader.push(bytes, |event| match event {
            Event::Part(part) => {
                close(parts, data);
                parts.push(File { part, length: 0, sha256: [0; 32] });
            }
            Event::Data(bytes) => {
                data.update(bytes);
                if let Some(open) = parts.last_mut() {
                    open.length += bytes.len() as u64;
                }
            }
        });
        if let Err(malformed) = read {
            self.reader = Err(malformed);
        }
    }

    /// How much came so far.
    #[cfg(feature = "server")]
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn finish(mut self) -> Upload {
        close(&mut self.parts, &mut self.data);
        let parts = self.reader.and_then(Reader::finish).map(|()| self.parts);
        Upload { sha256: self.body.finalize().into(), length: self.length, parts }
    }
}

/// Gives the open part, if there is one, the hash of its data.
fn close(parts: &mut [File], data: &mut Sha256) {
    let sha256 = data.finalize_reset().into();
    if let Some(open) = parts.last_mut() {
        open.sha256 = sha256;
    }
}
