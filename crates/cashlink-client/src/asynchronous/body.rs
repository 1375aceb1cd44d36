//! A request's body on its way out: bytes, and perhaps a payload that is opened and read again on every attempt.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::{fmt, io};

use bytes::Bytes;
use cashlink_core::body::{Body, Cursor, PayloadFault, Want};
use http_body::{Frame, SizeHint};

use crate::outbound::{Meter, Observer, Progress, Trace};

/// Reads a payload, piece by piece. Every runtime's reader is one in a few lines.
pub trait ReadPayload: Send {
    /// Reads into `buffer`, which is not empty, and says how many bytes it read: 0 at the end.
    ///
    /// # Errors
    /// When the payload can't be read. The call fails for good then.
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>>;
}

type Reader = Pin<Box<dyn ReadPayload>>;
type Opening = Pin<Box<dyn Future<Output = io::Result<Reader>> + Send>>;

/// Where a payload's bytes are: something that can be opened again for every attempt.
#[derive(Clone)]
pub struct Source {
    open: Arc<dyn Fn() -> Opening + Send + Sync>,
    observer: Option<Observer>,
}

impl Source {
    /// A function that opens the payload from its beginning, once per attempt.
    pub fn new<F, R>(open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<R>> + Send + 'static,
        R: ReadPayload + 'static,
    {
        let open = Arc::new(move || {
            let opening = open();
            Box::pin(async move { Ok(Box::pin(opening.await?) as Reader) }) as Opening
        });
        Self { open, observer: None }
    }

    /// The same source, which tells of every piece of the body that is handed to the transport, on every attempt. The
    /// function is called in between two pieces: what it takes, the upload takes too.
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

/// The body of a request that a [`Transport`](super::Transport) sends. It is an [`http_body::Body`] of known length.
///
/// Its only error is a payload that is not the announced one, and then it never reaches its end, so that the request
/// can't complete.
pub struct Outbound {
    body: Body,
    cursor: Cursor,
    source: Option<Source>,
    /// Never locked, only borrowed: the lock makes a body `Sync`, as HTTP stacks ask for, though readers needn't be.
    payload: Mutex<Payload>,
    buffer: Vec<u8>,
    failed: Option<PayloadFault>,
    meter: Meter,
    trace: Trace,
}

enum Payload {
    Closed,
    Opening(Opening),
    Open(Reader),
}

impl Outbound {
    /// A body, and where its payload comes from if it refers to one. The client makes these; a transport's own tests may.
    #[must_use]
    pub fn new(body: Body, source: Option<Source>) -> Self {
        let observer = source.as_ref().and_then(|source| source.observer.clone());
        Self {
            cursor: body.cursor(),
            meter: Meter::new(body.len(), observer),
            body,
            source,
            payload: Mutex::new(Payload::Closed),
            buffer: Vec::new(),
            failed: None,
            trace: Trace::default(),
        }
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

    /// The whole body, where it is in memory in one piece.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        self.body.as_bytes()
    }

    /// What becomes of this body. Take it before the body goes.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace.clone()
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, PayloadFault>> {
        loop {
            match self.cursor.want()? {
                Want::Emit(bytes) => return Poll::Ready(Ok(Some(bytes))),
                Want::End => return Poll::Ready(Ok(None)),
                Want::Read(at_most) => {
                    self.buffer.resize(at_most, 0);
                    let count = ready!(self.poll_payload(context))?;
                    let read = self.buffer.get(..count).ok_or(PayloadFault::Unreadable)?;
                    self.cursor.got(read)?;
                    if !read.is_empty() {
                        return Poll::Ready(Ok(Some(Bytes::copy_from_slice(read))));
                    }
                }
            }
        }
    }

    fn poll_payload(&mut self, context: &mut Context<'_>) -> Poll<Result<usize, PayloadFault>> {
        let payload = self.payload.get_mut().unwrap_or_else(PoisonError::into_inner);
        loop {
            match payload {
                Payload::Closed => {
                    let source = self.source.as_ref().ok_or(PayloadFault::Missing)?;
                    *payload = Payload::Opening((source.open)());
                }
                Payload::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(reader) => *payload = Payload::Open(reader),
                    Err(_) => return Poll::Ready(Err(PayloadFault::Unreadable)),
                },
                Payload::Open(reader) => {
                    let read = ready!(reader.as_mut().poll_read(context, &mut self.buffer));
                    return Poll::Ready(read.map_err(|_| PayloadFault::Unreadable));
                }
            }
        }
    }
}

impl http_body::Body for Outbound {
    type Data = Bytes;
    type Error = PayloadFault;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PayloadFault>>> {
        let this = self.get_mut();
        this.trace.ask();
        // A fault stays, whatever the payload would say when it is asked again.
        let piece = match this.failed {
            Some(fault) => Err(fault),
            None => ready!(this.poll_piece(context)),
        };
        match piece {
            Ok(Some(bytes)) => {
                this.trace.advance();
                this.meter.advance(bytes.len());
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Ok(None) => Poll::Ready(None),
            Err(fault) => {
                this.failed = Some(this.trace.fail(fault));
                Poll::Ready(Some(Err(fault)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.meter.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.meter.left())
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("body", &self.body)
            .field("meter", &self.meter)
            .finish_non_exhaustive()
    }
}
