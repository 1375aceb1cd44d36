//! The two databases, as far as the processes differ by them. The orders are the caller's own rows.

use cashlink_journal::operate::{Counted, Stats};
use cashlink_journal::store::HandlerError;
use cashlink_journal::store::blocking::{Operate, Store};
use cashlink_journal::{Names, postgres, sqlite};

use crate::Result;

/// The caller's own table: what each order was about, and what came of it. `times` counts how often its handler's writes were kept.
const ORDERS: &str = "CREATE TABLE orders (number BIGINT PRIMARY KEY, intent BIGINT, object TEXT, times BIGINT NOT NULL DEFAULT 0)";

/// One order.
pub(crate) struct Order {
    pub(crate) number: i64,
    pub(crate) object: Option<String>,
    pub(crate) times: i64,
}

pub(crate) trait Database: Store + Operate + Sized + Send + 'static {
    const NAME: &'static str;
    /// Keeps the place while it is used.
    type Place;

    fn create() -> Result<(Self::Place, String)>;
    fn open(place: &str) -> Result<Self>;
    fn numbers(&mut self) -> Result<i64>;
    fn orders(&mut self) -> Result<Vec<Order>>;
    fn add(
        transaction: &mut Self::Transaction<'_>,
        number: i64,
        intent: Option<i64>,
        object: Option<&str>,
    ) -> Written;
    fn note(transaction: &mut Self::Transaction<'_>, intent: i64, object: Option<&str>) -> Written;

    fn open_intents(&mut self) -> Result<Stats> {
        Ok(self.stats(None, Counted::Open, cashlink_client::system_now())?)
    }
}

pub(crate) type Written = std::result::Result<(), HandlerError>;
pub(crate) use cashlink_journal::sqlite::Sqlite;

const ADD: &str = "INSERT INTO orders (number, intent, object) VALUES ($1, $2, $3)";
const NOTE: &str = "UPDATE orders SET object = coalesce($2, object), times = times + 1 WHERE intent = $1";
const NUMBERS: &str = "SELECT coalesce(max(number), 0) FROM orders";
const ALL: &str = "SELECT number, object, times FROM orders";

/// For SQLite, `$2` is a name, and `?2` a number.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl Database for Sqlite {
    const NAME: &'static str = "sqlite";
    type Place = tempfile::TempDir;

    fn create() -> Result<(Self::Place, String)> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("orders.db").to_string_lossy().into_owned();
        // Commits of several processes at once are what WAL is for.
        let connection = rusqlite::Connection::open(&path)?;
        connection.execute_batch(&format!("PRAGMA journal_mode = WAL; {ORDERS}"))?;
        Self::open(&path)?;
        Ok((folder, path))
    }

    fn open(place: &str) -> Result<Self> {
        let connection = rusqlite::Connection::open(place)?;
        connection.busy_timeout(std::time::Duration::from_secs(30))?;
        Ok(Self::new(connection, sqlite::Journal::default())?)
    }

    fn numbers(&mut self) -> Result<i64> {
        Ok(self.connection().query_row(NUMBERS, [], |columns| columns.get(0))?)
    }

    fn orders(&mut self) -> Result<Vec<Order>> {
        let mut query = self.connection().prepare(ALL)?;
        let orders = query.query_map([], |row| {
            Ok(Order { number: row.get(0)?, object: row.get(1)?, times: row.get(2)? })
        })?;
        Ok(orders.collect::<std::result::Result<_, _>>()?)
    }

    fn add(
        transaction: &mut rusqlite::Transaction<'_>,
        number: i64,
        intent: Option<i64>,
        object: Option<&str>,
    ) -> Written {
        transaction.execute(&numbered(ADD), rusqlite::params![number, intent, object])?;
        Ok(())
    }

    fn note(transaction: &mut rusqlite::Transaction<'_>, intent: i64, object: Option<&str>) -> Written {
        transaction.execute(&numbered(NOTE), rusqlite::params![intent, object])?;
        Ok(())
    }
}

pub(crate) use cashlink_journal::postgres::blocking::Postgres;

/// Where the server is: scripts/postgres says it.
fn server() -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "a program may ask its environment")]
    let server = std::env::var("CASHLINK_TEST_POSTGRES");
    Ok(server
        .map_err(|_| "no server in CASHLINK_TEST_POSTGRES: run this by scripts/postgres, which starts one")?)
}

/// The orders and the journal in a schema of their own.
const SCHEMA: &str = "cashlink_kills";

impl Database for Postgres {
    const NAME: &'static str = "postgres";
    type Place = ();

    fn create() -> Result<((), String)> {
        let mut client = ::postgres::Client::connect(&server()?, ::postgres::NoTls)?;
        client.batch_execute(&format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}"))?;
        let mut store = Self::open("")?;
        store.client().batch_execute(ORDERS)?;
        Ok(((), SCHEMA.to_owned()))
    }

    fn open(_: &str) -> Result<Self> {
        let place = format!("{} options='-c search_path={SCHEMA}'", server()?);
        let client = ::postgres::Client::connect(&place, ::postgres::NoTls)?;
        Ok(Self::new(client, postgres::blocking::Journal::named(&Names::default().schema(SCHEMA)?))?)
    }

    fn numbers(&mut self) -> Result<i64> {
        Ok(self.client().query_one(NUMBERS, &[])?.get(0))
    }

    fn orders(&mut self) -> Result<Vec<Order>> {
        let rows = self.client().query(ALL, &[])?;
        Ok(rows
            .iter()
            .map(|row| Order { number: row.get(0), object: row.get(1), times: row.get(2) })
            .collect())
    }

    fn add(
        transaction: &mut ::postgres::Transaction<'_>,
        number: i64,
        intent: Option<i64>,
        object: Option<&str>,
    ) -> Written {
        transaction.execute(ADD, &[&number, &intent, &object])?;
        Ok(())
    }

    fn note(transaction: &mut ::postgres::Transaction<'_>, intent: i64, object: Option<&str>) -> Written {
        transaction.execute(NOTE, &[&intent, &object])?;
        Ok(())
    }
}
