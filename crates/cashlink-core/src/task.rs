//! Tasks that the server works on after it has answered: transfers, so far. Their status, and asking after it until they end.

use core::time::Duration;

use crate::open_enum::open_enum;
use crate::{Now, Operation};

open_enum! {
    /// How far a task is. Written in lower case, unlike the statuses of investments.
    pub enum TaskStatus {
        /// The server works on it.
        Processing = "processing",
        /// It is done. An older page spells it `success`, which reads as the same.
        Succeeded = "succeeded" | "success",
        /// It could not be completed; "contact support". It isn't repeated by itself.
        Failed = "failed",
        /// The **server** doesn't know whether it happened; "contact support". Never submit it again: it could happen twice
        /// (T39). A status that *this library* doesn't know is [`Other`](Self::Other).
        Unknown = "unknown",
    }
}

impl TaskStatus {
    /// Whether the server is done with the task, for better or worse. A status that this library doesn't know doesn't say
    /// that it is.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Unknown)
    }
}

/// What an answer says of a task.
pub trait Task {
    /// The task's status, where the answer has one.
    fn status(&self) -> Option<&TaskStatus>;
}

/// An operation that only asks after a task: what may be repeated without thought. Implement it for operations whose effect is
/// [`Safe`](crate::Effect::Safe), and never for one that submits (T39): [`Call::asking`](crate::Call::asking) refuses that.
pub trait Asks: Operation<Output: Task> {}

/// Asks after a task until it ends or the time is over. It decides when to ask again and when to stop; whoever drives it asks.
///
/// Nothing here submits anything: the only operation that it knows is one that [`Asks`]. The API documents no interval, so the
/// [`Schedule`] is this library's.
///
/// ```
/// use cashlink_core::task::{Poll, Polled, Schedule, TaskStatus};
/// use cashlink_core::Now;
/// use core::time::Duration;
///
/// let at = |seconds| Now::new(1_605_700_800, Duration::from_secs(seconds));
/// let mut poll = Poll::new(Schedule::default(), at(0));
///
/// // GetTransfer has answered `processing`: wait, and ask again.
/// let Polled::Wait(pause) = poll.answered(Some(&TaskStatus::Processing), at(0)) else { panic!() };
/// assert_eq!(pause, Duration::from_secs(1));
/// assert_eq!(poll.answered(Some(&TaskStatus::Succeeded), at(1)), Polled::Settled);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a poll does nothing until it is told the answers"]
pub struct Poll {
    schedule: Schedule,
    started: Duration,
    pause: Duration,
}

/// How often a task is asked after. Every value is ours: the API documents none.
///
/// ```
/// use cashlink_core::task::Schedule;
/// use core::time::Duration;
///
/// let mut schedule = Schedule::default();
/// schedule.total = Duration::from_secs(60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schedule {
    /// The first wait; each further one is twice as long. 1 s.
    pub first: Duration,
    /// What the doubling stops at. 30 s.
    pub longest: Duration,
    /// All of it; then the task is still open, and the program goes on without its end. 10 min.
    pub total: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            total: Duration::from_secs(600),
        }
    }
}

/// What to do about a task that was asked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub enum Polled {
    /// It is still open: ask again after this time.
    Wait(Duration),
    /// It has ended. It is done ([`TaskStatus::Succeeded`]); or Cashlink's support has to say why it failed
    /// ([`Failed`](TaskStatus::Failed)); or a person has to find out whether it happened ([`Unknown`](TaskStatus::Unknown)). None of
    /// them says to submit it again (T39).
    Settled,
    /// The time is over and it is still open. Ask again later, by a new poll; don't submit it again.
    TimeOver,
    /// The answer has no status, or one that this library doesn't know. That is no end and no beginning: a person has to look,
    /// and nothing is submitted again.
    NotUnderstood,
}

impl Poll {
    /// Begins to ask at `now`.
    pub fn new(schedule: Schedule, now: Now) -> Self {
        Self { schedule, started: now.mono, pause: schedule.first.min(schedule.longest) }
    }

    /// What follows from an answer. A wait never ends after the time is over; the last question comes right before that. A
    /// question that failed leaves the poll as it was: ask it again, or stop.
    pub fn answered(&mut self, status: Option<&TaskStatus>, now: Now) -> Polled {
        match status {
            Some(status) if status.is_settled() => Polled::Settled,
            Some(TaskStatus::Processing) => self.wait(now),
            _ => Polled::NotUnderstood,
        }
    }

    fn wait(&mut self, now: Now) -> Polled {
        let left = self.schedule.total.saturating_sub(now.mono.saturating_sub(self.started));
        if left.is_zero() {
            return Polled::TimeOver;
        }
        // A pause of nothing would ask without end.
        let pause = self.pause.max(Duration::from_millis(1)).min(left);
        self.pause = pause.saturating_mul(2).min(self.schedule.longest);
        Polled::Wait(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn at(millis: u64) -> Now {
        Now::new(0, Duration::from_millis(millis))
    }

    #[test]
    fn the_statuses_of_all_pages_are_read_and_an_unknown_one_is_not_the_status_unknown() {
        let texts = r#"["processing","succeeded","success","failed","unknown","UNKNOWN","new"]"#;
        let read: Vec<TaskStatus> = serde_json::from_str(texts).unwrap();
        assert_eq!(
            read,
            [
                TaskStatus::Processing,
                TaskStatus::Succeeded,
                TaskStatus::Succeeded,
                TaskStatus::Failed,
                TaskStatus::Unknown,
                TaskStatus::Other("UNKNOWN".into()),
                TaskStatus::Other("new".into()),
            ]
        );
        let settled: Vec<bool> = read.iter().map(TaskStatus::is_settled).collect();
        assert_eq!(settled, [false, true, true, true, true, false, false]);
    }

    #[test]
    fn t39_an_unknown_task_ends_the_poll_and_nothing_in_it_can_submit() {
        let mut poll = Poll::new(Schedule::default(), at(0));
        assert_eq!(poll.answered(Some(&TaskStatus::Unknown), at(0)), Polled::Settled);
        assert_eq!(poll.answered(Some(&TaskStatus::from("queued")), at(0)), Polled::NotUnderstood);
        assert_eq!(poll.answered(None, at(0)), Polled::NotUnderstood);
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_the_last_one_ends_with_the_time() {
        let schedule = Schedule {
            longest: Duration::from_secs(4),
            total: Duration::from_secs(13),
            ..Schedule::default()
        };
        let mut poll = Poll::new(schedule, at(0));
        let (mut now, mut pauses) = (0, Vec::new());
        while let Polled::Wait(pause) = poll.answered(Some(&TaskStatus::Processing), at(now)) {
            now += u64::try_from(pause.as_millis()).unwrap();
            pauses.push(pause.as_secs());
        }
        assert_eq!((pauses, now), ([1, 2, 4, 4, 2].into(), 13_000));
        assert_eq!(poll.answered(Some(&TaskStatus::Processing), at(now)), Polled::TimeOver);
        assert_eq!(
            poll.answered(Some(&TaskStatus::Succeeded), at(now + 1)),
            Polled::Settled,
            "a late end is one"
        );
    }

    proptest! {
        #[test]
        fn a_poll_of_any_schedule_ends_in_its_time(first in 0_u64..2_000, longest in 0_u64..2_000, total in 0_u64..5_000) {
            let [first, longest, total] = [first, longest, total].map(Duration::from_millis);
            let mut poll = Poll::new(Schedule { first, longest, total }, at(7));
            let (mut now, mut questions) = (Duration::from_millis(7), 0_u32);
            while let Polled::Wait(pause) = poll.answered(Some(&TaskStatus::Processing), Now::new(0, now)) {
                now += pause;
                questions += 1;
                prop_assert!(questions <= 5_001);
            }
            prop_assert_eq!(now, Duration::from_millis(7) + total);
        }
    }
}
