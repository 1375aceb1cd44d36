//! Moments and days, as the APIs write them (T54).

use std::cmp::Ordering;

use cashlink_core::time::{Date, Timestamp};

/// A moment is read exactly when a second reader finds one, kept as it was written, and ordered as a calendar orders it.
///
/// The input is two texts, a line each. It is accepted when the first one is a moment or a day.
pub fn timestamp(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let (first, second) = text.split_once('\n').unwrap_or((text, ""));
    let is_day = [first, second].map(check_day)[0];
    let [left, right] = [first, second].map(check_moment);
    if let (Some((left, a)), Some((right, b))) = (&left, &right) {
        let expected = a.instant().zip(b.instant()).map(|(a, b)| a.cmp(&b));
        assert_eq!(left.compare_instant(right), expected, "{left} {right}");
        assert_eq!(right.compare_instant(left), expected.map(Ordering::reverse));
        assert_eq!(left == right, first == second);
    }
    is_day || left.is_some()
}

fn check_day(text: &str) -> bool {
    let (read, expected) = (text.parse::<Date>().ok(), day(text.as_bytes()));
    let parts = read.map(|date| (date.year().into(), date.month().into(), date.day().into()));
    assert_eq!(parts, expected, "{text:?}");
    assert!(read.is_none_or(|date| date.to_string() == text));
    read.is_some()
}

fn check_moment(text: &str) -> Option<(Timestamp, Moment)> {
    let (read, expected) = (text.parse::<Timestamp>().ok(), moment(text));
    assert_eq!(read.is_some(), expected.is_some(), "{text:?}");
    let (read, expected) = read.zip(expected)?;
    assert_eq!((read.as_str(), read.to_string().as_str()), (text, text));
    assert_eq!(read.offset_seconds().map(i64::from), expected.offset.map(|minutes| minutes * 60));
    let seconds = expected.offset.map(|offset| (expected.minute - offset - EPOCH) * 60 + expected.second);
    let nanos: i128 = format!("{:0<9}", expected.fraction)[..9].parse().expect("nine digits");
    let unix = seconds.map(|seconds| i128::from(seconds) * 1_000_000_000 + nanos);
    assert_eq!(read.unix_nanos(), unix, "{text}");
    if let (Some(seconds), Ok(nanos)) = (seconds, u32::try_from(nanos)) {
        // An offset can lead out of the years 1 to 9999.
        if let Ok(again) = Timestamp::from_unix(seconds, nanos) {
            assert_eq!(again.unix_nanos(), unix, "{text}");
        }
    }
    Some((read, expected))
}

/// What a text says: the minutes since the first day of year 1 in its own zone, the second within them (60 in a leap
/// second), the digits behind the point without zeros at their end, and how many minutes the zone is ahead.
struct Moment {
    minute: i64,
    second: i64,
    fraction: String,
    offset: Option<i64>,
}

impl Moment {
    /// Offsets are whole minutes, so that a second 60 stays in its own minute.
    fn instant(&self) -> Option<(i64, i64, &str)> {
        self.offset.map(|offset| (self.minute - offset, self.second, self.fraction.as_str()))
    }
}

/// Minutes from 0001-01-01 to 1970-01-01: 719,162 days.
const EPOCH: i64 = 719_162 * 1440;

fn number(digits: &[u8], most: i64) -> Option<i64> {
    let all =
        digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok()?.parse().ok())??;
    (all <= most).then_some(all)
}

fn is_leap(year: i64) -> bool {
    year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
}

fn month_lengths(year: i64) -> [i64; 12] {
    [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

fn day(text: &[u8]) -> Option<(i64, i64, i64)> {
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&text[..4], 9999)?, number(&text[5..7], 12)?, number(&text[8..], 31)?);
    let is_real = year > 0 && month > 0 && day > 0 && day <= month_lengths(year)[month as usize - 1];
    is_real.then_some((year, month, day))
}

fn clock(text: &[u8]) -> Option<i64> {
    if text.len() != 5 || text[2] != b':' {
        return None;
    }
    Some(number(&text[..2], 23)? * 60 + number(&text[3..], 59)?)
}

/// `YYYY-MM-DDThh:mm:ss[.f+][Z|±hh:mm]`, 64 bytes in all.
fn moment(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    if !(19..=64).contains(&bytes.len()) || !bytes[10].eq_ignore_ascii_case(&b't') || bytes[16] != b':' {
        return None;
    }
    let (year, month, day) = day(&bytes[..10])?;
    // Year by year and month by month: slow, and nothing like the core's formula.
    let years: i64 = (1..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let days = years + month_lengths(year)[..month as usize - 1].iter().sum::<i64>() + day - 1;
    let (minute, second) = (days * 1440 + clock(&bytes[11..16])?, number(&bytes[17..19], 60)?);
    let mut rest = &bytes[19..];
    let mut fraction = "";
    if let [b'.', behind @ ..] = rest {
        let digits = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
        fraction = std::str::from_utf8(&behind[..digits]).ok().filter(|digits| !digits.is_empty())?;
        rest = &behind[digits..];
    }
    let offset = match rest {
        [] => None,
        [b'Z' | b'z'] => Some(0),
        [b'+', zone @ ..] => Some(clock(zone)?),
        [b'-', zone @ ..] => Some(-clock(zone)?),
        _ => return None,
    };
    Some(Moment { minute, second, fraction: fraction.trim_end_matches('0').to_owned(), offset })
}
