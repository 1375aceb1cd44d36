//! An executor without a thread, a socket or a moment of its own: it polls what was woken, in whatever order it is told,
//! and lets time pass only when nothing else can happen.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::clock::Clock;

type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

pub(crate) struct Executor<'a> {
    clock: Clock,
    tasks: Vec<(Arc<Woken>, Task<'a>)>,
    next: Box<dyn FnMut(usize) -> usize>,
}

/// Whether a task was woken since it was last polled.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a task leaves behind; nothing while it runs, or where it was dropped.
pub(crate) type Left<T> = Rc<RefCell<Option<T>>>;

impl<'a> Executor<'a> {
    /// Polls in turns: whoever has waited longest.
    pub(crate) fn new(clock: &Clock) -> Self {
        Self::choosing(clock, |_| 0)
    }

    /// Polls the n-th of the tasks that can go on, as `next` says of how many; the first has waited longest.
    pub(crate) fn choosing(clock: &Clock, next: impl FnMut(usize) -> usize + 'static) -> Self {
        Self { clock: clock.clone(), tasks: Vec::new(), next: Box::new(next) }
    }

    pub(crate) fn spawn<T: 'a>(&mut self, future: impl Future<Output = T> + 'a) -> Left<T> {
        self.spawn_cut(u32::MAX, future)
    }

    /// A task that is dropped when it is polled once more than `polls` times: woken for something, and gone.
    pub(crate) fn spawn_cut<T: 'a>(&mut self, polls: u32, future: impl Future<Output = T> + 'a) -> Left<T> {
        let left = Left::default();
        let mut task = Some(Box::pin(future));
        let (mut polls, keep) = (polls, Rc::clone(&left));
        let cut = std::future::poll_fn(move |context| {
            if polls == 0 {
                task = None;
            }
            polls = polls.saturating_sub(1);
            match task.as_mut().map(|task| task.as_mut().poll(context)) {
                Some(Poll::Pending) => return Poll::Pending,
                Some(Poll::Ready(value)) => *keep.borrow_mut() = Some(value),
                None => {}
            }
            task = None;
            Poll::Ready(())
        });
        self.tasks.push((Arc::new(Woken(AtomicBool::new(true))), Box::pin(cut)));
        left
    }

    /// Polls until nothing can go on without time passing; says whether everything is done.
    pub(crate) fn settle(&mut self) -> bool {
        loop {
            let ready: Vec<usize> =
                (0..self.tasks.len()).filter(|task| self.tasks[*task].0.0.load(Ordering::Relaxed)).collect();
            if ready.is_empty() {
                return self.tasks.is_empty();
            }
            let chosen = ready[(self.next)(ready.len())];
            let (woken, mut task) = self.tasks.remove(chosen);
            woken.0.store(false, Ordering::Relaxed);
            let waker = Waker::from(Arc::clone(&woken));
            if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.tasks.push((woken, task));
            }
        }
    }

    /// Polls until everything is done, and lets time pass where it must.
    pub(crate) fn run(&mut self) {
        while !self.settle() {
            assert!(self.clock.advance_to_next_sleeper(), "{} tasks are wedged", self.tasks.len());
        }
    }
}

/// Runs one future to its end.
pub(crate) fn block_on<T>(clock: &Clock, future: impl Future<Output = T>) -> T {
    let mut executor = Executor::new(clock);
    let left = executor.spawn(future);
    executor.run();
    drop(executor);
    left.take().expect("the future has run to its end")
}
