//! The inbox in PostgreSQL, for programs without a runtime.

use ::postgres::{GenericClient, Transaction};
use cashlink_core::partner::InvestmentId;
use cashlink_core::webhook::StatusChanged;
use tokio_postgres::types::Type;

use super::super::inbox::{Change, Recording, entry, state};
use super::super::values::{self, Typed};
use super::super::{Error, sql};
use super::Journal;
use crate::inbox::{Entry, Kind, Received, RecordError, Recorded};

/// The inbox: [`crate::inbox`] says how it is used.
impl Journal {
    /// As [`super::super::Journal::record`].
    ///
    /// # Errors
    /// When your commit would not be durable (T42), or the database's. Roll back then, and answer no 2xx.
    pub fn record<'a>(
        &self,
        transaction: &mut Transaction<'_>,
        received: impl Into<Received<'a>>,
    ) -> Result<Recorded, RecordError<Error>> {
        self.record_received(transaction, &received.into()).map_err(RecordError::from)
    }

    fn record_received(
        &self,
        transaction: &mut Transaction<'_>,
        received: &Received<'_>,
    ) -> Result<Recorded, Error> {
        let statements = &self.0.statements.inbox;
        let recording = Recording::new(received);
        let new = transaction.query_typed_opt(&statements.record, &recording.parameters())?;
        let Some(columns) = new else {
            values::durable(&transaction.query_typed_one(sql::DURABILITY, &[])?)?;
            return Ok(Recorded::Duplicate);
        };
        let id = columns.try_get(0)?;
        let Some(change) = received.change() else { return Ok(Recorded::New { id, outdated: false }) };
        let parameters = Change::new(change, id);
        let investment: [Typed<'_>; 1] = [(&parameters.investment, Type::TEXT)];
        // More than once only where another transaction has the first change of the investment.
        loop {
            let found = transaction.query_typed_opt(&statements.state_for_update, &investment)?;
            let outdated = match found {
                Some(columns) => !change.supersedes(&state(&change.investment_id, &columns)?),
                None if transaction.execute_typed(&statements.first_state, &parameters.parameters())?
                    == 1 =>
                {
                    return Ok(Recorded::New { id, outdated: false });
                }
                None => continue,
            };
            if !outdated {
                transaction.execute_typed(&statements.later_state, &parameters.parameters())?;
            }
            return Ok(Recorded::New { id, outdated });
        }
    }

    /// As [`super::super::Journal::investment`].
    ///
    /// # Errors
    /// The database's.
    pub fn investment(
        &self,
        client: &mut impl GenericClient,
        investment: &InvestmentId,
    ) -> Result<Option<StatusChanged>, Error> {
        let id: [Typed<'_>; 1] = [(&investment.as_str(), Type::TEXT)];
        let found = client.query_typed_opt(&self.0.statements.inbox.state, &id)?;
        found.map(|columns| state(investment, &columns)).transpose()
    }

    /// As [`super::super::Journal::pending`].
    ///
    /// # Errors
    /// The database's.
    pub fn pending(
        &self,
        client: &mut impl GenericClient,
        kind: Kind,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        let (kind, limit) = (kind.number(), i64::from(limit));
        let parameters: [Typed<'_>; 3] = [(&kind, Type::INT8), (&after, Type::INT8), (&limit, Type::INT8)];
        let rows = client.query_typed(&self.0.statements.inbox.pending, &parameters)?;
        rows.iter().map(entry).collect()
    }

    /// As [`super::super::Journal::handled`].
    ///
    /// # Errors
    /// The database's.
    pub fn handled(&self, transaction: &mut Transaction<'_>, id: i64) -> Result<bool, Error> {
        let parameters: [Typed<'_>; 2] = [(&id, Type::INT8), (&None::<i64>, Type::INT8)];
        Ok(transaction.execute_typed(&self.0.statements.inbox.handled, &parameters)? == 1)
    }

    /// As [`super::super::Journal::forget`].
    ///
    /// # Errors
    /// The database's.
    pub fn forget(
        &self,
        client: &mut impl GenericClient,
        handled_until: i64,
        limit: u32,
    ) -> Result<u64, Error> {
        let limit = i64::from(limit);
        let parameters: [Typed<'_>; 2] = [(&handled_until, Type::INT8), (&limit, Type::INT8)];
        Ok(client.execute_typed(&self.0.statements.inbox.forget, &parameters)?)
    }
}
