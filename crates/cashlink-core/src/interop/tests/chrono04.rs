use core::cmp::Ordering;

use chrono::{
    DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _,
    Timelike as _, Utc,
};
use proptest::prelude::*;

use super::moments::{Wanted, any_timestamp, every_day, obstacles, same_local, timestamp};
use crate::time::{Date, TimeError, Timestamp};

#[test]
fn every_day_is_the_same_day_in_chrono() {
    for date in every_day() {
        let theirs = NaiveDate::try_from(date).unwrap();
        assert_eq!(
            (theirs.year(), theirs.month(), theirs.day()),
            (date.year().into(), date.month().into(), date.day().into())
        );
        assert_eq!(Date::try_from(theirs), Ok(date));
    }
}

#[test]
fn what_chrono_has_beyond_our_years_is_refused() {
    for (year, month, day) in [(0, 12, 31), (10_000, 1, 1), (-9999, 1, 1)] {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert_eq!(Date::try_from(date), Err(TimeError::OutOfRange));
        assert_eq!(Timestamp::try_from(date.and_time(NaiveTime::MIN)), Err(TimeError::OutOfRange));
        assert_eq!(Timestamp::try_from(date.and_time(NaiveTime::MIN).and_utc()), Err(TimeError::OutOfRange));
    }
    // At these `DateTime::naive_local` panics.
    let east = FixedOffset::east_opt(3600).unwrap();
    let west = FixedOffset::west_opt(3600).unwrap();
    for end in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert_eq!(Timestamp::try_from(end), Err(TimeError::OutOfRange));
        assert_eq!(Timestamp::try_from(end.with_timezone(&east)), Err(TimeError::OutOfRange));
        assert_eq!(Timestamp::try_from(end.with_timezone(&west)), Err(TimeError::OutOfRange));
    }
    // The year counts where it is written: in its own zone.
    let first = timestamp("0001-01-01T00:00:00+01:00");
    let moment = DateTime::<FixedOffset>::try_from(first).unwrap();
    assert_eq!(Timestamp::try_from(moment), Ok(first));
    assert_eq!(Timestamp::try_from(DateTime::<Utc>::try_from(first).unwrap()), Err(TimeError::OutOfRange));
}

#[test]
fn an_offset_that_is_no_whole_minutes_is_refused() {
    for seconds in [1, -59, 3601, 86_399] {
        let moment = DateTime::UNIX_EPOCH.with_timezone(&FixedOffset::east_opt(seconds).unwrap());
        assert_eq!(Timestamp::try_from(moment), Err(TimeError::InvalidOffset));
    }
}

#[test]
fn a_leap_second_is_kept() {
    let leap = timestamp("2016-12-31T23:59:60.500Z");
    let moment = DateTime::<Utc>::try_from(leap).unwrap();
    assert_eq!((moment.second(), moment.nanosecond()), (59, 1_500_000_000));
    assert_eq!(Timestamp::try_from(moment), Ok(leap));

    let local = timestamp("2016-12-31T23:59:60");
    assert_eq!(Timestamp::try_from(NaiveDateTime::try_from(local).unwrap()), Ok(local));
    // Half an hour from UTC, it is the last second of another minute.
    let elsewhere = timestamp("2017-01-01T05:29:60+05:30");
    let moment = DateTime::<FixedOffset>::try_from(elsewhere).unwrap();
    assert_eq!(moment.naive_utc(), NaiveDateTime::try_from(local).unwrap());
    assert_eq!(Timestamp::try_from(moment), Ok(elsewhere));
}

#[test]
fn a_leap_second_within_a_minute_which_chrono_can_make_is_refused() {
    let within = NaiveTime::from_hms_opt(12, 0, 30).unwrap().with_nanosecond(1_000_000_000).unwrap();
    let local = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_time(within);
    assert_eq!(Timestamp::try_from(local), Err(TimeError::LeapSecond));
    assert_eq!(Timestamp::try_from(local.and_utc()), Err(TimeError::LeapSecond));
}

proptest! {
    #[test]
    fn a_text_is_the_moment_that_chrono_reads_or_is_refused_for_its_reason(moment in any_timestamp()) {
        let mut obstacles = obstacles(&moment, Wanted::Instant);
        obstacles.retain(|error| *error != TimeError::LeapSecond);
        match DateTime::<FixedOffset>::try_from(moment) {
            Ok(theirs) => {
                prop_assert_eq!(obstacles, []);
                let read = DateTime::parse_from_rfc3339(moment.as_str()).unwrap();
                prop_assert_eq!((theirs, theirs.offset()), (read, read.offset()));
                let back = Timestamp::try_from(theirs).unwrap();
                prop_assert_eq!(back.compare_instant(&moment), Some(Ordering::Equal));
                prop_assert_eq!(back.offset_seconds(), moment.offset_seconds());
                prop_assert_eq!(DateTime::<Utc>::try_from(moment), Ok(read.to_utc()));
            }
            Err(error) => {
                prop_assert!(obstacles.contains(&error), "{:?}", error);
                prop_assert_eq!(DateTime::<Utc>::try_from(moment), Err(error));
            }
        }
    }

    #[test]
    fn a_text_without_an_offset_is_the_local_time_that_chrono_reads_or_is_refused_for_its_reason(moment in any_timestamp()) {
        let mut obstacles = obstacles(&moment, Wanted::Local);
        obstacles.retain(|error| *error != TimeError::LeapSecond);
        match NaiveDateTime::try_from(moment) {
            Ok(local) => {
                prop_assert_eq!(obstacles, []);
                prop_assert_eq!(Ok(local), moment.as_str().parse());
                prop_assert!(same_local(&Timestamp::try_from(local).unwrap(), &moment));
            }
            Err(error) => prop_assert!(obstacles.contains(&error), "{:?}", error),
        }
    }

    #[test]
    fn a_moment_of_chrono_comes_back_as_it_went(
        seconds in prop_oneof![-62_200_000_000..253_500_000_000_i64, -9_000_000_000_000..9_000_000_000_000_i64],
        nanos in 0..1_000_000_000_i64,
        leap in any::<bool>(),
        offset in -1439..=1439,
    ) {
        let zone = FixedOffset::east_opt(offset * 60).unwrap();
        let Some(utc) = DateTime::from_timestamp(seconds, 0) else { return Ok(()) };
        let utc = match leap {
            false => utc.naive_utc() + TimeDelta::nanoseconds(nanos),
            // The last second of its minute, and on.
            true => utc.naive_utc().with_second(59).unwrap().with_nanosecond(1_000_000_000 + nanos as u32).unwrap(),
        };
        let moment = zone.from_utc_datetime(&utc);
        match Timestamp::try_from(moment) {
            Ok(ours) => {
                let back = DateTime::<FixedOffset>::try_from(ours).unwrap();
                prop_assert_eq!((back, back.offset()), (moment, moment.offset()));
                let local = Timestamp::try_from(moment.naive_local()).unwrap();
                prop_assert_eq!(NaiveDateTime::try_from(local), Ok(moment.naive_local()));
            }
            Err(error) => {
                prop_assert_eq!(error, TimeError::OutOfRange);
                prop_assert!(!(1..=9999).contains(&moment.year()));
            }
        }
    }
}
