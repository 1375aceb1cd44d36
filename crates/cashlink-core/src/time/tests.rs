//! Dates and timestamps, tried: tables of what is accepted and refused, all days of the calendar, and
//! properties.

extern crate std;

use alloc::{format, string::String, string::ToString as _, vec::Vec};
use core::{cmp::Ordering, time::Duration};

use proptest::prelude::*;

use super::{Date, Now, TimeError, Timestamp};

fn date(text: &str) -> Date {
    text.parse().expect(text)
}

fn timestamp(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// The lengths of the months, the way a child learns them.
fn month_lengths(year: u16) -> [u8; 12] {
    let february = if year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) { 29 } else { 28 };
    [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

#[test]
fn every_day_from_year_1_to_9999_is_numbered_in_order_and_no_other_day_exists() {
    // 1970-01-01 is day 719,163 of the calendar.
    let mut days = -719_162_i64;
    for year in 1..=9999 {
        for (month, length) in (1..).zip(month_lengths(year)) {
            for day in 1..=length {
                let date = Date::new(year, month, day).unwrap();
                assert_eq!(i64::from(date.unix_days()), days, "{date}");
                assert_eq!(Date::from_unix_days(days), Ok(date));
                days += 1;
            }
            assert_eq!(Date::new(year, month, 0), Err(TimeError::InvalidDate));
            assert_eq!(Date::new(year, month, length + 1), Err(TimeError::InvalidDate));
        }
    }
    for (year, month) in [(0, 1), (10_000, 1), (2018, 0), (2018, 13), (u16::MAX, u8::MAX)] {
        assert_eq!(Date::new(year, month, 1), Err(TimeError::InvalidDate));
    }
    for beyond in [days, -719_163, i64::MAX, i64::MIN] {
        assert_eq!(Date::from_unix_days(beyond), Err(TimeError::OutOfRange));
    }
}

#[test]
fn dates_are_read_written_and_ordered() {
    const VERSION: Result<Date, TimeError> = Date::new(2018, 1, 15);
    assert_eq!(VERSION, Ok(date("2018-01-15")));
    for text in ["0001-01-01", "1999-12-31", "2000-02-29", "2018-01-15", "9999-12-31"] {
        assert_eq!(date(text).to_string(), text);
        assert_eq!(serde_json::to_string(&date(text)).unwrap(), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Date>(&format!("\"{text}\"")).unwrap(), date(text));
    }
    assert!(date("2017-12-31") < date("2018-01-01") && date("2018-01-31") < date("2018-02-01"));
    assert_eq!(
        format!("{:>12} {:?}", date("2018-01-15"), date("2018-01-15")),
        "  2018-01-15 Date(2018-01-15)"
    );
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "2018",
        "2018-01",
        "2018-1-15",
        "18-01-15",
        "02018-01-15",
        "2018-01-15 ",
        " 2018-01-15",
        "2018-01-15\n",
        "2018/01/15",
        "20180115",
        "2018-01-151",
        "+018-01-15",
        "-018-01-15",
        "2018-0١-1",
        "2018-00-15",
        "2018-13-01",
        "2018-01-00",
        "2018-01-32",
        "2018-02-29",
        "1900-02-29",
        "2018-04-31",
        "0000-01-01",
        "2018-01-1a",
        "2018-01-1:",
    ] {
        assert_eq!(text.parse::<Date>(), Err(TimeError::InvalidDate), "{text}");
    }
}

#[test]
fn both_generations_of_the_api_are_read_and_kept() {
    let newer = timestamp("2020-12-11T14:59:46.716Z");
    assert_eq!(newer.date(), date("2020-12-11"));
    assert_eq!(newer.offset_seconds(), Some(0));
    // By `date -u -d 2020-12-11T14:59:46Z +%s`.
    assert_eq!(newer.unix_nanos(), Some(1_607_698_786_716_000_000));

    let older = timestamp("2017-10-09T13:11:03.661620");
    assert_eq!(older.as_str(), "2017-10-09T13:11:03.661620");
    assert_eq!(older.date(), date("2017-10-09"));
    assert_eq!((older.has_offset(), older.offset_seconds(), older.unix_nanos()), (false, None, None));
}

#[test]
fn every_accepted_timestamp_is_kept_exactly_and_names_its_instant() {
    for (text, offset, nanos) in [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1970-01-01t00:00:00z", 0, 0),
        ("1970-01-01T00:00:00-00:00", 0, 0),
        ("1970-01-01T02:00:00+02:00", 7200, 0),
        ("1969-12-31T18:30:00-05:30", -19_800, 0),
        ("1970-01-01T23:59:00+23:59", 86_340, 0),
        ("1969-12-31T23:59:59.5Z", 0, -500_000_000),
        ("1970-01-01T00:00:00.000000001Z", 0, 1),
        // Cut behind the ninth digit, before the epoch too.
        ("1970-01-01T00:00:00.0000000019Z", 0, 1),
        ("1969-12-31T23:59:59.9999999999Z", 0, -1),
        // A leap second, and a second 60 where none has been.
        ("2016-12-31T23:59:60Z", 0, 1_483_228_800_000_000_000),
        ("1990-12-31T15:59:60.25-08:00", -28_800, 662_688_000_250_000_000),
        ("1970-01-01T00:00:60Z", 0, 60_000_000_000),
        ("0001-01-01T00:00:00Z", 0, -62_135_596_800_000_000_000),
        ("9999-12-31T23:59:59.999999999Z", 0, 253_402_300_799_999_999_999),
        ("1970-01-01T00:00:00.000000000000000000000000000001+00:00", 0, 0),
    ] {
        let moment = timestamp(text);
        assert_eq!(moment.as_str(), text);
        assert_eq!(moment.to_string(), text);
        assert_eq!((moment.offset_seconds(), moment.unix_nanos()), (Some(offset), Some(nanos)), "{text}");
        let json = format!("\"{text}\"");
        assert_eq!(serde_json::to_string(&moment).unwrap(), json);
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
    }
}

#[test]
fn what_is_no_timestamp_is_refused() {
    for text in [
        "",
        "2020-12-11",
        "2020-12-11T",
        "2020-12-11T14:59",
        "2020-12-11T14:59Z",
        "2020-12-11 14:59:46Z",
        "2020-12-11_14:59:46Z",
        "20201211T145946Z",
        "2020-12-11T14:59:46.",
        "2020-12-11T14:59:46.Z",
        "2020-12-11T14:59:46,716Z",
        "2020-12-11T14:59:46.7a6Z",
        "2020-12-11T14:59:46.٧Z",
        "2020-12-11T14:59:46ZZ",
        "2020-12-11T14:59:46Z ",
        "2020-12-11T14:59:46Z\n",
        " 2020-12-11T14:59:46Z",
        "2020-12-11T24:00:00Z",
        "2020-12-11T14:60:00Z",
        "2020-12-11T14:59:61Z",
        "2020-12-11T4:59:46Z",
        "2020-12-11T14:59:4Z",
        "2020-12-11T14:59:46+02",
        "2020-12-11T14:59:46+0200",
        "2020-12-11T14:59:46+24:00",
        "2020-12-11T14:59:46+02:60",
        "2020-12-11T14:59:46 +02:00",
        "2020-12-11T14:59:46+02:00Z",
        "2020-12-11T14:59:46\u{2212}02:00",
        "2020-12-11T14:59:46 UTC",
        "2021-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "12020-12-11T14:59:46Z",
        "2020-W50-5T14:59:46Z",
        "2020-12-1é14:59:46Z",
        "1607698786",
    ] {
        assert_eq!(text.parse::<Timestamp>(), Err(TimeError::InvalidTimestamp), "{text}");
    }
    let of_length =
        |length: usize| format!("2020-12-11T14:59:46.{}Z", "1".repeat(length - 21)).parse::<Timestamp>();
    assert!(of_length(Timestamp::MAX_LEN).is_ok());
    assert_eq!(of_length(Timestamp::MAX_LEN + 1), Err(TimeError::InvalidTimestamp));
}

#[test]
fn instants_are_ordered_and_texts_are_equal() {
    let order = |left: &str, right: &str| timestamp(left).compare_instant(&timestamp(right));
    for (left, right) in [
        ("2020-12-11T12:00:00Z", "2020-12-11T14:00:00.000+02:00"),
        ("2020-12-31T23:30:00-01:00", "2021-01-01T00:30:00Z"),
        ("2016-12-31T23:59:60.5Z", "2016-12-31T15:59:60.50-08:00"),
        ("2020-12-11T12:00:00.5Z", "2020-12-11T12:00:00.5000000000000z"),
    ] {
        assert_eq!(order(left, right), Some(Ordering::Equal), "{left} {right}");
        assert_ne!(timestamp(left), timestamp(right));
    }
    for (earlier, later) in [
        ("2020-12-11T12:00:00+02:00", "2020-12-11T11:00:00Z"),
        ("2020-12-11T12:00:00.09Z", "2020-12-11T12:00:00.1Z"),
        // Equal to the nanosecond.
        ("2020-12-11T12:00:00.0000000001Z", "2020-12-11T12:00:00.0000000002Z"),
        ("2020-12-11T12:00:00+00:01", "2020-12-11T12:00:00Z"),
    ] {
        assert_eq!(order(earlier, later), Some(Ordering::Less), "{earlier} {later}");
        assert_eq!(order(later, earlier), Some(Ordering::Greater), "{earlier} {later}");
    }
    let (zoned, local) = ("2020-12-11T12:00:00Z", "2020-12-11T12:00:00");
    assert_eq!([order(zoned, local), order(local, zoned), order(local, local)], [None; 3]);
}

#[test]
fn a_leap_second_lies_between_its_neighbours_though_unix_time_has_no_place_for_it() {
    let in_order = [
        "2016-12-31T23:59:59Z",
        "2016-12-31T23:59:59.999999999999Z",
        "2016-12-31T23:59:60Z",
        "2017-01-01T01:29:60.2+01:30",
        "2016-12-31T23:59:60.5Z",
        "2016-12-31T18:59:60.999999999999-05:00",
        "2017-01-01T00:00:00Z",
        "2017-01-01T02:00:00.2+02:00",
        "2017-01-01T00:00:00.9Z",
        "2017-01-01T00:00:01Z",
    ]
    .map(timestamp);
    for (place, moment) in in_order.iter().enumerate() {
        for (other_place, other) in in_order.iter().enumerate() {
            assert_eq!(moment.compare_instant(other), Some(place.cmp(&other_place)), "{moment} {other}");
        }
    }
    // In Unix time it runs beside the second that comes after it.
    assert_eq!(
        timestamp("2016-12-31T23:59:60.5Z").unix_nanos(),
        timestamp("2017-01-01T00:00:00.5Z").unix_nanos()
    );
}

#[test]
fn t54_unix_times_are_written_in_utc_or_refused() {
    for (seconds, nanos, text) in [
        (0, 0, "1970-01-01T00:00:00Z"),
        (1_607_698_786, 716_000_000, "2020-12-11T14:59:46.716Z"),
        (1_607_698_786, 20_000, "2020-12-11T14:59:46.000020Z"),
        (1_607_698_786, 1, "2020-12-11T14:59:46.000000001Z"),
        (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        (253_402_300_799, 0, "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(Timestamp::from_unix(seconds, nanos).unwrap().as_str(), text);
    }
    for (seconds, nanos) in [
        (0, 1_000_000_000),
        (0, u32::MAX),
        (-62_135_596_801, 0),
        (253_402_300_800, 0),
        (i64::MAX, 0),
        (i64::MIN, 0),
    ] {
        assert_eq!(Timestamp::from_unix(seconds, nanos), Err(TimeError::OutOfRange));
    }
}

#[test]
fn t12_no_error_repeats_what_was_read() {
    let mut errors = Vec::new();
    for canary in ["73577357", "-73577357", "7357.5", r#""73577357""#, r#"["7357"]"#, r#"{"7357":7357}"#] {
        errors.extend(serde_json::from_str::<Date>(canary).err());
        errors.extend(serde_json::from_str::<Timestamp>(canary).err());
        errors.extend(serde_json::from_value::<Timestamp>(serde_json::from_str(canary).unwrap()).err());
    }
    errors.extend(serde_json::from_str::<Timestamp>("true").err());
    assert_eq!(errors.len(), 19);
    for error in errors {
        let texts = format!("{error} {error:?}");
        assert!(!texts.contains("7357") && !texts.contains("true"), "{texts}");
    }
}

#[test]
fn now_is_two_readings() {
    let now = Now::new(1_607_698_786, Duration::from_millis(5));
    assert_eq!((now.wall, now.mono), (1_607_698_786, Duration::from_millis(5)));
}

fn any_date() -> impl Strategy<Value = Date> {
    (-719_162..=2_932_896_i64).prop_map(|days| Date::from_unix_days(days).unwrap())
}

proptest! {
    #[test]
    fn any_timestamp_is_kept_exactly_and_its_parts_are_what_was_written(
        date in any_date(),
        (hour, minute, second) in (0..24_i64, 0..60_i64, 0..=60_i64),
        fraction in "[0-9]{0,30}",
        offset in proptest::option::of(-1439..=1439_i64),
    ) {
        let point = if fraction.is_empty() { "" } else { "." };
        let zone = offset.map_or_else(String::new, |offset| {
            let sign = if offset < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
        });
        let text = format!("{date}T{hour:02}:{minute:02}:{second:02}{point}{fraction}{zone}");
        let moment = timestamp(&text);
        prop_assert_eq!(moment.as_str(), &text);
        prop_assert_eq!(moment.date(), date);
        prop_assert_eq!(moment.offset_seconds().map(i64::from), offset.map(|offset| offset * 60));
        let nanos: i128 = format!("{fraction:0<9}")[..9].parse().unwrap();
        let local = i64::from(date.unix_days()) * 86_400 + hour * 3600 + minute * 60 + second;
        let instant = offset.map(|offset| i128::from(local - offset * 60) * 1_000_000_000 + nanos);
        prop_assert_eq!(moment.unix_nanos(), instant);
        prop_assert_eq!(serde_json::from_value::<Timestamp>(serde_json::json!(text)).unwrap(), moment);
    }

    #[test]
    fn unix_time_round_trips_and_its_order_is_that_of_the_instants(
        left in (-62_135_596_800..=253_402_300_799_i64, 0..1_000_000_000_u32),
        right in (-62_135_596_800..=253_402_300_799_i64, 0..1_000_000_000_u32),
        shortened in 0..=9_u32,
    ) {
        let unit = 10_u32.pow(shortened);
        let [left, right] = [left, right].map(|(seconds, nanos)| (seconds, nanos / unit * unit));
        let moment = |(seconds, nanos)| Timestamp::from_unix(seconds, nanos).unwrap();
        let (first, second) = (moment(left), moment(right));
        prop_assert_eq!(first.unix_nanos(), Some(i128::from(left.0) * 1_000_000_000 + i128::from(left.1)));
        prop_assert_eq!(&timestamp(first.as_str()), &first);
        prop_assert_eq!(first.compare_instant(&second), Some(left.cmp(&right)));
    }

    #[test]
    fn any_text_is_kept_or_refused_without_a_panic(
        text in prop_oneof![
            any::<String>(),
            "[0-9]{4}-[01][0-9]-[0-3][0-9]",
            "20[0-9]{2}-0[0-9]-[0-2][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,12})?(Z|[+-]0[0-9]:[0-6]0)?",
            "[0-9TZ:.é+-]{0,30}",
        ],
    ) {
        if let Ok(moment) = text.parse::<Timestamp>() {
            prop_assert_eq!(moment.as_str(), &text);
        }
        if let Ok(date) = text.parse::<Date>() {
            prop_assert_eq!(date.to_string(), text);
        }
    }
}
