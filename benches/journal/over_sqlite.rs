//! SQLite: in WAL mode, where a commit is cheapest, and synced as the journal wants it, on both sides.

use std::path::Path;

use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::store::blocking::Store;
use cashlink_journal::{Policy, Staging};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::intents::{self, ACCOUNT, New, OUTCOME};
use crate::rounds::Side;

fn open(folder: &str, place: &str) -> Connection {
    let connection = Connection::open(Path::new(folder).join(place)).expect("a database");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON;
        CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, investor TEXT NOT NULL) STRICT;";
    connection.execute_batch(settings).expect("settings");
    connection
}

fn begin(connection: &mut Connection) -> Transaction<'_> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).expect("a transaction")
}

fn order(transaction: &Transaction<'_>) {
    let mut insert =
        transaction.prepare_cached("INSERT INTO orders (investor) VALUES (?1)").expect("a statement");
    insert.execute(["Ada Lovelace"]).expect("an order");
}

/// The journal: by the caller's connection, and a worker's.
pub(crate) struct Ours {
    caller: Connection,
    journal: Journal,
    worker: Sqlite,
}

impl Ours {
    pub(crate) fn new(folder: &str, place: &str) -> Self {
        let caller = open(folder, place);
        let journal = Journal::default();
        let connection = Connection::open(Path::new(folder).join(place)).expect("a database");
        let worker = Sqlite::new(connection, journal.clone()).expect("the tables");
        Self { caller, journal, worker }
    }
}

impl Side for Ours {
    fn stage(&mut self, new: &[New], with_order: bool, after_each: &dyn Fn()) {
        for new in new {
            let transaction = begin(&mut self.caller);
            if with_order {
                order(&transaction);
            }
            let staged = self.journal.stage(&transaction, &new.intent, &Staging::default(), intents::now());
            let _ = staged.expect("an intent");
            transaction.commit().expect("a commit");
            after_each();
        }
    }

    fn make_due(&mut self, new: &[New]) {
        let transaction = begin(&mut self.caller);
        for new in new {
            let staged = self.journal.stage(&transaction, &new.intent, &Staging::default(), intents::now());
            let _ = staged.expect("an intent");
        }
        transaction.commit().expect("a commit");
    }

    fn work(&mut self, rows: usize, batch: u32, after_each: &dyn Fn()) {
        let (account, policy, now) = (intents::account(), Policy::default(), intents::now());
        let mut settled = 0;
        while settled < rows {
            for claim in self.worker.claim(&intents::wanted(&account, batch), &policy, now).expect("claims") {
                let claim = claim.expect("a claim");
                let settlement = intents::settlement(&claim);
                self.worker.settle(claim.lease(), &settlement, now, |_| Ok(())).expect("a settlement");
                settled += 1;
                after_each();
            }
        }
    }

    fn fill(&mut self, rows: u64, behind: bool) {
        let new = intents::new(0, 1).remove(0);
        let fill = "\
            INSERT INTO cashlink_intents
                (account, operation, idempotency_key, ordering_key, request, fingerprint, state, due_at, staged_at)
            WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
            SELECT ?2, ?3, 'investor-' || number, CASE WHEN ?6 THEN 'one' END, ?4, ?5, 0, 1600000000, 1600000000 FROM numbers";
        let (intent, rows) = (&new.intent, i64::try_from(rows).expect("a number of rows"));
        let fingerprint = intent.fingerprint();
        let parameters =
            params![rows, ACCOUNT, intent.operation(), intent.encode(), fingerprint.as_bytes(), behind];
        self.caller.execute(fill, parameters).expect("rows");
        self.caller.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);").expect("statistics");
        if behind {
            assert_eq!(self.claim(), 1, "the first of all");
        }
    }

    fn claim(&mut self) -> usize {
        let account = intents::account();
        let claimed = self
            .worker
            .claim(&intents::wanted(&account, 1), &Policy::default(), intents::now())
            .expect("claims");
        claimed.len()
    }

    fn servers(&self) -> Vec<u32> {
        Vec::new()
    }
}

/// What one writes oneself: a table with the same keys, and a queue with leases.
pub(crate) struct ByHand {
    caller: Connection,
    worker: Connection,
}

const TABLES: &str = "\
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (account, key)
) STRICT;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    outcome BLOB,
    UNIQUE (account, key)
) STRICT;
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE done = 0;";

const NOTE: &str = "INSERT INTO notes (account, key, body) VALUES (?1, ?2, ?3)";

const ADD: &str = "INSERT INTO jobs (account, key, body, due_at) VALUES (?1, ?2, ?3, ?4)";

const CLAIM: &str = "\
UPDATE jobs SET due_at = ?2, attempts = attempts + 1
WHERE id IN (SELECT id FROM jobs WHERE done = 0 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?3)
RETURNING id, attempts, body";

const SETTLE: &str = "UPDATE jobs SET done = 1, outcome = ?3 WHERE id = ?1 AND attempts = ?2 AND done = 0";

impl ByHand {
    pub(crate) fn new(folder: &str, place: &str) -> Self {
        let caller = open(folder, place);
        caller.execute_batch(TABLES).expect("tables");
        let worker = Connection::open(Path::new(folder).join(place)).expect("a database");
        worker.execute_batch("PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON;").expect("settings");
        Self { caller, worker }
    }

    fn claimed(&mut self, now: i64, batch: u32) -> Vec<(i64, i64, Vec<u8>)> {
        let transaction = begin(&mut self.worker);
        let rows = {
            let mut claim = transaction.prepare_cached(CLAIM).expect("a statement");
            let rows = claim
                .query_map(params![now, now + 120, batch], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .expect("rows");
            rows.collect::<Result<_, _>>().expect("rows")
        };
        transaction.commit().expect("a commit");
        rows
    }
}

impl Side for ByHand {
    fn stage(&mut self, new: &[New], with_order: bool, after_each: &dyn Fn()) {
        for new in new {
            let transaction = begin(&mut self.caller);
            if with_order {
                order(&transaction);
            }
            let mut insert = transaction.prepare_cached(NOTE).expect("a statement");
            insert.execute(params![ACCOUNT, new.key, new.body]).expect("a row");
            drop(insert);
            transaction.commit().expect("a commit");
            after_each();
        }
    }

    fn make_due(&mut self, new: &[New]) {
        let now = i64::try_from(intents::now().wall).expect("a time");
        let transaction = begin(&mut self.caller);
        for new in new {
            let mut insert = transaction.prepare_cached(ADD).expect("a statement");
            insert.execute(params![ACCOUNT, new.key, new.body, now]).expect("a row");
        }
        transaction.commit().expect("a commit");
    }

    fn work(&mut self, rows: usize, batch: u32, after_each: &dyn Fn()) {
        let now = i64::try_from(intents::now().wall).expect("a time");
        let mut settled = 0;
        while settled < rows {
            for (id, attempts, _) in self.claimed(now, batch) {
                let transaction = begin(&mut self.worker);
                let mut settle = transaction.prepare_cached(SETTLE).expect("a statement");
                assert_eq!(settle.execute(params![id, attempts, OUTCOME]).expect("an outcome"), 1);
                drop(settle);
                transaction.commit().expect("a commit");
                settled += 1;
                after_each();
            }
        }
    }

    fn fill(&mut self, _: u64, _: bool) {
        unimplemented!("only ours is deep");
    }

    fn claim(&mut self) -> usize {
        unimplemented!("only ours is deep");
    }
    fn servers(&self) -> Vec<u32> {
        Vec::new()
    }
}
