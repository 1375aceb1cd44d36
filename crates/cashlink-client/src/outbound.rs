//! A request's body on its way out: bytes, and perhaps a payload that is opened and read again on every attempt; how far it
//! went, and what was wrong with its payload.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::{fmt, io};

use bytes::Bytes;
use cashlink_core::body::{Body, PayloadFault, Progress, ProgressObserver, Sending, Trace};
use cashlink_core::{Outgoing, Pending};
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
    observer: Option<ProgressObserver>,
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
///
/// It is one pointer wide, since a stack moves a request about thirty times on its way through futures and queues.
pub struct Outbound<W>(pub(crate) Box<Parts<W>>);

pub(crate) struct Parts<W> {
    pub(crate) sending: Sending,
    pub(crate) payload: Payload<W>,
}

/// What is read where the body refers to it, and opened then.
pub(crate) struct Payload<W> {
    source: Option<Source<W>>,
    /// Never locked, only borrowed: the lock makes a body `Sync`, as HTTP stacks ask for, though readers needn't be.
    reader: Mutex<Option<Reader>>,
}

impl<W> Outbound<W> {
    /// A body, and where its payload comes from if it refers to one. The client makes these; a transport's own tests may.
    #[must_use]
    pub fn new(body: Body, source: Option<Source<W>>) -> Self {
        Self::on_attempt(1, &body, source)
    }

    fn on_attempt(attempt: u32, body: &Body, source: Option<Source<W>>) -> Self {
        let observer = source.as_ref().and_then(|source| source.observer.clone());
        let sending = Sending::new(body, attempt, observer);
        let payload = Payload { source, reader: Mutex::new(None) };
        Self(Box::new(Parts { sending, payload }))
    }

    /// The length in bytes: what `Content-Length` says.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.sending.body().len()
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.sending.body().is_empty()
    }

    /// The whole body, where it is in memory in one piece: nothing has to be read then. It counts as asked for.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        self.0.sending.as_bytes()
    }

    /// What becomes of this body. Take it before the body goes.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.0.sending.trace().clone()
    }
}

impl<W> fmt::Debug for Outbound<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outbound").field(&self.0.sending).finish()
    }
}

impl<W> Payload<W> {
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, PayloadFault>> {
        let reader = self.reader.get_mut().unwrap_or_else(PoisonError::into_inner);
        let reader = match reader {
            Some(reader) => reader,
            none => {
                let source = self.source.as_ref().ok_or(PayloadFault::Missing)?;
                none.insert((source.open)().map_err(|_| PayloadFault::Unreadable)?)
            }
        };
        reader.as_mut().poll_read(context, buffer).map_err(|_| PayloadFault::Unreadable)
    }
}

/// What goes out on one attempt, and what waits for its end.
pub(crate) fn attempt<T, W: Clone>(
    outgoing: Outgoing<T>,
    source: Option<&Source<W>>,
) -> (Request<Outbound<W>>, Pending<T>, Trace) {
    let (request, pending) = outgoing.into_parts();
    let request = request.map(|body| Outbound::on_attempt(pending.attempt(), &body, source.cloned()));
    let trace = request.body().trace();
    (request, pending, trace)
}
