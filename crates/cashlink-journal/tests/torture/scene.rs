//! Four orders, a shop that takes them, and workers that come and go.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::core::partner::distributor::CreateInvestor;
use cashlink_journal::core::partner::{NaturalPerson, Partner};
use cashlink_journal::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_journal::core::{
    Bearer, Call, Client, IdempotencyKey, Operation, Policy as Patience, Secret, UserKey,
};
use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::store::HandlerError;
use cashlink_journal::store::blocking::Store as _;
use cashlink_journal::worker::{Outcome, Settled, asynchronous, blocking};
use cashlink_journal::{Account, Intent, Policy, Staging};
use cashlink_sandbox::{Config, Kind, Sandbox, demo};
use rusqlite::{Connection, Transaction, params};

use crate::Figures;
use crate::asynchronous::Asynchronous;
use crate::clock::Clock;
use crate::steps::{Failing, LEASE, Network, Steps};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// With a documented key.
    Investor(i64),
    /// Without a key: a lost answer leaves it in doubt.
    Link(i64),
}

impl Order {
    pub(crate) const ALL: [Self; 4] = [Self::Investor(1), Self::Link(2), Self::Investor(3), Self::Link(4)];

    fn number(self) -> i64 {
        match self {
            Self::Investor(number) | Self::Link(number) => number,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    Blocking,
    Asynchronous,
}

impl World {
    pub(crate) const BOTH: [Self; 2] = [Self::Blocking, Self::Asynchronous];
}

pub(crate) struct Scene {
    folder: tempfile::TempDir,
    world: World,
    clock: Clock,
    sandbox: Arc<Mutex<Sandbox>>,
    steps: Steps,
    partner: Client<Bearer>,
    payments: Client<UserKey>,
}

fn account(name: &str) -> Account {
    Account::new(name).unwrap()
}

/// A folder in memory, where the system has such a place: nobody cuts the power here, and waiting for a disk proves nothing.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Both kinds of order are noted in the caller's own table.
fn note(transaction: &Transaction<'_>, intent: i64, object: Option<String>) -> Result<(), HandlerError> {
    let sql = "UPDATE orders SET object = ?2, times = times + 1 WHERE intent = ?1";
    transaction.execute(sql, params![intent, object])?;
    Ok(())
}

impl Scene {
    pub(crate) fn new(steps: &Steps, world: World) -> Self {
        let bearer = Bearer::client_credentials(
            demo::DISTRIBUTOR_CLIENT_ID,
            Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET),
        );
        let user = UserKey::new(Secret::new(demo::USER_KEY)).unwrap();
        let patience = Patience::default();
        let scene = Self {
            folder: folder(),
            world,
            clock: Clock::default(),
            sandbox: Arc::new(Mutex::new(Sandbox::new(Config::default()))),
            steps: steps.clone(),
            partner: Client::builder(Partner::demo(), bearer.unwrap()).policy(patience.clone()).build(),
            payments: Client::builder(Payments::production(), user).policy(patience).build(),
        };
        let table = "CREATE TABLE orders (number INTEGER PRIMARY KEY, intent INTEGER, object TEXT, times INTEGER DEFAULT 0)";
        scene.sqlite().connection().execute_batch(table).unwrap();
        scene
    }

    fn sqlite(&self) -> Sqlite {
        let connection = Connection::open(self.folder.path().join("orders.db")).unwrap();
        Sqlite::new(connection, Journal::default()).unwrap()
    }

    fn store(&self) -> Failing {
        Failing { sqlite: self.sqlite(), steps: self.steps.clone() }
    }

    fn intent(&self, order: Order) -> Intent {
        match order {
            Order::Investor(number) => {
                let person = NaturalPerson::new().forename("Investor").surname(format!("No. {number}"));
                let key = IdempotencyKey::new(format!("order-{number}")).unwrap();
                let call = Call::new(&CreateInvestor::natural_person(key, person, true)).unwrap();
                Intent::new(&self.partner, &account("ours"), &call).unwrap()
            }
            Order::Link(number) => {
                let amount = "EUR 12.34".parse().unwrap();
                let link =
                    CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, format!("Order {number}"));
                Intent::new(&self.payments, &account("links"), &Call::new(&link).unwrap()).unwrap()
            }
        }
    }

    pub(crate) fn has(&self, order: Order) -> bool {
        let sql = "SELECT count(*) FROM orders WHERE number = ?1";
        self.sqlite().connection().query_row(sql, [order.number()], |row| row.get::<_, i64>(0)).unwrap() == 1
    }

    /// Takes an order: its row and its intent in one transaction, as they should be.
    pub(crate) fn take(&self, order: Order, in_one_transaction: bool) {
        let (mut store, journal, intent) = (self.store(), self.store(), self.intent(order));
        let add = "INSERT INTO orders (number, intent) VALUES (?1, ?2)";
        if in_one_transaction {
            // An error is the caller's to see; here it is tried again.
            let _ = store.transaction(|transaction| {
                let staged = journal.stage(transaction, &intent, &Staging::default(), self.clock.time())?;
                transaction.execute(add, params![order.number(), staged.id()])?;
                Ok(())
            });
            return;
        }
        let added = store.transaction(|transaction| {
            transaction.execute(add, params![order.number(), None::<i64>])?;
            Ok(())
        });
        if added.is_ok() {
            let _ = store.transaction(|transaction| {
                let staged = journal.stage(transaction, &intent, &Staging::default(), self.clock.time())?;
                transaction.execute(
                    "UPDATE orders SET intent = ?2 WHERE number = ?1",
                    params![order.number(), staged.id()],
                )?;
                Ok(())
            });
        }
    }

    /// A process with a worker for each of the two APIs.
    pub(crate) fn work_off(&self) {
        self.work::<CreateInvestor>(account("ours"), &self.partner, |investor| investor.id.to_string());
        self.work::<CreateCashlink>(account("links"), &self.payments, |link| link.public_id.to_string());
    }

    fn work<O: Operation>(
        &self,
        account: Account,
        client: &Client<O::Credential>,
        id: impl Fn(&O::Output) -> String + Send + Sync + 'static,
    ) {
        let (clock, client) = (self.clock.clone(), client.clone());
        let network =
            Network { sandbox: Arc::clone(&self.sandbox), clock: clock.clone(), steps: self.steps.clone() };
        let object = move |settled: &Settled<O::Output>| match &settled.outcome {
            Outcome::Done(reply) => Some(id(&reply.value)),
            _ => None,
        };
        match self.world {
            World::Blocking => {
                let handlers = blocking::Handlers::default()
                    .on::<O>(move |transaction, settled| note(transaction, settled.id, object(&settled)));
                blocking::Worker::with_timer(
                    self.store(),
                    account,
                    client,
                    network,
                    clock,
                    handlers.unwrap(),
                )
                .run_until_idle();
            }
            World::Asynchronous => {
                let handlers = asynchronous::Handlers::<Asynchronous<_>, _>::default().on::<O>(
                    move |writes, settled| {
                        let (intent, object) = (settled.id, object(&settled));
                        writes.add(move |transaction| note(transaction, intent, object));
                        Box::pin(ready(Ok(())))
                    },
                );
                let (store, mut policy) = (Asynchronous::new(self.store()), Policy::default());
                policy.lease = LEASE;
                let worker = asynchronous::Worker::with_timer(
                    store,
                    account,
                    client,
                    network,
                    clock,
                    handlers.unwrap(),
                );
                self.clock.block_on(worker.policy(policy).run_until_idle());
            }
        }
    }

    pub(crate) fn let_leases_end(&self) {
        self.clock.advance(Duration::from_secs(3_700));
    }

    fn count(&self, sql: &str) -> i64 {
        self.sqlite().connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn live(&self) -> i64 {
        self.count("SELECT count(*) FROM cashlink_intents WHERE state <= 2")
    }

    pub(crate) fn figures(&self) -> Figures {
        let sqlite = self.sqlite();
        let mut query =
            sqlite.connection().prepare("SELECT number, times FROM orders ORDER BY number").unwrap();
        let orders: Vec<(i64, i64)> =
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let unwritten = orders.iter().filter(|(_, times)| *times != 1).map(|(number, _)| *number).collect();
        let sandbox = self.sandbox.lock().unwrap();
        let effects = |order: Order| -> usize {
            let (kind, text) = match order {
                Order::Investor(number) => (Kind::Investor, format!("No. {number}")),
                Order::Link(number) => (Kind::Cashlink, format!("Order {number}")),
            };
            sandbox
                .objects(kind)
                .iter()
                .filter(|object| object.json().to_string().contains(&format!("{text}\"")))
                .count()
        };
        let astray = Order::ALL
            .into_iter()
            .filter(|order| matches!(order, Order::Investor(_)) && effects(*order) != 1);
        let doubled = Order::ALL.into_iter().filter(|order| effects(*order) > 1);
        Figures {
            astray: astray.map(Order::number).collect(),
            doubled: doubled.map(Order::number).collect(),
            unwritten,
        }
    }
}
