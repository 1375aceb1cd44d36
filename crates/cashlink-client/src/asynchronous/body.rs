//! Payloads that are futures, and a body as an [`http_body::Body`].

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cashlink_core::body::PayloadFault;
use http_body::{Body, Frame, SizeHint};

use super::Async;
use crate::outbound::{self, Parts, ReadPayload};

/// Where a payload's bytes are: something that can be opened again for every attempt.
pub type Source = outbound::Source<Async>;

/// The body of a request that a [`Transport`](super::Transport) sends. It is an [`http_body::Body`] of known length.
pub type Outbound = outbound::Outbound<Async>;

impl Source {
    /// A function that opens the payload from its beginning, once per attempt.
    pub fn new<F, R>(open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<R>> + Send + 'static,
        R: ReadPayload + 'static,
    {
        Self::opened_by(move || Ok(Box::pin(Payload::Opening(Box::pin(open())))))
    }
}

/// A payload that is opened when it is read first.
enum Payload<F, R> {
    Opening(Pin<Box<F>>),
    Open(Pin<Box<R>>),
}

impl<F: Future<Output = io::Result<R>> + Send, R: ReadPayload> ReadPayload for Payload<F, R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match &mut *self {
                Self::Opening(opening) => {
                    let reader = ready!(opening.as_mut().poll(context))?;
                    *self = Self::Open(Box::pin(reader));
                }
                Self::Open(reader) => return reader.as_mut().poll_read(context, buffer),
            }
        }
    }
}

impl Body for Outbound {
    type Data = Bytes;
    type Error = PayloadFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PayloadFault>>> {
        let Parts { sending, payload } = &mut *self.0;
        let piece = sending.poll_piece(|buffer| payload.poll_read(context, buffer));
        piece.map(|piece| piece.map(|bytes| bytes.map(Frame::data)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.0.sending.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.sending.left())
    }
}
