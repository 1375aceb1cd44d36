//! Moments and days of [`time`](https://docs.rs/time/0.3) 0.3.
//!
//! A text with an offset becomes an [`OffsetDateTime`], which keeps the offset; one without a [`PrimitiveDateTime`]; the
//! [module above](super) has the rules.
//!
//! ```
//! use cashlink_core::time::{Date, TimeError, Timestamp};
//! use time::{Month, OffsetDateTime, PrimitiveDateTime, UtcOffset};
//!
//! let changed_at: Timestamp = "2020-12-11T14:59:46.716+01:00".parse()?;
//! let moment = OffsetDateTime::try_from(changed_at)?;
//! assert_eq!((moment.hour(), moment.offset().whole_hours()), (14, 1));
//! assert_eq!(Timestamp::try_from(moment)?, changed_at);
//!
//! // The older API names no zone: that is no instant, and only you can know which zone it means.
//! let older: Timestamp = "2017-10-09T13:11:03.661620".parse()?;
//! assert_eq!(OffsetDateTime::try_from(older), Err(TimeError::NoOffset));
//! let here = PrimitiveDateTime::try_from(older)?.assume_offset(UtcOffset::UTC);
//! assert_eq!(Timestamp::try_from(here)?.as_str(), "2017-10-09T13:11:03.661620Z");
//!
//! let birthday = time::Date::try_from(Date::new(1985, 12, 10)?)?;
//! assert_eq!((birthday.month(), birthday.weekday()), (Month::December, time::Weekday::Tuesday));
//! # Ok::<(), TimeError>(())
//! ```

pub use ::time;
use time::{Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::time::{Date, TimeError, Timestamp, clock::Clock};

use super::moment::{day, local, with_offset, without_leap_second};

/// The moment, with the offset of its text.
///
/// # Errors
/// [`TimeError::NoOffset`], [`TimeError::LeapSecond`], [`TimeError::TooPrecise`].
impl TryFrom<Timestamp> for OffsetDateTime {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        let (date, clock, offset) = with_offset(&moment)?;
        let offset = UtcOffset::from_whole_seconds(offset).map_err(|_| TimeError::InvalidOffset)?;
        Ok(joined(date, clock)?.assume_offset(offset))
    }
}

/// The moment, with its offset.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside the years 1 to 9999, by the calendar of the offset; [`TimeError::InvalidOffset`].
impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = TimeError;

    fn try_from(moment: OffsetDateTime) -> Result<Self, TimeError> {
        let offset = moment.offset().whole_seconds();
        Self::from_parts(moment.date().try_into()?, clock(moment.time()), Some(offset))
    }
}

/// The local date and time of a text without an offset.
///
/// # Errors
/// [`TimeError::HasOffset`], [`TimeError::LeapSecond`], [`TimeError::TooPrecise`].
impl TryFrom<Timestamp> for PrimitiveDateTime {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        let (date, clock) = local(&moment)?;
        joined(date, clock)
    }
}

/// The local date and time, as a text without an offset.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside the years 1 to 9999.
impl TryFrom<PrimitiveDateTime> for Timestamp {
    type Error = TimeError;

    fn try_from(local: PrimitiveDateTime) -> Result<Self, TimeError> {
        Self::from_parts(local.date().try_into()?, clock(local.time()), None)
    }
}

/// The day.
///
/// # Errors
/// None today: `time` has all days of the years 1 to 9999.
impl TryFrom<Date> for time::Date {
    type Error = TimeError;

    fn try_from(date: Date) -> Result<Self, TimeError> {
        let month = Month::try_from(date.month());
        month
            .and_then(|month| Self::from_calendar_date(date.year().into(), month, date.day()))
            .map_err(|_| TimeError::OutOfRange)
    }
}

/// The day.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside the years 1 to 9999.
impl TryFrom<time::Date> for Date {
    type Error = TimeError;

    fn try_from(date: time::Date) -> Result<Self, TimeError> {
        day(date.year(), date.month().into(), date.day())
    }
}

fn joined(date: Date, clock: Clock) -> Result<PrimitiveDateTime, TimeError> {
    let Clock { hour, minute, second, nanos } = without_leap_second(clock)?;
    let time = Time::from_hms_nano(hour, minute, second, nanos).map_err(|_| TimeError::OutOfRange)?;
    Ok(PrimitiveDateTime::new(date.try_into()?, time))
}

fn clock(time: Time) -> Clock {
    let (hour, minute, second, nanos) = time.as_hms_nano();
    Clock { hour, minute, second, nanos }
}
