//! To and from the types of other crates: moments, days and amounts, **exactly or not at all**.
//!
//! One module for each crate, behind a feature of the same name, which carries that crate's version: the next version can
//! stand beside it. Each module hands out its crate, so that both sides mean the same one.
//!
//! | feature and module | [`Timestamp`] with an offset | [`Timestamp`] without | [`Date`] | [`Money`] |
//! | --- | --- | --- | --- | --- |
//! | `jiff02` | `jiff::Timestamp` | `jiff::civil::DateTime` | `jiff::civil::Date` | |
//! | `time03` | `time::OffsetDateTime` | `time::PrimitiveDateTime` | `time::Date` | |
//! | `chrono04` | `chrono::DateTime` | `chrono::NaiveDateTime` | `chrono::NaiveDate` | |
//! | `rust_decimal1` | | | | `rust_decimal::Decimal` |
//! | `bigdecimal04` | | | | `bigdecimal::BigDecimal` |
//!
//! All are `TryFrom`, in both directions, and nothing panics. What can't be kept is an error that says so ([`TimeError`],
//! [`MoneyError`]), and nothing is rounded or guessed on the way:
//!
//! - **No zone is invented.** The older API writes no offset and doesn't say which zone it means. Such a text becomes a local date
//!   and time, never an instant ([`TimeError::NoOffset`]); one with an offset becomes an instant, never a local date and time
//!   ([`TimeError::HasOffset`]). `-00:00`, which is UTC whose local offset isn't known (RFC 3339 §4.3), becomes UTC.
//! - **No digit is dropped**: not beyond the nanosecond ([`TimeError::TooPrecise`]), not behind the point ([`MoneyError::Inexact`]).
//!   Zeros at the end are no digits in that sense.
//! - **No leap second is moved** ([`TimeError::LeapSecond`]). `chrono` has a place for them; the others don't.
//! - **No amount is ever a float.** The scale is kept as it is (`1.50`), if the other side can hold it so; otherwise as many
//!   zeros at its end are left out as must be. `Money` needs a currency, so a decimal is converted together with one.
//!
//! What a text looked like is not kept: the way back writes `T`, `Z` for UTC, and 0, 3, 6 or 9 digits of fraction, as
//! [`Timestamp::from_unix`] does. It's the same moment, at the same offset where the other type has one, but to Cashlink's text
//! maybe not equal: compare such moments by [`Timestamp::compare_instant`], and keep the timestamp where its text matters.
//!
//! [`Date`]: crate::time::Date
//! [`Money`]: crate::Money
//! [`MoneyError`]: crate::money::MoneyError
//! [`MoneyError::Inexact`]: crate::money::MoneyError::Inexact
//! [`TimeError`]: crate::time::TimeError
//! [`TimeError::HasOffset`]: crate::time::TimeError::HasOffset
//! [`TimeError::LeapSecond`]: crate::time::TimeError::LeapSecond
//! [`TimeError::NoOffset`]: crate::time::TimeError::NoOffset
//! [`TimeError::TooPrecise`]: crate::time::TimeError::TooPrecise
//! [`Timestamp`]: crate::time::Timestamp
//! [`Timestamp::compare_instant`]: crate::time::Timestamp::compare_instant
//! [`Timestamp::from_unix`]: crate::time::Timestamp::from_unix

#[cfg(feature = "bigdecimal04")]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "big integers don't overflow, and powers of ten are no zero; held against an oracle"
)]
pub mod bigdecimal04;
#[cfg(feature = "chrono04")]
pub mod chrono04;
#[cfg(feature = "jiff02")]
pub mod jiff02;
#[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
mod moment;
#[cfg(feature = "rust_decimal1")]
pub mod rust_decimal1;
#[cfg(test)]
mod tests;
#[cfg(feature = "time03")]
pub mod time03;
