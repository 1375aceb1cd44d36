//! A lease as its holder counts it, on both clocks; and the transport that sends nothing once it has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::{Limits, asynchronous, blocking};
use cashlink_core::{Failure, Now};
use http::{Request, Response};

/// When a lease is to be extended, and when it counts as ended.
///
/// Stores keep whole seconds, so that a lease may end up to a second before its time. Its holder counts one second less, on the
/// monotonic clock. That one may stand still while a machine is suspended, as Linux's does: where the wall clock says that the lease
/// is over, it is over, too (T44). A wall clock that jumps ahead costs a claim; one that jumps back costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    lease: Duration,
    due: Duration,
    end: Duration,
    /// In whole seconds since 1970, like the clock: one more than the lease has.
    end_by_wall: u64,
}

impl Heartbeat {
    /// A lease that was asked for at this moment.
    #[must_use]
    pub fn new(asked: Now, lease: Duration) -> Self {
        let mut beat = Self { lease, due: asked.mono, end: asked.mono, end_by_wall: asked.wall };
        beat.counts_from(asked);
        beat
    }

    /// Whether it is time to extend it: a third of it has gone.
    #[must_use]
    pub fn is_due(&self, now: Now) -> bool {
        now.mono >= self.due
    }

    /// How long until then.
    #[must_use]
    pub fn wait(&self, now: Now) -> Duration {
        self.due.saturating_sub(now.mono)
    }

    /// Whether it still stands, as far as its holder can know.
    #[must_use]
    pub fn stands(&self, now: Now) -> bool {
        now.mono < self.end && now.wall < self.end_by_wall
    }

    /// It was extended; `asked` is a moment before. If it had ended by then, it stays ended for its holder, who may have stood still for a
    /// day: what the claim said of the intent's age is no longer true, and the server may have forgotten the key (T44). The intent is
    /// still the holder's to settle.
    pub fn extended(&mut self, asked: Now) {
        if self.stands(asked) { self.counts_from(asked) } else { self.lost() }
    }

    fn counts_from(&mut self, asked: Now) {
        let third = self.lease.checked_div(3).unwrap_or_default();
        let margin = self.lease.checked_div(2).unwrap_or_default().min(Duration::from_secs(1));
        self.due = asked.mono.saturating_add(third);
        self.end = asked.mono.saturating_add(self.lease.saturating_sub(margin));
        self.end_by_wall = asked.wall.saturating_add(self.lease.as_secs()).saturating_add(1);
    }

    /// The database didn't answer: it is asked again, several times before the lease ends.
    pub fn failed(&mut self, now: Now) {
        let soon = self.lease.checked_div(12).unwrap_or_default();
        self.due = now.mono.saturating_add(soon.max(Duration::from_millis(1)));
    }

    /// It has ended, and is not extended anymore: nothing more is sent.
    pub fn lost(&mut self) {
        self.due = Duration::MAX;
        (self.end, self.end_by_wall) = (Duration::ZERO, 0);
    }

    /// What became of an attempt to extend it.
    pub(super) fn note<E>(&mut self, asked: Now, now: Now, outcome: &Result<bool, E>) {
        match outcome {
            Ok(true) => self.extended(asked),
            Ok(false) => self.lost(),
            Err(_) => self.failed(now),
        }
    }
}

/// The end of the lease of what is in hand, for the transport.
#[derive(Clone, Debug, Default)]
pub(super) struct LeaseEnd(Arc<End>);

#[derive(Debug, Default)]
struct End {
    millis: AtomicU64,
    wall: AtomicU64,
}

impl LeaseEnd {
    pub(super) fn is(&self, beat: &Heartbeat) {
        let millis = u64::try_from(beat.end.as_millis()).unwrap_or(u64::MAX);
        self.0.millis.store(millis, Ordering::Release);
        self.0.wall.store(beat.end_by_wall, Ordering::Release);
    }

    fn has_passed(&self, now: Now) -> bool {
        now.mono >= Duration::from_millis(self.0.millis.load(Ordering::Acquire))
            || now.wall >= self.0.wall.load(Ordering::Acquire)
    }
}

/// A transport that looks before each request whether the lease still stands: a process that was stopped for longer must not go
/// on where it was (T43). What remains is the moment between looking and sending. Nothing rests on it but this: for as long as it
/// lasts, a person who decides that an intent without a key didn't happen may be wrong.
#[derive(Debug)]
pub(super) struct Leased<H, W> {
    pub(super) transport: H,
    pub(super) timer: Arc<W>,
    pub(super) end: LeaseEnd,
}

fn ended() -> Failure {
    Failure::not_sent("the lease has ended: nothing was sent")
}

impl<H: blocking::Transport, W: blocking::Timer> blocking::Transport for Leased<H, W> {
    fn send(&self, request: Request<blocking::Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        if self.end.has_passed(self.timer.now()) {
            return Err(ended());
        }
        self.transport.send(request, limits)
    }
}

impl<H: asynchronous::Transport, W: asynchronous::Timer> asynchronous::Transport for Leased<H, W> {
    async fn send(
        &self,
        request: Request<asynchronous::Outbound>,
        limits: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        if self.end.has_passed(self.timer.now()) {
            return Err(ended());
        }
        self.transport.send(request, limits).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(120);

    fn at(wall: u64, mono: u64) -> Now {
        Now::new(1_700_000_000 + wall, Duration::from_secs(mono))
    }

    fn stands(beat: &Heartbeat, now: Now) -> bool {
        let end = LeaseEnd::default();
        end.is(beat);
        assert_eq!(beat.stands(now), !end.has_passed(now), "the transport counts in the same way");
        beat.stands(now)
    }

    #[test]
    fn t43_a_lease_ends_for_its_holder_before_it_ends_for_others() {
        let beat = Heartbeat::new(at(0, 50), LEASE);
        assert!(stands(&beat, at(118, 168)));
        assert!(!stands(&beat, at(119, 169)));
        assert!(!beat.is_due(at(39, 89)) && beat.is_due(at(40, 90)));
    }

    #[test]
    fn t44_a_machine_that_was_suspended_finds_its_lease_ended_though_one_clock_stood_still() {
        let beat = Heartbeat::new(at(0, 50), LEASE);
        assert!(!stands(&beat, at(26 * 3600, 51)));
        assert!(stands(&beat, at(0, 60)), "a wall clock that was set back");
        let mut late = beat;
        late.extended(at(26 * 3600, 51));
        assert!(!stands(&late, at(26 * 3600, 52)), "what has ended stays ended for its holder");
    }

    #[test]
    fn a_lease_of_one_second_is_of_use() {
        let beat = Heartbeat::new(at(0, 50), Duration::from_secs(1));
        assert!(stands(&beat, Now::new(1_700_000_001, Duration::from_millis(50_300))));
    }
}
