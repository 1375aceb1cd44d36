//! What the conversions of moments have in common: which texts are an instant and which a local time, and the way back.

use crate::time::{Date, TimeError, Timestamp, clock::Clock};

/// The day, the time of day and the offset in seconds of a text that has one: what an instant is made of.
#[cfg(any(feature = "chrono04", feature = "time03"))]
pub(super) fn with_offset(moment: &Timestamp) -> Result<(Date, Clock, i32), TimeError> {
    let offset = moment.offset_seconds().ok_or(TimeError::NoOffset)?;
    Ok((moment.date(), moment.clock()?, offset))
}

/// The day and the time of day of a text that has no offset.
pub(super) fn local(moment: &Timestamp) -> Result<(Date, Clock), TimeError> {
    if moment.has_offset() {
        return Err(TimeError::HasOffset);
    }
    Ok((moment.date(), moment.clock()?))
}

/// The same, for types that end a minute with second 59.
#[cfg(any(feature = "jiff02", feature = "time03"))]
pub(super) fn without_leap_second(clock: Clock) -> Result<Clock, TimeError> {
    if clock.second > 59 { Err(TimeError::LeapSecond) } else { Ok(clock) }
}

/// The day of another crate's calendar, which goes on before year 1 and after year 9999.
pub(super) fn day(year: i32, month: u8, day: u8) -> Result<Date, TimeError> {
    match u16::try_from(year) {
        Ok(year @ 1..=9999) => Date::new(year, month, day),
        _ => Err(TimeError::OutOfRange),
    }
}
