//! What both worlds say of a body on its way out: how far it went, and what was wrong with its payload.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cashlink_core::body::PayloadFault;
use cashlink_core::{Failure, Pending, Timeouts};

/// What one attempt may take: a transport keeps these limits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// How long it may take.
    pub timeouts: Timeouts,
    /// How many bytes an answer's body may have; beyond, reading stops and the attempt is [`Failure::too_large`].
    pub largest_answer: u64,
}

impl Limits {
    /// Limits for tests of a transport.
    #[must_use]
    pub const fn new(timeouts: Timeouts, largest_answer: u64) -> Self {
        Self { timeouts, largest_answer }
    }

    pub(crate) fn of<T>(pending: &Pending<T>, now: cashlink_core::Now) -> Self {
        Self { timeouts: pending.timeouts(now), largest_answer: pending.largest_answer() }
    }
}

/// How far a body has gone on one attempt.
///
/// Within an attempt, `sent` only rises; it is `total` once the last byte was handed to the transport, whose buffers and
/// the network's are still ahead of it then: only the reply says that the server has it. A repeated attempt begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Which attempt, counted like [`Meta::attempts`](cashlink_core::Meta::attempts): from 1.
    pub attempt: u32,
    /// How many bytes of the body were handed on, framing included.
    pub sent: u64,
    /// How many there are: what `Content-Length` says.
    pub total: u64,
}

/// Who is told of progress.
pub(crate) type Observer = Arc<dyn Fn(Progress) + Send + Sync>;

/// Counts a body's bytes, and tells whoever asked.
pub(crate) struct Meter {
    progress: Progress,
    observer: Option<Observer>,
}

impl Meter {
    pub(crate) fn new(total: u64, observer: Option<Observer>) -> Self {
        Self { progress: Progress { attempt: 1, sent: 0, total }, observer }
    }

    pub(crate) fn on_attempt(&mut self, attempt: u32) {
        self.progress.attempt = attempt;
    }

    /// So many bytes more were handed on. None is no news: what is told strictly rises.
    pub(crate) fn advance(&mut self, bytes: usize) {
        let Progress { sent, total, .. } = self.progress;
        self.progress.sent = sent.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX)).min(total);
        if let (Some(observer), true) = (&self.observer, self.progress.sent > sent) {
            observer(self.progress);
        }
    }

    pub(crate) fn left(&self) -> u64 {
        self.progress.total.saturating_sub(self.progress.sent)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.progress.fmt(f)
    }
}

/// What became of one attempt's body, for whoever has to tell *not sent* from *maybe sent*.
///
/// A clone sees the same: take one before the request is handed on.
#[derive(Clone, Debug, Default)]
pub struct Trace(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked_for: AtomicBool,
    pieces: AtomicU64,
    fault: Mutex<Option<PayloadFault>>,
}

impl Trace {
    /// Whether any byte of the body was asked for. On HTTP/1, a body that nobody asked for means that the request was
    /// not sent, where the transport can't say so itself.
    #[must_use]
    pub fn was_asked_for(&self) -> bool {
        self.0.asked_for.load(Ordering::Acquire)
    }

    pub(crate) fn ask(&self) {
        self.0.asked_for.store(true, Ordering::Release);
    }

    /// One more piece was handed on.
    pub(crate) fn advance(&self) {
        self.0.pieces.fetch_add(1, Ordering::AcqRel);
    }

    /// How many pieces were handed on: while this changes, the body moves.
    pub(crate) fn pieces(&self) -> u64 {
        self.0.pieces.load(Ordering::Acquire)
    }

    pub(crate) fn fail(&self, fault: PayloadFault) -> PayloadFault {
        *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        fault
    }

    /// The failure that the flow gets to see: whatever a transport makes of a faulty payload, it is permanent. But where an
    /// answer began, its status says more.
    pub(crate) fn judge(&self, failure: Failure) -> Failure {
        match *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(fault) if failure.status().is_none() => Failure::payload(fault),
            _ => failure,
        }
    }
}
