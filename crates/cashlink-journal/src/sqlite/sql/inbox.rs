//! The statements of the inbox. [`RECORD`], [`STATE`] and [`SET_STATE`] run in one transaction, begun by `BEGIN IMMEDIATE`, and a 2xx
//! is answered after its commit. What their parameters are is told by [`Received`](crate::inbox::Received).

/// The tables: a migration.
pub const TABLES: &str = "\
CREATE TABLE cashlink_inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL,
    delivery BLOB NOT NULL,
    kind INTEGER NOT NULL,
    subject TEXT,
    event TEXT,
    credential_index INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    handled_at INTEGER,
    body BLOB,
    UNIQUE (source, delivery)
) STRICT;
CREATE INDEX cashlink_inbox_pending ON cashlink_inbox (kind, id) WHERE handled_at IS NULL;
CREATE INDEX cashlink_inbox_order ON cashlink_inbox (source, subject, id) WHERE handled_at IS NULL AND kind = 0;
CREATE INDEX cashlink_inbox_handled ON cashlink_inbox (handled_at) WHERE body IS NOT NULL;
CREATE TABLE cashlink_inbox_states (
    investment TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    entry INTEGER NOT NULL
) STRICT;";

/// Records: ?1 source, ?2 delivery, ?3 kind, ?4 subject or NULL, ?5 event or NULL, ?6 index of the credential, ?7 now, ?8 body. Yields
/// the id, or nothing where it was recorded before.
pub const RECORD: &str = "\
INSERT INTO cashlink_inbox (source, delivery, kind, subject, event, credential_index, received_at, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (source, delivery) DO NOTHING
RETURNING id";

/// The last change of an investment: ?1 its id. Yields status and moment.
pub const STATE: &str = "SELECT status, changed_at FROM cashlink_inbox_states WHERE investment = ?1";

/// There is a later change, by [`supersedes`](cashlink_core::webhook::StatusChanged::supersedes): ?1 investment, ?2 status, ?3 moment, ?4
/// the id that [`RECORD`] gave.
pub const SET_STATE: &str = "\
INSERT INTO cashlink_inbox_states (investment, status, changed_at, entry) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (investment) DO UPDATE
SET status = excluded.status, changed_at = excluded.changed_at, entry = excluded.entry";

/// What has yet to be handled, in the order of arrival: ?1 kind, ?2 after which id, ?3 how many at most.
pub const PENDING: &str = "\
SELECT id, source, kind, subject, event, credential_index, received_at, coalesce(state.entry <> id, 0), body
FROM cashlink_inbox AS pending LEFT JOIN cashlink_inbox_states AS state
    ON pending.source = 1 AND pending.kind = 0 AND state.investment = pending.subject
WHERE kind = ?1 AND handled_at IS NULL AND id > ?2
ORDER BY id LIMIT ?3";

/// It is handled: ?1 id, ?2 now. Changes one row; none where it was handled before, or where an earlier one about the same has yet to be.
pub const HANDLED: &str = "\
UPDATE cashlink_inbox AS it SET handled_at = ?2
WHERE id = ?1 AND handled_at IS NULL AND (kind <> 0 OR NOT EXISTS (
    SELECT 1 FROM cashlink_inbox AS earlier
    WHERE earlier.source = it.source AND earlier.subject = it.subject AND earlier.id < it.id
        AND earlier.kind = 0 AND earlier.handled_at IS NULL))";

/// Forgets the bodies of what was handled: ?1 until when, ?2 how many at most. What they are known by stays (T55).
pub const FORGET: &str = "\
UPDATE cashlink_inbox SET body = NULL
WHERE id IN (SELECT id FROM cashlink_inbox WHERE handled_at <= ?1 AND body IS NOT NULL ORDER BY handled_at LIMIT ?2)";
