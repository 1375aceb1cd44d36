//! An answer's body on its way in, up to what is allowed.

use alloc::borrow::Cow;
use core::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::Response;
use http::response::Parts;

use crate::Failure;

/// An answer that comes in pieces, for a stack that gives it out like that. Nothing is kept beyond the limit (T26).
///
/// ```
/// use cashlink_core::body::Inbound;
/// use cashlink_core::http::Response;
///
/// let (head, ()) = Response::new(()).into_parts();
/// let answer = Inbound::new(head, 4).and(&b"12"[..])?.and(&b"34"[..])?;
/// assert_eq!(answer.end().into_body(), "1234");
/// # Ok::<(), cashlink_core::Failure>(())
/// ```
#[must_use = "it is no answer before its end"]
pub struct Inbound {
    head: Parts,
    read: Bytes,
    largest: u64,
}

impl Inbound {
    /// The head of an answer, and how many bytes its body may have
    /// ([`Pending::largest_answer`](crate::Pending::largest_answer)).
    #[inline]
    pub fn new(head: Parts, largest: u64) -> Self {
        Self { head, read: Bytes::new(), largest }
    }

    /// The same, when at least so many bytes are still to come.
    ///
    /// # Errors
    /// When they would be too many: [`Failure::too_large`].
    #[inline]
    pub fn expecting(self, more: u64) -> Result<Self, Failure> {
        let have = u64::try_from(self.read.len()).unwrap_or(u64::MAX);
        if have.saturating_add(more) > self.largest {
            return Err(Failure::too_large(self.head));
        }
        Ok(self)
    }

    /// The next piece. The first one stays where it is, and mostly it is the only one.
    ///
    /// # Errors
    /// When it is too much: [`Failure::too_large`].
    pub fn and(self, mut piece: impl Buf) -> Result<Self, Failure> {
        let more = piece.remaining();
        let mut answer = self.expecting(u64::try_from(more).unwrap_or(u64::MAX))?;
        answer.read = if answer.read.is_empty() {
            piece.copy_to_bytes(more)
        } else {
            let mut all = BytesMut::from(answer.read);
            all.put(piece);
            all.freeze()
        };
        Ok(answer)
    }

    /// It came whole.
    #[must_use]
    pub fn end(self) -> Response<Bytes> {
        Response::from_parts(self.head, self.read)
    }

    /// It broke off: its status counts all the same.
    #[must_use]
    pub fn cut(self, reason: impl Into<Cow<'static, str>>) -> Failure {
        Failure::cut(self.head, reason)
    }
}

/// Only numbers: an answer is personal data (T12).
impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound").field("status", &self.head.status).field("read", &self.read.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(largest: u64) -> Inbound {
        Inbound::new(Response::new(()).into_parts().0, largest)
    }

    #[test]
    fn t26_nothing_is_kept_beyond_the_limit() {
        assert!(of(10).expecting(10).is_ok() && of(10).expecting(11).is_err());
        let half = || of(10).and(&b"01234"[..]).unwrap();
        assert_eq!(half().and(&b"56789"[..]).unwrap().end().into_body(), "0123456789");
        for refused in [half().and(&b"567890"[..]), half().expecting(u64::MAX)] {
            assert!(refused.unwrap_err().is_too_large());
        }
    }

    #[test]
    fn a_single_piece_is_not_copied_and_many_are_copied_into_one_place() {
        let piece = Bytes::from_static(b"0123456789");
        let whole = of(10).and(piece.clone()).unwrap().end().into_body();
        assert_eq!(whole.as_ptr(), piece.as_ptr());

        // Room is made by doubling: of a hundred pieces, few move what was there before.
        let (mut answer, mut moves, mut place) = (of(10_000).and(&[0; 100][..]).unwrap(), 0, None);
        for _ in 1..100 {
            answer = answer.and(&[0; 100][..]).unwrap();
            moves += usize::from(place.replace(answer.read.as_ptr()) != Some(answer.read.as_ptr()));
        }
        assert!(moves <= 10, "{moves}");
    }

    #[test]
    fn an_answer_on_its_way_shows_how_far_it_is() {
        let answer = of(10).and(&b"canary"[..]).unwrap();
        assert_eq!(alloc::format!("{answer:?}"), "Inbound { status: 200, read: 6 }");
    }
}
