//! Moments as the two APIs write them into webhooks.

use std::time::Duration;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: u64,
    pub(super) month: u64,
    pub(super) day: u64,
}

impl Day {
    /// The day so many days after 1970-01-01, counted in cycles of 400 years that begin in March.
    fn of(days: u64) -> Self {
        let days = days + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Self { year: 400 * era + year_of_era + u64::from(month <= 2), month, day }
    }
}

/// `2020-12-11T14:59:46.716Z`
pub(super) fn utc(since_epoch: Duration) -> String {
    format!("{}.{:03}Z", local(since_epoch, |day| day), since_epoch.subsec_millis())
}

/// `2017-10-09T13:11:03.661620`, without an offset, as the older API writes it.
pub(super) fn without_offset(since_epoch: Duration) -> String {
    format!("{}.{:06}", local(since_epoch, |day| day), since_epoch.subsec_micros())
}

/// The same a month later: on the same day of the month, at the latest on the 28th.
pub(super) fn a_month_later(since_epoch: Duration) -> String {
    let next =
        |Day { year, month, day }| Day { year: year + month / 12, month: month % 12 + 1, day: day.min(28) };
    format!("{}.{:06}", local(since_epoch, next), since_epoch.subsec_micros())
}

fn local(since_epoch: Duration, change: impl Fn(Day) -> Day) -> String {
    let seconds = since_epoch.as_secs();
    let Day { year, month, day } = change(Day::of(seconds / 86_400));
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_samples_are_written_so() {
        assert_eq!(utc(Duration::from_millis(1_607_698_786_716)), "2020-12-11T14:59:46.716Z");
        assert_eq!(
            without_offset(Duration::from_micros(1_507_554_663_661_620)),
            "2017-10-09T13:11:03.661620"
        );
        assert_eq!(utc(Duration::ZERO), "1970-01-01T00:00:00.000Z");
        assert_eq!(utc(Duration::from_secs(1_582_934_400)), "2020-02-29T00:00:00.000Z");
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_28th() {
        for (seconds, later) in [
            (1_507_554_663, "2017-11-09T13:11:03.000000"),
            // 2020-12-31
            (1_609_372_800, "2021-01-28T00:00:00.000000"),
            // 2021-01-29
            (1_611_878_400, "2021-02-28T00:00:00.000000"),
        ] {
            assert_eq!(a_month_later(Duration::from_secs(seconds)), later);
        }
    }
}
