//! How many MACs and digests were calculated, and digests compared: what the tests of the limits (T58) and of constant time (T49) count.

extern crate std;

use core::cell::Cell;

std::thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Counts one more.
pub(super) fn count() {
    COUNT.set(COUNT.get() + 1);
}

/// How many there were on this thread: one test's, as each has its own.
pub(super) fn calculations() -> usize {
    COUNT.get()
}
