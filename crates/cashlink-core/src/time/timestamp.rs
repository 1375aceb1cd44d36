//! Moments, as the APIs write them.

use alloc::{format, string::String};
use core::{cmp::Ordering, fmt, iter, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Date, TimeError, clock::Clock, text::two_digits};

const SECONDS_PER_DAY: i64 = 86_400;
const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A moment as it was written: `YYYY-MM-DDThh:mm:ss[.f+][Z|±hh:mm]`. In JSON it is that string.
///
/// The newer API writes RFC 3339 (`2020-12-11T14:59:46.716Z`); the older one leaves the offset out
/// (`2017-10-09T13:11:03.661620`), and doesn't say which zone it means. Both are accepted and kept
/// **exactly**: equality and hash are those of the text. To order moments, or to find out that two texts mean
/// the same one, use [`compare_instant`](Self::compare_instant).
///
/// What is accepted: a real day of the years 1 to 9999 (leap years counted); hours 00–23, minutes 00–59;
/// seconds 00–60, where 60 is a leap second in any minute, since the offset decides whether it can be one; a
/// fraction of any length; an offset up to ±23:59, or none; `t` and `z` (RFC 3339 §5.6); 64 bytes in all.
/// `-00:00` is UTC whose local offset isn't known (RFC 3339 §4.3). A space instead of the `T`, a decimal
/// comma, week dates, `24:00` and offsets without a colon are refused.
///
/// ```
/// use cashlink_core::time::Timestamp;
///
/// let changed_at: Timestamp = "2020-12-11T14:59:46.716Z".parse()?;
/// assert_eq!(changed_at.unix_nanos(), Some(1_607_698_786_716_000_000));
///
/// let older: Timestamp = "2017-10-09T13:11:03.661620".parse()?;
/// assert_eq!(older.as_str(), "2017-10-09T13:11:03.661620");
/// assert_eq!((older.has_offset(), older.unix_nanos()), (false, None));
/// # Ok::<(), cashlink_core::time::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// The text, filled up with zeros: in place, so that reading one never allocates.
    text: [u8; Timestamp::MAX_LEN],
    // What the text says, so that it is read once.
    date: Date,
    /// 0 to 86,400, the latter in a leap second at the day's end.
    second_of_day: u32,
    nanos: u32,
    offset: Option<i32>,
}

impl Timestamp {
    /// The most bytes that a text may have.
    pub const MAX_LEN: usize = 64;

    /// The moment so many seconds after the Unix epoch (before, when negative) and `nanos` nanoseconds later,
    /// in UTC.
    ///
    /// The text ends in `Z` and has no fraction, or one of 3, 6 or 9 digits, whichever is the shortest exact
    /// one.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] outside the years 1 to 9999, or when `nanos` isn't below 1,000,000,000.
    ///
    /// ```
    /// use cashlink_core::time::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_unix(1_607_698_786, 716_000_000)?.as_str(), "2020-12-11T14:59:46.716Z");
    /// # Ok::<(), cashlink_core::time::TimeError>(())
    /// ```
    pub fn from_unix(seconds: i64, nanos: u32) -> Result<Self, TimeError> {
        let date = Date::from_unix_days(seconds.div_euclid(SECONDS_PER_DAY))?;
        let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY) as u32;
        Self::from_parts(date, Clock::of_day(second_of_day, nanos), Some(0))
    }

    /// The moment with these parts: what [`from_unix`](Self::from_unix) and all conversions from other types come down to. The offset
    /// is in seconds.
    pub(crate) fn from_parts(date: Date, clock: Clock, offset: Option<i32>) -> Result<Self, TimeError> {
        let Clock { hour, minute, second, nanos } = clock;
        if hour > 23 || minute > 59 || second > 60 {
            return Err(TimeError::InvalidTimestamp);
        }
        let zone = match offset {
            None => String::new(),
            Some(0) => String::from("Z"),
            Some(offset) if offset % 60 != 0 || offset.unsigned_abs() >= SECONDS_PER_DAY as u32 => {
                return Err(TimeError::InvalidOffset);
            }
            Some(offset) => {
                let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
        let whole = format!("{date}T{hour:02}:{minute:02}:{second:02}");
        let text = match nanos {
            0 => format!("{whole}{zone}"),
            1_000_000_000.. => return Err(TimeError::OutOfRange),
            _ if nanos % 1_000_000 == 0 => format!("{whole}.{:03}{zone}", nanos / 1_000_000),
            _ if nanos % 1_000 == 0 => format!("{whole}.{:06}{zone}", nanos / 1_000),
            _ => format!("{whole}.{nanos:09}{zone}"),
        };
        // 35 bytes at most, so the error is never met.
        let text = in_place(&text).ok_or(TimeError::OutOfRange)?;
        let second_of_day = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
        Ok(Self { text, date, second_of_day, nanos, offset })
    }

    /// The time of day that the text names, in its own zone: with [`date`](Self::date) and
    /// [`offset_seconds`](Self::offset_seconds) the inverse of [`from_parts`](Self::from_parts).
    #[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
    pub(crate) fn clock(&self) -> Result<Clock, TimeError> {
        if self.fraction().skip(9).any(|digit| digit != b'0') {
            return Err(TimeError::TooPrecise);
        }
        let clock = Clock::of_day(self.second_of_day - u32::from(self.is_leap_second()), self.nanos);
        Ok(Clock { second: clock.second + u8::from(self.is_leap_second()), ..clock })
    }

    /// The text, exactly as it was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = memchr::memchr(0, &self.text).unwrap_or(Self::MAX_LEN);
        self.text
            .get(..length)
            .and_then(|text| core::str::from_utf8(text).ok())
            // Never reached: only ASCII is accepted.
            .unwrap_or_default()
    }

    /// The day that the text names, in its own zone.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date
    }

    /// Whether the text says how far its zone is from UTC. Without that it names a local time, not an
    /// instant.
    #[must_use]
    pub fn has_offset(&self) -> bool {
        self.offset.is_some()
    }

    /// How many seconds the zone is ahead of UTC (behind, when negative): 7,200 for `+02:00`, 0 for `Z`,
    /// `None` when the text has no offset.
    #[must_use]
    pub fn offset_seconds(&self) -> Option<i32> {
        self.offset
    }

    /// Nanoseconds since the Unix epoch, negative before it; `None` when the text has no offset.
    ///
    /// Digits of the fraction beyond the ninth are cut, so the result is at or before the instant, by less
    /// than a nanosecond. A leap second counts as the first second of the next minute, as in Unix time, which has
    /// no place of its own for it: that is one more reason to order moments by
    /// [`compare_instant`](Self::compare_instant).
    #[must_use]
    pub fn unix_nanos(&self) -> Option<i128> {
        Some(i128::from(self.unix_seconds()?) * NANOS_PER_SECOND + i128::from(self.nanos))
    }

    /// Which of two instants is earlier, to the last digit of their fractions; `None` when one of them has no
    /// offset, since then it isn't known. `Equal` can also hold for different texts, as `12:00:00Z` and
    /// `14:00:00.0+02:00`. A leap second comes after second 59 and before the next minute: `23:59:60.5Z` is
    /// earlier than `00:00:00.2Z` of the next day.
    ///
    /// ```
    /// use cashlink_core::time::Timestamp;
    /// use core::cmp::Ordering;
    ///
    /// let earlier: Timestamp = "2020-12-11T14:59:46+02:00".parse()?;
    /// let later: Timestamp = "2020-12-11T14:59:46Z".parse()?;
    /// assert_eq!(earlier.compare_instant(&later), Some(Ordering::Less));
    /// # Ok::<(), cashlink_core::time::TimeError>(())
    /// ```
    #[must_use]
    pub fn compare_instant(&self, other: &Self) -> Option<Ordering> {
        (self.has_offset() && other.has_offset()).then(|| self.compare_as_utc(other))
    }

    /// As [`Self::compare_instant`], for texts that are taken for UTC where they have no offset. Equal texts are equal, and so are
    /// different ones of the same instant.
    pub(crate) fn compare_as_utc(&self, other: &Self) -> Ordering {
        let second = |moment: &Self| {
            let (leap, seconds) = (moment.is_leap_second(), moment.seconds_at(moment.offset.unwrap_or(0)));
            // The second before it, and then it.
            (seconds - i64::from(leap), leap)
        };
        second(self).cmp(&second(other)).then_with(|| self.fraction().cmp(other.fraction()))
    }

    fn is_leap_second(&self) -> bool {
        self.text.get(17..19) == Some(b"60")
    }

    fn unix_seconds(&self) -> Option<i64> {
        self.offset.map(|offset| self.seconds_at(offset))
    }

    /// Seconds since the epoch, if the zone is so many seconds ahead of UTC.
    fn seconds_at(&self, offset: i32) -> i64 {
        let local = i64::from(self.date.unix_days()) * SECONDS_PER_DAY + i64::from(self.second_of_day);
        local - i64::from(offset)
    }

    /// The digits of the fraction, filled up with zeros to a fixed number. Nothing but a fraction has a
    /// point.
    fn fraction(&self) -> impl Iterator<Item = u8> {
        let digits = self.as_str().split_once('.').map_or("", |(_, digits)| digits);
        digits.bytes().take_while(u8::is_ascii_digit).chain(iter::repeat(b'0')).take(Self::MAX_LEN)
    }

    fn read(text: &str) -> Option<Self> {
        let in_place = in_place(text)?;
        let (date, time) = text.split_at_checked(10)?;
        let date: Date = date.parse().ok()?;
        let [b'T' | b't', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = time.as_bytes() else {
            return None;
        };
        let second = two_digits(*s1, *s2).filter(|&second| second <= 60)?;
        let second_of_day = minutes(*h1, *h2, *m1, *m2)? * 60 + u32::from(second);
        let (nanos, rest) = fraction(rest)?;
        let offset = match *rest {
            [] => None,
            [b'Z' | b'z'] => Some(0),
            [b'+', h1, h2, b':', m1, m2] => Some(minutes(h1, h2, m1, m2)? as i32 * 60),
            [b'-', h1, h2, b':', m1, m2] => Some(minutes(h1, h2, m1, m2)? as i32 * -60),
            _ => return None,
        };
        Some(Self { text: in_place, date, second_of_day, nanos, offset })
    }
}

/// A text of at most [`Timestamp::MAX_LEN`] bytes.
fn in_place(text: &str) -> Option<[u8; Timestamp::MAX_LEN]> {
    let mut bytes = [0; Timestamp::MAX_LEN];
    bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    Some(bytes)
}

/// `hh:mm` in minutes, at most 23:59.
fn minutes(h1: u8, h2: u8, m1: u8, m2: u8) -> Option<u32> {
    let hour = two_digits(h1, h2).filter(|&hour| hour < 24)?;
    let minute = two_digits(m1, m2).filter(|&minute| minute < 60)?;
    Some(u32::from(hour) * 60 + u32::from(minute))
}

/// The fraction at the beginning of `rest`, if there is one, in nanoseconds; and what follows it.
fn fraction(rest: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', rest)) = rest.split_first() else { return Some((0, rest)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(length).filter(|(digits, _)| !digits.is_empty())?;
    let nine = digits.iter().chain(iter::repeat(&b'0')).take(9);
    Some((nine.fold(0, |nanos, digit| nanos * 10 + u32::from(digit & 0x0f)), rest))
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::read(text).ok_or(TimeError::InvalidTimestamp)
    }
}

impl AsRef<str> for Timestamp {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "a timestamp", |text| text.parse())
    }
}
