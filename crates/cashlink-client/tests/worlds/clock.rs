//! A clock that stands still until somebody sleeps on it: the timer of both worlds.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use cashlink_client::core::Now;
use cashlink_client::{asynchronous, blocking};

use crate::wire::{Event, Log};

/// 2020-11-18T12:00:00Z, so that dates in `Retry-After` can be written down.
const NOON: u64 = 1_605_700_800;

/// All clones are the same clock.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<Shared>);

#[derive(Default)]
struct Shared {
    time: Mutex<Time>,
    asked: Condvar,
    log: Log,
}

#[derive(Default)]
struct Time {
    mono: Duration,
    sleepers: Vec<(Duration, Waker)>,
    asked: HashMap<ThreadId, u32>,
    panics_in: Option<u32>,
}

impl Clock {
    /// A clock that notes every sleep down.
    pub(crate) fn noting(log: &Log) -> Self {
        Self(Arc::new(Shared { log: log.clone(), ..Shared::default() }))
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the clock shows, without counting as somebody who asks.
    pub(crate) fn mono(&self) -> Duration {
        self.time().mono
    }

    pub(crate) fn advance(&self, duration: Duration) {
        let mut time = self.time();
        time.mono += duration;
        let now = time.mono;
        let (due, later) =
            std::mem::take(&mut time.sleepers).into_iter().partition(|(until, _)| *until <= now);
        time.sleepers = later;
        drop(time);
        let due: Vec<(Duration, Waker)> = due;
        due.into_iter().for_each(|(_, waker)| waker.wake());
    }

    /// Goes on to the first moment at which a sleeper wakes; `false` where nobody sleeps.
    pub(crate) fn advance_to_next_sleeper(&self) -> bool {
        let (now, first) = {
            let time = self.time();
            (time.mono, time.sleepers.iter().map(|(until, _)| *until).min())
        };
        if let Some(until) = first {
            self.advance(until.saturating_sub(now));
        }
        first.is_some()
    }

    /// Sleeps in the async world without being noted: for the wire's own delays.
    pub(crate) async fn pass(&self, duration: Duration) {
        let until = self.mono().saturating_add(duration);
        poll_fn(|context| {
            let mut time = self.time();
            if time.mono >= until {
                return Poll::Ready(());
            }
            let known = |(at, waker): &(Duration, Waker)| *at == until && waker.will_wake(context.waker());
            // At the end of time nobody wakes.
            if until < Duration::MAX && !time.sleepers.iter().any(known) {
                time.sleepers.push((until, context.waker().clone()));
            }
            Poll::Pending
        })
        .await;
    }

    /// Blocks until `threads` threads have asked for the time at least twice.
    ///
    /// A blocking call asks once when it starts, and then again *inside* the lock in which it looks for a token. So a
    /// thread that has asked twice either has its token or waits for one before the lock is free again: whoever wants to
    /// land a token has to take that lock first.
    pub(crate) fn wait_until_joined(&self, threads: usize) {
        let mut time = self.time();
        while time.asked.values().filter(|times| **times >= 2).count() < threads {
            time = self.0.asked.wait(time).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Panics once, when it is asked for the time after `times` times more.
    pub(crate) fn panic_in(&self, times: Option<u32>) {
        self.time().panics_in = times;
    }

    fn ask(&self) -> Now {
        let mut time = self.time();
        *time.asked.entry(thread::current().id()).or_default() += 1;
        self.0.asked.notify_all();
        let panics = time.panics_in == Some(0);
        time.panics_in = time.panics_in.and_then(|times| times.checked_sub(1));
        assert!(!panics, "the clock was told to panic");
        Now::new(NOON + time.mono.as_secs(), time.mono)
    }
}

impl blocking::Timer for Clock {
    fn now(&self) -> Now {
        self.ask()
    }

    fn sleep(&self, duration: Duration) {
        self.0.log.note(Event::Waited(duration));
        self.advance(duration);
    }
}

impl asynchronous::Timer for Clock {
    fn now(&self) -> Now {
        self.ask()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.log.note(Event::Waited(duration));
        self.pass(duration).await;
    }
}
