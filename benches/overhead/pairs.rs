//! Both sides in turn, each time.

use std::time::{Duration, Instant};

/// Connections, page cache and clock rates settle first.
const WARM_UP: u64 = 2;

/// Prints the nanoseconds of the one side, with its burden, and of the other, a pair a line. Which goes first changes from pair
/// to pair.
pub(crate) fn measure(pairs: u64, burden: Duration, mut one: impl FnMut(), mut other: impl FnMut()) {
    let mut one = || {
        took(|| {
            one();
            spin(burden);
        })
    };
    let mut other = || took(&mut other);
    for pair in 0..WARM_UP + pairs {
        let (one, other) = if pair % 2 == 0 {
            let first = one();
            (first, other())
        } else {
            let first = other();
            (one(), first)
        };
        if pair >= WARM_UP {
            println!("{} {}", one.as_nanos(), other.as_nanos());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn took(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn spin(burden: Duration) {
    let began = Instant::now();
    while began.elapsed() < burden {}
}
