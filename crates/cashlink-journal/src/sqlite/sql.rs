//! Every statement of the journal in SQLite, for those who run them by another driver (sqlx, diesel, sea-orm). Parameters are
//! numbered; times are whole seconds since 1970; see [`Names::apply`](crate::Names::apply) for other names of the tables.
//!
//! Who runs them keeps two rules: [`STAGE`] runs in the transaction of what it is about, and [`CLAIM`] in one of its own, begun by
//! `BEGIN IMMEDIATE` and committed before anything is sent. Staging by sqlx, with what else belongs to it, is shown by
//! `crates/cashlink-journal/compat/staged_by_sqlx.rs` in the repository.

pub mod inbox;

/// Migrations in their order. The number of a migration is its place in this list, from 1; a new version of the library only
/// appends. Each runs once, in a transaction together with [`MIGRATED`]. With a schema, an index takes it before its own name, and not
/// before its table's.
pub const MIGRATIONS: [&str; 2] = [INTENTS, inbox::TABLES];

const INTENTS: &str = "\
CREATE TABLE cashlink_intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    idempotency_key TEXT,
    ordering_key TEXT,
    request BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    state INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    staged_at INTEGER NOT NULL,
    claimed_at INTEGER,
    settled_at INTEGER,
    fence INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    maybe_sent INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    evidence BLOB,
    UNIQUE (account, idempotency_key)
) STRICT;
CREATE INDEX cashlink_intents_due ON cashlink_intents (account, due_at, id) WHERE state <= 2;
CREATE INDEX cashlink_intents_order ON cashlink_intents (account, ordering_key, id)
    WHERE ordering_key IS NOT NULL AND state NOT IN (3, 4);
CREATE INDEX cashlink_intents_state ON cashlink_intents (state, id) WHERE state >= 5;";

/// The table that says which migrations have run.
pub const MIGRATION_TABLE: &str = "CREATE TABLE IF NOT EXISTS cashlink_migrations (number INTEGER PRIMARY KEY, sha256 BLOB NOT NULL) STRICT";

/// What has run: number and hash of each migration's text, with the default names.
pub const MIGRATED_SO_FAR: &str = "SELECT number, sha256 FROM cashlink_migrations ORDER BY number";

/// A migration has run: ?1 its number, ?2 its hash.
pub const MIGRATED: &str = "INSERT INTO cashlink_migrations (number, sha256) VALUES (?1, ?2)";

/// Stages: ?1 account, ?2 operation, ?3 idempotency key or NULL, ?4 ordering key or NULL, ?5 request, ?6 fingerprint, ?7 when it is
/// due, ?8 now. Yields the id, or nothing where the key is there already ([`STAGED_BEFORE`] tells what it stands for).
pub const STAGE: &str = "\
INSERT INTO cashlink_intents
    (account, operation, idempotency_key, ordering_key, request, fingerprint, state, due_at, staged_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8)
ON CONFLICT (account, idempotency_key) DO NOTHING
RETURNING id";

/// What has the key: ?1 account, ?2 idempotency key. Yields id and fingerprint.
pub const STAGED_BEFORE: &str =
    "SELECT id, fingerprint FROM cashlink_intents WHERE account = ?1 AND idempotency_key = ?2";

/// Claims: ?1 account, ?2 now, ?3 the end of the lease, ?4 the worker's name, ?5 how many at most. What is claimed and due has lost its
/// lease: it may have been sent.
pub const CLAIM: &str = "\
UPDATE cashlink_intents SET
    maybe_sent = maybe_sent OR state = 1,
    state = 1,
    fence = fence + 1,
    due_at = ?3,
    claimed_at = coalesce(claimed_at, ?2),
    worker = ?4
WHERE id IN (
    SELECT id FROM cashlink_intents AS due
    WHERE account = ?1 AND state <= 2 AND due_at <= ?2 AND (ordering_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM cashlink_intents AS earlier
        WHERE earlier.account = due.account AND earlier.ordering_key = due.ordering_key
            AND earlier.id < due.id AND earlier.state NOT IN (3, 4)))
    ORDER BY due_at, id
    LIMIT ?5)
RETURNING id, fence, request, fingerprint, attempts, maybe_sent, ?2 - claimed_at, evidence";

/// Extends a lease: ?1 id, ?2 fencing number, ?3 its new end. Changes one row, or none where the lease is lost.
pub const EXTEND: &str = "UPDATE cashlink_intents SET due_at = ?3 WHERE id = ?1 AND fence = ?2 AND state = 1";

/// Settles: ?1 id, ?2 fencing number, ?3 state, ?4 when it is due again, ?5 now where it is over or NULL, ?6 attempts, ?7 whether it
/// may have been sent, ?8 evidence. Changes one row, or none where the lease is lost.
pub const SETTLE: &str = "\
UPDATE cashlink_intents
SET state = ?3, due_at = ?4, settled_at = ?5, attempts = ?6, maybe_sent = ?7, evidence = ?8, worker = NULL
WHERE id = ?1 AND fence = ?2 AND state = 1";

/// Lists: ?1 the first id, ?2 the last, ?3 account or NULL, ?4 the states' bits
/// ([`Filter::state_bits`](crate::operate::Filter::state_bits)), ?5 operation or NULL, ?6 idempotency key or NULL, ?7 how many at most.
pub const LIST: &str = "\
SELECT id, account, operation, idempotency_key, ordering_key, state, staged_at, due_at, claimed_at, settled_at,
    fence, attempts, maybe_sent, worker, evidence, NULL
FROM cashlink_intents
WHERE id BETWEEN ?1 AND ?2 AND (?3 IS NULL OR account = ?3) AND (?4 & (1 << state)) <> 0
    AND (?5 IS NULL OR operation = ?5) AND (?6 IS NULL OR idempotency_key = ?6)
ORDER BY id LIMIT ?7";

/// The same among those that wait for a decision, which have an index. The `+` keeps SQLite from going through the whole table by its ids
/// instead.
pub const LIST_HELD: &str = "\
SELECT id, account, operation, idempotency_key, ordering_key, state, staged_at, due_at, claimed_at, settled_at,
    fence, attempts, maybe_sent, worker, evidence, NULL
FROM cashlink_intents
WHERE state >= 5 AND +id BETWEEN ?1 AND ?2 AND (?3 IS NULL OR account = ?3) AND (?4 & (1 << state)) <> 0
    AND (?5 IS NULL OR operation = ?5) AND (?6 IS NULL OR idempotency_key = ?6)
ORDER BY +id LIMIT ?7";

/// Shows one with its request: ?1 id.
pub const SHOW: &str = "\
SELECT id, account, operation, idempotency_key, ordering_key, state, staged_at, due_at, claimed_at, settled_at,
    fence, attempts, maybe_sent, worker, evidence, request
FROM cashlink_intents WHERE id = ?1";

/// Counts what is open, by the indexes of what is due and what is held: ?1 account or NULL, ?2 now. Yields of each state its number, how
/// many are in it, how long ago the oldest of them was staged, and how many requests were sent for them.
pub const STATS_OPEN: &str = "\
SELECT state, count(*), ?2 - min(staged_at), sum(attempts) FROM cashlink_intents
WHERE state <= 2 AND (?1 IS NULL OR account = ?1) GROUP BY state
UNION ALL
SELECT state, count(*), ?2 - min(staged_at), sum(attempts) FROM cashlink_intents
WHERE state >= 5 AND (?1 IS NULL OR account = ?1) GROUP BY state";

/// Counts all, and reads the whole table for it; parameters and columns as of [`STATS_OPEN`].
pub const STATS: &str = "\
SELECT state, count(*), ?2 - min(staged_at), sum(attempts) FROM cashlink_intents
WHERE ?1 IS NULL OR account = ?1 GROUP BY state";

/// Decides by hand: ?1 id, ?2 fencing number and ?3 state as they were seen, ?4 the new state, ?5 now, ?6 evidence. To be retried, it
/// counts as never sent. Changes one row, or none where it is no longer as it was seen.
pub const DECIDE: &str = "\
UPDATE cashlink_intents SET
    state = ?4,
    fence = fence + 1,
    due_at = ?5,
    settled_at = CASE WHEN ?4 = 0 THEN NULL ELSE ?5 END,
    claimed_at = CASE WHEN ?4 = 0 THEN NULL ELSE claimed_at END,
    maybe_sent = ?4 = 3,
    evidence = ?6,
    worker = NULL
WHERE id = ?1 AND fence = ?2 AND state = ?3 AND state <> 1";

/// Deletes what was settled: ?1 until when, ?2 how many at most.
pub const PRUNE: &str = "\
DELETE FROM cashlink_intents WHERE id IN (
    SELECT id FROM cashlink_intents WHERE state IN (3, 4) AND settled_at <= ?1 ORDER BY id LIMIT ?2)";
