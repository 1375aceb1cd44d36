//! What a handler gets: which intent, and what became of it.

use std::fmt;

use cashlink_core::answer::Received;
use cashlink_core::{Error, IdempotencyKey, Operation, Reply};

use crate::{Account, Claim, Evidence};

/// An intent that is over, as its handler gets it; perhaps in another process than the one that made the call.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settled<T> {
    /// The intent's id in the journal: what [`Staged::id`](crate::Staged::id) said.
    pub id: i64,
    /// In whose name it was made.
    pub account: Account,
    /// Its key, where it has one.
    pub key: Option<IdempotencyKey>,
    /// What became of it.
    pub outcome: Outcome<T>,
}

/// What became of an intent.
#[derive(Clone)]
#[non_exhaustive]
pub enum Outcome<T> {
    /// It happened.
    Done(Reply<T>),
    /// It happened, but what came back can't be read. The error has the answer.
    Unreadable(Error),
    /// The server refused it: it did not happen. [`Evidence::error_map`] says what is wrong with which field.
    Rejected(Evidence),
    /// Nobody knows whether it happened, and it is not sent again. Look for the object, then [decide](crate::operate::Decision).
    NeedsReconciliation(Evidence),
    /// It can't be sent, and was not.
    Dead(Evidence),
}

impl<T> Settled<T> {
    pub(super) fn new(claim: &Claim, outcome: Outcome<T>) -> Self {
        let intent = claim.intent();
        Self { id: claim.lease().id, account: intent.account().clone(), key: intent.key().cloned(), outcome }
    }
}

impl Settled<Received> {
    /// Read as this operation's outcome.
    #[must_use]
    pub fn decode_as<O: Operation>(self) -> Settled<O::Output> {
        let Self { id, account, key, outcome } = self;
        let outcome = match outcome {
            Outcome::Done(reply) => match reply.decode_as::<O>() {
                Ok(reply) => Outcome::Done(reply),
                Err(error) => Outcome::Unreadable(error),
            },
            Outcome::Unreadable(error) => Outcome::Unreadable(error),
            Outcome::Rejected(evidence) => Outcome::Rejected(evidence),
            Outcome::NeedsReconciliation(evidence) => Outcome::NeedsReconciliation(evidence),
            Outcome::Dead(evidence) => Outcome::Dead(evidence),
        };
        Settled { id, account, key, outcome }
    }
}

/// Without what the server wrote (T12).
impl<T> fmt::Debug for Settled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, account, key, outcome } = self;
        f.debug_struct("Settled")
            .field("id", id)
            .field("account", account)
            .field("key", key)
            .field("outcome", outcome)
            .finish()
    }
}

/// Without what the server wrote (T12).
impl<T> fmt::Debug for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(reply) => f.debug_tuple("Done").field(&reply.meta).finish(),
            Self::Unreadable(error) => f.debug_tuple("Unreadable").field(error).finish(),
            Self::Rejected(evidence) => f.debug_tuple("Rejected").field(evidence).finish(),
            Self::NeedsReconciliation(evidence) => {
                f.debug_tuple("NeedsReconciliation").field(evidence).finish()
            }
            Self::Dead(evidence) => f.debug_tuple("Dead").field(evidence).finish(),
        }
    }
}
