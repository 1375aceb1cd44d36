//! Who waits for a token, and who is woken when: all around the slot but a lock, and the waking itself.

use alloc::collections::BTreeMap;
use core::mem;

use super::oauth::Grant;
use super::slot::{Lead, Look, TokenSlot, Waiter};
use super::token::TokenId;
use crate::{Error, Now, Policy};

/// A [`TokenSlot`], and those who wait for it to change, each by whatever `H` it can be woken: a `Waker`, a thread, a channel.
///
/// A client puts a lock around it. It wakes, and drops what is displaced, outside of that lock: by a waker, anything may happen,
/// and a leader that goes with it gives its duty back.
///
/// ```
/// use cashlink_core::flow::{Look, TokenQueue};
/// use cashlink_core::{Bearer, Client, Grant, Now, Secret, Step, partner::Partner, partner::distributor::ListInvestors};
/// # let now = Now::new(0, core::time::Duration::ZERO);
/// # let client = Client::new(Partner::demo(), Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?);
/// # let start = || match client.start(&ListInvestors::new(), now, [0; 16]) {
/// #     Step::Authorize(need) => need,
/// #     _ => unreachable!(),
/// # };
///
/// let mut queue = TokenQueue::new(client.policy());
/// let (first, second) = (start(), start()); // two calls, each at `Step::Authorize`
/// let (Look::Lead(lead), None) = queue.look(now, &mut first.waiter(), || "the first thread") else { panic!() };
/// let mut waiter = second.waiter();
/// let (Look::Join, None) = queue.look(now, &mut waiter, || "the second thread") else { panic!() };
///
/// let grant = Grant::new(Secret::new("t0k3n"))?; // the outcome of `first.request(now)`
/// let woken = queue.land(lead, Ok(&grant));
/// assert_eq!(woken.collect::<Vec<_>>(), ["the second thread"]);
/// let (Look::Use(token), None) = queue.look(now, &mut waiter, || "the second thread") else { panic!() };
/// let step = second.with(token, now);
/// # let _ = step;
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Debug)]
pub struct TokenQueue<H> {
    slot: TokenSlot,
    /// By seat: each caller that waits has its own.
    waiting: BTreeMap<u64, H>,
    seats: u64,
}

impl<H> TokenQueue<H> {
    /// An empty slot, for which nobody waits.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self { slot: TokenSlot::new(policy), waiting: BTreeMap::new(), seats: 0 }
    }

    /// What a caller does next, as by [`TokenSlot::look`]. Where it joins a flight, it is kept how to wake it, in the place of what
    /// the same caller left there before, which comes back.
    pub fn look(&mut self, now: Now, waiter: &mut Waiter, handle: impl FnOnce() -> H) -> (Look, Option<H>) {
        let look = self.slot.look(now, waiter);
        let displaced = match look {
            Look::Join => {
                self.seats = self.seats.wrapping_add(u64::from(waiter.seat.is_none()));
                self.waiting.insert(*waiter.seat.get_or_insert(self.seats), handle())
            }
            _ => None,
        };
        (look, displaced)
    }

    /// The flight is over, as by [`TokenSlot::land`]: everyone who waits, to be woken.
    #[must_use = "they wait until they are woken"]
    pub fn land(
        &mut self,
        lead: Lead,
        outcome: Result<&Grant, &Error>,
    ) -> impl ExactSizeIterator<Item = H> + use<H> {
        self.slot.land(lead, outcome);
        self.everyone()
    }

    /// The flight was given up, as by [`TokenSlot::abandon`]: everyone who waits, to be woken. The first to look leads.
    #[must_use = "they wait until they are woken"]
    pub fn abandon(&mut self, lead: Lead) -> impl ExactSizeIterator<Item = H> + use<H> {
        self.slot.abandon(lead);
        self.everyone()
    }

    /// The server refused this token, as by [`TokenSlot::reject`]. That ends nobody's wait.
    pub fn reject(&mut self, rejected: TokenId) {
        self.slot.reject(rejected);
    }

    fn everyone(&mut self) -> impl ExactSizeIterator<Item = H> + use<H> {
        mem::take(&mut self.waiting).into_values()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use core::time::Duration;

    use super::*;
    use crate::Secret;

    const NOW: Now = Now::new(0, Duration::ZERO);

    fn anybody() -> Waiter {
        Waiter::new(Duration::MAX)
    }

    fn lead(queue: &mut TokenQueue<&'static str>) -> Lead {
        match queue.look(NOW, &mut anybody(), || panic!("a leader doesn't wait")) {
            (Look::Lead(lead), None) => lead,
            other => panic!("{other:?}"),
        }
    }

    /// What this caller leaves, and what it left before.
    fn join(
        queue: &mut TokenQueue<&'static str>,
        waiter: &mut Waiter,
        handle: &'static str,
    ) -> Option<&'static str> {
        let (Look::Join, displaced) = queue.look(NOW, waiter, || handle) else { panic!("somebody is at it") };
        displaced
    }

    #[test]
    fn t34_everyone_who_waits_is_woken_once_by_what_it_left_last() {
        let mut queue = TokenQueue::new(&Policy::default());
        let flight = lead(&mut queue);
        let (mut one, mut other) = (anybody(), anybody());
        assert_eq!(join(&mut queue, &mut one, "one, first"), None);
        assert_eq!(join(&mut queue, &mut other, "the other"), None, "each has a seat of its own");
        assert_eq!(join(&mut queue, &mut one, "one, again"), Some("one, first"));

        let woken: Vec<_> = queue.abandon(flight).collect();
        assert_eq!(woken, ["one, again", "the other"]);

        // Woken, the other leads; the one keeps its seat, and a third has another.
        let (Look::Lead(flight), None) = queue.look(NOW, &mut other, || panic!("it leads")) else {
            panic!("nobody is at it")
        };
        assert_eq!(join(&mut queue, &mut one, "one, later"), None);
        assert_eq!(join(&mut queue, &mut anybody(), "a third"), None);
        let grant = Grant::new(Secret::new("t")).unwrap();
        let woken: Vec<_> = queue.land(flight, Ok(&grant)).collect();
        assert_eq!(woken, ["one, later", "a third"]);
        let (Look::Use(token), None) = queue.look(NOW, &mut one, || panic!("a token is there")) else {
            panic!("it landed")
        };

        // Nobody waits any more; and a refused token is nobody's.
        queue.reject(token.id());
        let flight = lead(&mut queue);
        assert_eq!(queue.abandon(flight).len(), 0);
    }
}
