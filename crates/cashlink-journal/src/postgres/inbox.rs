//! The inbox in PostgreSQL.

use cashlink_core::partner::{InvestmentId, InvestmentStatus};
use cashlink_core::webhook::StatusChanged;
use tokio_postgres::types::Type;
use tokio_postgres::{GenericClient, Row as Columns, Transaction};

use super::sql::{self, inbox};
use super::values::{self, Typed};
use super::{Error, Journal};
use crate::Names;
use crate::inbox::{Entry, Kind, Received, RecordError, Recorded, Source};

/// The inbox's statements, with the names of the tables.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) record: String,
    pub(super) state: String,
    pub(super) state_for_update: String,
    pub(super) first_state: String,
    pub(super) later_state: String,
    pub(super) pending: String,
    pub(super) handled: String,
    pub(super) forget: String,
}

impl Statements {
    pub(super) fn named(names: &Names) -> Self {
        let state = names.apply(inbox::STATE);
        Self {
            record: names.apply(inbox::RECORD),
            state_for_update: format!("{state} FOR UPDATE"),
            state,
            first_state: names.apply(inbox::FIRST_STATE),
            later_state: names.apply(inbox::LATER_STATE),
            pending: names.apply(inbox::PENDING),
            handled: names.apply(inbox::HANDLED),
            forget: names.apply(inbox::FORGET),
        }
    }
}

/// What [`inbox::RECORD`] takes.
pub(super) struct Recording<'a> {
    source: i64,
    delivery: &'a [u8],
    kind: i64,
    subject: Option<&'a str>,
    event: Option<&'a str>,
    credential_index: i64,
    body: &'a [u8],
    now: Option<i64>,
}

impl<'a> Recording<'a> {
    pub(super) fn new(received: &'a Received<'_>) -> Self {
        Self {
            source: received.source().number(),
            delivery: received.delivery(),
            kind: received.kind().number(),
            subject: received.subject(),
            event: received.event(),
            credential_index: received.credential_index(),
            body: received.body(),
            now: None,
        }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 8] {
        [
            (&self.source, Type::INT8),
            (&self.delivery, Type::BYTEA),
            (&self.kind, Type::INT8),
            (&self.subject, Type::TEXT),
            (&self.event, Type::TEXT),
            (&self.credential_index, Type::INT8),
            (&self.body, Type::BYTEA),
            (&self.now, Type::INT8),
        ]
    }
}

/// What [`inbox::FIRST_STATE`] and [`inbox::LATER_STATE`] take.
pub(super) struct Change<'a> {
    pub(super) investment: &'a str,
    status: &'a str,
    changed_at: &'a str,
    entry: i64,
}

impl<'a> Change<'a> {
    pub(super) fn new(change: &'a StatusChanged, entry: i64) -> Self {
        Self {
            investment: change.investment_id.as_str(),
            status: change.status.as_str(),
            changed_at: change.changed_at.as_str(),
            entry,
        }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 4] {
        [
            (&self.investment, Type::TEXT),
            (&self.status, Type::TEXT),
            (&self.changed_at, Type::TEXT),
            (&self.entry, Type::INT8),
        ]
    }
}

/// What [`inbox::STATE`] yields.
pub(super) fn state(investment: &InvestmentId, columns: &Columns) -> Result<StatusChanged, Error> {
    let (status, changed_at): (&str, &str) = (columns.try_get(0)?, columns.try_get(1)?);
    let changed_at = changed_at.parse().map_err(|_| Error::Unreadable("changed_at"))?;
    Ok(StatusChanged::fixture(*investment, InvestmentStatus::from(status), changed_at))
}

/// What [`inbox::PENDING`] yields.
pub(super) fn entry(columns: &Columns) -> Result<Entry, Error> {
    Ok(Entry {
        id: columns.try_get(0)?,
        source: Source::of(columns.try_get(1)?).ok_or(Error::Unreadable("source"))?,
        kind: Kind::of(columns.try_get(2)?).ok_or(Error::Unreadable("kind"))?,
        subject: columns.try_get(3)?,
        event: columns.try_get(4)?,
        credential_index: columns.try_get(5)?,
        received_at: columns.try_get(6)?,
        outdated: columns.try_get(7)?,
        body: columns.try_get(8)?,
    })
}

impl From<Error> for RecordError<Error> {
    fn from(error: Error) -> Self {
        match error {
            Error::NotDurable(reason) => Self::NotDurable(reason),
            error => Self::Database(error),
        }
    }
}

/// The inbox: [`crate::inbox`] says how it is used.
impl Journal {
    /// Records a webhook once, in your transaction. Where another transaction records the same and is still open, it waits for its end.
    /// Commit, and only then answer 200, also to a duplicate. Under an isolation stricter than `READ COMMITTED`, and where one transaction
    /// records several, an error may be [retryable](Error::is_retryable).
    ///
    /// # Errors
    /// When your commit would not be durable (T42), or the database's. Roll back then, and answer no 2xx.
    pub async fn record<'a>(
        &self,
        transaction: &Transaction<'_>,
        received: impl Into<Received<'a>>,
    ) -> Result<Recorded, RecordError<Error>> {
        self.record_received(transaction, &received.into()).await.map_err(RecordError::from)
    }

    async fn record_received(
        &self,
        transaction: &Transaction<'_>,
        received: &Received<'_>,
    ) -> Result<Recorded, Error> {
        let statements = &self.statements.inbox;
        let recording = Recording::new(received);
        let new = transaction.query_typed_opt(&statements.record, &recording.parameters()).await?;
        let Some(columns) = new else {
            values::durable(&transaction.query_typed_one(sql::DURABILITY, &[]).await?)?;
            return Ok(Recorded::Duplicate);
        };
        let id = columns.try_get(0)?;
        let Some(change) = received.change() else { return Ok(Recorded::New { id, outdated: false }) };
        let parameters = Change::new(change, id);
        let investment: [Typed<'_>; 1] = [(&parameters.investment, Type::TEXT)];
        // More than once only where another transaction has the first change of the investment.
        loop {
            let found = transaction.query_typed_opt(&statements.state_for_update, &investment).await?;
            let outdated = match found {
                Some(columns) => !change.supersedes(&state(&change.investment_id, &columns)?),
                None if transaction
                    .execute_typed(&statements.first_state, &parameters.parameters())
                    .await?
                    == 1 =>
                {
                    return Ok(Recorded::New { id, outdated: false });
                }
                None => continue,
            };
            if !outdated {
                transaction.execute_typed(&statements.later_state, &parameters.parameters()).await?;
            }
            return Ok(Recorded::New { id, outdated });
        }
    }

    /// The last change of an investment, of all that were recorded (T56). None where there was none.
    ///
    /// # Errors
    /// The database's.
    pub async fn investment(
        &self,
        client: &(impl GenericClient + Sync),
        investment: &InvestmentId,
    ) -> Result<Option<StatusChanged>, Error> {
        let id: [Typed<'_>; 1] = [(&investment.as_str(), Type::TEXT)];
        let found = client.query_typed_opt(&self.statements.inbox.state, &id).await?;
        found.map(|columns| state(investment, &columns)).transpose()
    }

    /// What of this kind has yet to be handled, in the order of arrival, at most so many; after which id: 0, or the last that was
    /// seen. Begin at 0 again and again: what commits late may have an earlier id. More than one program may ask:
    /// [`Journal::handled`] tells whose it is.
    ///
    /// # Errors
    /// The database's.
    pub async fn pending(
        &self,
        client: &(impl GenericClient + Sync),
        kind: Kind,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        let (kind, limit) = (kind.number(), i64::from(limit));
        let parameters: [Typed<'_>; 3] = [(&kind, Type::INT8), (&after, Type::INT8), (&limit, Type::INT8)];
        let rows = client.query_typed(&self.statements.inbox.pending, &parameters).await?;
        rows.iter().map(entry).collect()
    }

    /// An entry is handled, in the transaction of what it set in motion. Call it first in there. Says whether it was yours to handle; where
    /// it was not, roll back: another program has handled it, or an earlier one about the same business or investment has yet to be.
    ///
    /// An entry that can't be handled holds up those about the same, and no others. Write it down for people, and mark it as handled.
    ///
    /// # Errors
    /// The database's.
    pub async fn handled(&self, transaction: &Transaction<'_>, id: i64) -> Result<bool, Error> {
        let parameters: [Typed<'_>; 2] = [(&id, Type::INT8), (&None::<i64>, Type::INT8)];
        Ok(transaction.execute_typed(&self.statements.inbox.handled, &parameters).await? == 1)
    }

    /// Forgets the bodies of what was handled until then (in seconds since 1970), at most so many, and says how many it were. By what
    /// they are known again stays, and so does the state of each investment: a replay is a duplicate for ever (T55). On the disk they
    /// are until the server's vacuum, and in backups longer.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget(
        &self,
        client: &(impl GenericClient + Sync),
        handled_until: i64,
        limit: u32,
    ) -> Result<u64, Error> {
        let limit = i64::from(limit);
        let parameters: [Typed<'_>; 2] = [(&handled_until, Type::INT8), (&limit, Type::INT8)];
        Ok(client.execute_typed(&self.statements.inbox.forget, &parameters).await?)
    }
}
