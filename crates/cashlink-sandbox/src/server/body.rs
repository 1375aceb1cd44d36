//! The body of an answer, which may be told to break off.

use super::wire::Flushes;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that announces its whole length and may end before it.
#[derive(Debug)]
pub(super) struct AnswerBody {
    length: u64,
    /// What is still to be given to hyper.
    next: Option<Bytes>,
    cut: Option<Breaking>,
}

/// How a cut body waits for its last bytes to leave.
#[derive(Debug)]
struct Breaking {
    flushes: Flushes,
    /// How many flushes there had been once all bytes were given away.
    seen: Option<u64>,
}

impl AnswerBody {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self { length: bytes.len() as u64, next: Some(bytes), cut: None }
    }

    /// The first `kept` bytes of it. Where that is all of it, nothing is cut.
    pub(super) fn cut(mut bytes: Bytes, kept: usize, flushes: Flushes) -> Self {
        if kept >= bytes.len() {
            return Self::whole(bytes);
        }
        let length = bytes.len() as u64;
        bytes.truncate(kept);
        Self { length, next: Some(bytes), cut: Some(Breaking { flushes, seen: None }) }
    }
}

/// The connection ends here, as the fault asked.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is cut")
    }
}

impl std::error::Error for Cut {}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Some(bytes) = self.next.take().filter(|bytes| !bytes.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        let Some(Breaking { flushes, seen }) = &mut self.cut else { return Poll::Ready(None) };
        // hyper flushes whenever a body isn't ready: the first flush from here on carries the head and every byte.
        let seen = *seen.get_or_insert_with(|| flushes.count());
        flushes.poll_after(seen, context).map(|()| Some(Err(Cut)))
    }

    fn is_end_stream(&self) -> bool {
        self.cut.is_none() && self.next.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    fn next(body: &mut AnswerBody) -> Poll<Option<Result<Bytes, Cut>>> {
        let frame = Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()));
        frame.map(|frame| frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())))
    }

    #[test]
    fn a_whole_body_is_one_frame_and_an_end() {
        let mut body = AnswerBody::whole(Bytes::from_static(b"abc"));
        assert!(matches!(next(&mut body), Poll::Ready(Some(Ok(bytes))) if bytes == "abc"));
        assert!(body.is_end_stream());
        assert!(matches!(next(&mut body), Poll::Ready(None)));
    }

    #[test]
    fn a_cut_body_breaks_only_after_its_bytes_have_left() {
        let flushes = Flushes::default();
        let mut body = AnswerBody::cut(Bytes::from_static(b"abc"), 2, flushes.clone());
        assert_eq!(body.size_hint().exact(), Some(3));
        // A flush from before the bytes were given says nothing about them.
        flushes.note();
        assert!(matches!(next(&mut body), Poll::Ready(Some(Ok(bytes))) if bytes == "ab"));
        assert!(next(&mut body).is_pending());
        assert!(next(&mut body).is_pending());
        assert!(!body.is_end_stream());
        flushes.note();
        assert!(matches!(next(&mut body), Poll::Ready(Some(Err(Cut)))));
    }

    #[test]
    fn a_cut_after_no_byte_waits_for_the_head() {
        let flushes = Flushes::default();
        let mut body = AnswerBody::cut(Bytes::from_static(b"abc"), 0, flushes.clone());
        assert!(next(&mut body).is_pending());
        flushes.note();
        assert!(matches!(next(&mut body), Poll::Ready(Some(Err(Cut)))));
    }

    #[test]
    fn a_cut_at_or_beyond_the_end_is_none() {
        for kept in [3, 4] {
            let body = AnswerBody::cut(Bytes::from_static(b"abc"), kept, Flushes::default());
            assert!(body.cut.is_none(), "{kept}");
        }
    }
}
