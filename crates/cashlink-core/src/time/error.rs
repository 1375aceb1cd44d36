//! What can be wrong with a timestamp or a date.

use core::fmt;

/// Why a timestamp or a date could not be read or built.
///
/// It names the rule and never repeats the value (T12): a date may be a day of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeError {
    /// Not a timestamp of the accepted form, or not a real day or time of day.
    InvalidTimestamp,
    /// Not a date of the accepted form, or not a real day of the years 1 to 9999.
    InvalidDate,
    /// The moment isn't within the years 1 to 9999, or the nanoseconds aren't below one second.
    OutOfRange,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidTimestamp => {
                "a timestamp must be a real moment, as `2020-12-11T14:59:46.716Z`, or without its `Z`"
            }
            Self::InvalidDate => "a date must be a real day written as `YYYY-MM-DD`",
            Self::OutOfRange => {
                "a moment must be in the years 1 to 9999, and its nanoseconds below one second"
            }
        })
    }
}

impl core::error::Error for TimeError {}
