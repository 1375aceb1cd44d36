//! Reading a body without I/O: a cursor says what it wants next, and the adapter does it, blocking or not.

use alloc::boxed::Box;
use core::fmt;
use core::task::{Poll, ready};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Body, Payload, PayloadRef};

/// What comes next in a body.
#[derive(Clone, PartialEq, Eq)]
pub enum Want {
    /// These bytes go out.
    Emit(Bytes),
    /// Read at most this many bytes of the payload (at least one), give them to [`Cursor::got`], and send them on once
    /// it has accepted them. An end of the payload is an empty slice.
    Read(usize),
    /// The body is complete.
    End,
}

impl fmt::Debug for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emit(bytes) => write!(f, "Emit(len {})", bytes.len()),
            Self::Read(at_most) => write!(f, "Read({at_most})"),
            Self::End => f.write_str("End"),
        }
    }
}

/// The payload was not what was announced. Permanent: another attempt would fail the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadFault {
    /// It ended early.
    TooShort,
    /// It went on beyond its announced length.
    TooLong,
    /// Its SHA-256 is not the announced one: it was changed since.
    Changed,
    /// It could not be opened or read again.
    Unreadable,
    /// The request announces a payload, and nothing was given to read it from: it was called, not uploaded.
    Missing,
}

impl PayloadFault {
    pub(super) const ALL: [Self; 5] =
        [Self::TooShort, Self::TooLong, Self::Changed, Self::Unreadable, Self::Missing];
}

impl fmt::Display for PayloadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "the payload is shorter than announced",
            Self::TooLong => "the payload is longer than announced",
            Self::Changed => "the payload's SHA-256 is not the announced one",
            Self::Unreadable => "the payload could not be opened or read",
            Self::Missing => "the request announces a payload, but none was given (use `upload`)",
        })
    }
}

impl core::error::Error for PayloadFault {}

/// How far a body has gone on one attempt.
///
/// Within an attempt, `sent` only rises; it is `total` once the last byte was handed to the transport, whose buffers and
/// the network's are still ahead of it then: only the reply says that the server has it. A repeated attempt begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Which attempt, counted like [`Meta::attempts`](crate::Meta::attempts): from 1.
    pub attempt: u32,
    /// How many bytes of the body were handed on, framing included.
    pub sent: u64,
    /// How many there are: what `Content-Length` says.
    pub total: u64,
}

impl Progress {
    /// So far, on this attempt.
    #[must_use]
    pub const fn new(attempt: u32, sent: u64, total: u64) -> Self {
        Self { attempt, sent, total }
    }
}

/// A place in a [`Body`]. It never lets a request complete whose payload is not the announced one.
///
/// ```
/// use cashlink_core::body::{Body, MediaType, Want};
///
/// let body = Body::new(&MediaType::new("text/plain")?, "hello");
/// let mut cursor = body.cursor();
/// assert_eq!(cursor.want().unwrap(), Want::Emit("hello".into()));
/// assert_eq!(cursor.want().unwrap(), Want::End);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct Cursor {
    body: Body,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Head,
    Payload,
    /// The hash so far and the announced one, where one is announced; boxed, since most bodies have none.
    Reading {
        left: u64,
        hash: Option<Box<(Sha256, [u8; 32])>>,
    },
    Tail,
    End,
    Failed(PayloadFault),
}

/// As much as is asked for in one [`Want::Read`], for which an adapter needs a buffer; it may read less.
const LARGEST_READ: u64 = 64 * 1024;

impl Cursor {
    pub(super) fn body(&self) -> &Body {
        &self.body
    }

    pub(super) fn new(body: &Body) -> Self {
        Self { body: body.clone(), place: Place::Head }
    }

    /// What comes next. Each [`Want::Emit`] is given once; [`Want::Read`] and [`Want::End`] stay until they are answered.
    ///
    /// # Errors
    /// The fault that [`Cursor::got`] reported, again: a failed body never ends.
    pub fn want(&mut self) -> Result<Want, PayloadFault> {
        self.want_up_to(LARGEST_READ)
    }

    /// The same, for a transport's own buffer: as much at once as it holds.
    pub(super) fn want_up_to(&mut self, room: u64) -> Result<Want, PayloadFault> {
        loop {
            let emitted = match &self.place {
                Place::Failed(fault) => return Err(*fault),
                Place::End => return Ok(Want::End),
                // One byte more than is left, so that a longer payload is noticed before the tail goes out.
                Place::Reading { left, .. } => {
                    let at_most = left.saturating_add(1).min(room);
                    return Ok(Want::Read(usize::try_from(at_most).unwrap_or(1)));
                }
                Place::Head => {
                    let head = self.body.parts.head.clone();
                    self.place = Place::Payload;
                    head
                }
                Place::Payload => match self.body.parts.payload.clone() {
                    Some(Payload::Ref(reference)) => {
                        self.place = Place::reading(reference);
                        continue;
                    }
                    Some(Payload::Bytes(bytes)) => {
                        self.place = Place::Tail;
                        bytes
                    }
                    None => {
                        self.place = Place::Tail;
                        continue;
                    }
                },
                Place::Tail => {
                    let tail = self.body.parts.tail.clone();
                    self.place = Place::End;
                    tail
                }
            };
            if !emitted.is_empty() {
                return Ok(Want::Emit(emitted));
            }
        }
    }

    /// The answer to [`Want::Read`]: the bytes that were read, none at the payload's end. Bytes that nobody asked for
    /// count as too long.
    ///
    /// # Errors
    /// When the payload turns out too short, too long or changed; then none of `bytes` may be sent on.
    pub fn got(&mut self, bytes: &[u8]) -> Result<(), PayloadFault> {
        self.check(bytes).map_err(|fault| self.fail(fault))
    }

    /// The payload can't be read, for this reason: the body is failed for good, whatever its source would say next time.
    pub fn fail(&mut self, fault: PayloadFault) -> PayloadFault {
        self.place = Place::Failed(fault);
        fault
    }

    /// Reads what was wanted of the payload into this room, and checks it.
    pub(super) fn poll_payload(
        &mut self,
        room: &mut [u8],
        read: &mut impl FnMut(&mut [u8]) -> Poll<Result<usize, PayloadFault>>,
    ) -> Poll<Result<usize, PayloadFault>> {
        let piece = ready!(read(room)).and_then(|count| room.get(..count).ok_or(PayloadFault::Unreadable));
        Poll::Ready(match piece {
            Ok(piece) => self.got(piece).map(|()| piece.len()),
            Err(fault) => Err(self.fail(fault)),
        })
    }

    fn check(&mut self, bytes: &[u8]) -> Result<(), PayloadFault> {
        let Place::Reading { left, hash } = &mut self.place else {
            return if bytes.is_empty() { Ok(()) } else { Err(PayloadFault::TooLong) };
        };
        if !bytes.is_empty() {
            let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            *left = left.checked_sub(count).ok_or(PayloadFault::TooLong)?;
            if let Some(hash) = hash {
                hash.0.update(bytes);
            }
            return Ok(());
        }
        if *left > 0 {
            return Err(PayloadFault::TooShort);
        }
        if let Some((hash, announced)) = hash.take().map(|hash| *hash) {
            if hash.finalize()[..] != announced {
                return Err(PayloadFault::Changed);
            }
        }
        self.place = Place::Tail;
        Ok(())
    }
}

impl Place {
    fn reading(payload: PayloadRef) -> Self {
        let hash = payload.sha256.map(|announced| Box::new((Sha256::new(), announced)));
        Self::Reading { left: payload.len, hash }
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Head => "head",
            Place::Payload | Place::Reading { .. } => "payload",
            Place::Tail => "tail",
            Place::End => "end",
            Place::Failed(_) => "failed",
        };
        f.debug_struct("Cursor").field("body", &self.body).field("place", &place).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Parts;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn framed(payload: Payload) -> Body {
        let (head, tail) = (Bytes::from_static(b"<"), Bytes::from_static(b">"));
        Parts { content_type: None, head, payload: Some(payload), tail }.into()
    }

    /// Drives a cursor as an adapter does, reading `step` bytes at a time.
    fn read(body: &Body, mut source: &[u8], step: usize) -> Result<Vec<u8>, PayloadFault> {
        let (mut cursor, mut sent) = (body.cursor(), Vec::new());
        loop {
            match cursor.want()? {
                Want::Emit(bytes) => sent.extend_from_slice(&bytes),
                Want::Read(at_most) => {
                    let (now, later) = source.split_at(source.len().min(at_most).min(step));
                    source = later;
                    cursor.got(now)?;
                    sent.extend_from_slice(now);
                }
                Want::End => return Ok(sent),
            }
        }
    }

    #[test]
    fn a_payload_that_is_not_the_announced_one_never_completes() {
        let body = framed(PayloadRef::new(3).into());
        assert_eq!(read(&body, b"abc", 2), Ok(b"<abc>".to_vec()));
        assert_eq!(read(&body, b"ab", 2), Err(PayloadFault::TooShort));
        assert_eq!(read(&body, b"abcd", 2), Err(PayloadFault::TooLong));
        assert_eq!(read(&body, b"abcd", 9), Err(PayloadFault::TooLong));

        let hashed = framed(PayloadRef::new(3).with_sha256(Sha256::digest(b"abc").into()).into());
        assert_eq!(read(&hashed, b"abc", 1), Ok(b"<abc>".to_vec()));
        assert_eq!(read(&hashed, b"abd", 1), Err(PayloadFault::Changed));
    }

    #[test]
    fn a_failed_body_stays_failed() {
        let mut cursor = framed(PayloadRef::new(3).into()).cursor();
        while !matches!(cursor.want(), Ok(Want::Read(_))) {}
        assert_eq!(cursor.got(&[]), Err(PayloadFault::TooShort));
        assert_eq!(cursor.want(), Err(PayloadFault::TooShort));
        assert_eq!(cursor.want(), Err(PayloadFault::TooShort));
    }

    #[test]
    fn bytes_in_memory_go_out_without_a_copy() {
        let payload = Bytes::from_static(b"abc");
        let mut cursor = framed(payload.clone().into()).cursor();
        assert_eq!(cursor.want(), Ok(Want::Emit(Bytes::from_static(b"<"))));
        let Ok(Want::Emit(emitted)) = cursor.want() else { panic!("the payload comes next") };
        assert_eq!(emitted.as_ptr(), payload.as_ptr());
    }

    proptest! {
        #[test]
        fn a_body_is_its_length_and_its_bytes(payload in prop::collection::vec(any::<u8>(), 0..200), step in 1_usize..50) {
            let in_memory = framed(Bytes::from(payload.clone()).into());
            let elsewhere = framed(PayloadRef::new(payload.len() as u64).into());
            let sent = read(&elsewhere, &payload, step).unwrap();
            prop_assert_eq!(&sent, &read(&in_memory, &[], 1).unwrap());
            prop_assert_eq!(sent.len() as u64, in_memory.len());
            prop_assert_eq!(in_memory.len(), elsewhere.len());
            let referred = PayloadRef::new(payload.len() as u64);
            prop_assert_eq!((in_memory.payload_ref(), elsewhere.payload_ref()), (None, Some(referred)));
            prop_assert_eq!(Payload::from(referred).is_empty(), payload.is_empty());
        }
    }

    #[test]
    fn as_much_is_asked_for_as_a_buffer_holds_or_one_byte_more_than_is_left() {
        for (length, asked) in [(0, 1), (3, 4), (65_535, 65_536), (65_536, 65_536), (u64::MAX, 65_536)] {
            let mut cursor = framed(PayloadRef::new(length).into()).cursor();
            assert_eq!(cursor.want(), Ok(Want::Emit(Bytes::from_static(b"<"))));
            assert_eq!(cursor.want(), Ok(Want::Read(asked)), "{length}");
        }
    }

    #[test]
    fn what_is_wanted_is_shown_without_its_bytes_and_a_fault_by_its_own_text() {
        let wants = [Want::Emit(Bytes::from_static(b"canary")), Want::Read(7), Want::End];
        assert_eq!(alloc::format!("{wants:?}"), "[Emit(len 6), Read(7), End]");
        let mut cursor = framed(PayloadRef::new(3).into()).cursor();
        let body = "Body { content_type: None, len: 5 }";
        assert_eq!(
            alloc::format!("{cursor:?}"),
            alloc::format!("Cursor {{ body: {body}, place: \"head\" }}")
        );
        cursor.fail(PayloadFault::Changed);
        assert_eq!(
            alloc::format!("{cursor:?}"),
            alloc::format!("Cursor {{ body: {body}, place: \"failed\" }}")
        );
        let texts = PayloadFault::ALL.map(|fault| alloc::format!("{fault}"));
        let different = |text| texts.iter().filter(|other| *other == text).count() == 1;
        assert!(texts.iter().all(|text| text.contains("payload") && different(text)), "{texts:?}");
    }
}
