//! What operators ask and decide: the values for both, and the asynchronous calls.

use std::time::Duration;

use cashlink_core::Now;
use tokio_postgres::types::Type;
use tokio_postgres::{GenericClient, Row as Columns, Transaction};

use super::store::{commit, failed, refused};
use super::values::{Typed, whole_seconds};
use super::{Error, Journal, Postgres, sql};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::SettleError;
use crate::store::asynchronous::{Operate, Within};
use crate::{Account, State};

/// What [`sql::LIST`](super::sql::LIST) takes.
pub(super) struct Listing<'a> {
    first: i64,
    last: i64,
    account: Option<&'a str>,
    states: i32,
    operation: Option<&'a str>,
    key: Option<&'a str>,
    limit: i64,
}

impl<'a> Listing<'a> {
    pub(super) fn new(filter: &'a Filter, limit: u32) -> Self {
        Self {
            first: *filter.ids.start(),
            last: *filter.ids.end(),
            account: filter.account.as_ref().map(Account::as_str),
            states: filter.state_bits(),
            operation: filter.operation.as_deref(),
            key: filter.key.as_deref(),
            limit: limit.into(),
        }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 7] {
        [
            (&self.first, Type::INT8),
            (&self.last, Type::INT8),
            (&self.account, Type::TEXT),
            (&self.states, Type::INT4),
            (&self.operation, Type::TEXT),
            (&self.key, Type::TEXT),
            (&self.limit, Type::INT8),
        ]
    }
}

/// What [`sql::DECIDE`](super::sql::DECIDE) takes.
pub(super) struct Deciding {
    id: i64,
    fence: i64,
    seen: i16,
    state: i16,
    now: Option<i64>,
    evidence: Vec<u8>,
}

impl Deciding {
    /// Nothing where there is nothing to decide.
    pub(super) fn new(seen: &Entry, decision: &Decision, now: Option<i64>) -> Option<Self> {
        let evidence = decision.of(seen)?.encode();
        let (id, fence) = (seen.id, seen.fence);
        Some(Self { id, fence, seen: seen.state.number(), state: decision.state().number(), now, evidence })
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 6] {
        [
            (&self.id, Type::INT8),
            (&self.fence, Type::INT8),
            (&self.seen, Type::INT2),
            (&self.state, Type::INT2),
            (&self.now, Type::INT8),
            (&self.evidence, Type::BYTEA),
        ]
    }
}

/// What [`sql::PRUNE`](super::sql::PRUNE) takes.
pub(super) struct Pruning {
    settled_for: i64,
    limit: i64,
    now: Option<i64>,
}

impl Pruning {
    pub(super) fn new(settled_for: Duration, limit: u32, now: Option<i64>) -> Self {
        Self { settled_for: whole_seconds(settled_for), limit: limit.into(), now }
    }

    pub(super) fn parameters(&self) -> [Typed<'_>; 3] {
        [(&self.settled_for, Type::INT8), (&self.limit, Type::INT8), (&self.now, Type::INT8)]
    }
}

fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn state(columns: &Columns, column: usize) -> Result<State, Error> {
    let number = columns.try_get(column)?;
    State::from_number(number).ok_or(Error::UnknownState { number })
}

pub(super) fn entry(columns: &Columns) -> Result<Entry, Error> {
    let attempts: i64 = columns.try_get(11)?;
    Ok(Entry {
        id: columns.try_get(0)?,
        account: columns.try_get(1)?,
        operation: columns.try_get(2)?,
        key: columns.try_get(3)?,
        ordering_key: columns.try_get(4)?,
        state: state(columns, 5)?,
        staged_at: columns.try_get(6)?,
        due_at: columns.try_get(7)?,
        claimed_at: columns.try_get(8)?,
        settled_at: columns.try_get(9)?,
        fence: columns.try_get(10)?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        maybe_sent: columns.try_get(12)?,
        worker: columns.try_get(13)?,
        evidence: columns.try_get(14)?,
        request: columns.try_get(15)?,
    })
}

pub(super) fn counted(rows: &[Columns]) -> Result<Stats, Error> {
    let mut stats = Stats::default();
    for columns in rows {
        let [count, oldest, attempts] = [1, 2, 3].map(|column| columns.try_get::<_, i64>(column));
        let oldest = Duration::from_secs(positive(oldest?));
        stats.add(state(columns, 0)?, positive(count?), oldest, positive(attempts?));
    }
    Ok(stats)
}

impl Journal {
    /// The intents that are meant, by their ids, at most so many, without their requests.
    ///
    /// # Errors
    /// The database's.
    pub async fn entries(
        &self,
        client: &(impl GenericClient + Sync),
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        let listing = Listing::new(filter, limit);
        let rows = client.query_typed(self.statements.listing(filter), &listing.parameters()).await?;
        rows.iter().map(entry).collect()
    }

    /// The intent of this id, with its request.
    ///
    /// # Errors
    /// The database's.
    pub async fn entry(&self, client: &(impl GenericClient + Sync), id: i64) -> Result<Option<Entry>, Error> {
        let row = client.query_typed_opt(&self.statements.show, &[(&id, Type::INT8)]).await?;
        row.as_ref().map(entry).transpose()
    }

    /// Figures, of one account or of all.
    ///
    /// # Errors
    /// The database's.
    pub async fn stats(
        &self,
        client: &(impl GenericClient + Sync),
        account: Option<&Account>,
        counted: Counted,
    ) -> Result<Stats, Error> {
        self.stats_at(client, account, counted, None).await
    }

    async fn stats_at(
        &self,
        client: &(impl GenericClient + Sync),
        account: Option<&Account>,
        which: Counted,
        now: Option<i64>,
    ) -> Result<Stats, Error> {
        let account = account.map(Account::as_str);
        let parameters: [Typed<'_>; 2] = [(&account, Type::TEXT), (&now, Type::INT8)];
        counted(&client.query_typed(self.statements.counting(which), &parameters).await?)
    }

    /// Records a decision in your transaction; says whether the intent was still as it was seen, and open to the decision. Where it was
    /// not, roll back.
    ///
    /// # Errors
    /// The database's.
    pub async fn decide(
        &self,
        transaction: &Transaction<'_>,
        seen: &Entry,
        decision: &Decision,
    ) -> Result<bool, Error> {
        self.decide_at(transaction, seen, decision, None).await
    }

    async fn decide_at(
        &self,
        transaction: &Transaction<'_>,
        seen: &Entry,
        decision: &Decision,
        now: Option<i64>,
    ) -> Result<bool, Error> {
        let Some(deciding) = Deciding::new(seen, decision, now) else { return Ok(false) };
        Ok(transaction.execute_typed(&self.statements.decide, &deciding.parameters()).await? == 1)
    }

    /// Deletes intents that were done or rejected at least so long ago, the oldest first, at most so many; says how many it were. What
    /// is deleted is forgotten: its key can be staged anew, and is then performed anew (T40).
    ///
    /// # Errors
    /// The database's.
    pub async fn prune(
        &self,
        client: &(impl GenericClient + Sync),
        settled_for: Duration,
        limit: u32,
    ) -> Result<u64, Error> {
        self.prune_at(client, Pruning::new(settled_for, limit, None)).await
    }

    async fn prune_at(&self, client: &(impl GenericClient + Sync), pruning: Pruning) -> Result<u64, Error> {
        Ok(client.execute_typed(&self.statements.prune, &pruning.parameters()).await?)
    }
}

impl Operate for Postgres {
    async fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
        self.journal.entries(&self.client, filter, limit).await
    }

    async fn entry(&mut self, id: i64) -> Result<Option<Entry>, Error> {
        self.journal.entry(&self.client, id).await
    }

    async fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Error> {
        self.journal.stats_at(&self.client, account, counted, self.at(now)).await
    }

    async fn clock(&mut self, now: Now) -> Result<i64, Error> {
        match self.at(now) {
            Some(now) => Ok(now),
            None => Ok(self.client.query_typed_one(sql::CLOCK, &[]).await?.try_get(0)?),
        }
    }

    async fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl for<'a> FnOnce(&'a mut Self::Transaction<'_>) -> Within<'a> + Send,
    ) -> Result<(), SettleError<Error>> {
        let now = self.at(now);
        let mut transaction = self.client.transaction().await.map_err(refused)?;
        let decided = self.journal.decide_at(&transaction, seen, decision, now).await;
        if !decided.map_err(SettleError::Database)? {
            return Err(SettleError::Lost);
        }
        also(&mut transaction).await.map_err(failed)?;
        commit(transaction).await
    }

    async fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Error> {
        self.journal.prune_at(&self.client, Pruning::new(settled_for, limit, self.at(now))).await
    }
}
