//! Test and production.

/// Whether a key is a test's or in production. The program declares it, since no answer says it.
///
/// A key begins in test mode; Cashlink switches the same key to production, or hands out a second one (seed, *Test Mode*).
/// So this is an ordinary value beside the key, which the program can change without another key, and it changes nothing
/// about requests: both modes use the same addresses. It is what events are compared with
/// ([`Paid::disagrees_with`](crate::webhook::Paid::disagrees_with)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// No money moves: payments are possible from [`TEST_IBAN`] only and succeed at once, and registered businesses never
    /// reach the payment provider.
    #[default]
    Test,
    /// Payments are charged.
    Production,
}

/// The only IBAN that can pay in test mode (public documentation of 2018).
pub const TEST_IBAN: &str = "DE89370400440532013000";
