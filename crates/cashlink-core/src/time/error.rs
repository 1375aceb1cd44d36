//! What can be wrong with a timestamp or a date.

use core::fmt;

/// Why a timestamp or a date could not be read, built or converted.
///
/// It names the rule and never repeats the value (T12): a date may be a day of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeError {
    /// Not a timestamp of the accepted form, or not a real day or time of day.
    InvalidTimestamp,
    /// Not a date of the accepted form, or not a real day of the years 1 to 9999.
    InvalidDate,
    /// The moment isn't within the years 1 to 9999, or the nanoseconds aren't below one second. In a conversion also: it isn't
    /// within what the other type holds.
    OutOfRange,
    /// Wanted was an instant, but the text has no offset from UTC.
    NoOffset,
    /// Wanted was a date and time without a zone, but the text has an offset, which would be lost.
    HasOffset,
    /// The offset from UTC isn't in whole minutes, or is a day or more: RFC 3339 can't write it.
    InvalidOffset,
    /// The moment is in a leap second, for which the other type has no place, or which isn't at the end of a minute.
    LeapSecond,
    /// The fraction has digits other than zero beyond the ninth.
    TooPrecise,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidTimestamp => {
                "a timestamp must be a real moment, as `2020-12-11T14:59:46.716Z`, or without its `Z`"
            }
            Self::InvalidDate => "a date must be a real day written as `YYYY-MM-DD`",
            Self::OutOfRange => {
                "a moment must be in the years 1 to 9999, and its nanoseconds below one second; other types may end earlier"
            }
            Self::NoOffset => {
                "without an offset from UTC this is no instant: convert it to a local date and time, and name the zone there"
            }
            Self::HasOffset => {
                "a local date and time would lose the offset from UTC: convert to an instant, and from there to a zone"
            }
            Self::InvalidOffset => {
                "an offset from UTC must be whole minutes, below a day: convert the moment to UTC first"
            }
            Self::LeapSecond => {
                "the other type has no place for a leap second: decide from the text for the second before or after it"
            }
            Self::TooPrecise => {
                "there are digits beyond the nanosecond: decide from the text how to round, as no type of moments keeps them"
            }
        })
    }
}

impl core::error::Error for TimeError {}
