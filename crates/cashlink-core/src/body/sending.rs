//! A body on its way: what comes next of it, how far it went, and what was wrong with its payload. A loop reads the payload,
//! and waits for it as its world does.

use alloc::sync::Arc;
use core::fmt;
use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use core::task::{Poll, ready};

use bytes::{Buf, Bytes};

use super::room::Room;
use super::{Body, Cursor, PayloadFault, Progress, Want};
use crate::Failure;

/// Who hears how far a body went.
pub type ProgressObserver = Arc<dyn Fn(Progress) + Send + Sync>;

/// The body of one attempt, as it is handed to a transport piece by piece. What was handed over counts as sent.
///
/// ```
/// use cashlink_core::body::{Body, Sending};
/// use core::task::Poll;
///
/// let mut sending = Sending::new(&Body::empty(), 1, None);
/// let no_payload = |_: &mut [u8]| Poll::Ready(Ok(0));
/// assert_eq!(sending.poll_piece(no_payload), Poll::Ready(Ok(None)));
/// assert!(sending.trace().was_asked_for());
/// ```
pub struct Sending {
    cursor: Cursor,
    room: Room,
    /// What is in memory and was too long for the transport's own buffer.
    rest: Bytes,
    attempt: u32,
    observer: Option<ProgressObserver>,
    trace: Trace,
}

impl Sending {
    /// The body from its beginning, on this attempt. The observer hears of every piece, between it and the next one.
    #[must_use]
    pub fn new(body: &Body, attempt: u32, observer: Option<ProgressObserver>) -> Self {
        let (room, rest, trace) = (Room::default(), Bytes::new(), Trace::default());
        Self { cursor: body.cursor(), room, rest, attempt, observer, trace }
    }

    /// The body itself.
    #[must_use]
    pub fn body(&self) -> &Body {
        self.cursor.body()
    }

    /// All of it, where it is in memory in one piece. It counts as asked for, as nobody can tell how it goes out.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        self.body().as_bytes().filter(|_| self.trace.ask().is_ok())
    }

    /// What becomes of it.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// How many bytes were not handed over yet.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.body().len().saturating_sub(self.trace.sent())
    }

    /// The next piece, none at the end. `read` fills a buffer with the payload's next bytes and says how many they are, or is
    /// pending. A piece is the memory that it was read into, without a copy, unless it filled less than half of it;
    /// that memory is used again once the piece was let go, until the payload's end. It is 64 KiB a piece, of eight pieces at most.
    ///
    /// # Errors
    /// The payload is not what was announced. It stays so, whatever the payload would say when it is asked again. And where the
    /// body was [withdrawn](Trace::withdraw).
    pub fn poll_piece(
        &mut self,
        read: impl FnMut(&mut [u8]) -> Poll<Result<usize, PayloadFault>>,
    ) -> Poll<Result<Option<Bytes>, PayloadFault>> {
        self.trace.ask()?;
        let piece = ready!(self.poll_next(read));
        self.handed(piece.as_ref().map(|piece| piece.as_ref().map_or(0, Bytes::len)));
        Poll::Ready(piece)
    }

    fn poll_next(
        &mut self,
        mut read: impl FnMut(&mut [u8]) -> Poll<Result<usize, PayloadFault>>,
    ) -> Poll<Result<Option<Bytes>, PayloadFault>> {
        loop {
            let at_most = match self.cursor.want()? {
                Want::Emit(bytes) => return Poll::Ready(Ok(Some(bytes))),
                Want::End => return Poll::Ready(Ok(None)),
                Want::Read(at_most) => at_most,
            };
            match ready!(self.cursor.poll_payload(self.room.of(at_most), &mut read))? {
                // The payload's end.
                0 => self.room = Room::default(),
                count => return Poll::Ready(Ok(Some(self.room.hand_over(count)))),
            }
        }
    }

    /// Fills a transport's own buffer, as [`poll_piece`](Self::poll_piece): 0 at the end. The payload goes there without a
    /// copy in between.
    ///
    /// # Errors
    /// As for [`poll_piece`](Self::poll_piece).
    pub fn poll_read(
        &mut self,
        into: &mut [u8],
        read: impl FnMut(&mut [u8]) -> Poll<Result<usize, PayloadFault>>,
    ) -> Poll<Result<usize, PayloadFault>> {
        if into.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.trace.ask()?;
        let count = ready!(self.poll_fill(into, read));
        self.handed(count.as_ref().copied());
        Poll::Ready(count)
    }

    fn poll_fill(
        &mut self,
        into: &mut [u8],
        mut read: impl FnMut(&mut [u8]) -> Poll<Result<usize, PayloadFault>>,
    ) -> Poll<Result<usize, PayloadFault>> {
        loop {
            if !self.rest.is_empty() {
                let count = self.rest.len().min(into.len());
                self.rest.copy_to_slice(into.get_mut(..count).unwrap_or_default());
                return Poll::Ready(Ok(count));
            }
            match self.cursor.want_up_to(u64::try_from(into.len()).unwrap_or(u64::MAX))? {
                Want::Emit(bytes) => self.rest = bytes,
                Want::End => return Poll::Ready(Ok(0)),
                Want::Read(at_most) => {
                    let room = into.get_mut(..at_most).unwrap_or_default();
                    match ready!(self.cursor.poll_payload(room, &mut read)) {
                        Ok(0) => {}
                        count => return Poll::Ready(count),
                    }
                }
            }
        }
    }

    /// None is no news: what is told strictly rises.
    fn handed(&self, bytes: Result<usize, &PayloadFault>) {
        match bytes {
            Ok(0) => {}
            Ok(bytes) => {
                let sent = self.trace.advance(bytes);
                if let Some(observer) = &self.observer {
                    observer(Progress::new(self.attempt, sent, self.body().len()));
                }
            }
            Err(fault) => self.trace.fail(*fault),
        }
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending")
            .field("body", self.body())
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
    /// Whose the body is: [`WAITS`], [`ASKED_FOR`] or [`WITHDRAWN`].
    claim: AtomicU8,
    sent: AtomicU64,
    /// The first one, by its place in [`PayloadFault::ALL`]; 0 for none.
    fault: AtomicU8,
}

const WAITS: u8 = 0;
const ASKED_FOR: u8 = 1;
const WITHDRAWN: u8 = 2;

impl Trace {
    /// Whether any byte of the body was asked for. A body that nobody asked for means that no whole request has left, where the
    /// transport can't say so itself; not so an empty one, whose head is the whole request. Where the transport may go on with
    /// the request, [withdraw](Self::withdraw) the body.
    #[must_use]
    pub fn was_asked_for(&self) -> bool {
        self.0.claim.load(Ordering::Acquire) == ASKED_FOR
    }

    /// Takes the body back, unless a byte of it was asked for: whether it did. It fails whoever asks for it afterwards, so that a
    /// request of which *not sent* was said stays unsent, though a stack's own task may still hold it (T37).
    #[must_use]
    pub fn withdraw(&self) -> bool {
        self.claim(WITHDRAWN)
    }

    /// How many bytes were handed over: while this changes, the body moves.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Acquire)
    }

    /// What the flow gets to see: whatever a transport makes of a faulty payload, it is permanent. But where an answer
    /// began, its status says more.
    ///
    /// # Errors
    /// Where the outcome is a failure, too.
    pub fn judge<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        outcome.map_err(|failure| match self.fault() {
            Some(fault) if failure.status().is_none() => Failure::payload(fault),
            _ => failure,
        })
    }

    fn ask(&self) -> Result<(), PayloadFault> {
        // Of no interest to the flow, which has gone on: it isn't kept.
        if self.claim(ASKED_FOR) { Ok(()) } else { Err(PayloadFault::Unreadable) }
    }

    /// Whether the body is this one's, now or since earlier: the first claim stays.
    fn claim(&self, whose: u8) -> bool {
        let claimed = self.0.claim.compare_exchange(WAITS, whose, Ordering::AcqRel, Ordering::Acquire);
        claimed.map_or_else(|earlier| earlier == whose, |_| true)
    }

    fn advance(&self, bytes: usize) -> u64 {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.0.sent.fetch_add(bytes, Ordering::AcqRel).saturating_add(bytes)
    }

    fn fail(&self, fault: PayloadFault) {
        let place = (1_u8..).zip(PayloadFault::ALL).find(|(_, known)| *known == fault);
        let place = place.map_or(0, |(place, _)| place);
        _ = self.0.fault.compare_exchange(0, place, Ordering::AcqRel, Ordering::Acquire);
    }

    fn fault(&self) -> Option<PayloadFault> {
        let place = usize::from(self.0.fault.load(Ordering::Acquire)).checked_sub(1)?;
        PayloadFault::ALL.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::body::{Parts, Payload, PayloadRef};
    use alloc::vec::Vec;

    fn upload(len: u64) -> Body {
        let (head, tail) = (Bytes::from_static(b"<<"), Bytes::from_static(b">>"));
        Parts { head, payload: Some(Payload::Ref(PayloadRef::new(len))), tail, ..Parts::default() }.into()
    }

    /// A payload of `x` without end.
    fn endless(buffer: &mut [u8]) -> Poll<Result<usize, PayloadFault>> {
        buffer.fill(b'x');
        Poll::Ready(Ok(buffer.len()))
    }

    #[test]
    fn a_fault_is_kept_as_it_was_and_the_first_one_stays() {
        for (place, fault) in PayloadFault::ALL.into_iter().enumerate() {
            let trace = Trace::default();
            assert_eq!(trace.fault(), None);
            trace.fail(fault);
            trace.fail(PayloadFault::ALL[(place + 1) % PayloadFault::ALL.len()]);
            assert_eq!(trace.fault(), Some(fault));
        }
    }

    #[test]
    fn a_transports_own_buffer_is_filled_at_once_however_large_it_is() {
        let (mut sending, mut into, mut asked) =
            (Sending::new(&upload(300_000), 1, None), [0; 200_000], Vec::new());
        let mut read = |buffer: &mut [u8]| {
            asked.push(buffer.len());
            Poll::Ready(Ok(buffer.len().min(200_000)))
        };
        assert_eq!(sending.poll_read(&mut into, &mut read), Poll::Ready(Ok(2)));
        assert_eq!(sending.poll_read(&mut into, &mut read), Poll::Ready(Ok(200_000)));
        // One byte more than is left: a longer payload must not go unnoticed.
        assert_eq!(sending.poll_read(&mut into, &mut read), Poll::Ready(Err(PayloadFault::TooLong)));
        assert_eq!(asked, [200_000, 100_001]);
    }

    #[test]
    fn t37_a_body_is_withdrawn_or_asked_for_and_never_both() {
        let mut sending = Sending::new(&upload(3), 1, None);
        let trace = sending.trace().clone();
        assert!(trace.withdraw() && trace.withdraw(), "it stays");
        assert_eq!(sending.poll_piece(endless), Poll::Ready(Err(PayloadFault::Unreadable)));
        assert_eq!(sending.poll_read(&mut [0; 9], endless), Poll::Ready(Err(PayloadFault::Unreadable)));
        assert_eq!(sending.as_bytes(), None);
        assert_eq!((trace.was_asked_for(), trace.sent(), trace.fault()), (false, 0, None));

        let mut sending = Sending::new(&upload(3), 1, None);
        assert!(matches!(sending.poll_piece(endless), Poll::Ready(Ok(Some(_)))));
        assert!(sending.trace().was_asked_for() && !sending.trace().withdraw());
        assert_eq!(sending.poll_piece(endless), Poll::Ready(Err(PayloadFault::TooLong)), "and it goes on");
    }

    #[test]
    fn a_payload_goes_straight_into_the_transports_buffer_and_never_one_byte_too_many() {
        let mut sending = Sending::new(&upload(3), 1, None);
        let mut left = 3;
        let mut exact = |buffer: &mut [u8]| {
            let count = left.min(buffer.len());
            left -= count;
            buffer[..count].fill(b'x');
            Poll::Ready(Ok(count))
        };
        let (mut all, mut into) = (Vec::new(), [0; 1]);
        while let Poll::Ready(Ok(1)) = sending.poll_read(&mut into, &mut exact) {
            all.extend(into);
        }
        assert_eq!((&all[..], sending.left()), (&b"<<xxx>>"[..], 0));

        // A longer payload is noticed before the request could complete, however small the buffer is.
        let mut sending = Sending::new(&upload(3), 1, None);
        let longer = loop {
            match sending.poll_read(&mut into, endless) {
                Poll::Ready(Ok(count)) => assert_eq!(count, 1),
                other => break other,
            }
        };
        assert_eq!(longer, Poll::Ready(Err(PayloadFault::TooLong)));
        assert_eq!(sending.trace().sent(), 5);
        assert_eq!(sending.poll_read(&mut into, endless), longer, "it stays");
    }

    #[test]
    fn pieces_are_the_same_bytes_and_each_is_told_once() {
        static SENT: AtomicU64 = AtomicU64::new(0);
        let observer: ProgressObserver = Arc::new(|progress| {
            assert_eq!((progress.attempt, progress.total), (2, 7));
            SENT.store(progress.sent, Ordering::Relaxed);
        });
        let mut sending = Sending::new(&upload(3), 2, Some(observer));
        assert_eq!((sending.trace().was_asked_for(), sending.left()), (false, 7));
        assert_eq!(sending.poll_read(&mut [], endless), Poll::Ready(Ok(0)));
        assert!(!sending.trace().was_asked_for(), "no room is no question");

        // A byte at a time, each only when it is asked for again, and then no more.
        let (mut is_there, mut left, mut all) = (false, 3, Vec::new());
        loop {
            let piece = sending.poll_piece(|buffer| {
                is_there = !is_there;
                if is_there {
                    return Poll::Pending;
                }
                let count = left.min(1);
                left -= count;
                buffer[..count].fill(b'x');
                Poll::Ready(Ok(count))
            });
            assert_eq!(SENT.load(Ordering::Relaxed), sending.trace().sent());
            match piece {
                Poll::Ready(Ok(Some(piece))) => all.extend(piece),
                Poll::Ready(Ok(None)) => break,
                Poll::Ready(Err(fault)) => panic!("{fault}"),
                Poll::Pending => assert!(sending.trace().was_asked_for()),
            }
        }
        assert_eq!((&all[..], sending.left(), SENT.load(Ordering::Relaxed)), (&b"<<xxx>>"[..], 0, 7));
    }

    #[test]
    fn a_piece_goes_out_in_the_memory_that_it_was_read_into_and_is_the_callers_alone_at_the_end() {
        let mut sending = Sending::new(&upload(100_000), 1, None);
        assert!(sending.poll_piece(endless).is_ready());
        let (mut places, mut left) = (Vec::new(), 100_000);
        let mut exact = |buffer: &mut [u8]| {
            places.push(buffer.as_ptr());
            let count = left.min(buffer.len());
            left -= count;
            buffer[..count].fill(b'x');
            Poll::Ready(Ok(count))
        };
        let mut piece = || match sending.poll_piece(&mut exact) {
            Poll::Ready(Ok(Some(piece))) => piece,
            other => panic!("{other:?}"),
        };
        let (first, second) = (piece(), piece());
        assert!(!first.is_unique(), "it may be used again");
        assert_eq!(piece(), ">>");
        assert!(first.is_unique() && second.is_unique());
        assert_eq!(places[..2], [first.as_ptr(), second.as_ptr()]);
    }

    #[test]
    fn a_faulty_payload_is_what_the_flow_sees_unless_an_answer_began() {
        let mut sending = Sending::new(&upload(3), 1, None);
        let outcome = |trace: &Trace, failure| trace.judge::<()>(Err(failure)).unwrap_err().payload_fault();
        let cut = || Failure::cut(Response::new(()).into_parts().0, "reset");
        assert_eq!(outcome(sending.trace(), Failure::maybe_sent("reset")), None);
        assert!(sending.poll_piece(endless).is_ready());
        let faulty = sending.poll_piece(|_| Poll::Ready(Err(PayloadFault::Unreadable)));
        assert_eq!(faulty, Poll::Ready(Err(PayloadFault::Unreadable)));
        assert_eq!(sending.poll_piece(endless), faulty, "it stays");
        assert_eq!(outcome(sending.trace(), Failure::maybe_sent("reset")), Some(PayloadFault::Unreadable));
        assert_eq!(outcome(sending.trace(), cut()), None, "its status says more");
        assert!(sending.trace().judge(Ok(17)).is_ok_and(|kept| kept == 17));
    }

    #[test]
    fn a_reader_that_claims_more_than_there_was_room_for_is_faulty() {
        let mut sending = Sending::new(&upload(3), 1, None);
        assert!(sending.poll_piece(endless).is_ready());
        let claim = sending.poll_piece(|buffer| Poll::Ready(Ok(buffer.len() + 1)));
        assert_eq!(claim, Poll::Ready(Err(PayloadFault::Unreadable)));
    }

    #[test]
    fn a_body_in_one_piece_is_given_at_once_and_counts_as_asked_for() {
        let sending = Sending::new(&Body::new(&crate::body::MediaType::JSON, "{ }"), 1, None);
        assert_eq!((sending.body().len(), sending.left(), sending.trace().was_asked_for()), (3, 3, false));
        assert_eq!(sending.as_bytes().unwrap(), "{ }");
        assert!(sending.trace().was_asked_for() && !sending.trace().withdraw());
        assert_eq!(Sending::new(&upload(3), 1, None).as_bytes(), None, "in pieces");
    }
}
