//! The time of day.

/// A time of day, taken apart as a text has it. The nanoseconds are those within the second.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    /// 60 in a leap second.
    pub(crate) second: u8,
    pub(crate) nanos: u32,
}

impl Clock {
    /// So many seconds after midnight, below 86,400.
    pub(super) fn of_day(second: u32, nanos: u32) -> Self {
        let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60].map(|part| part as u8);
        Self { hour, minute, second, nanos }
    }
}
