//! Memory into which a payload is read, and in which it goes out: a piece is handed over without a copy, and its memory is
//! read into again once nobody holds it.

use alloc::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// As many pieces are kept for their memory: of 64 KiB each, half a MiB. A transport holds one or two; on a slow network as many as its
/// buffers take.
const MOST_KEPT: usize = 8;

#[derive(Default)]
pub(super) struct Room {
    empty: BytesMut,
    /// What was handed over, oldest first, whole: a piece may be the beginning of its memory.
    handed: VecDeque<Bytes>,
}

impl Room {
    /// As much room as is asked for. What stands in it is of no meaning.
    pub(super) fn of(&mut self, length: usize) -> &mut [u8] {
        if self.empty.len() < length {
            if self.empty.is_empty() {
                self.reclaim();
            }
            self.empty.resize(length.max(self.empty.len()), 0);
        }
        self.empty.get_mut(..length).unwrap_or_default()
    }

    /// The first bytes of the room, as a piece. A short one is copied, so that it doesn't keep all of the room from others.
    pub(super) fn hand_over(&mut self, count: usize) -> Bytes {
        if count < self.empty.len() / 2 {
            return self.empty.get(..count).map(Bytes::copy_from_slice).unwrap_or_default();
        }
        let whole = core::mem::take(&mut self.empty).freeze();
        let piece = whole.slice(..count.min(whole.len()));
        if self.handed.len() == MOST_KEPT {
            self.handed.pop_front();
        }
        self.handed.push_back(whole);
        piece
    }

    /// Transports let go in the order in which they send: while they hold the oldest piece, they hold the others.
    fn reclaim(&mut self) {
        match self.handed.pop_front().map(Bytes::try_into_mut) {
            Some(Ok(room)) => self.empty = room,
            Some(Err(held)) => self.handed.push_front(held),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn piece(room: &mut Room, length: usize, count: usize, byte: u8) -> Bytes {
        room.of(length)[..count].fill(byte);
        room.hand_over(count)
    }

    #[test]
    fn a_piece_is_where_it_was_read_and_its_memory_is_used_again_once_it_is_let_go() {
        let mut room = Room::default();
        let place = room.of(64).as_ptr();
        let first = piece(&mut room, 64, 64, 1);
        assert_eq!(first.as_ptr(), place, "no copy");

        let second = piece(&mut room, 64, 40, 2);
        assert_ne!(second.as_ptr(), place, "the first is still held");
        drop(first);
        assert_eq!(piece(&mut room, 64, 64, 3).as_ptr(), place);
        assert_eq!(second, [2; 40][..]);
    }

    #[test]
    fn a_short_piece_is_copied_and_the_room_stays() {
        let mut room = Room::default();
        let place = room.of(64).as_ptr();
        let short = piece(&mut room, 64, 31, 1);
        assert_ne!(short.as_ptr(), place);
        assert_eq!(room.of(64).as_ptr(), place);
        assert_eq!(piece(&mut room, 64, 32, 2).as_ptr(), place);
        assert_eq!(short, [1; 31][..]);
    }

    #[test]
    fn no_more_is_kept_than_a_few_pieces() {
        let mut room = Room::default();
        let held: Vec<_> = (0..3 * MOST_KEPT).map(|_| piece(&mut room, 64, 64, 1)).collect();
        assert_eq!((room.handed.len(), held.len()), (MOST_KEPT, 3 * MOST_KEPT));
    }

    proptest! {
        /// Whatever a transport holds, for however long, stays as it was handed over.
        #[test]
        fn no_piece_changes_while_it_is_held(
            steps in prop::collection::vec((1_usize..300, 0_usize..300, any::<u8>(), any::<prop::sample::Index>()), 0..100)
        ) {
            let (mut room, mut held) = (Room::default(), Vec::new());
            for (length, count, byte, dropped) in steps {
                let count = count.min(length);
                held.push((piece(&mut room, length, count, byte), byte, count));
                if byte % 3 > 0 {
                    held.swap_remove(dropped.index(held.len()));
                }
                for (piece, byte, count) in &held {
                    prop_assert!(piece.len() == *count && piece.iter().all(|held| held == byte));
                }
            }
        }
    }
}
