//! The socket, watched: a cut body must know when all that came before the cut has left.
//!
//! hyper throws away what it still holds when a body fails, so a body that fails too early loses bytes that it was told to send.

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::net::TcpStream;

/// How often a socket was flushed with nothing left behind; shared by the socket and the bodies that go out on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Flushes(Arc<Mutex<(u64, Option<Waker>)>>);

impl Flushes {
    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.with(|(count, _)| *count)
    }

    /// Ready when there were more than `seen`.
    pub(super) fn poll_after(&self, seen: u64, context: &Context<'_>) -> Poll<()> {
        self.with(|(count, waker)| {
            if *count > seen {
                return Poll::Ready(());
            }
            *waker = Some(context.waker().clone());
            Poll::Pending
        })
    }

    pub(super) fn note(&self) {
        let waker = self.with(|(count, waker)| {
            *count += 1;
            waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut (u64, Option<Waker>)) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A TCP stream that notes its flushes.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TokioIo<TcpStream>,
    flushes: Flushes,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, flushes: Flushes) -> Self {
        Self { stream: TokioIo::new(stream), flushes }
    }

    fn stream(self: Pin<&mut Self>) -> Pin<&mut TokioIo<TcpStream>> {
        Pin::new(&mut self.get_mut().stream)
    }
}

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(context, into)
    }
}

impl Write for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        self.stream().poll_write(context, from)
    }

    /// hyper asks for this once it has handed over all that it holds.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.as_mut().stream().poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.flushes.note();
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(context, from)
    }
}
