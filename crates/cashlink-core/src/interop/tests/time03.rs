use core::cmp::Ordering;

use proptest::prelude::*;
use time::{Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::moments::{Wanted, any_timestamp, every_day, obstacles, same_local, timestamp};
use crate::time::{Date, TimeError, Timestamp};

#[test]
fn every_day_is_the_same_day_in_time() {
    for date in every_day() {
        let theirs = time::Date::try_from(date).unwrap();
        let (year, month, day) = theirs.to_calendar_date();
        assert_eq!((year, month as u8, day), (i32::from(date.year()), date.month(), date.day()));
        assert_eq!(Date::try_from(theirs), Ok(date));
    }
}

#[test]
fn what_time_has_beyond_our_years_is_refused() {
    let last = time::Date::from_calendar_date(0, Month::December, 31).unwrap();
    for date in [last, time::Date::MIN] {
        assert_eq!(Date::try_from(date), Err(TimeError::OutOfRange));
        let local = PrimitiveDateTime::new(date, Time::MIDNIGHT);
        assert_eq!(Timestamp::try_from(local), Err(TimeError::OutOfRange));
        assert_eq!(Timestamp::try_from(local.assume_utc()), Err(TimeError::OutOfRange));
    }
    // Its year counts where it is written: in its own zone.
    let first = time::Date::from_calendar_date(1, Month::January, 1).unwrap().midnight();
    let first = first.assume_offset(UtcOffset::from_hms(1, 0, 0).unwrap());
    assert_eq!(Timestamp::try_from(first).unwrap().as_str(), "0001-01-01T00:00:00+01:00");
    assert_eq!(Timestamp::try_from(first.to_offset(UtcOffset::UTC)), Err(TimeError::OutOfRange));
}

#[test]
fn an_offset_that_is_no_whole_minutes_of_a_day_is_refused() {
    let offset = |seconds| {
        let moment = OffsetDateTime::UNIX_EPOCH.to_offset(UtcOffset::from_whole_seconds(seconds).unwrap());
        Timestamp::try_from(moment).map(|moment| moment.offset_seconds())
    };
    assert_eq!(offset(86_340), Ok(Some(86_340)));
    assert_eq!(offset(-86_340), Ok(Some(-86_340)));
    for seconds in [1, -59, 3601, 86_399, -86_399] {
        assert_eq!(offset(seconds), Err(TimeError::InvalidOffset));
    }
    // A day and more, which newer versions of `time` allow.
    if UtcOffset::from_whole_seconds(90_000).is_ok() {
        assert_eq!(offset(90_000), Err(TimeError::InvalidOffset));
    }
}

#[test]
fn a_leap_second_is_not_moved_to_another() {
    assert_eq!(OffsetDateTime::try_from(timestamp("2016-12-31T23:59:60.5Z")), Err(TimeError::LeapSecond));
    assert_eq!(PrimitiveDateTime::try_from(timestamp("2016-12-31T23:59:60")), Err(TimeError::LeapSecond));
}

proptest! {
    #[test]
    fn a_text_is_the_moment_that_it_names_or_is_refused_for_its_reason(moment in any_timestamp()) {
        match OffsetDateTime::try_from(moment) {
            Ok(theirs) => {
                prop_assert_eq!(obstacles(&moment, Wanted::Instant), []);
                prop_assert_eq!(Some(theirs.unix_timestamp_nanos()), moment.unix_nanos());
                prop_assert_eq!(Some(theirs.offset().whole_seconds()), moment.offset_seconds());
                let back = Timestamp::try_from(theirs).unwrap();
                prop_assert_eq!(back.compare_instant(&moment), Some(Ordering::Equal));
                prop_assert_eq!(back.offset_seconds(), moment.offset_seconds());
            }
            Err(error) => prop_assert!(obstacles(&moment, Wanted::Instant).contains(&error), "{:?}", error),
        }
    }

    #[test]
    fn a_text_without_an_offset_is_the_local_time_that_it_names_or_is_refused_for_its_reason(moment in any_timestamp()) {
        match PrimitiveDateTime::try_from(moment) {
            Ok(local) => {
                prop_assert_eq!(obstacles(&moment, Wanted::Local), []);
                let zoned = timestamp(&alloc::format!("{moment}Z"));
                prop_assert_eq!(Some(local.assume_utc().unix_timestamp_nanos()), zoned.unix_nanos());
                prop_assert!(same_local(&Timestamp::try_from(local).unwrap(), &moment));
            }
            Err(error) => prop_assert!(obstacles(&moment, Wanted::Local).contains(&error), "{:?}", error),
        }
    }

    #[test]
    fn a_moment_of_time_comes_back_as_it_went(
        day in time::Date::MIN.to_julian_day()..=time::Date::MAX.to_julian_day(),
        (hour, minute, second, nanos) in (0..24_u8, 0..60_u8, 0..60_u8, 0..1_000_000_000_u32),
        offset in prop_oneof![-1439..=1439_i32, Just(0)],
    ) {
        let date = time::Date::from_julian_day(day).unwrap();
        let local = PrimitiveDateTime::new(date, Time::from_hms_nano(hour, minute, second, nanos).unwrap());
        let moment = local.assume_offset(UtcOffset::from_whole_seconds(offset * 60).unwrap());
        match (Timestamp::try_from(local), Timestamp::try_from(moment)) {
            (Ok(ours), Ok(zoned)) => {
                prop_assert_eq!(PrimitiveDateTime::try_from(ours), Ok(local));
                let back = OffsetDateTime::try_from(zoned).unwrap();
                prop_assert_eq!((back, back.offset()), (moment, moment.offset()));
            }
            errors => {
                prop_assert_eq!(errors, (Err(TimeError::OutOfRange), Err(TimeError::OutOfRange)));
                prop_assert!(date.year() < 1 || date.year() > 9999);
            }
        }
    }
}
