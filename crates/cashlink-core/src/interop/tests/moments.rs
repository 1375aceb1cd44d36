//! Moments to convert, and what must be said of those that can't be.

use alloc::{format, string::String, vec::Vec};

use proptest::prelude::*;

use crate::time::{Date, TimeError, Timestamp};

pub(super) fn timestamp(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// Every day of the 400 years after which the calendar repeats itself, and of the first and the last year.
pub(super) fn every_day() -> impl Iterator<Item = Date> {
    let years = (1600..2000).chain([1, 9999]);
    let months = years.flat_map(|year| (1..=12).map(move |month| (year, month)));
    months.flat_map(|(year, month)| (1..=31).filter_map(move |day| Date::new(year, month, day).ok()))
}

prop_compose! {
    /// Texts of all forms: with and without an offset, in leap seconds, with digits beyond the nanosecond, at the ends of time.
    pub(super) fn any_timestamp()(
        year in prop_oneof![Just(1_u16), Just(9999), 1..=9999_u16, 1900..2100_u16],
        (month, day) in prop_oneof![(Just(1), Just(1)), (Just(12), Just(31)), (1..=12_u8, 1..=28_u8)],
        (hour, minute, second) in prop_oneof![3 => (0..24, 0..60, 0..60), 1 => (Just(23), Just(59), 59..=60)],
        fraction in prop_oneof!["", "[0-9]{1,9}", "[0-9]{9}0{1,20}", "[0-9]{10,30}"],
        zone in prop_oneof![
            2 => Just(String::new()),
            3 => prop_oneof![Just("Z"), Just("z"), Just("-00:00")].prop_map(String::from),
            3 => "[+-]([01][0-9]|2[0-3]):[0-5][0-9]",
        ],
    ) -> Timestamp {
        let point = if fraction.is_empty() { "" } else { "." };
        timestamp(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{fraction}{zone}"))
    }
}

/// What keeps a text from being an instant, or a local date and time, by the text itself.
pub(super) fn obstacles(moment: &Timestamp, wanted: Wanted) -> Vec<TimeError> {
    let text = moment.as_str();
    let zone = text[10..].find(['Z', 'z', '+', '-']);
    let digits =
        text.split_once('.').map_or("", |(_, rest)| rest.trim_end_matches(|c: char| !c.is_ascii_digit()));
    let digits = digits.split(['Z', 'z', '+', '-']).next().unwrap();
    let found = [
        (zone.is_none() && wanted == Wanted::Instant, TimeError::NoOffset),
        (zone.is_some() && wanted == Wanted::Local, TimeError::HasOffset),
        (&text[17..19] == "60", TimeError::LeapSecond),
        (digits.trim_end_matches('0').len() > 9, TimeError::TooPrecise),
    ];
    found.into_iter().filter(|(true_of_it, _)| *true_of_it).map(|(_, error)| error).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Instant,
    Local,
}

/// The texts of one value: equal as moments, and as far from UTC.
pub(super) fn same_local(left: &Timestamp, right: &Timestamp) -> bool {
    let zoned = |moment: &Timestamp| timestamp(&format!("{}Z", moment.as_str()));
    !left.has_offset()
        && !right.has_offset()
        && zoned(left).compare_instant(&zoned(right)) == Some(core::cmp::Ordering::Equal)
}
