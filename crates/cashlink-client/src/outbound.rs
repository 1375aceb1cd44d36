//! A request's body on its way out: bytes, and perhaps a payload that is opened and read again on every attempt; how far it
//! went, and what was wrong with its payload.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::{fmt, io};

use bytes::Bytes;
use cashlink_core::body::{Body, Cursor, PayloadFault, Progress};
use cashlink_core::{Failure, Outgoing, Pending};
use http::Request;

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

pub(crate) type Reader = Pin<Box<dyn ReadPayload>>;

/// Where a payload's bytes are: something that can be opened again for every attempt, in its world `W`.
#[derive(Clone)]
pub struct Source<W> {
    open: Arc<dyn Fn() -> io::Result<Reader> + Send + Sync>,
    observer: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
    world: PhantomData<fn() -> W>,
}

impl<W> Source<W> {
    pub(crate) fn opened_by(open: impl Fn() -> io::Result<Reader> + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), observer: None, world: PhantomData }
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

impl<W> fmt::Debug for Source<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(…)")
    }
}

/// The body of a request that a transport sends, in its world `W`: a reader in the blocking one, an `http_body::Body` in the
/// async one. It has a known length.
///
/// Its only error is a payload that is not the announced one, and then it never reaches its end, so that the request can't
/// complete.
pub struct Outbound<W> {
    body: Body,
    cursor: Cursor,
    source: Option<Source<W>>,
    /// Never locked, only borrowed: the lock makes a body `Sync`, as HTTP stacks ask for, though readers needn't be.
    payload: Mutex<Option<Reader>>,
    buffer: Vec<u8>,
    attempt: u32,
    trace: Trace,
}

impl<W> Outbound<W> {
    /// A body, and where its payload comes from if it refers to one. The client makes these; a transport's own tests may.
    #[must_use]
    pub fn new(body: Body, source: Option<Source<W>>) -> Self {
        let (cursor, payload, trace) = (body.cursor(), Mutex::new(None), Trace::default());
        Self { body, cursor, source, payload, buffer: Vec::new(), attempt: 1, trace }
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

    /// The next piece, none at the end. A fault stays, whatever the payload would say when it is asked again.
    pub(crate) fn poll_piece(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, PayloadFault>> {
        self.trace.0.asked_for.store(true, Ordering::Release);
        let payload = self.payload.get_mut().unwrap_or_else(PoisonError::into_inner);
        let source = self.source.as_ref();
        let piece = ready!(self.cursor.poll_piece(&mut self.buffer, |buffer| {
            if payload.is_none() {
                let source = source.ok_or(PayloadFault::Missing)?;
                *payload = Some((source.open)().map_err(|_| PayloadFault::Unreadable)?);
            }
            let reader = payload.as_mut().ok_or(PayloadFault::Missing)?;
            let read = ready!(reader.as_mut().poll_read(context, buffer));
            Poll::Ready(read.map_err(|_| PayloadFault::Unreadable))
        }));
        Poll::Ready(piece.inspect_err(|fault| _ = self.trace.0.fault.set(*fault)))
    }

    /// So many bytes more were handed on. None is no news: what is told strictly rises.
    pub(crate) fn advance(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let sent = self.trace.0.sent.fetch_add(bytes, Ordering::AcqRel).saturating_add(bytes);
        let observer = self.source.as_ref().and_then(|source| source.observer.as_ref());
        if let (Some(observer), true) = (observer, bytes > 0) {
            observer(Progress::new(self.attempt, sent, self.len()));
        }
    }

    /// How many bytes were not handed on yet.
    pub(crate) fn left(&self) -> u64 {
        self.len().saturating_sub(self.trace.sent())
    }
}

impl<W> fmt::Debug for Outbound<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("body", &self.body)
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}

/// What became of one attempt's body, for whoever has to tell *not sent* from *maybe sent*.
///
/// A clone sees the same: take one before the request is handed on.
#[derive(Clone, Debug, Default)]
pub struct Trace(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked_for: AtomicBool,
    sent: AtomicU64,
    fault: OnceLock<PayloadFault>,
}

impl Trace {
    /// Whether any byte of the body was asked for. On HTTP/1, a body that nobody asked for means that the request was
    /// not sent, where the transport can't say so itself.
    #[must_use]
    pub fn was_asked_for(&self) -> bool {
        self.0.asked_for.load(Ordering::Acquire)
    }

    /// How many bytes were handed on: while this changes, the body moves.
    pub(crate) fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Acquire)
    }

    /// What the flow gets to see: whatever a transport makes of a faulty payload, it is permanent. But where an answer
    /// began, its status says more.
    pub(crate) fn judge<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        outcome.map_err(|failure| match self.0.fault.get() {
            Some(fault) if failure.status().is_none() => Failure::payload(*fault),
            _ => failure,
        })
    }
}

/// What goes out on one attempt, and what waits for its end.
pub(crate) fn attempt<T, W: Clone>(
    outgoing: Outgoing<T>,
    source: Option<&Source<W>>,
) -> (Request<Outbound<W>>, Pending<T>, Trace) {
    let (request, pending) = outgoing.into_parts();
    let mut request = request.map(|body| Outbound::new(body, source.cloned()));
    request.body_mut().attempt = pending.attempt();
    let trace = request.body().trace();
    (request, pending, trace)
}
