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
struct Places(Cell<u32>);

impl Places {
    fn next(&self, prefix: &str) -> Place {
        self.0.set(self.0.get() + 1);
        let place = Place::new(&format!("{prefix}_{}", self.0.get()));
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
        Ok(self.next("suite_blocking"))
    }

    fn open(&self, place: &Place) -> Result<Postgres, HandlerError> {
        Ok(place.store().by_callers_clock())
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
        Ok(tokio::task::block_in_place(|| self.next("suite")))
    }

    async fn open(&self, place: &Place) -> Result<Self::Store, HandlerError> {
        let store = cashlink_journal::postgres::Postgres::new(place.connect().await, place.asynchronous());
        Ok(store.await?.by_callers_clock())
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

#[test]
fn t40_to_t44_the_blocking_store_keeps_every_case() {
    passes(&blocking::run(&Places::default()));
}

#[test]
fn t40_to_t44_the_asynchronous_store_keeps_every_case() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let places = Places::default();
    passes(&runtime.block_on(asynchronous::run(&places)));
}
