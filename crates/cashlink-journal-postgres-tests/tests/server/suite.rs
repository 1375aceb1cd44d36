//! The cases that every store must pass.

use std::cell::Cell;

use cashlink_journal::store::HandlerError;
use cashlink_journal::store::asynchronous::Within;
use cashlink_journal::suite::{Report, asynchronous, blocking};

use super::*;

fn passes(report: &Report) {
    assert!(report.is_conformant(), "{report}");
}

/// A schema for each case, since cases leave their intents behind.
#[derive(Default)]
struct Places {
    number: Cell<u32>,
    prepared: bool,
}

impl Places {
    fn prepared() -> Self {
        Self { prepared: true, ..Self::default() }
    }

    fn next(&self, world: &str) -> Place {
        self.number.set(self.number.get() + 1);
        let prepared = if self.prepared { "_prepared" } else { "" };
        let place = Place::new(&format!("suite_{world}{prepared}_{}", self.number.get()));
        place.client().batch_execute("CREATE TABLE own (value text NOT NULL)").unwrap();
        place
    }
}

fn values(place: &Place) -> Vec<String> {
    let rows = place.client().query("SELECT value FROM own", &[]).unwrap();
    rows.iter().map(|columns| columns.get(0)).collect()
}

impl blocking::Adapter for Places {
    type Store = Postgres;
    type Place = Place;

    fn name(&self) -> &str {
        "postgres, blocking"
    }

    fn place(&self) -> Result<Place, HandlerError> {
        Ok(self.next("blocking"))
    }

    fn open(&self, place: &Place) -> Result<Postgres, HandlerError> {
        let store = place.store().by_callers_clock();
        Ok(if self.prepared { store.prepared()? } else { store })
    }

    fn write(transaction: &mut postgres::Transaction<'_>, value: &str) -> Result<(), HandlerError> {
        transaction.execute("INSERT INTO own VALUES ($1)", &[&value])?;
        Ok(())
    }

    fn values(&self, place: &Place) -> Result<Vec<String>, HandlerError> {
        Ok(values(place))
    }
}

/// The runtime drives the connections on another thread, so that this one may block to prepare a place.
impl asynchronous::Adapter for Places {
    type Store = cashlink_journal::postgres::Postgres;
    type Place = Place;

    fn name(&self) -> &str {
        "postgres"
    }

    async fn place(&self) -> Result<Place, HandlerError> {
        Ok(tokio::task::block_in_place(|| self.next("asynchronous")))
    }

    async fn open(&self, place: &Place) -> Result<Self::Store, HandlerError> {
        let store = cashlink_journal::postgres::Postgres::new(place.connect().await, place.asynchronous());
        let store = store.await?.by_callers_clock();
        Ok(if self.prepared { store.prepared().await? } else { store })
    }

    fn write<'a>(transaction: &'a mut tokio_postgres::Transaction<'_>, value: &'static str) -> Within<'a> {
        Box::pin(async move {
            transaction.execute("INSERT INTO own VALUES ($1)", &[&value]).await?;
            Ok(())
        })
    }

    async fn values(&self, place: &Place) -> Result<Vec<String>, HandlerError> {
        Ok(tokio::task::block_in_place(|| values(place)))
    }
}

fn run(places: &Places) -> Report {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(asynchronous::run(places))
}

#[test]
fn t40_to_t44_the_blocking_store_keeps_every_case() {
    passes(&blocking::run(&Places::default()));
}

#[test]
fn t40_to_t44_the_blocking_store_keeps_every_case_with_prepared_statements() {
    passes(&blocking::run(&Places::prepared()));
}

#[test]
fn t40_to_t44_the_asynchronous_store_keeps_every_case() {
    passes(&run(&Places::default()));
}

#[test]
fn t40_to_t44_the_asynchronous_store_keeps_every_case_with_prepared_statements() {
    passes(&run(&Places::prepared()));
}
