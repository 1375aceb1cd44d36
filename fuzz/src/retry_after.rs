//! How long a server asks to wait, whatever it writes there (T31).

use std::time::Duration;

use cashlink_core::http::{HeaderValue, Response, header};
use cashlink_core::partner::Partner;
use cashlink_core::{Error, GaveUp, Policy, Step};

use crate::flow::{self, NOW};

/// The longest wait that a server asks for is what a call waits, at least its own backoff and never beyond its cap.
///
/// The first line of the input is the answer's `Date` (which may be empty), every other line a `Retry-After`. It is
/// accepted when any of them says how long.
pub fn retry_after(input: &[u8]) -> bool {
    let mut lines = input.split(|byte| *byte == b'\n');
    let date = lines.next().and_then(value);
    let values: Vec<HeaderValue> = lines.filter_map(value).take(HEADERS).collect();

    let asked = asked(date.as_ref(), &values);
    let each: Vec<_> =
        values.iter().map(|value| self::asked(date.as_ref(), std::slice::from_ref(value))).collect();
    assert_eq!(asked, each.iter().copied().max().flatten(), "of several headers the longest counts");
    if let Some(clock) = reference_clock(date.as_ref()) {
        for (value, asked) in values.iter().zip(each) {
            match reference(value) {
                Meaning::Wait(seconds) => assert_eq!(asked, Some(Duration::from_secs(seconds)), "{value:?}"),
                Meaning::Until(date) => {
                    assert_eq!(asked, Some(Duration::from_secs(date.saturating_sub(clock))), "{value:?}");
                }
                Meaning::None => assert_eq!(asked, None, "{value:?}"),
                Meaning::Unclear => {}
            }
        }
    }
    for status in [429, 503] {
        assert_obeyed(status, date.as_ref(), &values, asked);
    }
    asked.is_some()
}

/// How many headers are looked at, each on its own and all together.
const HEADERS: usize = 6;

fn value(line: &[u8]) -> Option<HeaderValue> {
    if line.is_empty() { None } else { HeaderValue::from_bytes(line).ok() }
}

fn answer(status: u16, date: Option<&HeaderValue>, values: &[HeaderValue]) -> Response<&'static str> {
    let mut answer = Response::new("");
    *answer.status_mut() = status.try_into().expect("a status of these targets");
    if let Some(date) = date {
        answer.headers_mut().insert(header::DATE, date.clone());
    }
    for value in values {
        answer.headers_mut().append(header::RETRY_AFTER, value.clone());
    }
    answer
}

/// What becomes of a call whose first attempt gets this answer.
fn answered(
    policy: Policy,
    attempts: u32,
    answer: Response<&'static str>,
) -> Step<cashlink_core::bytes::Bytes> {
    let client = flow::client(Partner::demo(), policy);
    let step = client.perform(&flow::read().attempts(attempts), NOW, [5; 16]);
    let outgoing = flow::send(step, &flow::token("t0k3n"));
    let (_, pending) = outgoing.into_parts();
    pending.respond(NOW, answer)
}

/// What a call without another attempt shows of the wait.
fn asked(date: Option<&HeaderValue>, values: &[HeaderValue]) -> Option<Duration> {
    match answered(flow::policy(), 1, answer(503, date, values)) {
        Step::Done(Err(error)) => {
            assert_eq!((error.attempts(), error.gave_up()), (1, GaveUp::Attempts));
            error.retry_after()
        }
        other => panic!("one attempt is the last: {other:?}"),
    }
}

/// A call with further attempts waits, or gives up and says why.
fn assert_obeyed(status: u16, date: Option<&HeaderValue>, values: &[HeaderValue], asked: Option<Duration>) {
    let cap = flow::policy().longest_retry_after;
    let own = match answered(flow::policy(), 4, answer(status, None, &[])) {
        Step::Wait(delay) => delay.duration(),
        other => panic!("it is tried again: {other:?}"),
    };
    match answered(flow::policy(), 4, answer(status, date, values)) {
        Step::Wait(delay) => {
            let floor = asked.unwrap_or_default();
            assert!(floor <= cap, "{floor:?} is waited for");
            assert_eq!(delay.duration(), floor.max(own));
            let woken = delay.wake(flow::later(NOW, floor.max(own)));
            assert!(matches!(woken, Step::Send(_)), "{woken:?}");
        }
        Step::Done(Err(error)) => {
            assert!(asked.is_some_and(|asked| asked > cap), "{asked:?} is not waited for");
            assert_eq!((error.gave_up(), error.retry_after()), (GaveUp::RetryAfter, asked));
            assert_says_nothing_of_the_server(status, &error);
        }
        other => panic!("neither again nor the end: {other:?}"),
    }
    // With the default deadline of a minute, no wait goes beyond it.
    let mut policy = flow::policy();
    policy.longest_retry_after = Duration::MAX;
    match answered(policy, 4, answer(status, date, values)) {
        Step::Wait(delay) => assert!(delay.duration() < Duration::from_secs(3600)),
        Step::Done(Err(error)) => {
            assert_eq!((error.gave_up(), error.retry_after()), (GaveUp::Deadline, asked));
            assert!(asked >= Some(Duration::from_secs(3600)));
        }
        other => panic!("neither again nor the end: {other:?}"),
    }
}

fn assert_says_nothing_of_the_server(status: u16, error: &Error) {
    let shortest_beyond_the_cap = [HeaderValue::from_static("61")];
    match answered(flow::policy(), 4, answer(status, None, &shortest_beyond_the_cap)) {
        Step::Done(Err(plain)) => {
            assert_eq!((error.to_string(), format!("{error:?}")), (plain.to_string(), format!("{plain:?}")));
        }
        other => panic!("61 s are beyond the cap: {other:?}"),
    }
}

/// What a header says, read slowly (RFC 9110 §10.2.3).
enum Meaning {
    Wait(u64),
    Until(u64),
    /// Surely nothing.
    None,
    /// Neither of the forms that are read here.
    Unclear,
}

fn reference(value: &HeaderValue) -> Meaning {
    let Ok(text) = std::str::from_utf8(value.as_bytes()) else { return Meaning::None };
    let text = text.trim_matches([' ', '\t']);
    let date = imf_date(text);
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        _ if !text.is_ascii() || !text.bytes().any(|byte| byte.is_ascii_digit()) => Meaning::None,
        true => {
            // As if by hand, so that any length is read.
            let digit = |digit: u8| u64::from(digit - b'0');
            let seconds =
                text.bytes().fold(0, |all: u64, byte| all.saturating_mul(10).saturating_add(digit(byte)));
            Meaning::Wait(seconds)
        }
        false if text.starts_with(['-', '+']) => Meaning::None,
        false => date.map_or(Meaning::Unclear, Meaning::Until),
    }
}

/// The clock that a date is measured against; `None` where that is unclear.
fn reference_clock(date: Option<&HeaderValue>) -> Option<u64> {
    match date.map(HeaderValue::as_bytes) {
        None => Some(NOW.wall),
        Some(date) if !date.iter().any(u8::is_ascii_digit) => Some(NOW.wall),
        Some(date) => imf_date(std::str::from_utf8(date).ok()?),
    }
}

/// `Wed, 18 Nov 2020 12:00:00 GMT` (RFC 9110 §5.6.7): years and months are counted one by one.
fn imf_date(text: &str) -> Option<u64> {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [(&str, u64); 12] = [
        ("Jan", 31),
        ("Feb", 28),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ];
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let number = |text: &str, digits: usize, most: u64| {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &u64| is_number && *number <= most)
    };

    let words: Vec<&str> = text.split(' ').collect();
    let [weekday, day, month, year, time, "GMT"] = words.as_slice() else { return None };
    let (day, year) = (number(day, 2, 31)?, number(year, 4, 9999)?);
    let time: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = time.as_slice() else { return None };
    let seconds = number(hour, 2, 23)? * 3600 + number(minute, 2, 59)? * 60 + number(second, 2, 59)?;

    let month = MONTHS.iter().position(|(name, _)| name == month)?;
    let length = |place: usize| MONTHS[place].1 + u64::from(place == 1 && is_leap(year));
    if year < 1970 || day == 0 || day > length(month) {
        return None;
    }
    let years: u64 = (1970..year).map(|year| 365 + u64::from(is_leap(year))).sum();
    let days = years + (0..month).map(length).sum::<u64>() + day - 1;
    let is_that_weekday = *weekday == format!("{},", WEEKDAYS[usize::try_from(days % 7).ok()?]);
    is_that_weekday.then_some(days * 86_400 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_counted_out() {
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Wed, 18 Nov 2020 12:00:00 GMT", Some(1_605_700_800)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
            ("Sat, 29 Feb 2020 00:00:00 GMT", Some(1_582_934_400)),
            ("Tue, 18 Nov 2020 12:00:00 GMT", None),
            ("Fri, 29 Feb 2019 00:00:00 GMT", None),
            ("Wed, 18 Nov 2020 12:00:60 GMT", None),
            ("Wed, 18 Nov 2020 12:00:00 CET", None),
        ] {
            assert_eq!(imf_date(date), seconds, "{date}");
        }
    }
}
