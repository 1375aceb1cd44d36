//! What tests of the journal on a PostgreSQL server share: a place of their own there, and intents.
#![forbid(unsafe_code)]

use std::time::Duration;

use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
use cashlink_core::{Bearer, Call, Client, IdempotencyKey, Now, Secret};
use cashlink_journal::core as cashlink_core;
use cashlink_journal::postgres::{self, blocking};
use cashlink_journal::{Account, Intent, Names};

/// A schema of the test's own, which goes away with it.
#[derive(Debug)]
pub struct Place {
    schema: String,
    names: Names,
}

impl Place {
    /// A new one, with the tables in it. The name must be the test's own.
    pub fn new(schema: &str) -> Self {
        let place = Self::empty(schema);
        place.journal().prepare(&mut place.client()).unwrap();
        place
    }

    /// A new one, without tables.
    pub fn empty(schema: &str) -> Self {
        let names = Names::default().schema(schema).unwrap();
        let place = Self { schema: schema.to_owned(), names };
        place
            .client()
            .batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"))
            .unwrap();
        place
    }

    /// The names of its tables.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The journal in it.
    pub fn journal(&self) -> blocking::Journal {
        blocking::Journal::named(&self.names)
    }

    /// The same, for a runtime.
    pub fn asynchronous(&self) -> postgres::Journal {
        postgres::Journal::named(&self.names)
    }

    /// A connection that finds the test's own tables without their schema.
    pub fn client(&self) -> ::postgres::Client {
        ::postgres::Client::connect(&self.server(), ::postgres::NoTls).unwrap()
    }

    /// The same, for a runtime, which drives it.
    pub async fn connect(&self) -> tokio_postgres::Client {
        let (client, connection) =
            tokio_postgres::connect(&self.server(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// A store on a connection of its own, by the database's clock.
    pub fn store(&self) -> blocking::Postgres {
        blocking::Postgres::new(self.client(), self.journal()).unwrap()
    }

    /// How to reach it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests are a program: whoever runs them says where the server is"
    )]
    pub fn server(&self) -> String {
        let server = std::env::var("CASHLINK_TEST_POSTGRES")
            .expect("no server in CASHLINK_TEST_POSTGRES: run this by scripts/postgres, which starts one");
        format!("{server} options='-c search_path={}'", self.schema)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let forget = || self.client().batch_execute(&format!("DROP SCHEMA {} CASCADE", self.schema)).unwrap();
        // On a thread of its own, since it may happen within a runtime, where nothing may block.
        std::thread::scope(|scope| scope.spawn(forget).join().unwrap());
    }
}

/// A time: so many seconds after an arbitrary one.
pub fn now(seconds: u64) -> Now {
    Now::new(1_700_000_000 + seconds, Duration::from_secs(seconds))
}

/// The client that the intents are made for.
pub fn client() -> Client<Bearer> {
    Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s")).unwrap())
}

/// In whose name they are performed.
pub fn account() -> Account {
    Account::new("distributor").unwrap()
}

/// The intent to create an investor.
pub fn intent(key: &str, name: &str) -> Intent {
    let person = NaturalPerson::new().forename(name).surname("Lovelace");
    let create = CreateInvestor::natural_person(IdempotencyKey::new(key).unwrap(), person, true);
    Intent::new(&client(), &account(), &Call::new(&create).unwrap()).unwrap()
}
