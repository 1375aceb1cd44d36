//! Opening the database: never a new one, and never without saying why not.

use std::net::IpAddr;
use std::path::Path;

use ::postgres::config::{Host, SslMode};
use ::postgres::{Config, NoTls};
use cashlink_journal::postgres::{self, blocking};
use cashlink_journal::{Names, sqlite};
use rusqlite::{Connection, OpenFlags};

use crate::arguments::Place;
use crate::failure::Failure;

/// A journal that is there.
pub(crate) enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<blocking::Postgres>),
}

impl Database {
    /// Opens the one that is named.
    pub(crate) fn open(place: Place) -> Result<Self, Failure> {
        let Place { sqlite, postgres, prefix, schema } = place;
        let usage = |option: &str| {
            Failure::Usage(format!(
                "{option} must be 1 to 32 small letters, digits and '_', and not begin with a digit"
            ))
        };
        let mut names = Names::default().prefix(&prefix).map_err(|_| usage("--prefix"))?;
        if let Some(schema) = schema {
            names = names.schema(&schema).map_err(|_| usage("--schema"))?;
        }
        match (sqlite, postgres.or_else(from_environment)) {
            (Some(path), _) => open_sqlite(&path, names).map(Self::Sqlite),
            (None, Some(url)) => open_postgres(&url, &names).map(Box::new).map(Self::Postgres),
            (None, None) => Err(Failure::Usage(
                "which database? Say --sqlite PATH, or PostgreSQL's URL in CASHLINK_JOURNAL_POSTGRES"
                    .to_owned(),
            )),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program's own environment: a password is better there than among arguments"
)]
fn from_environment() -> Option<String> {
    std::env::var("CASHLINK_JOURNAL_POSTGRES").ok()
}

fn open_sqlite(path: &Path, names: Names) -> Result<sqlite::Sqlite, Failure> {
    if !path.is_file() {
        return Err(Failure::Database("there is no such file; none was created".to_owned()));
    }
    // To write, also for those who only read: what a process that died has left behind has to be rolled back first.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // Without the path, which is what SQLite adds.
    let refused = |error: rusqlite::Error| match error.sqlite_error() {
        Some(error) => Failure::database(error),
        None => Failure::Database("SQLite can't open the database".to_owned()),
    };
    let connection = Connection::open_with_flags(path, flags).map_err(refused)?;
    sqlite::Sqlite::existing(connection, sqlite::Journal::named(names)).map_err(Failure::database)
}

fn open_postgres(url: &str, names: &Names) -> Result<blocking::Postgres, Failure> {
    // Without the parser's reason, which may quote a part of the password.
    let config: Config = url
        .parse()
        .map_err(|_| Failure::Usage("PostgreSQL's URL can't be read (it is not shown)".to_owned()))?;
    if config.get_ssl_mode() != SslMode::Disable && !is_local(&config) {
        return Err(Failure::Usage(
            "this program speaks no TLS, and the server is on another machine: go through a tunnel, or say sslmode=disable \
             where the network is safe"
                .to_owned(),
        ));
    }
    let client = config.connect(NoTls).map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        let known = error.as_db_error().is_some();
        let error = postgres::Error::from(error);
        if known { Failure::database(error) } else { Failure::Database(format!("{error}{cause}")) }
    })?;
    blocking::Postgres::existing(client, blocking::Journal::named(names)).map_err(Failure::database)
}

/// Whether what is said stays on this machine.
fn is_local(config: &Config) -> bool {
    let local = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    // An address goes before the name beside it.
    if config.get_hostaddrs().is_empty() {
        config.get_hosts().iter().all(local)
    } else {
        config.get_hostaddrs().iter().all(IpAddr::is_loopback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t11_no_password_goes_to_another_machine_in_the_clear_unasked() {
        for (url, local) in [
            ("host=/run/postgresql user=me", true),
            ("postgres://me:canary@localhost/db", true),
            ("postgres://me:canary@127.0.0.1,[::1]/db", true),
            ("postgres://me:canary@db.example/db", false),
            ("postgres://me:canary@localhost,db.example/db", false),
            ("host=localhost hostaddr=192.0.2.1 user=me", false),
        ] {
            assert_eq!(is_local(&url.parse().unwrap()), local, "{url}");
        }
        for url in
            ["postgres://me:canary@db.example/db", "postgres://me:canary@db.example/db?sslmode=require"]
        {
            let refused = open_postgres(url, &Names::default()).unwrap_err().to_string();
            assert!(refused.contains("no TLS") && !refused.contains("canary"), "{refused}");
        }
        for url in ["host=localhost password=two canary", "postgres://me:can%ZZary@[/db", "canary"] {
            let refused = open_postgres(url, &Names::default()).unwrap_err().to_string();
            assert!(
                refused.contains("can't be read")
                    && !refused.contains("can%ZZary")
                    && !refused.contains("canary"),
                "{refused}"
            );
        }
    }
}
