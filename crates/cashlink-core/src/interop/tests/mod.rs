//! The conversions, tried: each crate against its own reader or text, all days of the calendar, the ends of every range, and
//! any value there and back.

#[cfg(any(feature = "bigdecimal04", feature = "rust_decimal1"))]
mod amounts;
#[cfg(feature = "bigdecimal04")]
mod bigdecimal04;
#[cfg(feature = "chrono04")]
mod chrono04;
#[cfg(feature = "jiff02")]
mod jiff02;
#[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
mod moments;
#[cfg(feature = "rust_decimal1")]
mod rust_decimal1;
#[cfg(feature = "time03")]
mod time03;
