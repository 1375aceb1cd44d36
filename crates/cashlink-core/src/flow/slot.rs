//! The slot that callers share, so that one of them obtains a token for all (T33–T34).

use core::time::Duration;

use super::oauth::Grant;
use super::token::{Token, TokenId};
use crate::{Error, GaveUp, Now, Policy};

/// Where the callers of one client meet for a token: a pure state. With those who wait for it to change it is a
/// [`TokenQueue`](super::TokenQueue), around which a client puts a lock.
///
/// ```
/// use cashlink_core::flow::{Look, TokenSlot, Waiter};
/// use cashlink_core::{Grant, Now, Policy, Secret};
/// use core::time::Duration;
///
/// let now = Now::new(0, Duration::ZERO);
/// let mut slot = TokenSlot::new(&Policy::default());
/// let deadline = Duration::from_secs(60); // `NeedToken::waiter` knows it
/// let Look::Lead(lead) = slot.look(now, &mut Waiter::new(deadline)) else { panic!("nobody else is at it") };
/// let mut other = Waiter::new(deadline);
/// let Look::Join = slot.look(now, &mut other) else { panic!("one at a time") };
///
/// let grant = Grant::new(Secret::new("t0k3n"))?; // the outcome of the token flow, by whatever stack
/// slot.land(lead, Ok(&grant));
/// assert!(matches!(slot.look(now, &mut other), Look::Use(_)));
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Debug)]
pub struct TokenSlot {
    margin: Duration,
    /// No flight takes longer, whatever deadline its leader has.
    longest_flight: Duration,
    flights: u64,
    /// Until when the others wait for the flight that is on its way, on the monotonic clock.
    flying: Option<Duration>,
    held: Option<Held>,
    failed: Option<Failed>,
}

#[derive(Debug)]
struct Held {
    token: Token,
    flight: u64,
    /// On the monotonic clock; unknown life means until a 401.
    renew_at: Option<Duration>,
}

#[derive(Debug)]
struct Failed {
    error: Error,
    flight: u64,
    /// It counts for those who can't wait longer than this.
    counts_until: Duration,
}

/// One caller that wants a token: until when it waits, which token it won't have, and which flight it has joined.
#[derive(Debug)]
pub struct Waiter {
    deadline: Duration,
    rejected: Option<TokenId>,
    joined: Option<u64>,
    wakes_at: Duration,
    /// Its place in a queue, once it has waited there.
    pub(super) seat: Option<u64>,
}

/// How much later than it may a flight ends where its leader is still at it, and a machine is busy.
const DELAY: Duration = Duration::from_secs(1);

impl Waiter {
    /// A caller that waits until `deadline`, on the monotonic clock.
    #[must_use]
    pub fn new(deadline: Duration) -> Self {
        Self { deadline, rejected: None, joined: None, wakes_at: deadline, seat: None }
    }

    /// The same, which the server has just refused this token, if any.
    #[must_use]
    pub fn without(mut self, rejected: Option<TokenId>) -> Self {
        self.rejected = rejected;
        self
    }

    /// When its wait ends at the latest, on the monotonic clock.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// When it looks again at the latest, on the monotonic clock: at its deadline, or earlier, when the flight that it has joined
    /// is overdue.
    #[must_use]
    pub fn wakes_at(&self) -> Duration {
        self.wakes_at
    }

    /// Whether it waited for the end of this flight, or of an earlier one that was given up.
    fn waited_for(&self, flight: u64) -> bool {
        self.joined.is_some_and(|joined| joined <= flight)
    }
}

/// What a caller does next about its token.
#[derive(Debug)]
pub enum Look {
    /// This one is good.
    Use(Token),
    /// Obtain one, then [`TokenSlot::land`] or [`TokenSlot::abandon`] it: the others wait for that.
    Lead(Lead),
    /// Somebody is at it: wait for its end, or until [`Waiter::wakes_at`], then look again, as the same waiter.
    Join,
    /// The flight that this caller waited for came back without a token.
    Failed(Error),
    /// The caller's deadline has passed.
    TooLate,
}

/// The duty to obtain a token. Whoever holds it has to give it back, or the others wait until the flight is overdue.
#[derive(Debug)]
#[must_use = "the other callers wait until this is landed, abandoned or overdue"]
pub struct Lead {
    flight: u64,
    started: Duration,
    deadline: Duration,
}

impl TokenSlot {
    /// An empty slot.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            margin: policy.token_margin,
            longest_flight: policy.deadline,
            flights: 0,
            flying: None,
            held: None,
            failed: None,
        }
    }

    /// What to do for a token. Whoever joined a flight gets what it brought, be it a token with no life left or a failure:
    /// that keeps a thousand callers from leading one after the other. A flight that is overdue is over: a future that leads may be
    /// held, and polled by nobody (T34).
    pub fn look(&mut self, now: Now, waiter: &mut Waiter) -> Look {
        if let Some(held) = &self.held {
            let fresh = held.renew_at.is_none_or(|renew_at| now.mono < renew_at);
            let wanted = waiter.rejected != Some(held.token.id());
            if waiter.waited_for(held.flight) || (fresh && wanted) {
                return Look::Use(held.token.clone());
            }
        }
        match &self.failed {
            Some(failed) if waiter.waited_for(failed.flight) && waiter.deadline <= failed.counts_until => {
                return Look::Failed(failed.error.clone());
            }
            _ => {}
        }
        if now.mono >= waiter.deadline {
            return Look::TooLate;
        }
        if let Some(overdue) = self.flying.filter(|overdue| now.mono < *overdue) {
            waiter.joined = Some(self.flights);
            waiter.wakes_at = waiter.deadline.min(overdue);
            return Look::Join;
        }
        let ends = waiter.deadline.min(now.mono.saturating_add(self.longest_flight));
        self.held = None;
        self.flying = Some(ends.saturating_add(DELAY));
        self.flights = self.flights.wrapping_add(1);
        Look::Lead(Lead { flight: self.flights, started: now.mono, deadline: waiter.deadline })
    }

    /// The flight is over. Wake everyone who joined it.
    ///
    /// A token is renewed after 80 % of its life, or when [`Policy::token_margin`] of it is left, whichever is earlier,
    /// counted from before it was asked for.
    ///
    /// A failure is everyone's who joined. Only where it was the leader's own deadline that ended the flight, another
    /// one may take over: one that has more time beyond that deadline than this flight had before it. With less, the next
    /// flight would end no better, and a thousand callers would try one after the other (T34). What an overdue flight brings
    /// counts only until a later one has landed.
    pub fn land(&mut self, lead: Lead, outcome: Result<&Grant, &Error>) {
        let Lead { flight, started, deadline } = lead;
        self.end(flight);
        let later = |landed: Option<u64>| landed.is_some_and(|landed| landed > flight);
        if later(self.held.as_ref().map(|held| held.flight))
            || later(self.failed.as_ref().map(|failed| failed.flight))
        {
            return;
        }
        match outcome {
            Ok(grant) => {
                let renew_at = grant.expires_in().and_then(|life| {
                    let most = life.saturating_sub(life.checked_div(5).unwrap_or_default());
                    started.checked_add(most.min(life.saturating_sub(self.margin)))
                });
                self.held = Some(Held { token: grant.token(), flight, renew_at });
                self.failed = None;
            }
            Err(error) => {
                let had = deadline.saturating_sub(started);
                let its_own = error.gave_up() == GaveUp::Deadline && had < self.longest_flight;
                let counts_until = if its_own { deadline.saturating_add(had) } else { Duration::MAX };
                self.failed = Some(Failed { error: error.clone(), flight, counts_until });
            }
        }
    }

    /// The flight was given up (its caller was cancelled): the next to look leads. Wake at least one who joined it.
    pub fn abandon(&mut self, lead: Lead) {
        self.end(lead.flight);
    }

    /// Unless it was overdue, and another one is on its way.
    fn end(&mut self, flight: u64) {
        if flight == self.flights {
            self.flying = None;
        }
    }

    /// The server refused this token: if it is the one held, nobody else gets it.
    pub fn reject(&mut self, rejected: TokenId) {
        if self.held.as_ref().is_some_and(|held| held.token.id() == rejected) {
            self.held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InvalidValue, Secret};

    fn at(seconds: u64) -> Now {
        Now::new(1_000_000, Duration::from_secs(seconds))
    }

    fn grant(token: &str, life: Option<u64>) -> Grant {
        let grant = Grant::new(Secret::new(token)).unwrap();
        life.map_or(grant.clone(), |life| grant.with_life(Duration::from_secs(life)))
    }

    fn anybody() -> Waiter {
        Waiter::new(Duration::MAX)
    }

    /// One who has joined the flight that is on its way.
    fn joined(slot: &mut TokenSlot, now: Now, mut waiter: Waiter) -> Waiter {
        assert!(matches!(slot.look(now, &mut waiter), Look::Join), "one at a time");
        waiter
    }

    fn lead(slot: &mut TokenSlot, now: Now) -> Lead {
        match slot.look(now, &mut anybody()) {
            Look::Lead(lead) => lead,
            other => panic!("{other:?}"),
        }
    }

    fn is_used(slot: &mut TokenSlot, now: Now) -> bool {
        match slot.look(now, &mut anybody()) {
            Look::Use(_) => true,
            Look::Lead(lead) => {
                slot.abandon(lead);
                false
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn t33_a_token_is_renewed_after_80_percent_or_30_seconds_early() {
        // (life, last second of use, first second of renewal), all from second 100.
        for (life, good, renewed) in
            [(3600, 100 + 2879, 100 + 2880), (60, 129, 130), (150, 219, 220), (31, 100, 101)]
        {
            let mut slot = TokenSlot::new(&Policy::default());
            let flight = lead(&mut slot, at(100));
            slot.land(flight, Ok(&grant("t", Some(life))));
            assert!(is_used(&mut slot, at(good)), "life {life}");
            assert!(!is_used(&mut slot, at(renewed)), "life {life}");
        }
    }

    #[test]
    fn t33_a_token_of_unknown_life_is_used_until_it_is_rejected() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        slot.land(flight, Ok(&grant("t", None)));
        assert!(is_used(&mut slot, at(u64::MAX)));
        slot.reject(grant("another", None).token().id());
        assert!(is_used(&mut slot, at(1)));
        slot.reject(grant("t", None).token().id());
        assert!(!is_used(&mut slot, at(1)));
    }

    #[test]
    fn t34_who_joined_a_flight_gets_what_it_brought_even_a_token_without_life() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        let mut joined = joined(&mut slot, at(0), anybody());
        slot.land(flight, Ok(&grant("t", Some(1))));
        assert!(matches!(slot.look(at(5), &mut joined), Look::Use(_)));
        assert!(!is_used(&mut slot, at(5)), "a newcomer asks anew");
    }

    #[test]
    fn t34_a_failure_reaches_all_who_joined_and_nobody_else() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        let mut joined = joined(&mut slot, at(0), anybody());
        let error = Error::invalid_request("oauth.token", InvalidValue::new("x", "y"));
        slot.land(flight, Err(&error));
        let second = lead(&mut slot, at(0));
        for _ in 0..3 {
            assert!(
                matches!(slot.look(at(0), &mut joined), Look::Failed(_)),
                "also while the next one flies"
            );
        }
        slot.abandon(second);
    }

    #[test]
    fn t34_after_an_abandoned_flight_one_who_joined_leads() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        let mut joined = joined(&mut slot, at(0), anybody());
        slot.abandon(flight);
        assert!(matches!(slot.look(at(0), &mut joined), Look::Lead(_)));
        assert!(matches!(slot.look(at(0), &mut joined), Look::Join));
    }

    #[test]
    fn t34_an_overdue_flight_is_over_and_what_it_brings_late_counts_until_a_later_one_lands() {
        let mut slot = TokenSlot::new(&Policy::default());
        let held = lead(&mut slot, at(0));
        let waiter = joined(&mut slot, at(60), anybody());
        assert_eq!(waiter.wakes_at(), at(61).mono, "the longest flight, and a second");
        let hasty = joined(&mut slot, at(60), Waiter::new(at(60).mono + DELAY / 2));
        assert_eq!(hasty.wakes_at(), hasty.deadline());

        let second = lead(&mut slot, at(61));
        let mut waiter = joined(&mut slot, at(61), waiter);
        assert_eq!(waiter.wakes_at(), at(122).mono);
        slot.land(held, Ok(&grant("late", None)));
        assert!(
            matches!(slot.look(at(62), &mut waiter), Look::Use(token) if token.id() == grant("late", None).token().id())
        );
        slot.land(second, Ok(&grant("second", None)));

        // The other way round, and a failure.
        slot.reject(grant("second", None).token().id());
        let held = lead(&mut slot, at(100));
        let mut waiter = joined(&mut slot, at(100), anybody());
        let later = lead(&mut slot, at(161));
        slot.land(later, Ok(&grant("later", None)));
        slot.land(held, Err(&Error::invalid_request("oauth.token", InvalidValue::new("x", "y"))));
        assert!(
            matches!(slot.look(at(162), &mut waiter), Look::Use(token) if token.id() == grant("later", None).token().id())
        );
        assert!(is_used(&mut slot, at(162)));
    }

    #[test]
    fn t35_a_rejected_token_is_replaced_and_the_same_one_again_is_handed_on_once() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        slot.land(flight, Ok(&grant("t", None)));
        let rejected = grant("t", None).token().id();
        let refused = || anybody().without(Some(rejected));
        let Look::Lead(again) = slot.look(at(1), &mut refused()) else { panic!("a new one is due") };
        let mut joined = joined(&mut slot, at(1), refused());
        slot.land(again, Ok(&grant("t", None)));
        assert!(matches!(slot.look(at(1), &mut joined), Look::Use(_)), "the server says it is good");
    }

    /// An error whose flow ended at its deadline.
    fn out_of_time() -> Error {
        let client = crate::Client::new(
            crate::partner::Partner::demo(),
            crate::Bearer::client_credentials("c", Secret::new("s")).unwrap(),
        );
        let step = client.start(&crate::partner::distributor::ListInvestors::new(), at(0), [0; 16]);
        let crate::Step::Authorize(need) = step else { panic!("it needs a token") };
        let crate::Step::Done(Err(error)) = need.time_out() else { panic!("it is over") };
        error
    }

    #[test]
    fn t34_a_leaders_own_deadline_counts_for_those_with_hardly_more_time() {
        let mut slot = TokenSlot::new(&Policy::default());
        let Look::Lead(hasty) = slot.look(at(0), &mut Waiter::new(at(5).mono)) else {
            panic!("nobody is at it")
        };
        let mut as_hasty = joined(&mut slot, at(0), Waiter::new(at(10).mono));
        let mut patient = joined(&mut slot, at(0), Waiter::new(at(11).mono));
        slot.land(hasty, Err(&out_of_time()));
        assert!(matches!(slot.look(at(5), &mut as_hasty), Look::Failed(_)));
        assert!(
            matches!(slot.look(at(5), &mut patient), Look::Lead(_)),
            "it has more time than the flight had"
        );
    }

    #[test]
    fn t34_who_has_no_time_left_neither_leads_nor_joins() {
        let mut slot = TokenSlot::new(&Policy::default());
        assert!(matches!(slot.look(at(7), &mut Waiter::new(at(7).mono)), Look::TooLate));
        let flight = lead(&mut slot, at(7));
        assert!(matches!(slot.look(at(7), &mut Waiter::new(at(7).mono)), Look::TooLate));
        slot.land(flight, Ok(&grant("t", None)));
        assert!(
            matches!(slot.look(at(9), &mut Waiter::new(at(7).mono)), Look::Use(_)),
            "but takes what is there"
        );
    }

    #[test]
    fn what_an_overdue_flight_brings_replaces_nothing_that_a_later_one_brought() {
        let (late, later) = (grant("late", None), grant("later", None));
        let mut slot = TokenSlot::new(&Policy::default());
        let (overdue, second) = (lead(&mut slot, at(0)), lead(&mut slot, at(61)));
        slot.land(second, Ok(&later));
        slot.land(overdue, Ok(&late));
        let look = slot.look(at(62), &mut anybody());
        assert!(matches!(look, Look::Use(token) if token.id() == later.token().id()));

        // A failure counts as much as a token.
        let mut slot = TokenSlot::new(&Policy::default());
        let (overdue, second) = (lead(&mut slot, at(0)), lead(&mut slot, at(61)));
        let mut waiter = joined(&mut slot, at(61), anybody());
        slot.land(second, Err(&Error::invalid_request("oauth.token", InvalidValue::new("x", "y"))));
        slot.land(overdue, Ok(&late));
        assert!(matches!(slot.look(at(62), &mut waiter), Look::Failed(_)));
        assert!(!is_used(&mut slot, at(62)), "a newcomer asks anew");
    }

    #[test]
    fn the_end_of_an_overdue_flight_is_not_that_of_the_one_on_its_way() {
        let mut slot = TokenSlot::new(&Policy::default());
        let (overdue, second) = (lead(&mut slot, at(0)), lead(&mut slot, at(61)));
        slot.abandon(overdue);
        let mut waiter = joined(&mut slot, at(62), anybody());
        slot.abandon(second);
        assert!(matches!(slot.look(at(62), &mut waiter), Look::Lead(_)));
    }

    /// Another one takes over only where the leader had less time than a flight may take, and it was that which ended it.
    #[test]
    fn a_failure_is_everyones_unless_the_leaders_own_deadline_was_its_cause() {
        let invalid = || Error::invalid_request("oauth.token", InvalidValue::new("x", "y"));
        for (deadline, error, is_everyones) in [
            (59, out_of_time(), false),
            (60, out_of_time(), true),
            (61, out_of_time(), true),
            (5, invalid(), true),
        ] {
            let mut slot = TokenSlot::new(&Policy::default());
            let Look::Lead(leader) = slot.look(at(0), &mut Waiter::new(at(deadline).mono)) else {
                panic!("nobody is at it")
            };
            let mut patient = joined(&mut slot, at(0), Waiter::new(at(1_000).mono));
            slot.land(leader, Err(&error));
            let failed = matches!(slot.look(at(60), &mut patient), Look::Failed(_));
            assert_eq!(failed, is_everyones, "a deadline after {deadline} s, {error}");
        }
    }
}
