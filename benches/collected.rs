//! What callgrind counts, and how it is told to: `--toggle-collect=*::collected::one --dump-after=*::collected::reported`.

use std::hint::black_box;

/// Does the work, and `rounds` of a loop that nobody needs, which the measurement has to notice.
///
/// Two functions, since callgrind obeys one option per function.
#[inline(never)]
pub(crate) fn reported(rounds: u64, work: &mut dyn FnMut()) {
    one(rounds, work);
    // No jump instead of a call.
    black_box(());
}

#[inline(never)]
fn one(rounds: u64, work: &mut dyn FnMut()) {
    work();
    for round in 0..rounds {
        black_box(round);
    }
    black_box(());
}

/// `SIZE`, or `SIZE:ROUNDS`.
pub(crate) fn size_and_rounds(text: &str) -> (u64, u64) {
    let (size, rounds) = text.split_once(':').unwrap_or((text, "0"));
    (size.parse().expect("SIZE[:ROUNDS]"), rounds.parse().expect("SIZE[:ROUNDS]"))
}
