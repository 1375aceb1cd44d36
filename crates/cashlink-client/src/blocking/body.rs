//! A request's body on its way out: bytes, and perhaps a payload that is opened and read again on every attempt.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use cashlink_core::body::{Body, Cursor, PayloadFault, PayloadRef, Want};

use crate::outbound::{Meter, Observer, Progress, Trace};

/// Where a payload's bytes are: something that can be opened again for every attempt.
///
/// ```no_run
/// use cashlink_client::blocking::Source;
///
/// let (source, payload) = Source::file("contract.pdf")?; // its length is what the request announces
/// assert!(payload.len > 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Source {
    open: Arc<Opener>,
    observer: Option<Observer>,
}

type Opener = dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync;

impl Source {
    /// A function that opens the payload from its beginning, once per attempt.
    pub fn new<R: Read + Send + 'static>(open: impl Fn() -> io::Result<R> + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(move || Ok(Box::new(open()?))), observer: None }
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

    /// The same source, which tells of every piece of the body that is handed to the transport, on every attempt. The
    /// function is called in between two pieces: what it takes, the upload takes too.
    ///
    /// ```
    /// use cashlink_client::blocking::Source;
    ///
    /// let source = Source::new(|| Ok(&b"%PDF-1.7"[..]))
    ///     .with_progress(|progress| println!("{} of {} bytes", progress.sent, progress.total));
    /// # let _ = source;
    /// ```
    #[must_use]
    pub fn with_progress(mut self, tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(tell));
        self
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(…)")
    }
}

/// The body of a request that a [`Transport`](super::Transport) sends.
#[derive(Debug)]
pub struct Outbound {
    body: Body,
    source: Option<Source>,
    meter: Meter,
    trace: Trace,
}

impl Outbound {
    /// A body, and where its payload comes from if it refers to one. The client makes these; a transport's own tests may.
    #[must_use]
    pub fn new(body: Body, source: Option<Source>) -> Self {
        let observer = source.as_ref().and_then(|source| source.observer.clone());
        Self { meter: Meter::new(body.len(), observer), body, source, trace: Trace::default() }
    }

    pub(crate) fn on_attempt(mut self, attempt: u32) -> Self {
        self.meter.on_attempt(attempt);
        self
    }

    /// The length in bytes: what `Content-Length` says.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.body.len()
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The whole body, where it is in memory in one piece: nothing has to be read then.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        self.body.as_bytes()
    }

    /// What becomes of this body. Take it before the body goes.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace.clone()
    }

    /// The body as a reader of exactly [`Outbound::len`] bytes. Its only error is a payload that is not the announced
    /// one, and then it never reaches its end, so that the request can't complete.
    #[must_use]
    pub fn into_reader(self) -> OutboundReader {
        OutboundReader {
            cursor: self.body.cursor(),
            ready: Bytes::new(),
            source: self.source,
            payload: None,
            buffer: Vec::new(),
            failed: None,
            meter: self.meter,
            trace: self.trace,
        }
    }
}

/// A body as a reader.
pub struct OutboundReader {
    cursor: Cursor,
    ready: Bytes,
    source: Option<Source>,
    payload: Option<Box<dyn Read + Send>>,
    buffer: Vec<u8>,
    failed: Option<PayloadFault>,
    meter: Meter,
    trace: Trace,
}

impl OutboundReader {
    /// The next piece, empty at the end. A fault stays, whatever the payload would say when it is asked again.
    fn next(&mut self) -> Result<Bytes, PayloadFault> {
        let piece = self.failed.map_or_else(|| self.piece(), Err);
        piece.inspect_err(|fault| self.failed = Some(self.trace.fail(*fault)))
    }

    fn piece(&mut self) -> Result<Bytes, PayloadFault> {
        loop {
            match self.cursor.want()? {
                Want::Emit(bytes) => return Ok(bytes),
                Want::End => return Ok(Bytes::new()),
                Want::Read(at_most) => {
                    let count = self.read_payload(at_most).map_err(|_| PayloadFault::Unreadable)?;
                    let count = count.ok_or(PayloadFault::Missing)?;
                    let read = self.buffer.get(..count).ok_or(PayloadFault::Unreadable)?;
                    self.cursor.got(read)?;
                    if !read.is_empty() {
                        return Ok(Bytes::copy_from_slice(read));
                    }
                }
            }
        }
    }

    /// How many bytes of the payload came into the buffer; `None` where there is no payload to read.
    fn read_payload(&mut self, at_most: usize) -> io::Result<Option<usize>> {
        let Some(source) = &self.source else { return Ok(None) };
        let payload = match &mut self.payload {
            Some(payload) => payload,
            none => none.insert((source.open)()?),
        };
        self.buffer.resize(at_most, 0);
        loop {
            match payload.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map(Some),
            }
        }
    }
}

impl Read for OutboundReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.trace.ask();
        if self.ready.is_empty() && !into.is_empty() {
            self.ready = self.next().map_err(io::Error::other)?;
        }
        let count = self.ready.len().min(into.len());
        self.ready.copy_to_slice(&mut into[..count]);
        self.meter.advance(count);
        Ok(count)
    }
}

impl fmt::Debug for OutboundReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundReader").field("cursor", &self.cursor).finish_non_exhaustive()
    }
}
