//! Programs to read and to run: each example is a file beside this one.

pub mod receiver;

/// The README's own program, so that it compiles as long as the README shows it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
