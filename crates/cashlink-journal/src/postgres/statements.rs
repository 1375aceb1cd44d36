//! The statements for tables of certain names.

use sha2::{Digest, Sha256};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row as Columns, Statement};

use super::values::Typed;
use super::{Error, inbox, sql};
use crate::Names;
use crate::operate::{Counted, Filter};

/// Each with the names of the tables. They are sent with the types of their parameters, in one round trip and, unless the user asks for
/// it, without a prepared statement: so they work behind any pool, and on a connection that is seen for the first time.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) lock: String,
    pub(super) migration_table_exists: String,
    pub(super) migration_table: String,
    pub(super) migrated_so_far: String,
    pub(super) migrated: String,
    pub(super) migrations: Vec<String>,
    pub(super) permanent: String,
    pub(super) stage: String,
    pub(super) staged_before: String,
    pub(super) claim: String,
    pub(super) extend: String,
    pub(super) settle: String,
    pub(super) list: String,
    pub(super) list_held: String,
    pub(super) show: String,
    pub(super) stats_open: String,
    pub(super) stats: String,
    pub(super) decide: String,
    pub(super) prune: String,
    pub(super) inbox: inbox::Statements,
}

impl Statements {
    pub(super) fn named(names: &Names) -> Self {
        Self {
            lock: names.apply(sql::LOCK),
            migration_table_exists: names.apply(sql::MIGRATION_TABLE_EXISTS),
            migration_table: names.apply(sql::MIGRATION_TABLE),
            migrated_so_far: names.apply(sql::MIGRATED_SO_FAR),
            migrated: names.apply(sql::MIGRATED),
            migrations: sql::MIGRATIONS.iter().map(|migration| names.apply(migration)).collect(),
            permanent: names.apply(sql::PERMANENT),
            stage: names.apply(sql::STAGE),
            staged_before: names.apply(sql::STAGED_BEFORE),
            claim: names.apply(sql::CLAIM),
            extend: names.apply(sql::EXTEND),
            settle: names.apply(sql::SETTLE),
            list: names.apply(sql::LIST),
            list_held: names.apply(sql::LIST_HELD),
            show: names.apply(sql::SHOW),
            stats_open: names.apply(sql::STATS_OPEN),
            stats: names.apply(sql::STATS),
            decide: names.apply(sql::DECIDE),
            prune: names.apply(sql::PRUNE),
            inbox: inbox::Statements::named(names),
        }
    }

    /// The one that finds these without reading the rest.
    pub(super) fn listing(&self, filter: &Filter) -> &str {
        if filter.only_held() { &self.list_held } else { &self.list }
    }

    pub(super) fn counting(&self, counted: Counted) -> &str {
        match counted {
            Counted::Open => &self.stats_open,
            Counted::All => &self.stats,
        }
    }

    /// The migrations that have yet to run, given those that have.
    pub(super) fn missing(&self, ran: &[Columns]) -> Result<Vec<Missing<'_>>, Error> {
        let mut ran = ran.iter();
        let mut missing = Vec::new();
        for ((number, text), migration) in (1..).zip(sql::MIGRATIONS).zip(&self.migrations) {
            let hash = Sha256::digest(text).to_vec();
            match ran.next() {
                Some(ran) if (ran.try_get(0)?, ran.try_get(1)?) == (number, hash.as_slice()) => {}
                Some(_) => return Err(Error::UnknownMigration { number }),
                None => missing.push(Missing { statements: migration, number, hash }),
            }
        }
        match ran.next() {
            Some(unknown) => Err(Error::UnknownMigration { number: unknown.try_get(0)? }),
            None => Ok(missing),
        }
    }
}

/// A migration that has yet to run.
pub(super) struct Missing<'a> {
    pub(super) statements: &'a str,
    pub(super) number: i64,
    hash: Vec<u8>,
}

impl Missing<'_> {
    /// What [`sql::MIGRATED`] takes.
    pub(super) fn parameters(&self) -> [Typed<'_>; 2] {
        [(&self.number, Type::INT8), (&self.hash, Type::BYTEA)]
    }
}

/// Those that run for every intent, prepared on one connection.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) stage: Statement,
    pub(super) probe: Statement,
    pub(super) claim: Statement,
    pub(super) settle: Statement,
}

/// The parameters without their types, which a prepared statement has.
pub(super) fn untyped<'a, const N: usize>(parameters: &[Typed<'a>; N]) -> [&'a (dyn ToSql + Sync); N] {
    parameters.each_ref().map(|(value, _)| *value)
}
