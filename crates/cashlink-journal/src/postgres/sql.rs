//! Every statement of the journal in PostgreSQL, for those who run them by another driver (sqlx, diesel, sea-orm). Times are whole
//! seconds since 1970, by the database's clock: a parameter called *now* is NULL, except in tests. See
//! [`Names::apply`](crate::Names::apply) for other names of the tables, and another schema.
//!
//! Who runs them keeps three rules: [`STAGE`] runs in the transaction of what it is about; [`PROBE`] and then [`CLAIM`] each in a
//! transaction of their own, as every statement outside of `BEGIN` is, which has committed before anything is sent; and what is
//! settled is settled in one transaction with what follows from it.
//!
//! Nobody's function or operator, in whatever schema of the search path, may fit what they call better than the journal's or PostgreSQL's
//! own: it would run with the caller's rights. Hence the types, and `pg_catalog`.

pub mod inbox;

/// Migrations in their order. The number of a migration is its place in this list, from 1; a new version of the library only
/// appends. Each runs once, in a transaction together with [`MIGRATED`], under [`LOCK`].
///
/// Claims and settlements leave dead rows at the head of the index of what is due: hence vacuum comes earlier than by default.
pub const MIGRATIONS: [&str; 3] = [INTENTS, inbox::TABLES, FUNCTIONS];

const INTENTS: &str = "\
CREATE TABLE cashlink_intents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    operation text NOT NULL,
    idempotency_key text,
    ordering_key text,
    request bytea NOT NULL,
    fingerprint bytea NOT NULL,
    state smallint NOT NULL,
    due_at bigint NOT NULL,
    staged_at bigint NOT NULL,
    claimed_at bigint,
    settled_at bigint,
    fence bigint NOT NULL DEFAULT 0,
    attempts bigint NOT NULL DEFAULT 0,
    maybe_sent boolean NOT NULL DEFAULT false,
    worker text,
    evidence bytea,
    UNIQUE (account, idempotency_key)
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX ON cashlink_intents (account, due_at, id) WHERE state <= 2;
CREATE INDEX ON cashlink_intents (account, ordering_key, id) WHERE ordering_key IS NOT NULL AND state NOT IN (3, 4);
CREATE INDEX ON cashlink_intents (state, id) WHERE state >= 5;";

/// What runs for every intent, as functions: the server keeps their plans as long as a session lasts, behind any pool, where it would
/// parse and plan a statement whenever it runs. Their parameters are those of [`STAGE`], [`CLAIM`] and [`SETTLE`].
///
/// A plan that was made while the table was empty must still do when it is full: hence no plan scans the table. Claiming takes two steps,
/// since one plan for both would count on a tenth of the table, not knowing the number yet; what the first has locked, nobody changes
/// before the second. Settling, `state + 0` keeps the plan from the index of what is due: while that is short, to read all of it is
/// cheaper than to find one id. No parameter has a name, and beside columns the variables are called by their block's as well, so that
/// none is taken for a column's.
const FUNCTIONS: &str = "\
CREATE FUNCTION cashlink_stage(text, text, text, text, bytea, bytea, bigint, bigint, boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    clock CONSTANT bigint := coalesce($8, floor(extract(epoch FROM statement_timestamp()))::bigint);
    staged bigint;
BEGIN
    IF current_setting('synchronous_commit') = 'off' OR current_setting('fsync') <> 'on' THEN
        RETURN NULL;
    END IF;
    INSERT INTO cashlink_intents
        (account, operation, idempotency_key, ordering_key, request, fingerprint, state, due_at, staged_at)
    VALUES ($1, $2, $3, $4, $5, $6, 0, clock + $7, clock)
    ON CONFLICT (account, idempotency_key) DO NOTHING
    RETURNING id INTO staged;
    IF $9 AND staged IS NOT NULL THEN
        PERFORM pg_notify('cashlink', $1);
    END IF;
    RETURN staged;
END $$;
CREATE FUNCTION cashlink_claim(text, bigint, bigint, text, bigint)
RETURNS TABLE (id bigint, fence bigint, request bytea, fingerprint bytea, attempts bigint, maybe_sent boolean, age bigint, evidence bytea)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
<<own>>
DECLARE
    clock CONSTANT bigint := coalesce($2, floor(extract(epoch FROM statement_timestamp()))::bigint);
    due bigint[];
BEGIN
    IF coalesce(current_setting('cashlink.claim', true), '') = 'open'
        OR current_setting('synchronous_commit') = 'off' OR current_setting('fsync') <> 'on' THEN
        RETURN;
    END IF;
    own.due := ARRAY(
        SELECT id FROM cashlink_intents AS intent
        WHERE account = $1 AND state <= 2 AND due_at <= own.clock
            AND (ordering_key IS NULL OR NOT EXISTS (
                SELECT 1 FROM cashlink_intents AS earlier
                WHERE earlier.account = intent.account AND earlier.ordering_key = intent.ordering_key
                    AND earlier.id < intent.id AND earlier.state NOT IN (3, 4)))
        ORDER BY due_at, id
        LIMIT $5
        FOR UPDATE SKIP LOCKED);
    RETURN QUERY
    WITH claimed AS (
        UPDATE cashlink_intents AS intent SET
            maybe_sent = intent.maybe_sent OR intent.state = 1,
            state = 1,
            fence = intent.fence + 1,
            due_at = own.clock + $3,
            claimed_at = coalesce(intent.claimed_at, own.clock),
            worker = $4
        WHERE intent.id = ANY (own.due)
        RETURNING intent.*)
    SELECT id, fence, request, fingerprint, attempts, maybe_sent, own.clock - claimed_at, evidence
    FROM claimed ORDER BY pg_catalog.array_position(own.due, id);
END $$;
CREATE FUNCTION cashlink_settle(bigint, bigint, smallint, bigint, bigint, bigint, boolean, bytea) RETURNS boolean
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
<<own>>
DECLARE
    clock CONSTANT bigint := coalesce($5, floor(extract(epoch FROM statement_timestamp()))::bigint);
BEGIN
    UPDATE cashlink_intents
    SET state = $3, due_at = own.clock + $4, settled_at = CASE WHEN $3 > 2 THEN own.clock END, attempts = $6, maybe_sent = $7,
        evidence = $8, worker = NULL
    WHERE id = $1 AND fence = $2 AND state + 0 = 1;
    RETURN FOUND;
END $$;";

/// Lets one process migrate at a time; the others wait until its transaction ends.
pub const LOCK: &str = "SELECT pg_advisory_xact_lock(pg_catalog.hashtextextended('cashlink_migrations', 0))";

/// Whether [`MIGRATION_TABLE`] has run. By itself `IF NOT EXISTS` would ask for the right to create tables, which a program needs no
/// longer once another has migrated.
pub const MIGRATION_TABLE_EXISTS: &str = "SELECT to_regclass('cashlink_migrations') IS NOT NULL";

/// The table that says which migrations have run.
pub const MIGRATION_TABLE: &str =
    "CREATE TABLE cashlink_migrations (number bigint PRIMARY KEY, sha256 bytea NOT NULL)";

/// What has run: number and hash of each migration's text, with the default names.
pub const MIGRATED_SO_FAR: &str = "SELECT number, sha256 FROM cashlink_migrations ORDER BY number";

/// A migration has run: $1 its number, $2 its hash.
pub const MIGRATED: &str = "INSERT INTO cashlink_migrations (number, sha256) VALUES ($1, $2)";

/// Whether the tables outlive a crash: they are neither unlogged nor temporary.
pub const PERMANENT: &str = "\
SELECT bool_and(relpersistence = 'p') FROM pg_class
WHERE oid IN ('cashlink_intents'::regclass, 'cashlink_inbox'::regclass, 'cashlink_inbox_states'::regclass)";

/// What a commit is worth in this transaction: the settings `synchronous_commit` and `fsync`.
pub const DURABILITY: &str = "SELECT current_setting('synchronous_commit'), current_setting('fsync')";

/// Stages: $1 account, $2 operation, $3 idempotency key or NULL, $4 ordering key or NULL, $5 request, $6 fingerprint, $7 in how many
/// seconds it is due, $8 now, $9 whether to wake workers that [`LISTEN`].
///
/// Yields the id; or NULL, where a commit would not be durable ([`DURABILITY`] tells) or the key is there already
/// ([`STAGED_BEFORE`] tells what it stands for). Where another transaction has the key and is still open, it waits for its end.
pub const STAGE: &str = "\
SELECT cashlink_stage($1::text, $2::text, $3::text, $4::text, $5::bytea, $6::bytea, $7::bigint, $8::bigint, $9::boolean)";

/// What has the key: $1 account, $2 idempotency key. Yields id and fingerprint.
pub const STAGED_BEFORE: &str =
    "SELECT id, fingerprint FROM cashlink_intents WHERE account = $1 AND idempotency_key = $2";

/// To be run before [`CLAIM`], and not in one transaction with it. Yields the same as [`DURABILITY`], and leaves a mark in its
/// transaction: one that is still there afterwards shows that both are within an open one.
///
/// Nothing else tells this exactly: `now() = statement_timestamp()` is false outside of a transaction as well, where a statement is
/// prepared and run by two messages.
pub const PROBE: &str = "\
SELECT current_setting('synchronous_commit'), current_setting('fsync'), set_config('cashlink.claim', 'open', true)";

/// Whether the mark of [`PROBE`] is still there, so that a transaction is open.
pub const OPEN: &str = "SELECT coalesce(current_setting('cashlink.claim', true), '') = 'open'";

/// Claims: $1 account, $2 now, $3 the length of the lease in seconds, $4 the worker's name, $5 how many at most. What is claimed and
/// due has lost its lease: it may have been sent. Yields nothing within a transaction that is open since [`PROBE`], nor where a commit
/// would not be durable: so both can go out together.
///
/// What another worker is claiming at this moment is passed over, not waited for. The rows come oldest first: id, fencing number,
/// request, fingerprint, attempts, whether it may have been sent, how many seconds ago it was claimed first, evidence.
pub const CLAIM: &str =
    "SELECT * FROM cashlink_claim($1::text, $2::bigint, $3::bigint, $4::text, $5::bigint)";

/// Extends a lease: $1 id, $2 fencing number, $3 its length from now, $4 now. Changes one row, or none where the lease is lost.
pub const EXTEND: &str = "\
UPDATE cashlink_intents
SET due_at = coalesce($4, floor(extract(epoch FROM statement_timestamp()))::bigint) + $3
WHERE id = $1 AND fence = $2 AND state = 1";

/// Settles: $1 id, $2 fencing number, $3 state, $4 in how many seconds it is due again, $5 now, $6 attempts, $7 whether it may have
/// been sent, $8 evidence. Yields whether the lease was still there; where it was not, nothing has changed.
pub const SETTLE: &str = "\
SELECT cashlink_settle($1::bigint, $2::bigint, $3::smallint, $4::bigint, $5::bigint, $6::bigint, $7::boolean, $8::bytea)";

/// To be run by who wants to hear of new intents, on a connection that no pool takes away: a notification says which account has
/// one.
pub const LISTEN: &str = "LISTEN cashlink";

/// The time by the database's clock.
pub const CLOCK: &str = "SELECT floor(extract(epoch FROM statement_timestamp()))::bigint";

/// Lists: $1 the first id, $2 the last, $3 account or NULL, $4 the states' bits
/// ([`Filter::state_bits`](crate::operate::Filter::state_bits)), $5 operation or NULL, $6 idempotency key or NULL, $7 how many at most.
pub const LIST: &str = "\
SELECT id, account, operation, idempotency_key, ordering_key, state, staged_at, due_at, claimed_at, settled_at,
    fence, attempts, maybe_sent, worker, evidence, NULL::bytea
FROM cashlink_intents
WHERE id BETWEEN $1 AND $2 AND ($3 IS NULL OR account = $3) AND ($4 & (1 << state::integer)) <> 0
    AND ($5 IS NULL OR operation = $5) AND ($6 IS NULL OR idempotency_key = $6)
ORDER BY id LIMIT $7";

/// The same among those that wait for a decision, which have an index.
pub const LIST_HELD: &str = "\
SELECT id, account, operation, idempotency_key, ordering_key, state, staged_at, due_at, claimed_at, settled_at,
    fence, attempts, maybe_sent, worker, evidence, NULL::bytea
FROM cashlink_intents
WHERE state >= 5 AND id BETWEEN $1 AND $2 AND ($3 IS NULL OR account = $3) AND ($4 & (1 << state::integer)) <> 0
    AND ($5 IS NULL OR operation = $5) AND ($6 IS NULL OR idempotency_key = $6)
ORDER BY id LIMIT $7";

/// Shows one with its request: $1 id.
pub const SHOW: &str = "\
SELECT id, account, operation, idempotency_key, ordering_key, state, staged_at, due_at, claimed_at, settled_at,
    fence, attempts, maybe_sent, worker, evidence, request
FROM cashlink_intents WHERE id = $1";

/// Counts what is open, by the indexes of what is due and what is held: $1 account or NULL, $2 now. Yields of each state its number,
/// how many are in it, how long ago the oldest of them was staged, and how many requests were sent for them.
pub const STATS_OPEN: &str = "\
SELECT state, count(*),
    coalesce($2, floor(extract(epoch FROM statement_timestamp()))::bigint) - min(staged_at), sum(attempts)::bigint
FROM cashlink_intents WHERE state <= 2 AND ($1 IS NULL OR account = $1) GROUP BY state
UNION ALL
SELECT state, count(*),
    coalesce($2, floor(extract(epoch FROM statement_timestamp()))::bigint) - min(staged_at), sum(attempts)::bigint
FROM cashlink_intents WHERE state >= 5 AND ($1 IS NULL OR account = $1) GROUP BY state";

/// Counts all, and reads the whole table for it; parameters and columns as of [`STATS_OPEN`].
pub const STATS: &str = "\
SELECT state, count(*),
    coalesce($2, floor(extract(epoch FROM statement_timestamp()))::bigint) - min(staged_at), sum(attempts)::bigint
FROM cashlink_intents WHERE $1 IS NULL OR account = $1 GROUP BY state";

/// Decides by hand: $1 id, $2 fencing number and $3 state as they were seen, $4 the new state, $5 now, $6 evidence. To be retried, it
/// counts as never sent. Changes one row, or none where it is no longer as it was seen.
pub const DECIDE: &str = "\
UPDATE cashlink_intents SET
    state = $4,
    fence = fence + 1,
    due_at = now,
    settled_at = CASE WHEN $4 <> 0 THEN now END,
    claimed_at = CASE WHEN $4 <> 0 THEN claimed_at END,
    maybe_sent = $4 = 3,
    evidence = $6,
    worker = NULL
FROM (SELECT coalesce($5, floor(extract(epoch FROM statement_timestamp()))::bigint) AS now) AS clock
WHERE id = $1 AND fence = $2 AND state = $3 AND state <> 1";

/// Deletes what was settled: $1 for how many seconds at least, $2 how many at most, $3 now.
pub const PRUNE: &str = "\
DELETE FROM cashlink_intents WHERE id IN (
    SELECT id FROM cashlink_intents
    WHERE state IN (3, 4)
        AND settled_at <= coalesce($3, floor(extract(epoch FROM statement_timestamp()))::bigint) - $1
    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)";
