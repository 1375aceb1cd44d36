//! The older API's versions: dates in the header `X-Api-Version`.

use core::fmt;
use core::str::FromStr;

use http::HeaderValue;

use crate::InvalidValue;
use crate::time::Date;

/// A version of the older API: a date. Without one, the vendor's latest stable version answers (seed).
///
/// ```
/// use cashlink_core::ApiVersion;
///
/// assert_eq!(ApiVersion::V2018_01_15.to_string(), "2018-01-15");
/// assert_eq!("2017-10-01".parse(), Ok(ApiVersion::V2017_10_01));
/// assert!("2018-02-30".parse::<ApiVersion>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion(Date);

impl ApiVersion {
    /// The default since 2018-05-01. Creating a payment link needs `type`.
    pub const V2018_01_15: Self = Self::at(2018, 1, 15);
    /// The default until 2018-04-30. `type` is optional, and may be sent already.
    pub const V2017_10_01: Self = Self::at(2017, 10, 1);

    const fn at(year: u16, month: u8, day: u8) -> Self {
        match Date::new(year, month, day) {
            Ok(date) => Self(date),
            // Unreachable for the two constants above, which a test reads; the first day there is otherwise.
            Err(_) => Self(Date::MIN),
        }
    }

    /// The version that was introduced on this day.
    #[must_use]
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// The day.
    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }

    pub(crate) fn header_value(self) -> Result<HeaderValue, InvalidValue> {
        HeaderValue::from_str(&alloc::format!("{self}"))
            .map_err(|_| InvalidValue::new("API version", "must be a header value"))
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiVersion({})", self.0)
    }
}

impl FromStr for ApiVersion {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
            .map(Self)
            .map_err(|_| InvalidValue::new("API version", "must be a real date, written YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_known_versions_are_the_dates_in_their_names() {
        assert_eq!(ApiVersion::V2018_01_15.to_string(), "2018-01-15");
        assert_eq!(ApiVersion::V2017_10_01.to_string(), "2017-10-01");
        assert!(ApiVersion::V2017_10_01 < ApiVersion::V2018_01_15);
    }

    #[test]
    fn t15_a_version_is_a_real_date_and_nothing_else() {
        for refused in [
            "",
            "2018-1-15",
            "2018-02-29",
            "2018-01-15\r\nX: y",
            " 2018-01-15",
            "2018-01-15 ",
            "v1",
            "latest",
        ] {
            assert!(refused.parse::<ApiVersion>().is_err(), "{refused:?}");
        }
    }
}
