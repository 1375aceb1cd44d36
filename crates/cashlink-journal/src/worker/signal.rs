//! How the rest of a program reaches a worker: there is work, or it is time to stop.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

/// Reaches a worker from elsewhere. All clones reach the same one.
///
/// ```
/// use cashlink_journal::worker::Signal;
///
/// let signal = Signal::default();
/// // After a commit that staged something, or when PostgreSQL notifies:
/// signal.wake();
/// // When the program ends:
/// signal.stop();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Signal(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<Flags>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Flags {
    woken: bool,
    stopping: bool,
    waker: Option<Waker>,
}

impl Signal {
    /// There may be something to do: an idle worker looks at once. Never needed, since it looks by itself now and then.
    pub fn wake(&self) {
        self.set(|flags| flags.woken = true);
    }

    /// The worker finishes what it has in hand, and claims nothing more.
    pub fn stop(&self) {
        self.set(|flags| flags.stopping = true);
    }

    /// Whether it was told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.flags().stopping
    }

    /// Whether it was told that there is something to do; once.
    pub(super) fn take_wake(&self) -> bool {
        std::mem::take(&mut self.flags().woken)
    }

    fn set(&self, change: impl FnOnce(&mut Flags)) {
        let mut flags = self.flags();
        change(&mut flags);
        let waker = flags.waker.take();
        drop(flags);
        self.0.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn flags(&self) -> MutexGuard<'_, Flags> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks for so long by the system's clock, or until there is news.
    pub(super) fn wait(&self, duration: Duration) {
        let news = |flags: &mut Flags| !flags.woken && !flags.stopping;
        drop(self.0.changed.wait_timeout_while(self.flags(), duration, news));
    }

    /// Is ready when `sleep` is, or when there is news.
    pub(super) async fn or(&self, sleep: impl Future<Output = ()>) {
        let mut sleep = pin!(sleep);
        std::future::poll_fn(|context| {
            let mut flags = self.flags();
            if flags.woken || flags.stopping {
                return Poll::Ready(());
            }
            flags.waker = Some(context.waker().clone());
            drop(flags);
            sleep.as_mut().poll(context)
        })
        .await;
    }
}
