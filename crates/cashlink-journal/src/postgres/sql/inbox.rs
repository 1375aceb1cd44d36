//! The statements of the inbox. [`RECORD`], and for a change [`STATE`] with [`FIRST_STATE`] or [`LATER_STATE`], run in one transaction, and
//! a 2xx is answered after its commit. What their parameters are is told by [`Received`](crate::inbox::Received).

/// The tables: a migration.
pub const TABLES: &str = "\
CREATE TABLE cashlink_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source smallint NOT NULL,
    delivery bytea NOT NULL,
    kind smallint NOT NULL,
    subject text,
    event text,
    credential_index bigint NOT NULL,
    received_at bigint NOT NULL,
    handled_at bigint,
    body bytea,
    UNIQUE (source, delivery)
);
CREATE INDEX ON cashlink_inbox (kind, id) WHERE handled_at IS NULL;
CREATE INDEX ON cashlink_inbox (source, subject, id) WHERE handled_at IS NULL AND kind = 0;
CREATE INDEX ON cashlink_inbox (handled_at) WHERE body IS NOT NULL;
CREATE TABLE cashlink_inbox_states (
    investment text PRIMARY KEY,
    status text NOT NULL,
    changed_at text NOT NULL,
    entry bigint NOT NULL
);";

/// Records: $1 source, $2 delivery, $3 kind, $4 subject or NULL, $5 event or NULL, $6 index of the credential, $7 body, $8 now.
///
/// Yields the id; or nothing, where a commit would not be durable ([`DURABILITY`](super::DURABILITY) tells) or it was recorded before.
/// Where another transaction records the same and is still open, it waits for its end.
pub const RECORD: &str = "\
INSERT INTO cashlink_inbox (source, delivery, kind, subject, event, credential_index, body, received_at)
SELECT $1, $2, $3, $4, $5, $6, $7, coalesce($8, floor(extract(epoch FROM statement_timestamp()))::bigint)
WHERE current_setting('synchronous_commit') <> 'off' AND current_setting('fsync') = 'on'
ON CONFLICT (source, delivery) DO NOTHING
RETURNING id";

/// The last change of an investment: $1 its id. Yields status and moment. By itself it is for reading; to record, it is followed by
/// ` FOR UPDATE`.
pub const STATE: &str = "SELECT status, changed_at FROM cashlink_inbox_states WHERE investment = $1";

/// The first change of an investment: $1 investment, $2 status, $3 moment, $4 the id that [`RECORD`] gave. Inserts one row, or none
/// where another transaction was faster: [`STATE`] finds it then.
pub const FIRST_STATE: &str = "\
INSERT INTO cashlink_inbox_states (investment, status, changed_at, entry) VALUES ($1, $2, $3, $4)
ON CONFLICT (investment) DO NOTHING";

/// A later one, by [`supersedes`](cashlink_core::webhook::StatusChanged::supersedes), of the row that [`STATE`] has locked: parameters as of
/// [`FIRST_STATE`].
pub const LATER_STATE: &str =
    "UPDATE cashlink_inbox_states SET status = $2, changed_at = $3, entry = $4 WHERE investment = $1";

/// What has yet to be handled, in the order of arrival: $1 kind, $2 after which id, $3 how many at most.
pub const PENDING: &str = "\
SELECT id, source::bigint, kind::bigint, subject, event, credential_index, received_at, coalesce(state.entry <> id, false), body
FROM cashlink_inbox AS pending LEFT JOIN cashlink_inbox_states AS state
    ON pending.source = 1 AND pending.kind = 0 AND state.investment = pending.subject
WHERE kind = $1 AND handled_at IS NULL AND id > $2
ORDER BY id LIMIT $3";

/// It is handled: $1 id, $2 now. Changes one row; none where it was handled before, or where an earlier one about the same has yet to be.
pub const HANDLED: &str = "\
UPDATE cashlink_inbox AS it
SET handled_at = coalesce($2, floor(extract(epoch FROM statement_timestamp()))::bigint)
WHERE id = $1 AND handled_at IS NULL AND (kind <> 0 OR NOT EXISTS (
    SELECT 1 FROM cashlink_inbox AS earlier
    WHERE earlier.source = it.source AND earlier.subject = it.subject AND earlier.id < it.id
        AND earlier.kind = 0 AND earlier.handled_at IS NULL))";

/// Forgets the bodies of what was handled: $1 until when, $2 how many at most. What they are known by stays (T55).
pub const FORGET: &str = "\
UPDATE cashlink_inbox SET body = NULL
WHERE id IN (SELECT id FROM cashlink_inbox WHERE handled_at <= $1 AND body IS NOT NULL ORDER BY handled_at LIMIT $2)";
