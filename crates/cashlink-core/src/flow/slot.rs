//! The slot that callers share, so that one of them obtains a token for all (T33–T34).

use core::time::Duration;

use super::oauth::Grant;
use super::token::{Token, TokenId};
use crate::{Error, Now, Policy};

/// Where the callers of one client meet for a token: a pure state, around which a client puts a lock and a wake-up.
///
/// ```
/// use cashlink_core::flow::{Look, Token, TokenSlot};
/// use cashlink_core::{Grant, Now, Policy, Secret};
/// use core::time::Duration;
///
/// let now = Now::new(0, Duration::ZERO);
/// let mut slot = TokenSlot::new(&Policy::default());
/// let Look::Lead(lead) = slot.look(now, None, None) else { panic!("nobody else is at it") };
/// let Look::Join(flight) = slot.look(now, None, None) else { panic!("one at a time") };
///
/// let grant = Grant::new(Secret::new("t0k3n"))?; // the outcome of the token flow, by whatever stack
/// slot.land(lead, Ok(&grant));
/// assert!(matches!(slot.look(now, None, Some(flight)), Look::Use(_)));
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Debug)]
pub struct TokenSlot {
    margin: Duration,
    flights: u64,
    flying: bool,
    held: Option<Held>,
    failed: Option<(Flight, Error)>,
}

#[derive(Debug)]
struct Held {
    token: Token,
    flight: Flight,
    /// On the monotonic clock; unknown life means until a 401.
    renew_at: Option<Duration>,
}

/// What a caller does next about its token.
#[derive(Debug)]
pub enum Look {
    /// This one is good.
    Use(Token),
    /// Obtain one, then [`TokenSlot::land`] or [`TokenSlot::abandon`] it: the others wait for that.
    Lead(Lead),
    /// Somebody is at it: wait for its end, then look again, with this flight.
    Join(Flight),
    /// The flight that this caller waited for came back without a token.
    Failed(Error),
}

/// The duty to obtain a token. Whoever holds it has to give it back, or the others wait until their deadlines.
#[derive(Debug)]
#[must_use = "the other callers wait until this is landed or abandoned"]
pub struct Lead {
    flight: Flight,
    started: Duration,
}

/// One request for a token, for those who wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flight(u64);

impl TokenSlot {
    /// An empty slot.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self { margin: policy.token_margin, flights: 0, flying: false, held: None, failed: None }
    }

    /// What to do for a token. `rejected` is one that the server has just refused, `joined` the flight that the caller
    /// has waited for. Whoever joined a flight gets what it brought, be it a token with no life left or a failure: that
    /// keeps a thousand callers from leading one after the other.
    pub fn look(&mut self, now: Now, rejected: Option<TokenId>, joined: Option<Flight>) -> Look {
        if let Some(held) = &self.held {
            let brought_for_me = joined.is_some_and(|joined| joined <= held.flight);
            let fresh = held.renew_at.is_none_or(|renew_at| now.mono < renew_at);
            if brought_for_me || (fresh && rejected != Some(held.token.id())) {
                return Look::Use(held.token.clone());
            }
        }
        match &self.failed {
            Some((flight, error)) if joined.is_some_and(|joined| joined <= *flight) => {
                return Look::Failed(error.clone());
            }
            _ => {}
        }
        if self.flying {
            return Look::Join(Flight(self.flights));
        }
        self.held = None;
        self.flying = true;
        self.flights = self.flights.wrapping_add(1);
        Look::Lead(Lead { flight: Flight(self.flights), started: now.mono })
    }

    /// The flight is over. Wake everyone who joined it.
    ///
    /// A token is renewed after 80 % of its life, or when [`Policy::token_margin`] of it is left, whichever is earlier,
    /// counted from before it was asked for.
    pub fn land(&mut self, lead: Lead, outcome: Result<&Grant, &Error>) {
        self.flying = false;
        match outcome {
            Ok(grant) => {
                let renew_at = grant.expires_in().and_then(|life| {
                    let most = life.saturating_sub(life.checked_div(5).unwrap_or_default());
                    lead.started.checked_add(most.min(life.saturating_sub(self.margin)))
                });
                self.held = Some(Held { token: grant.token(), flight: lead.flight, renew_at });
                self.failed = None;
            }
            Err(error) => self.failed = Some((lead.flight, error.clone())),
        }
    }

    /// The flight was given up (its caller was cancelled): the next to look leads. Wake at least one who joined it.
    pub fn abandon(&mut self, lead: Lead) {
        let Lead { .. } = lead;
        self.flying = false;
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

    fn lead(slot: &mut TokenSlot, now: Now) -> Lead {
        match slot.look(now, None, None) {
            Look::Lead(lead) => lead,
            other => panic!("{other:?}"),
        }
    }

    fn is_used(slot: &mut TokenSlot, now: Now) -> bool {
        match slot.look(now, None, None) {
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
        let Look::Join(joined) = slot.look(at(0), None, None) else { panic!("one at a time") };
        slot.land(flight, Ok(&grant("t", Some(1))));
        assert!(matches!(slot.look(at(5), None, Some(joined)), Look::Use(_)));
        assert!(!is_used(&mut slot, at(5)), "a newcomer asks anew");
    }

    #[test]
    fn t34_a_failure_reaches_all_who_joined_and_nobody_else() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        let Look::Join(joined) = slot.look(at(0), None, None) else { panic!("one at a time") };
        let error = Error::invalid_request("oauth.token", InvalidValue::new("x", "y"));
        slot.land(flight, Err(&error));
        let second = lead(&mut slot, at(0));
        for _ in 0..3 {
            assert!(
                matches!(slot.look(at(0), None, Some(joined)), Look::Failed(_)),
                "also while the next one flies"
            );
        }
        slot.abandon(second);
    }

    #[test]
    fn t34_after_an_abandoned_flight_one_who_joined_leads() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        let Look::Join(joined) = slot.look(at(0), None, None) else { panic!("one at a time") };
        slot.abandon(flight);
        assert!(matches!(slot.look(at(0), None, Some(joined)), Look::Lead(_)));
        assert!(matches!(slot.look(at(0), None, Some(joined)), Look::Join(_)));
    }

    #[test]
    fn t35_a_rejected_token_is_replaced_and_the_same_one_again_is_handed_on_once() {
        let mut slot = TokenSlot::new(&Policy::default());
        let flight = lead(&mut slot, at(0));
        slot.land(flight, Ok(&grant("t", None)));
        let rejected = grant("t", None).token().id();
        let Look::Lead(again) = slot.look(at(1), Some(rejected), None) else { panic!("a new one is due") };
        let Look::Join(joined) = slot.look(at(1), Some(rejected), None) else { panic!("one at a time") };
        slot.land(again, Ok(&grant("t", None)));
        assert!(
            matches!(slot.look(at(1), Some(rejected), Some(joined)), Look::Use(_)),
            "the server says it is good"
        );
    }
}
