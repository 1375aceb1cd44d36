//! Times for people: RFC 3339 in UTC, ages in words, and the lengths of time that they write.

use std::time::Duration;

use cashlink_journal::core::time::Timestamp;

const UNITS: [(&str, &str, u64); 5] = [
    ("w", "week", 7 * 24 * 60 * 60),
    ("d", "day", 24 * 60 * 60),
    ("h", "hour", 60 * 60),
    ("m", "minute", 60),
    ("s", "second", 1),
];

/// A time as it is stored: seconds since 1970.
pub(crate) fn rfc3339(seconds: i64) -> String {
    Timestamp::from_unix(seconds, 0)
        .map_or_else(|_| format!("{seconds} s since 1970"), |time| time.to_string())
}

/// A length of time in its largest unit, rounded down; weeks only count as days.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    for (_, name, unit) in UNITS.into_iter().skip(1) {
        match seconds.checked_div(unit) {
            None | Some(0) => {}
            Some(1) => return format!("1 {name}"),
            Some(count) => return format!("{count} {name}s"),
        }
    }
    "0 seconds".to_owned()
}

/// How far a time is from now: `3 hours ago`, `in 2 minutes`.
pub(crate) fn from_now(seconds: i64, now: u64) -> String {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let words = in_words(Duration::from_secs(seconds.abs_diff(now)));
    if seconds > now { format!("in {words}") } else { format!("{words} ago") }
}

/// `90d`, `12h`, `2w`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let rule = || "must be a whole number and a unit: s, m, h, d or w, such as 90d".to_owned();
    let (number, unit) = UNITS
        .into_iter()
        .find_map(|(sign, _, unit)| Some((text.strip_suffix(sign)?, unit)))
        .ok_or_else(rule)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| digits).ok_or_else(rule)?;
    number.checked_mul(unit).map(Duration::from_secs).ok_or_else(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_for_people() {
        assert_eq!(rfc3339(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(rfc3339(i64::MAX), "9223372036854775807 s since 1970");
        assert_eq!(in_words(Duration::ZERO), "0 seconds");
        assert_eq!(in_words(Duration::from_secs(119)), "1 minute");
        assert_eq!(in_words(Duration::from_secs(15 * 24 * 60 * 60)), "15 days");
        assert_eq!(from_now(60, 180), "2 minutes ago");
        assert_eq!(from_now(3_600, 0), "in 1 hour");
        assert_eq!(from_now(i64::MIN, u64::MAX), "213503982334601 days ago");
    }

    #[test]
    fn lengths_of_time_are_read_or_refused() {
        for (text, seconds) in
            [("90d", 7_776_000), ("12h", 43_200), ("2w", 1_209_600), ("5m", 300), ("0s", 0)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "d", "90", "-1d", "+1d", "1.5h", "1 d", "99999999999999999999s", "9999999999999999999w"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
