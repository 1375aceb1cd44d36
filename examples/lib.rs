//! Programs to read and to run: each example is a file beside this one.

pub mod account;
pub mod receiver;

/// The README's own program, so that it compiles as long as the README shows it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// And those of the adapters and the journal.
#[cfg(doctest)]
mod crates {
    #[doc = include_str!("../crates/cashlink-ureq/README.md")]
    struct Ureq;
    #[doc = include_str!("../crates/cashlink-reqwest/README.md")]
    struct Reqwest;
    #[doc = include_str!("../crates/cashlink-hyper/README.md")]
    struct Hyper;
    #[doc = include_str!("../crates/cashlink-journal/README.md")]
    struct Journal;
}
