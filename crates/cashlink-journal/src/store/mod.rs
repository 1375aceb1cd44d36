//! What a database has to offer: ours do, and so can a third one, which the public test-suite then tells right from wrong.

use std::fmt;
use std::time::Duration;

use cashlink_core::Now;

use crate::{Account, Fingerprint};

pub mod asynchronous;
pub mod blocking;

/// The right to perform an intent, for a while. The fencing number rises with every claim: whoever comes with an older one is
/// too late (T43).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The intent's id.
    pub id: i64,
    /// The fencing number: how often it was claimed.
    pub fence: i64,
}

/// What a worker claims.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Intents of this account only.
    pub account: &'a Account,
    /// At most so many.
    pub limit: u32,
    /// How long the lease is.
    pub lease: Duration,
    /// The worker's name, for people: which machine and process has it.
    pub worker: &'a str,
}

/// A row as it was claimed. It leads to no request by itself.
#[derive(Clone)]
pub struct Row {
    /// The lease.
    pub lease: Lease,
    /// [`Intent::encode`](crate::Intent::encode).
    pub request: Vec<u8>,
    /// What was stored as its fingerprint.
    pub fingerprint: Fingerprint,
    /// How many requests were sent for it.
    pub attempts: u32,
    /// Whether an earlier claim may have sent it. True as well where an earlier claim ended without a settlement.
    pub maybe_sent: bool,
    /// How long ago it was claimed first, by the clock that the store goes by.
    pub age: Duration,
    /// What the last settlement said: [`Evidence::encode`](crate::Evidence::encode).
    pub evidence: Option<Vec<u8>>,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("lease", &self.lease)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// Why an intent was not staged. Roll the transaction back: nothing of it must become durable.
#[derive(Debug)]
#[non_exhaustive]
pub enum StageError<E> {
    /// The same key was staged before with another request (T40). The id is that of the first. Nothing of the second was kept.
    KeyReused {
        /// The id of the intent that has the key.
        id: i64,
    },
    /// A commit would not be durable (T42): which setting, and what it has to be.
    NotDurable(NotDurable),
    /// The database refused.
    Database(E),
}

/// Why a settlement was not recorded.
#[derive(Debug)]
#[non_exhaustive]
pub enum SettleError<E> {
    /// Another worker has claimed the intent since, or it was settled by hand (T43). What this one learned is not recorded.
    Lost,
    /// The caller's own part failed; the transaction was rolled back, and the settlement with it.
    Handler(HandlerError),
    /// The database refused. Whether the commit happened is not known where it was the commit that failed.
    Database(E),
}

/// What a handler may return as an error. Events show it: have it say nothing about people (T12). An error of PostgreSQL's driver is told
/// as `postgres::Error`, which quotes no row.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// A setting of the database that makes a commit less than durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotDurable {
    /// The setting: `synchronous`, `synchronous_commit`.
    pub setting: &'static str,
    /// What it has to be.
    pub rule: &'static str,
}

impl fmt::Display for NotDurable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, rule } = self;
        write!(f, "a commit would not be durable: {setting} {rule}")
    }
}

impl std::error::Error for NotDurable {}

impl<E: fmt::Display> fmt::Display for StageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyReused { id } => {
                write!(
                    f,
                    "the idempotency key belongs to intent {id}, whose request is another one: use a new key"
                )
            }
            Self::NotDurable(reason) => reason.fmt(f),
            Self::Database(error) => write!(f, "the database refused to stage the intent: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for StageError<E> {}

impl<E: fmt::Display> fmt::Display for SettleError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost => f.write_str("the lease is lost: another worker has claimed the intent since"),
            Self::Handler(error) => write!(f, "the handler failed: {error}"),
            Self::Database(error) => write!(f, "the database refused to settle the intent: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for SettleError<E> {}

/// A moment as it is stored: whole seconds since 1970.
pub(crate) fn seconds(now: Now) -> i64 {
    i64::try_from(now.wall).unwrap_or(i64::MAX)
}

/// When a wait from now is over, rounded up: never before its time.
pub(crate) fn after(now: Now, wait: Duration) -> i64 {
    let whole = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    seconds(now).saturating_add(i64::try_from(whole).unwrap_or(i64::MAX))
}
