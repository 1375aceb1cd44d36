//! Days of the calendar.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{TimeError, text::two_digits};

/// A day of the Gregorian calendar, years 1 to 9999, as `YYYY-MM-DD`. In JSON it is that string.
///
/// Only real days exist, and each has one spelling, so the text is kept exactly by keeping the numbers.
///
/// ```
/// use cashlink_core::time::Date;
///
/// let day: Date = "2018-01-15".parse()?;
/// assert_eq!((day.year(), day.month(), day.day()), (2018, 1, 15));
/// assert_eq!(day.to_string(), "2018-01-15");
/// assert!("2018-02-29".parse::<Date>().is_err());
/// # Ok::<(), cashlink_core::time::TimeError>(())
/// ```
// The order of the fields is the order of days.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Days from 0000-03-01, where the four-year cycle of the formulas below begins, to 1970-01-01.
const EPOCH: i32 = 719_468;

impl Date {
    /// The first day that there is: 0001-01-01.
    pub const MIN: Self = Self { year: 1, month: 1, day: 1 };

    /// The day with these numbers: year 1 to 9999, month 1 to 12, day from 1.
    ///
    /// # Errors
    /// [`TimeError::InvalidDate`] when there is no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, TimeError> {
        let real = 1 <= year && year <= 9999 && 1 <= day && day <= days_in_month(year, month);
        if real { Ok(Self { year, month, day }) } else { Err(TimeError::InvalidDate) }
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01, negative before. Years are counted from March, so that a leap day is the last
    /// day of its year and the lengths of the months before it follow `(153 m + 2) / 5`.
    pub(super) fn unix_days(self) -> i32 {
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let (year, month) = match month {
            1 | 2 => (i32::from(self.year) - 1, month + 9),
            _ => (i32::from(self.year), month - 3),
        };
        let day_of_year = (153 * month + 2) / 5 + day - 1;
        365 * year + year / 4 - year / 100 + year / 400 + day_of_year - EPOCH
    }

    /// The day so many days after 1970-01-01: the inverse of [`unix_days`](Self::unix_days).
    pub(super) fn from_unix_days(days: i64) -> Result<Self, TimeError> {
        const CENTURIES_4: i32 = 146_097;
        // 0001-01-01 to 9999-12-31; inside, no step below can leave the `i32`, and all of them are positive.
        let days = match days {
            -719_162..=2_932_896 => days as i32 + EPOCH,
            _ => return Err(TimeError::OutOfRange),
        };
        let (cycle, day) = (days / CENTURIES_4, days % CENTURIES_4);
        // The last day of 4 years, of 100 and of 400 would otherwise count as a year more.
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (year, month) = match month {
            10 | 11 => (400 * cycle + year + 1, month - 9),
            _ => (400 * cycle + year, month + 3),
        };
        Self::new(year as u16, month as u8, day as u8)
    }
}

/// 0 for a month that doesn't exist.
const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

impl FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return Err(TimeError::InvalidDate);
        };
        let pairs = (two_digits(y1, y2), two_digits(y3, y4), two_digits(m1, m2), two_digits(d1, d2));
        let (Some(century), Some(year), Some(month), Some(day)) = pairs else {
            return Err(TimeError::InvalidDate);
        };
        Self::new(u16::from(century) * 100 + u16::from(year), month, day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |number: u16| b'0' | (number % 10) as u8;
        let (y, m, d) = (self.year, u16::from(self.month), u16::from(self.day));
        let (y1, y2, y3) = (digit(y / 1000), digit(y / 100), digit(y / 10));
        let text = [y1, y2, y3, digit(y), b'-', digit(m / 10), digit(m), b'-', digit(d / 10), digit(d)];
        f.pad(core::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "a date", |text| text.parse())
    }
}
