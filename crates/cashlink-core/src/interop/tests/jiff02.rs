use alloc::string::ToString as _;
use core::cmp::Ordering;

use jiff::civil;
use proptest::prelude::*;

use super::moments::{Wanted, any_timestamp, every_day, obstacles, same_local, timestamp};
use crate::time::{Date, TimeError, Timestamp};

#[test]
fn every_day_is_the_same_day_in_jiff() {
    for date in every_day() {
        let theirs = civil::Date::try_from(date).unwrap();
        assert_eq!(
            (theirs.year(), theirs.month(), theirs.day()),
            (date.year() as i16, date.month() as i8, date.day() as i8)
        );
        assert_eq!(Date::try_from(theirs), Ok(date));
    }
}

#[test]
fn what_jiff_has_beyond_our_years_is_refused() {
    let last = civil::date(0, 12, 31);
    assert_eq!(Date::try_from(last), Err(TimeError::OutOfRange));
    assert_eq!(Date::try_from(civil::Date::MIN), Err(TimeError::OutOfRange));
    assert_eq!(Date::try_from(civil::Date::MAX), Date::new(9999, 12, 31));
    assert_eq!(Timestamp::try_from(civil::DateTime::MIN), Err(TimeError::OutOfRange));
    assert_eq!(Timestamp::try_from(last.at(23, 59, 59, 999_999_999)), Err(TimeError::OutOfRange));
    assert_eq!(Timestamp::try_from(jiff::Timestamp::MIN), Err(TimeError::OutOfRange));
    assert_eq!(Timestamp::try_from(jiff::Timestamp::MAX).unwrap().as_str(), "9999-12-30T22:00:00.999999999Z");
}

#[test]
fn what_we_have_beyond_jiffs_last_instant_is_refused() {
    let last = timestamp("9999-12-30T22:00:00.999999999Z");
    assert_eq!(jiff::Timestamp::try_from(last), Ok(jiff::Timestamp::MAX));
    for later in ["9999-12-30T22:00:01Z", "9999-12-31T23:59:59-23:59"] {
        assert_eq!(jiff::Timestamp::try_from(timestamp(later)), Err(TimeError::OutOfRange));
    }
}

#[test]
fn a_leap_second_is_not_moved_to_another() {
    for text in ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5+00:00"] {
        assert_eq!(jiff::Timestamp::try_from(timestamp(text)), Err(TimeError::LeapSecond));
    }
    assert_eq!(civil::DateTime::try_from(timestamp("2016-12-31T23:59:60")), Err(TimeError::LeapSecond));
}

proptest! {
    #[test]
    fn a_text_is_the_instant_that_jiff_reads_or_is_refused_for_its_reason(moment in any_timestamp()) {
        match jiff::Timestamp::try_from(moment) {
            Ok(instant) => {
                prop_assert_eq!(obstacles(&moment, Wanted::Instant), []);
                // jiff reads nine digits; more are zeros, where it got so far.
                let nanos = moment.unix_nanos().unwrap();
                prop_assert_eq!(instant.as_nanosecond(), nanos);
                if let Ok(read) = moment.as_str().parse::<jiff::Timestamp>() {
                    prop_assert_eq!(instant, read);
                }
                match Timestamp::try_from(instant) {
                    Ok(back) => {
                        prop_assert_eq!(back.compare_instant(&moment), Some(Ordering::Equal));
                        prop_assert_eq!(back.offset_seconds(), Some(0));
                    }
                    // East of Greenwich the year 1 begins earlier.
                    Err(error) => {
                        prop_assert_eq!(error, TimeError::OutOfRange);
                        prop_assert!(nanos < timestamp("0001-01-01T00:00:00Z").unix_nanos().unwrap());
                    }
                }
            }
            Err(TimeError::OutOfRange) => {
                prop_assert!(moment.unix_nanos().unwrap() > jiff::Timestamp::MAX.as_nanosecond());
            }
            Err(error) => prop_assert!(obstacles(&moment, Wanted::Instant).contains(&error), "{:?}", error),
        }
    }

    #[test]
    fn a_text_without_an_offset_is_the_local_time_that_jiff_reads_or_is_refused_for_its_reason(moment in any_timestamp()) {
        match civil::DateTime::try_from(moment) {
            Ok(local) => {
                prop_assert_eq!(obstacles(&moment, Wanted::Local), []);
                if let Ok(read) = moment.as_str().parse::<civil::DateTime>() {
                    prop_assert_eq!(local, read);
                }
                prop_assert!(same_local(&Timestamp::try_from(local).unwrap(), &moment));
            }
            Err(error) => prop_assert!(obstacles(&moment, Wanted::Local).contains(&error), "{:?}", error),
        }
    }

    #[test]
    fn an_instant_of_jiff_comes_back_as_it_went(
        nanos in prop_oneof![
            jiff::Timestamp::MIN.as_nanosecond()..=jiff::Timestamp::MAX.as_nanosecond(),
            -2_000_000_000..2_000_000_000_i128,
        ],
    ) {
        let instant = jiff::Timestamp::from_nanosecond(nanos).unwrap();
        match Timestamp::try_from(instant) {
            Ok(moment) => {
                prop_assert_eq!(jiff::Timestamp::try_from(moment), Ok(instant));
                prop_assert_eq!(moment.as_str().trim_end_matches('Z').len(), match nanos {
                    _ if nanos % 1_000_000_000 == 0 => 19,
                    _ if nanos % 1_000_000 == 0 => 23,
                    _ if nanos % 1_000 == 0 => 26,
                    _ => 29,
                });
            }
            Err(error) => {
                prop_assert_eq!(error, TimeError::OutOfRange);
                // jiff prints years before 0 with a sign.
                prop_assert!(instant.to_string().starts_with('-') || instant.to_string().starts_with("0000"));
            }
        }
    }

    #[test]
    fn a_local_time_of_jiff_comes_back_as_it_went(seconds in -377_705_023_201..=253_402_207_200_i64, nanos in 0..1_000_000_000) {
        let local = jiff::Timestamp::new(seconds.max(-377_705_023_200), nanos).unwrap().to_zoned(jiff::tz::TimeZone::UTC).datetime();
        match Timestamp::try_from(local) {
            Ok(moment) => prop_assert_eq!(civil::DateTime::try_from(moment), Ok(local)),
            Err(error) => {
                prop_assert_eq!(error, TimeError::OutOfRange);
                prop_assert!(local.year() < 1);
            }
        }
    }
}
