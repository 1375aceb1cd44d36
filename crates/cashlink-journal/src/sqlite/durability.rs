//! T42: what SQLite does at a commit, set and read again, never taken for granted.

use rusqlite::{Connection, Error};

use crate::Names;
use crate::store::NotDurable;

const SYNCHRONOUS: NotDurable = NotDurable {
    setting: "synchronous",
    rule: "must be EXTRA (3), as Journal::prepare sets it, or at least FULL (2) where journal_mode is WAL",
};
const JOURNAL_MODE: NotDurable = NotDurable {
    setting: "journal_mode",
    rule: "must not be OFF or MEMORY, and the database must be a file",
};

/// The questions about one database of a connection: each that is attached has its own settings.
#[derive(Debug)]
pub(super) struct Durability {
    file: String,
    set: String,
    synchronous: String,
    journal_mode: String,
}

impl Durability {
    /// Of the database that holds the journal.
    pub(super) fn of(names: &Names) -> Self {
        Self {
            file: format!("SELECT file <> '' FROM pragma_database_list WHERE name = '{}'", names.database()),
            set: format!(
                "PRAGMA synchronous = EXTRA; {} = EXTRA; PRAGMA fullfsync = ON",
                names.pragma("synchronous")
            ),
            synchronous: names.pragma("synchronous"),
            journal_mode: names.pragma("journal_mode"),
        }
    }

    /// Sets what makes each commit reach the disk, on a connection of the journal's own.
    pub(super) fn ensure(&self, connection: &Connection) -> Result<Result<(), NotDurable>, Error> {
        connection.execute_batch(&self.set)?;
        // A database without a name is a temporary file, which goes with its connection, whatever else is set.
        if pragma(connection, &self.file)? { self.check(connection) } else { Ok(Err(JOURNAL_MODE)) }
    }

    /// What holds on this connection now. Cheap: SQLite reads neither from the disk.
    pub(super) fn check(&self, connection: &Connection) -> Result<Result<(), NotDurable>, Error> {
        let synchronous = pragma(connection, &self.synchronous)?;
        let mode: String = pragma(connection, &self.journal_mode)?;
        Ok(judge(synchronous, &mode))
    }
}

fn judge(synchronous: i64, mode: &str) -> Result<(), NotDurable> {
    match mode {
        "off" | "memory" => Err(JOURNAL_MODE),
        "wal" if synchronous >= 2 => Ok(()),
        // FULL doesn't sync the folder after the rollback journal was removed from it: it may come back, and undo the commit.
        _ if synchronous >= 3 => Ok(()),
        _ => Err(SYNCHRONOUS),
    }
}

/// Not from the cache of statements: SQLite parses a `PRAGMA` for one run only, and a kept one twice.
fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> Result<T, Error> {
    connection.query_row(sql, [], |columns| columns.get(0))
}
