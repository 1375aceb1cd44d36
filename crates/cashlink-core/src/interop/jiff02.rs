//! Moments and days of [`jiff`](https://docs.rs/jiff/0.2) 0.2.
//!
//! A text with an offset becomes a [`jiff::Timestamp`], one without a [`jiff::civil::DateTime`]; the [module above](super) has the
//! rules. A `jiff::Timestamp` is an instant without an offset, so that the way back is in UTC; whoever wants the offset of
//! the text asks [`Timestamp::offset_seconds`]. The last two days of the year 9999 are beyond its range
//! ([`TimeError::OutOfRange`]).
//!
//! ```
//! use cashlink_core::time::{Date, TimeError, Timestamp};
//! use jiff::{civil, tz};
//!
//! let changed_at: Timestamp = "2020-12-11T14:59:46.716Z".parse()?;
//! let instant = jiff::Timestamp::try_from(changed_at)?;
//! assert_eq!(instant.to_zoned(tz::TimeZone::fixed(tz::offset(1))).hour(), 15);
//! assert_eq!(Timestamp::try_from(instant)?, changed_at);
//!
//! // The older API names no zone: that is no instant, and only you can know which zone it means.
//! let older: Timestamp = "2017-10-09T13:11:03.661620".parse()?;
//! assert_eq!(jiff::Timestamp::try_from(older), Err(TimeError::NoOffset));
//! assert_eq!(civil::DateTime::try_from(older)?, civil::date(2017, 10, 9).at(13, 11, 3, 661_620_000));
//!
//! let birthday = civil::Date::try_from(Date::new(1985, 12, 10)?)?;
//! assert_eq!(birthday.weekday(), civil::Weekday::Tuesday);
//! # Ok::<(), TimeError>(())
//! ```

pub use ::jiff;
use jiff::civil;

use crate::time::{Date, TimeError, Timestamp, clock::Clock};

use super::moment::{day, local, without_leap_second};

// The casts below are of parts of dates and times, which no type of theirs or ours makes larger than it can hold.

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// The instant; its offset is not kept.
///
/// # Errors
/// [`TimeError::NoOffset`], [`TimeError::LeapSecond`], [`TimeError::TooPrecise`], and [`TimeError::OutOfRange`] after
/// 9999-12-30T22:00 in UTC.
impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        let nanos = moment.unix_nanos().ok_or(TimeError::NoOffset)?;
        // Only if it is none of these, the number of nanoseconds is exact.
        without_leap_second(moment.clock()?)?;
        Self::from_nanosecond(nanos).map_err(|_| TimeError::OutOfRange)
    }
}

/// The instant, in UTC.
///
/// # Errors
/// [`TimeError::OutOfRange`] before the year 1.
impl TryFrom<jiff::Timestamp> for Timestamp {
    type Error = TimeError;

    fn try_from(instant: jiff::Timestamp) -> Result<Self, TimeError> {
        let nanos = instant.as_nanosecond();
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND));
        let rest = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND));
        let (Ok(seconds), Ok(rest)) = (seconds, rest) else { return Err(TimeError::OutOfRange) };
        Self::from_unix(seconds, rest)
    }
}

/// The local date and time of a text without an offset.
///
/// # Errors
/// [`TimeError::HasOffset`], [`TimeError::LeapSecond`], [`TimeError::TooPrecise`].
impl TryFrom<Timestamp> for civil::DateTime {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        let (date, clock) = local(&moment)?;
        let Clock { hour, minute, second, nanos } = without_leap_second(clock)?;
        let [hour, minute, second] = [hour, minute, second].map(|part| part as i8);
        let time = civil::Time::new(hour, minute, second, nanos as i32);
        Ok(civil::Date::try_from(date)?.to_datetime(time.map_err(|_| TimeError::OutOfRange)?))
    }
}

/// The local date and time, as a text without an offset.
///
/// # Errors
/// [`TimeError::OutOfRange`] before the year 1.
impl TryFrom<civil::DateTime> for Timestamp {
    type Error = TimeError;

    fn try_from(local: civil::DateTime) -> Result<Self, TimeError> {
        let [hour, minute, second] = [local.hour(), local.minute(), local.second()].map(|part| part as u8);
        let nanos = local.subsec_nanosecond() as u32;
        Self::from_parts(local.date().try_into()?, Clock { hour, minute, second, nanos }, None)
    }
}

/// The day.
///
/// # Errors
/// None today: `jiff` has all days of the years 1 to 9999.
impl TryFrom<Date> for civil::Date {
    type Error = TimeError;

    fn try_from(date: Date) -> Result<Self, TimeError> {
        let [month, day] = [date.month(), date.day()].map(|part| part as i8);
        Self::new(date.year() as i16, month, day).map_err(|_| TimeError::OutOfRange)
    }
}

/// The day.
///
/// # Errors
/// [`TimeError::OutOfRange`] before the year 1.
impl TryFrom<civil::Date> for Date {
    type Error = TimeError;

    fn try_from(date: civil::Date) -> Result<Self, TimeError> {
        let [month, of_month] = [date.month(), date.day()].map(|part| part as u8);
        day(date.year().into(), month, of_month)
    }
}
