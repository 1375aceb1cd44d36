//! What operators ask and decide, without a runtime.

use std::time::Duration;

use ::postgres::types::Type;
use ::postgres::{GenericClient, Transaction};
use cashlink_core::Now;

use super::{Journal, Postgres, commit, failed, refused, sql};
use crate::Account;
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::postgres::Error;
use crate::postgres::operate::{Deciding, Listing, Pruning, counted, entry};
use crate::postgres::values::Typed;
use crate::store::blocking::Operate;
use crate::store::{HandlerError, SettleError};

impl Journal {
    /// The intents that are meant, by their ids, at most so many, without their requests.
    ///
    /// # Errors
    /// The database's.
    pub fn entries(
        &self,
        client: &mut impl GenericClient,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        let listing = Listing::new(filter, limit);
        let rows = client.query_typed(self.0.statements.listing(filter), &listing.parameters())?;
        rows.iter().map(entry).collect()
    }

    /// The intent of this id, with its request.
    ///
    /// # Errors
    /// The database's.
    pub fn entry(&self, client: &mut impl GenericClient, id: i64) -> Result<Option<Entry>, Error> {
        let row = client.query_typed_opt(&self.0.statements.show, &[(&id, Type::INT8)])?;
        row.as_ref().map(entry).transpose()
    }

    /// Figures, of one account or of all.
    ///
    /// # Errors
    /// The database's.
    pub fn stats(
        &self,
        client: &mut impl GenericClient,
        account: Option<&Account>,
        counted: Counted,
    ) -> Result<Stats, Error> {
        self.stats_at(client, account, counted, None)
    }

    fn stats_at(
        &self,
        client: &mut impl GenericClient,
        account: Option<&Account>,
        which: Counted,
        now: Option<i64>,
    ) -> Result<Stats, Error> {
        let account = account.map(Account::as_str);
        let parameters: [Typed<'_>; 2] = [(&account, Type::TEXT), (&now, Type::INT8)];
        counted(&client.query_typed(self.0.statements.counting(which), &parameters)?)
    }

    /// As [`Journal::decide`](crate::postgres::Journal::decide).
    ///
    /// # Errors
    /// The database's.
    pub fn decide(
        &self,
        transaction: &mut Transaction<'_>,
        seen: &Entry,
        decision: &Decision,
    ) -> Result<bool, Error> {
        self.decide_at(transaction, seen, decision, None)
    }

    fn decide_at(
        &self,
        transaction: &mut Transaction<'_>,
        seen: &Entry,
        decision: &Decision,
        now: Option<i64>,
    ) -> Result<bool, Error> {
        let Some(deciding) = Deciding::new(seen, decision, now) else { return Ok(false) };
        Ok(transaction.execute_typed(&self.0.statements.decide, &deciding.parameters())? == 1)
    }

    /// As [`Journal::prune`](crate::postgres::Journal::prune).
    ///
    /// # Errors
    /// The database's.
    pub fn prune(
        &self,
        client: &mut impl GenericClient,
        settled_for: Duration,
        limit: u32,
    ) -> Result<u64, Error> {
        self.prune_at(client, &Pruning::new(settled_for, limit, None))
    }

    fn prune_at(&self, client: &mut impl GenericClient, pruning: &Pruning) -> Result<u64, Error> {
        Ok(client.execute_typed(&self.0.statements.prune, &pruning.parameters())?)
    }
}

impl Operate for Postgres {
    fn entries(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
        self.journal.entries(&mut self.client, filter, limit)
    }

    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Error> {
        self.journal.entry(&mut self.client, id)
    }

    fn stats(&mut self, account: Option<&Account>, counted: Counted, now: Now) -> Result<Stats, Error> {
        let now = self.at(now);
        self.journal.stats_at(&mut self.client, account, counted, now)
    }

    fn clock(&mut self, now: Now) -> Result<i64, Error> {
        match self.at(now) {
            Some(now) => Ok(now),
            None => Ok(self.client.query_typed_one(sql::CLOCK, &[])?.try_get(0)?),
        }
    }

    fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        let now = self.at(now);
        let mut transaction = self.client.transaction().map_err(refused)?;
        let decided = self.journal.decide_at(&mut transaction, seen, decision, now);
        if !decided.map_err(SettleError::Database)? {
            return Err(SettleError::Lost);
        }
        also(&mut transaction).map_err(failed)?;
        commit(transaction)
    }

    fn prune(&mut self, settled_for: Duration, limit: u32, now: Now) -> Result<u64, Error> {
        let pruning = Pruning::new(settled_for, limit, self.at(now));
        self.journal.prune_at(&mut self.client, &pruning)
    }
}
