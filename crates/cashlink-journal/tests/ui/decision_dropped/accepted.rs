//! A decision that nobody records decides nothing.
#![deny(unused_must_use)]
use cashlink_journal::State;
use cashlink_journal::operate::Decision;

fn main() {
    assert_eq!(Decision::done("a person who looked").state(), State::Done);
}
