//! Moments and days of [`chrono`](https://docs.rs/chrono/0.4) 0.4.
//!
//! A text with an offset becomes a [`DateTime`], of [`FixedOffset`] with the offset kept, or of [`Utc`] without it; one without
//! a [`NaiveDateTime`]; the [module above](super) has the rules. `chrono` counts a leap second as second 59 with a thousand million
//! nanoseconds and more, and so it is kept, in both directions.
//!
//! ```
//! use cashlink_core::time::{Date, TimeError, Timestamp};
//! use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, Utc, Weekday};
//!
//! let changed_at: Timestamp = "2020-12-11T14:59:46.716+01:00".parse()?;
//! let moment = DateTime::<FixedOffset>::try_from(changed_at)?;
//! assert_eq!(moment.offset().local_minus_utc(), 3600);
//! assert_eq!(Timestamp::try_from(moment)?, changed_at);
//! assert_eq!(Timestamp::try_from(DateTime::<Utc>::try_from(changed_at)?)?.as_str(), "2020-12-11T13:59:46.716Z");
//!
//! // The older API names no zone: that is no instant, and only you can know which zone it means.
//! let older: Timestamp = "2017-10-09T13:11:03.661620".parse()?;
//! assert_eq!(DateTime::<Utc>::try_from(older), Err(TimeError::NoOffset));
//! assert_eq!(Timestamp::try_from(NaiveDateTime::try_from(older)?.and_utc())?.as_str(), "2017-10-09T13:11:03.661620Z");
//!
//! let birthday = NaiveDate::try_from(Date::new(1985, 12, 10)?)?;
//! assert_eq!(birthday.weekday(), Weekday::Tue);
//! # Ok::<(), TimeError>(())
//! ```

pub use ::chrono;
use chrono::{
    DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone,
    Timelike as _, Utc,
};

use crate::time::{Date, TimeError, Timestamp, clock::Clock};

use super::moment::{day, local, with_offset};

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// The moment, with the offset of its text.
///
/// # Errors
/// [`TimeError::NoOffset`], [`TimeError::TooPrecise`].
impl TryFrom<Timestamp> for DateTime<FixedOffset> {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        let (date, clock, offset) = with_offset(&moment)?;
        let offset = FixedOffset::east_opt(offset).ok_or(TimeError::InvalidOffset)?;
        let utc = joined(date, clock)?.checked_sub_offset(offset).ok_or(TimeError::OutOfRange)?;
        Ok(Self::from_naive_utc_and_offset(utc, offset))
    }
}

/// The instant; its offset is not kept.
///
/// # Errors
/// [`TimeError::NoOffset`], [`TimeError::TooPrecise`].
impl TryFrom<Timestamp> for DateTime<Utc> {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        Ok(DateTime::<FixedOffset>::try_from(moment)?.to_utc())
    }
}

/// The moment, with the offset that it has in its time zone; the zone's name is not kept.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside the years 1 to 9999, by the calendar of the offset; [`TimeError::InvalidOffset`];
/// [`TimeError::LeapSecond`] for one that isn't at the end of a minute.
impl<Zone: TimeZone> TryFrom<DateTime<Zone>> for Timestamp {
    type Error = TimeError;

    fn try_from(moment: DateTime<Zone>) -> Result<Self, TimeError> {
        let offset = moment.offset().fix();
        // Not `naive_local`, which panics at the ends of its range.
        let local = moment.naive_utc().checked_add_offset(offset).ok_or(TimeError::OutOfRange)?;
        Self::from_parts(local.date().try_into()?, clock(local.time())?, Some(offset.local_minus_utc()))
    }
}

/// The local date and time of a text without an offset.
///
/// # Errors
/// [`TimeError::HasOffset`], [`TimeError::TooPrecise`].
impl TryFrom<Timestamp> for NaiveDateTime {
    type Error = TimeError;

    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        let (date, clock) = local(&moment)?;
        joined(date, clock)
    }
}

/// The local date and time, as a text without an offset.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside the years 1 to 9999; [`TimeError::LeapSecond`] for one that isn't at the end of a minute.
impl TryFrom<NaiveDateTime> for Timestamp {
    type Error = TimeError;

    fn try_from(local: NaiveDateTime) -> Result<Self, TimeError> {
        Self::from_parts(local.date().try_into()?, clock(local.time())?, None)
    }
}

/// The day.
///
/// # Errors
/// None today: `chrono` has all days of the years 1 to 9999.
impl TryFrom<Date> for NaiveDate {
    type Error = TimeError;

    fn try_from(date: Date) -> Result<Self, TimeError> {
        Self::from_ymd_opt(date.year().into(), date.month().into(), date.day().into())
            .ok_or(TimeError::OutOfRange)
    }
}

/// The day.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside the years 1 to 9999.
impl TryFrom<NaiveDate> for Date {
    type Error = TimeError;

    fn try_from(date: NaiveDate) -> Result<Self, TimeError> {
        day(date.year(), small(date.month()), small(date.day()))
    }
}

fn joined(date: Date, clock: Clock) -> Result<NaiveDateTime, TimeError> {
    let Clock { hour, minute, second, nanos } = clock;
    let (second, nanos) = match second {
        60 => (59, nanos.saturating_add(NANOS_PER_SECOND)),
        _ => (second, nanos),
    };
    let time = NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanos);
    Ok(NaiveDate::try_from(date)?.and_time(time.ok_or(TimeError::OutOfRange)?))
}

fn clock(time: NaiveTime) -> Result<Clock, TimeError> {
    let (second, nanos) = match time.nanosecond().checked_sub(NANOS_PER_SECOND) {
        None => (time.second(), time.nanosecond()),
        Some(nanos) if time.second() == 59 => (60, nanos),
        Some(_) => return Err(TimeError::LeapSecond),
    };
    Ok(Clock { hour: small(time.hour()), minute: small(time.minute()), second: small(second), nanos })
}

/// A part of a date or of a time of day: two digits at most.
fn small(part: u32) -> u8 {
    u8::try_from(part).unwrap_or(u8::MAX)
}
