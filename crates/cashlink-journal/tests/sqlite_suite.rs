//! The store in SQLite passes the public suite. `scripts/sqlite-versions` runs this file with other versions of rusqlite, too.

use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::store::HandlerError;
use cashlink_journal::suite::blocking::{Adapter, run};
use rusqlite::{Connection, Transaction};

struct InFile;

impl Adapter for InFile {
    type Store = Sqlite;
    type Place = tempfile::TempDir;

    fn name(&self) -> &str {
        "sqlite"
    }

    fn place(&self) -> Result<Self::Place, HandlerError> {
        let folder = tempfile::tempdir()?;
        let table = "CREATE TABLE own (value TEXT NOT NULL)";
        self.open(&folder)?.connection().execute_batch(table)?;
        Ok(folder)
    }

    fn open(&self, place: &Self::Place) -> Result<Sqlite, HandlerError> {
        Ok(Sqlite::new(Connection::open(place.path().join("journal.db"))?, Journal::default())?)
    }

    fn write(transaction: &mut Transaction<'_>, value: &str) -> Result<(), HandlerError> {
        transaction.execute("INSERT INTO own (value) VALUES (?1)", [value])?;
        Ok(())
    }

    fn values(&self, place: &Self::Place) -> Result<Vec<String>, HandlerError> {
        let store = self.open(place)?;
        let mut own = store.connection().prepare("SELECT value FROM own")?;
        let values = own.query_map([], |columns| columns.get(0))?.collect::<Result<_, _>>()?;
        Ok(values)
    }
}

#[test]
fn t40_to_t44_sqlite_keeps_every_case() {
    let report = run(&InFile);
    println!("SQLite {}, {report}", rusqlite::version());
    assert!(report.is_conformant(), "{report}");
}
