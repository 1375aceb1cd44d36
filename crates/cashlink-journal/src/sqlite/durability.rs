//! T42: what SQLite does at a commit, set and read again, never taken for granted.

use rusqlite::{Connection, Error};

use crate::store::NotDurable;

const SYNCHRONOUS: NotDurable = NotDurable {
    setting: "synchronous",
    rule: "must be EXTRA (3), or at least FULL (2) where journal_mode is WAL",
};
const JOURNAL_MODE: NotDurable = NotDurable {
    setting: "journal_mode",
    rule: "must not be OFF or MEMORY, and the database must be a file",
};

/// Sets what makes each commit reach the disk, on a connection of the journal's own.
pub(super) fn ensure(connection: &Connection) -> Result<Result<(), NotDurable>, Error> {
    connection.execute_batch("PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON;")?;
    check(connection)
}

/// What holds on this connection now. Cheap: SQLite reads neither from the disk.
pub(super) fn check(connection: &Connection) -> Result<Result<(), NotDurable>, Error> {
    let synchronous: i64 = pragma(connection, "PRAGMA synchronous")?;
    let mode: String = pragma(connection, "PRAGMA journal_mode")?;
    Ok(match &*mode {
        "off" | "memory" => Err(JOURNAL_MODE),
        "wal" if synchronous >= 2 => Ok(()),
        // FULL doesn't sync the folder after the rollback journal was removed from it: it may come back, and undo the commit.
        _ if synchronous >= 3 => Ok(()),
        _ => Err(SYNCHRONOUS),
    })
}

/// Not from the cache of statements: SQLite parses a `PRAGMA` for one run only, and a kept one twice.
fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> Result<T, Error> {
    connection.query_row(sql, [], |columns| columns.get(0))
}
