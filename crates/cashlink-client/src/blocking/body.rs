//! Payloads that are read by `Read`, and a body as such a reader.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use cashlink_core::body::PayloadRef;

use super::Blocking;
use crate::outbound::{self, Parts, ReadPayload};

/// Where a payload's bytes are: something that can be opened again for every attempt.
///
/// ```no_run
/// use cashlink_client::blocking::Source;
///
/// let (source, payload) = Source::file("contract.pdf")?; // its length is what the request announces
/// assert!(payload.len > 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub type Source = outbound::Source<Blocking>;

/// The body of a request that a [`Transport`](super::Transport) sends. It is a reader of exactly `Outbound::len` bytes, whose
/// only error is a payload that is not the announced one: then it never reaches its end, so that the request can't complete.
pub type Outbound = outbound::Outbound<Blocking>;

impl Source {
    /// A function that opens the payload from its beginning, once per attempt.
    pub fn new<R: Read + Send + 'static>(open: impl Fn() -> io::Result<R> + Send + Sync + 'static) -> Self {
        Self::opened_by(move || Ok(Box::pin(Always(open()?))))
    }

    /// A file, and the reference to it with its length as it is now. A file that has changed by the time that it is sent
    /// fails the call; add [`PayloadRef::with_sha256`] to notice a change that keeps the length.
    ///
    /// # Errors
    /// When the file's length can't be read, or it is a folder, or anything else that isn't a regular file. The error doesn't
    /// name it: names of documents are about people (T12).
    pub fn file(path: impl Into<PathBuf>) -> io::Result<(Self, PayloadRef)> {
        let path = path.into();
        let metadata = std::fs::metadata(&path)?;
        if !metadata.is_file() {
            const RULE: &str = "only a regular file has a length that can be announced";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, RULE));
        }
        let payload = PayloadRef::new(metadata.len());
        Ok((Self::new(move || File::open(&path)), payload))
    }
}

/// A reader that is always ready, because it blocks.
struct Always<R>(R);

// Nothing in it is pinned.
impl<R> Unpin for Always<R> {}

impl<R: Read + Send> ReadPayload for Always<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }
}

impl Read for Outbound {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Parts { sending, payload } = &mut *self.0;
        let mut context = Context::from_waker(Waker::noop());
        // Never pending, since no reader of this world is.
        match sending.poll_read(into, |buffer| payload.poll_read(&mut context, buffer)) {
            Poll::Ready(count) => count.map_err(io::Error::other),
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }
}
