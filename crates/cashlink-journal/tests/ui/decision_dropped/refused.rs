//! A decision that nobody records decides nothing.
#![deny(unused_must_use)]
use cashlink_journal::operate::Decision;

fn main() {
    Decision::done("a person who looked");
}
