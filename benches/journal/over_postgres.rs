//! PostgreSQL, by tokio-postgres on a runtime of one thread. Either both sides prepare their statements once, or both send them with
//! the types of their parameters, which works behind any pool.

use std::rc::Rc;

use cashlink_journal::postgres::{Journal, Postgres};
use cashlink_journal::store::asynchronous::Store;
use cashlink_journal::{Names, Policy, Staging};
use tokio::runtime::Runtime;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, GenericClient, NoTls, Row, Statement, Transaction};

use crate::intents::{self, ACCOUNT, New, OUTCOME};
use crate::rounds::Side;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A connection whose tables are in this schema.
async fn connect(server: &str, schema: &str) -> Client {
    let server = format!("{server} options='-c search_path={schema}'");
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

/// A new schema, and a connection to it.
async fn empty(server: &str, schema: &str) -> Client {
    let client = connect(server, schema).await;
    let tables = format!(
        "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};
         CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, investor text NOT NULL)"
    );
    client.batch_execute(&tables).await.expect("a schema");
    client
}

/// The server's process behind a connection.
async fn process(client: &Client) -> u32 {
    let process: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await.expect("a process").get(0);
    process.unsigned_abs()
}

/// One of the caller's own statements.
struct Sql {
    text: &'static str,
    prepared: Option<Statement>,
}

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

impl Sql {
    async fn new(client: &Client, text: &'static str, prepared: bool) -> Self {
        let prepared = if prepared { Some(client.prepare(text).await.expect("a statement")) } else { None };
        Self { text, prepared }
    }

    async fn rows<const N: usize>(
        &self,
        client: &impl GenericClient,
        parameters: [Parameter<'_>; N],
    ) -> Vec<Row> {
        let rows = match &self.prepared {
            Some(prepared) => client.query(prepared, &parameters.map(|(value, _)| value)).await,
            None => client.query_typed(self.text, &parameters).await,
        };
        rows.expect("rows")
    }

    async fn run<const N: usize>(&self, client: &impl GenericClient, parameters: [Parameter<'_>; N]) {
        let changed = match &self.prepared {
            Some(prepared) => client.execute(prepared, &parameters.map(|(value, _)| value)).await,
            None => client.execute_typed(self.text, &parameters).await,
        };
        assert_eq!(changed.expect("a change"), 1);
    }
}

const ORDER: &str = "INSERT INTO orders (investor) VALUES ($1)";

async fn begin<'a>(client: &'a mut Client, order: &Sql, with_order: bool) -> Transaction<'a> {
    let transaction = client.transaction().await.expect("a transaction");
    if with_order {
        order.run(&transaction, [(&"Ada Lovelace", Type::TEXT)]).await;
    }
    transaction
}

/// The journal: by the caller's connection, and a worker's.
pub(crate) struct Ours {
    runtime: Rc<Runtime>,
    caller: Client,
    order: Sql,
    journal: Journal,
    worker: Postgres,
    servers: Vec<u32>,
}

impl Ours {
    pub(crate) fn new(server: &str, schema: &str, prepared: bool) -> Self {
        let runtime = Rc::new(runtime());
        let unprepared = Journal::named(&Names::default().schema(schema).expect("a name"));
        let (caller, order, journal, worker, servers) = runtime.block_on(async {
            let caller = empty(server, schema).await;
            let mut journal = unprepared.clone();
            let mut worker =
                Postgres::new(connect(server, schema).await, unprepared).await.expect("the tables");
            if prepared {
                journal = journal.prepared_on(&caller).await.expect("statements");
                worker = worker.prepared().await.expect("statements");
            }
            let order = Sql::new(&caller, ORDER, prepared).await;
            let servers = vec![process(&caller).await, process(worker.client()).await];
            (caller, order, journal, worker, servers)
        });
        Self { runtime, caller, order, journal, worker, servers }
    }
}

impl Side for Ours {
    fn stage(&mut self, new: &[New], with_order: bool, after_each: &dyn Fn()) {
        Rc::clone(&self.runtime).block_on(async {
            for new in new {
                let transaction = begin(&mut self.caller, &self.order, with_order).await;
                let staged = self.journal.stage(&transaction, &new.intent, &Staging::default()).await;
                let _ = staged.expect("an intent");
                transaction.commit().await.expect("a commit");
                after_each();
            }
        });
    }

    fn make_due(&mut self, new: &[New]) {
        Rc::clone(&self.runtime).block_on(async {
            let transaction = self.caller.transaction().await.expect("a transaction");
            for new in new {
                let staged = self.journal.stage(&transaction, &new.intent, &Staging::default()).await;
                let _ = staged.expect("an intent");
            }
            transaction.commit().await.expect("a commit");
        });
    }

    fn work(&mut self, rows: usize, batch: u32, after_each: &dyn Fn()) {
        let (account, policy, now) = (intents::account(), Policy::default(), intents::now());
        Rc::clone(&self.runtime).block_on(async {
            let mut settled = 0;
            while settled < rows {
                let claims = self.worker.claim(&intents::wanted(&account, batch), &policy, now).await;
                for claim in claims.expect("claims") {
                    let claim = claim.expect("a claim");
                    let settlement = intents::settlement(&claim);
                    let done =
                        self.worker.settle(claim.lease(), &settlement, now, |_| Box::pin(async { Ok(()) }));
                    done.await.expect("a settlement");
                    settled += 1;
                    after_each();
                }
            }
        });
    }

    fn fill(&mut self, rows: u64, behind: bool) {
        let new = intents::new(0, 1).remove(0);
        let fill = "\
            INSERT INTO cashlink_intents
                (account, operation, idempotency_key, ordering_key, request, fingerprint, state, due_at, staged_at)
            SELECT $2, $3, 'investor-' || number, CASE WHEN $6 THEN 'one' END, $4, $5, 0, 1600000000, 1600000000
            FROM generate_series(1, $1::bigint) AS number";
        let (intent, rows) = (&new.intent, i64::try_from(rows).expect("a number of rows"));
        let (operation, request) = (intent.operation(), intent.encode());
        let fingerprint = intent.fingerprint().as_bytes().to_vec();
        Rc::clone(&self.runtime).block_on(async {
            self.caller
                .execute(fill, &[&rows, &ACCOUNT, &operation, &request, &fingerprint, &behind])
                .await
                .expect("rows");
            for settle in ["VACUUM ANALYZE cashlink_intents", "CHECKPOINT"] {
                self.caller.batch_execute(settle).await.expect("statistics");
            }
        });
        if behind {
            assert_eq!(self.claim(), 1, "the first of all");
        }
    }

    fn claim(&mut self) -> usize {
        let account = intents::account();
        let wanted = intents::wanted(&account, 1);
        let claims =
            Rc::clone(&self.runtime).block_on(self.worker.claim(&wanted, &Policy::default(), intents::now()));
        claims.expect("claims").len()
    }

    fn servers(&self) -> Vec<u32> {
        self.servers.clone()
    }
}

/// What one writes oneself: a table with the same keys, and a queue with leases.
pub(crate) struct ByHand {
    runtime: Rc<Runtime>,
    caller: Client,
    worker: Client,
    order: Sql,
    note: Sql,
    add: Statement,
    claim: Sql,
    settle: Sql,
    servers: Vec<u32>,
}

const TABLES: &str = "\
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    key text NOT NULL,
    body bytea NOT NULL,
    UNIQUE (account, key)
);
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    key text NOT NULL,
    body bytea NOT NULL,
    done boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT now(),
    attempts bigint NOT NULL DEFAULT 0,
    outcome bytea,
    UNIQUE (account, key)
);
CREATE INDEX ON jobs (due_at, id) WHERE NOT done;";

const NOTE: &str = "INSERT INTO notes (account, key, body) VALUES ($1, $2, $3) RETURNING id";

const ADD: &str = "INSERT INTO jobs (account, key, body) VALUES ($1, $2, $3)";

const CLAIM: &str = "\
UPDATE jobs SET due_at = now() + interval '2 minutes', attempts = attempts + 1
WHERE id IN (
    SELECT id FROM jobs WHERE NOT done AND due_at <= now() ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id, attempts, body";

const SETTLE: &str = "UPDATE jobs SET done = true, outcome = $3 WHERE id = $1 AND attempts = $2 AND NOT done";

impl ByHand {
    pub(crate) fn new(server: &str, schema: &str, prepared: bool) -> Self {
        let runtime = Rc::new(runtime());
        Rc::clone(&runtime).block_on(async {
            let caller = empty(server, schema).await;
            caller.batch_execute(TABLES).await.expect("tables");
            let worker = connect(server, schema).await;
            Self {
                runtime,
                servers: vec![process(&caller).await, process(&worker).await],
                order: Sql::new(&caller, ORDER, prepared).await,
                note: Sql::new(&caller, NOTE, prepared).await,
                add: caller.prepare(ADD).await.expect("a statement"),
                claim: Sql::new(&worker, CLAIM, prepared).await,
                settle: Sql::new(&worker, SETTLE, prepared).await,
                caller,
                worker,
            }
        })
    }
}

impl Side for ByHand {
    fn stage(&mut self, new: &[New], with_order: bool, after_each: &dyn Fn()) {
        Rc::clone(&self.runtime).block_on(async {
            for new in new {
                let transaction = begin(&mut self.caller, &self.order, with_order).await;
                let parameters: [Parameter<'_>; 3] =
                    [(&ACCOUNT, Type::TEXT), (&new.key, Type::TEXT), (&new.body, Type::BYTEA)];
                let _: i64 = self.note.rows(&transaction, parameters).await.remove(0).get(0);
                transaction.commit().await.expect("a commit");
                after_each();
            }
        });
    }

    fn make_due(&mut self, new: &[New]) {
        Rc::clone(&self.runtime).block_on(async {
            let transaction = self.caller.transaction().await.expect("a transaction");
            for new in new {
                transaction.execute(&self.add, &[&ACCOUNT, &new.key, &new.body]).await.expect("a row");
            }
            transaction.commit().await.expect("a commit");
        });
    }

    fn work(&mut self, rows: usize, batch: u32, after_each: &dyn Fn()) {
        Rc::clone(&self.runtime).block_on(async {
            let mut settled = 0;
            while settled < rows {
                for row in self.claim.rows(&self.worker, [(&i64::from(batch), Type::INT8)]).await {
                    let (id, attempts, _): (i64, i64, Vec<u8>) = (row.get(0), row.get(1), row.get(2));
                    let transaction = self.worker.transaction().await.expect("a transaction");
                    let outcome = &OUTCOME[..];
                    let parameters: [Parameter<'_>; 3] =
                        [(&id, Type::INT8), (&attempts, Type::INT8), (&outcome, Type::BYTEA)];
                    self.settle.run(&transaction, parameters).await;
                    transaction.commit().await.expect("a commit");
                    settled += 1;
                    after_each();
                }
            }
        });
    }

    fn fill(&mut self, _: u64, _: bool) {
        unimplemented!("only ours is deep");
    }

    fn claim(&mut self) -> usize {
        unimplemented!("only ours is deep");
    }
    fn servers(&self) -> Vec<u32> {
        self.servers.clone()
    }
}
