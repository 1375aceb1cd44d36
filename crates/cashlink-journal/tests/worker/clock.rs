//! A clock that stands still until somebody sleeps on it, for both worlds; and an executor of one future that goes by it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cashlink_client::{asynchronous, blocking};
use cashlink_journal::core::Now;

const START: u64 = 1_700_000_000;

/// All clones are the same clock.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<Mutex<Time>>);

#[derive(Default)]
struct Time {
    mono: Duration,
    sleepers: Vec<(Duration, Waker)>,
}

impl Clock {
    pub(crate) fn advance(&self, duration: Duration) {
        let mut time = self.0.lock().unwrap();
        time.mono += duration;
        let now = time.mono;
        let (due, later) =
            std::mem::take(&mut time.sleepers).into_iter().partition(|(until, _)| *until <= now);
        time.sleepers = later;
        drop(time);
        let due: Vec<(Duration, Waker)> = due;
        due.into_iter().for_each(|(_, waker)| waker.wake());
    }

    pub(crate) fn time(&self) -> Now {
        let mono = self.0.lock().unwrap().mono;
        Now::new(START + mono.as_secs(), mono)
    }

    fn advance_to_next_sleeper(&self) -> bool {
        let time = self.0.lock().unwrap();
        let (now, first) = (time.mono, time.sleepers.iter().map(|(until, _)| *until).min());
        drop(time);
        first.map(|until| self.advance(until.saturating_sub(now))).is_some()
    }

    /// Runs a future to its end, and lets time pass where nothing else can happen.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut future = pin!(future);
        loop {
            while woken.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return value;
                }
            }
            assert!(self.advance_to_next_sleeper(), "the future is wedged");
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl blocking::Timer for Clock {
    fn now(&self) -> Now {
        self.time()
    }

    fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

impl asynchronous::Timer for Clock {
    fn now(&self) -> Now {
        self.time()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.time().mono.saturating_add(duration);
        poll_fn(|context| {
            let mut time = self.0.lock().unwrap();
            if time.mono >= until {
                return Poll::Ready(());
            }
            time.sleepers.retain(|(at, waker)| *at != until || !waker.will_wake(context.waker()));
            time.sleepers.push((until, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
