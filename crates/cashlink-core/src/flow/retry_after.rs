//! `Retry-After` (RFC 9110 §10.2.3) in both forms, whatever a server writes there (T31).

use core::time::Duration;

use http::{HeaderMap, HeaderValue, header};

/// How long the server asks to wait, counted from `wall` (seconds since the epoch) where its answer has no `Date`.
///
/// Seconds may have a fraction, which is rounded up; an absurd number is as long as a `Duration` can be; a date is
/// measured against the answer's own `Date`, and one that is past is no wait. Of several headers the longest counts.
/// What is neither is as if it were missing.
pub(super) fn read(headers: &HeaderMap, wall: u64) -> Option<Duration> {
    let clock = headers.get(header::DATE).and_then(seconds_of_date).unwrap_or(wall);
    headers
        .get_all(header::RETRY_AFTER)
        .iter()
        .filter_map(|value| seconds(value).or_else(|| Some(seconds_of_date(value)?.saturating_sub(clock))))
        .max()
        .map(Duration::from_secs)
}

fn seconds(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    // All digits: the only way to fail is a number beyond 64 bits.
    let whole = whole.parse().unwrap_or(u64::MAX);
    let rounded_up = fraction.bytes().any(|byte| byte != b'0');
    Some(whole.saturating_add(u64::from(rounded_up)))
}

/// An HTTP date (RFC 9110 §5.6.7, all three forms) in seconds since the epoch.
pub(crate) fn seconds_of_date(value: &HeaderValue) -> Option<u64> {
    // `httpdate` speaks in std's SystemTime, which this crate can use but not name: the epoch comes from it as well.
    let epoch = httpdate::parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT").ok()?;
    let date = httpdate::parse_http_date(value.to_str().ok()?).ok()?;
    date.duration_since(epoch).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_605_700_800; // Wed, 18 Nov 2020 12:00:00 GMT

    fn read_headers(retry_after: &[&str], date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for value in retry_after {
            headers.append(header::RETRY_AFTER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        if let Some(date) = date {
            headers.insert(header::DATE, HeaderValue::from_bytes(date.as_bytes()).unwrap());
        }
        read(&headers, NOON).map(|wait| wait.as_secs())
    }

    #[test]
    fn t31_retry_after_in_every_spelling() {
        let cases: [(&str, Option<u64>); 32] = [
            ("0", Some(0)),
            ("1", Some(1)),
            ("120", Some(120)),
            ("007", Some(7)),
            (" 5 ", Some(5)),
            ("1.0", Some(1)),
            ("1.5", Some(2)),
            ("0.001", Some(1)),
            ("1.", None),
            (".5", None),
            ("1,5", None),
            ("1e3", None),
            ("+5", None),
            ("-5", None),
            ("-0", None),
            ("0x10", None),
            ("5s", None),
            ("", None),
            ("soon", None),
            ("NaN", None),
            ("\u{661}", None),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", Some(u64::MAX)),
            ("99999999999999999999999999999999.9", Some(u64::MAX)),
            ("Wed, 18 Nov 2020 12:00:30 GMT", Some(30)),
            ("Wednesday, 18-Nov-20 12:00:30 GMT", Some(30)),
            ("Wed Nov 18 12:00:30 2020", Some(30)),
            ("Wed, 18 Nov 2020 11:00:00 GMT", Some(0)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799 - NOON)),
            ("Wed, 99 Nov 2020 12:00:30 GMT", None),
            ("2020-11-18T12:00:30Z", None),
        ];
        for (written, expected) in cases {
            assert_eq!(read_headers(&[written], None), expected, "{written:?}");
        }
    }

    #[test]
    fn t31_a_date_is_measured_against_the_servers_own_clock() {
        let at = "Wed, 18 Nov 2020 15:00:10 GMT";
        assert_eq!(read_headers(&[at], Some("Wed, 18 Nov 2020 15:00:00 GMT")), Some(10));
        assert_eq!(read_headers(&[at], Some("nonsense")), Some(3 * 3600 + 10));
    }

    #[test]
    fn t31_of_two_headers_the_longer_wait_counts_and_nonsense_is_as_if_missing() {
        assert_eq!(read_headers(&["5", "9"], None), Some(9));
        assert_eq!(read_headers(&["soon", "9"], None), Some(9));
        assert_eq!(read_headers(&[], None), None);
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_bytes(b"\xFF").unwrap());
        assert_eq!(read(&headers, NOON), None);
    }
}
