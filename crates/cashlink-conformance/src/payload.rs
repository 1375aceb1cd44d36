//! A document that is made as it is read: so many bytes, from the beginning at each opening, and how many were read.

use std::future::ready;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use cashlink_client::{asynchronous, blocking};

#[derive(Clone, Debug)]
pub(crate) struct Payload {
    /// How many bytes there are; none, where it can't be opened.
    length: Option<u64>,
    read: Arc<AtomicU64>,
}

impl Payload {
    pub(crate) fn of(length: u64) -> Self {
        Self { length: Some(length), read: Arc::default() }
    }

    pub(crate) fn unreadable() -> Self {
        Self { length: None, read: Arc::default() }
    }

    /// How many bytes were read, at all openings together.
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::SeqCst)
    }

    fn open(&self) -> io::Result<Opened> {
        let left = self.length.ok_or(io::ErrorKind::NotFound)?;
        Ok(Opened { left: io::repeat(b'x').take(left), read: Arc::clone(&self.read) })
    }

    pub(crate) fn blocking(&self) -> blocking::Source {
        let payload = self.clone();
        blocking::Source::new(move || payload.open())
    }

    pub(crate) fn asynchronous(&self) -> asynchronous::Source {
        let payload = self.clone();
        asynchronous::Source::new(move || ready(payload.open()))
    }
}

#[derive(Debug)]
struct Opened {
    left: io::Take<io::Repeat>,
    read: Arc<AtomicU64>,
}

impl Read for Opened {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.left.read(into)?;
        self.read.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::SeqCst);
        Ok(count)
    }
}

impl asynchronous::ReadPayload for Opened {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.read(buffer))
    }
}
