//! What goes into the statements and comes out of them: the same for the asynchronous and the blocking journal.

use std::time::Duration;

use cashlink_core::Now;
use tokio_postgres::Row as Columns;
use tokio_postgres::types::{ToSql, Type};

use super::Error;
use crate::store::{Lease, NotDurable, Row, StageError, Wanted};
use crate::{Fingerprint, Intent, Settlement, Staged, Staging};

const SYNCHRONOUS_COMMIT: NotDurable = NotDurable { setting: "synchronous_commit", rule: "must not be off" };
const FSYNC: NotDurable = NotDurable { setting: "fsync", rule: "must be on" };
const PERMANENT: NotDurable =
    NotDurable { setting: "the journal's table", rule: "must be neither UNLOGGED nor temporary" };

/// A parameter with its type.
pub(super) type Typed<'a> = (&'a (dyn ToSql + Sync), Type);

/// What [`sql::STAGE`](super::sql::STAGE) takes.
pub(super) struct Stage<'a> {
    account: &'a str,
    operation: &'a str,
    key: Option<&'a str>,
    ordering_key: Option<&'a str>,
    request: Vec<u8>,
    fingerprint: Vec<u8>,
    delay: i64,
    now: Option<i64>,
    wake: bool,
}

impl<'a> Stage<'a> {
    pub(super) fn new(intent: &'a Intent, staging: &'a Staging, now: Option<i64>, wake: bool) -> Self {
        Self {
            account: intent.account().as_str(),
            operation: intent.operation(),
            key: intent.key().map(|key| key.as_str()),
            ordering_key: staging.ordering_key(),
            request: intent.encode(),
            fingerprint: intent.fingerprint().as_bytes().to_vec(),
            delay: whole_seconds(staging.delay()),
            now,
            wake,
        }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 9] {
        [
            (&self.account, Type::TEXT),
            (&self.operation, Type::TEXT),
            (&self.key, Type::TEXT),
            (&self.ordering_key, Type::TEXT),
            (&self.request, Type::BYTEA),
            (&self.fingerprint, Type::BYTEA),
            (&self.delay, Type::INT8),
            (&self.now, Type::INT8),
            (&self.wake, Type::BOOL),
        ]
    }

    /// What [`sql::STAGED_BEFORE`](super::sql::STAGED_BEFORE) takes.
    pub(super) fn key(&self) -> [Typed<'_>; 2] {
        [(&self.account, Type::TEXT), (&self.key, Type::TEXT)]
    }

    /// What it means that the key was there.
    pub(super) fn before(&self, columns: &Columns) -> Result<Staged, StageError<Error>> {
        let id = columns.try_get(0)?;
        if columns.try_get::<_, &[u8]>(1)? == self.fingerprint {
            Ok(Staged::Before(id))
        } else {
            Err(StageError::KeyReused { id })
        }
    }
}

/// What [`sql::CLAIM`](super::sql::CLAIM) takes.
pub(super) struct Claiming<'a> {
    account: &'a str,
    now: Option<i64>,
    lease: i64,
    worker: &'a str,
    limit: i64,
}

impl<'a> Claiming<'a> {
    pub(super) fn new(wanted: &Wanted<'a>, now: Option<i64>) -> Self {
        Self {
            account: wanted.account.as_str(),
            now,
            lease: whole_seconds(wanted.lease),
            worker: wanted.worker,
            limit: wanted.limit.into(),
        }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 5] {
        [
            (&self.account, Type::TEXT),
            (&self.now, Type::INT8),
            (&self.lease, Type::INT8),
            (&self.worker, Type::TEXT),
            (&self.limit, Type::INT8),
        ]
    }
}

/// What [`sql::EXTEND`](super::sql::EXTEND) takes.
pub(super) struct Extension {
    lease: Lease,
    by: i64,
    now: Option<i64>,
}

impl Extension {
    pub(super) fn new(lease: Lease, by: Duration, now: Option<i64>) -> Self {
        Self { lease, by: whole_seconds(by), now }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 4] {
        [
            (&self.lease.id, Type::INT8),
            (&self.lease.fence, Type::INT8),
            (&self.by, Type::INT8),
            (&self.now, Type::INT8),
        ]
    }
}

/// What [`sql::SETTLE`](super::sql::SETTLE) takes.
pub(super) struct Settling {
    lease: Lease,
    state: i16,
    wait: i64,
    now: Option<i64>,
    attempts: i64,
    maybe_sent: bool,
    evidence: Vec<u8>,
}

impl Settling {
    pub(super) fn new(lease: Lease, settlement: &Settlement, now: Option<i64>) -> Self {
        Self {
            lease,
            state: settlement.state().number(),
            wait: whole_seconds(settlement.wait().unwrap_or_default()),
            now,
            attempts: settlement.evidence().attempts().into(),
            maybe_sent: settlement.maybe_sent(),
            evidence: settlement.evidence().encode(),
        }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 8] {
        [
            (&self.lease.id, Type::INT8),
            (&self.lease.fence, Type::INT8),
            (&self.state, Type::INT2),
            (&self.wait, Type::INT8),
            (&self.now, Type::INT8),
            (&self.attempts, Type::INT8),
            (&self.maybe_sent, Type::BOOL),
            (&self.evidence, Type::BYTEA),
        ]
    }
}

/// A row that was claimed.
pub(super) fn claimed(columns: &Columns) -> Result<Row, Error> {
    let (attempts, age): (i64, i64) = (columns.try_get(4)?, columns.try_get(6)?);
    // Of another length it is nobody's, and the claim is unreadable.
    let fingerprint = <[u8; 32]>::try_from(columns.try_get::<_, &[u8]>(3)?).unwrap_or_default();
    Ok(Row {
        lease: Lease { id: columns.try_get(0)?, fence: columns.try_get(1)? },
        request: columns.try_get(2)?,
        fingerprint: Fingerprint::new(fingerprint),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        maybe_sent: columns.try_get(5)?,
        age: Duration::from_secs(u64::try_from(age).unwrap_or(0)),
        evidence: columns.try_get(7)?,
    })
}

/// What [`sql::DURABILITY`](super::sql::DURABILITY) and [`sql::PROBE`](super::sql::PROBE) say (T42). `local` will do: the commit is
/// on this server's disk; that replicas have it is asked of the server by other settings.
pub(super) fn durable(columns: &Columns) -> Result<(), Error> {
    if columns.try_get::<_, &str>(0)? == "off" {
        return Err(Error::NotDurable(SYNCHRONOUS_COMMIT));
    }
    if columns.try_get::<_, &str>(1)? == "on" { Ok(()) } else { Err(Error::NotDurable(FSYNC)) }
}

/// What [`sql::PERMANENT`](super::sql::PERMANENT) says (T42).
pub(super) fn permanent(columns: &Columns) -> Result<(), Error> {
    if columns.try_get(0)? { Ok(()) } else { Err(Error::NotDurable(PERMANENT)) }
}

pub(super) fn seconds(now: Now) -> i64 {
    i64::try_from(now.wall).unwrap_or(i64::MAX).min(LONGEST)
}

/// Rounded up: never before its time. Not so long that adding it to the time overflows.
pub(super) fn whole_seconds(wait: Duration) -> i64 {
    let whole = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    i64::try_from(whole).unwrap_or(i64::MAX).min(LONGEST)
}

/// Thirty thousand years.
const LONGEST: i64 = 1 << 40;
