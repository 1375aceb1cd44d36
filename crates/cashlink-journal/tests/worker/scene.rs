//! A journal in a file, a sandbox, and workers that come and go.

use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_journal::core::partner::distributor::{CreateInvestment, CreateInvestor, UploadDocument};
use cashlink_journal::core::partner::{NaturalPerson, Partner, scope};
use cashlink_journal::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_journal::core::{
    Bearer, Call, Client, Credential, IdempotencyKey, Operation, Policy as Patience, Secret, UserKey,
};
use cashlink_journal::payloads::Folder;
use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::store::HandlerError;
use cashlink_journal::worker::{Event, Observer, Outcome, Round, Settled, Signal, asynchronous, blocking};
use cashlink_journal::{Account, Evidence, Intent, Policy, Staging, State};
use cashlink_sandbox::{Kind, demo};
use rusqlite::Connection;

use crate::api::Api;
use crate::asynchronous::Asynchronous;
use crate::clock::Clock;
use crate::store::{Refusals, Store, take, write};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    Blocking,
    Asynchronous,
}

impl World {
    pub(crate) const BOTH: [Self; 2] = [Self::Blocking, Self::Asynchronous];
}

pub(crate) type BlockingWorker = blocking::Worker<Store, Bearer, Arc<Api>, Clock>;
pub(crate) type AsyncWorker = asynchronous::Worker<Asynchronous<Store>, Bearer, Arc<Api>, Clock>;

/// What the workers of a scene told.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<(String, bool)>>>, Arc<Mutex<Option<Hook>>>);

/// What happens, once, when a worker tells an event that begins so.
type Hook = (&'static str, Box<dyn FnOnce() + Send>);

impl Observer for Told {
    fn observe(&self, event: Event<'_>) {
        let (told, loud) = (format!("{event:?}"), event.needs_attention());
        let hook = self.1.lock().unwrap().take_if(|(name, _)| told.starts_with(*name));
        self.0.lock().unwrap().push((told, loud));
        if let Some((_, hook)) = hook {
            hook();
        }
    }
}

impl Told {
    pub(crate) fn when(&self, name: &'static str, hook: impl FnOnce() + Send + 'static) {
        *self.1.lock().unwrap() = Some((name, Box::new(hook)));
    }

    /// How many events begin so.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|(event, _)| event.starts_with(name)).count()
    }

    /// Whether a person should have heard of something since this was asked last.
    pub(crate) fn was_loud(&self) -> bool {
        std::mem::take(&mut *self.0.lock().unwrap()).into_iter().any(|(_, loud)| loud)
    }
}

/// What the handlers do, all of them.
#[derive(Clone, Default)]
pub(crate) struct Handling {
    /// How often they fail from now on, after they have written.
    pub(crate) failures: Arc<AtomicU32>,
    /// How often they panic from now on.
    pub(crate) panics: Arc<AtomicU32>,
}

impl Handling {
    fn result(&self) -> Result<(), HandlerError> {
        assert!(!take(&self.panics), "a handler was told to panic");
        if take(&self.failures) { Err("a handler was told to fail".into()) } else { Ok(()) }
    }
}

pub(crate) struct Scene {
    folder: tempfile::TempDir,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) api: Arc<Api>,
    pub(crate) told: Told,
    pub(crate) handling: Handling,
    pub(crate) refusals: Refusals,
    pub(crate) policy: Policy,
    pub(crate) partner: Client<Bearer>,
    payments: Client<UserKey>,
}

/// A worker of either world.
pub(crate) enum Either {
    Blocking(BlockingWorker),
    Asynchronous(AsyncWorker),
}

impl Either {
    pub(crate) fn signal(&self) -> Signal {
        match self {
            Self::Blocking(worker) => worker.signal(),
            Self::Asynchronous(worker) => worker.signal(),
        }
    }
}

/// A row of the journal.
pub(crate) struct Stored {
    pub(crate) state: State,
    pub(crate) due_in: Duration,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) maybe_sent: bool,
}

pub(crate) fn account() -> Account {
    Account::new("ours").unwrap()
}

pub(crate) fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey::new(name).unwrap()
}

pub(crate) fn upload(payload: PayloadRef) -> UploadDocument {
    let name = FileName::new("id.pdf").unwrap();
    UploadDocument::new(key("document"), BoundarySeed::new([7; 16]), name, MediaType::PDF, payload)
}

fn word<T>(settled: &Settled<T>, id: impl Fn(&T) -> String) -> (i64, String) {
    let word = match &settled.outcome {
        Outcome::Done(reply) => format!("done {}", id(&reply.value)),
        Outcome::Unreadable(_) => "unreadable".into(),
        Outcome::Rejected(evidence) => format!("rejected, {} complaints", evidence.error_map().len()),
        Outcome::NeedsReconciliation(_) => "unknown".into(),
        Outcome::Dead(_) => "dead".into(),
        _ => "new".into(),
    };
    (settled.id, word)
}

impl Scene {
    pub(crate) fn new(world: World) -> Self {
        // Waits are the server's, not chance's; the clock moves for nothing else.
        let mut patience = Patience::default();
        patience.backoff = Duration::ZERO;
        let bearer = Bearer::client_credentials(
            demo::DISTRIBUTOR_CLIENT_ID,
            Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET),
        );
        let bearer = bearer.unwrap().scopes([
            scope::DOCUMENTS_WRITE,
            scope::INVESTORS_WRITE,
            scope::INVESTMENTS_WRITE,
        ]);
        let user = UserKey::new(Secret::new(demo::USER_KEY)).unwrap();
        let clock = Clock::default();
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
            world,
            api: Arc::new(Api::new(&clock)),
            clock,
            told: Told::default(),
            handling: Handling::default(),
            refusals: Refusals::default(),
            policy: Policy::default(),
            partner: Client::builder(Partner::demo(), bearer).policy(patience.clone()).build(),
            payments: Client::builder(Payments::production(), user).policy(patience).build(),
        };
        let table = "CREATE TABLE outcomes (intent INTEGER, what TEXT)";
        scene.sqlite().connection().execute_batch(table).unwrap();
        scene
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    pub(crate) fn documents(&self) -> Folder {
        Folder::new(self.folder.path())
    }

    pub(crate) fn sqlite(&self) -> Sqlite {
        Sqlite::new(Connection::open(self.database()).unwrap(), Journal::default()).unwrap()
    }

    pub(crate) fn store(&self) -> Store {
        Store { sqlite: self.sqlite(), refusals: self.refusals.clone() }
    }

    fn stage<T, C: Credential>(&self, client: &Client<C>, call: &Call<T, C>, staging: &Staging) -> i64 {
        let intent = Intent::new(client, &account(), call).unwrap();
        let (mut connection, journal) = self.sqlite().into_parts();
        let transaction = connection.transaction().unwrap();
        let staged = journal.stage(&transaction, &intent, staging, self.clock.time()).unwrap();
        transaction.commit().unwrap();
        staged.id()
    }

    /// A key that is documented.
    pub(crate) fn stage_investor(&self, name: &str) -> i64 {
        self.stage_ordered(name, &Staging::default())
    }

    pub(crate) fn stage_ordered(&self, name: &str, staging: &Staging) -> i64 {
        let person = NaturalPerson::new().forename(name).surname("Lovelace");
        let create = CreateInvestor::natural_person(key(name), person, true);
        self.stage(&self.partner, &Call::new(&create).unwrap(), staging)
    }

    /// A key that is merely assumed.
    pub(crate) fn stage_investment(&self) -> i64 {
        if self.api.count(Kind::Investor) == 0 {
            let _ = self.stage_investor("somebody");
            self.work();
        }
        let investor = self.api.sandbox().objects(Kind::Investor)[0].id().parse().unwrap();
        let signed_at = "2020-12-11T14:59:46.716Z".parse().unwrap();
        let campaign = demo::CAMPAIGN_ID.parse().unwrap();
        let create = CreateInvestment::signed(key("order"), investor, campaign, 40, signed_at);
        self.stage(&self.partner, &Call::new(&create).unwrap(), &Staging::default())
    }

    pub(crate) fn stage_document(&self, payload: PayloadRef) -> i64 {
        self.stage(&self.partner, &Call::new(&upload(payload)).unwrap(), &Staging::default())
    }

    /// No key at all.
    pub(crate) fn stage_cashlink(&self) -> i64 {
        let create =
            CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse().unwrap(), "no. 1");
        self.stage(&self.payments, &Call::new(&create).unwrap(), &Staging::default())
    }

    /// A worker of a new process works until it is idle.
    pub(crate) fn work(&self) {
        match self.world {
            World::Blocking => self.blocking_worker().run_until_idle(),
            World::Asynchronous => self.clock.block_on(self.async_worker().run_until_idle()),
        }
    }

    pub(crate) fn blocking_worker(&self) -> BlockingWorker {
        let handlers = blocking::Handlers::default();
        let handlers = self.on_blocking::<CreateInvestor>(handlers, |investor| investor.id.to_string());
        let handlers = self.on_blocking::<CreateInvestment>(handlers, |investment| investment.id.to_string());
        let handlers = self.on_blocking::<UploadDocument>(handlers, |document| document.id.to_string());
        self.blocking_worker_with(handlers)
    }

    pub(crate) fn blocking_worker_with(&self, handlers: blocking::Handlers<Store, Bearer>) -> BlockingWorker {
        let (api, clock) = (Arc::clone(&self.api), self.clock.clone());
        blocking::Worker::with_timer(self.store(), account(), self.partner.clone(), api, clock, handlers)
            .policy(self.policy)
            .observer(self.told.clone())
            .payloads(self.documents())
    }

    pub(crate) fn async_worker(&self) -> AsyncWorker {
        let handlers = asynchronous::Handlers::default();
        let handlers = self.on_async::<CreateInvestor>(handlers, |investor| investor.id.to_string());
        let handlers = self.on_async::<CreateInvestment>(handlers, |investment| investment.id.to_string());
        let handlers = self.on_async::<UploadDocument>(handlers, |document| document.id.to_string());
        let (api, clock) = (Arc::clone(&self.api), self.clock.clone());
        let store = Asynchronous::new(self.store());
        asynchronous::Worker::with_timer(store, account(), self.partner.clone(), api, clock, handlers)
            .policy(self.policy)
            .observer(self.told.clone())
            .payloads(self.documents())
    }

    /// One round.
    pub(crate) fn round(&self, worker: &mut Either) -> Round {
        match worker {
            Either::Blocking(worker) => worker.round(),
            Either::Asynchronous(worker) => self.clock.block_on(worker.round()),
        }
    }

    /// A worker that lasts.
    pub(crate) fn worker(&self) -> Either {
        match self.world {
            World::Blocking => Either::Blocking(self.blocking_worker()),
            World::Asynchronous => Either::Asynchronous(self.async_worker()),
        }
    }

    /// The same for payments.
    pub(crate) fn work_payments(&self) {
        let (api, clock) = (Arc::clone(&self.api), self.clock.clone());
        let client = self.payments.clone();
        let id = |link: &_| public_id(link);
        match self.world {
            World::Blocking => {
                let handlers = self.on_blocking::<CreateCashlink>(blocking::Handlers::default(), id);
                blocking::Worker::with_timer(self.store(), account(), client, api, clock, handlers)
                    .observer(self.told.clone())
                    .run_until_idle();
            }
            World::Asynchronous => {
                let handlers = self.on_async::<CreateCashlink>(asynchronous::Handlers::default(), id);
                let store = Asynchronous::new(self.store());
                let worker = asynchronous::Worker::with_timer(store, account(), client, api, clock, handlers);
                self.clock.block_on(worker.observer(self.told.clone()).run_until_idle());
            }
        }
    }

    fn on_blocking<O: Operation>(
        &self,
        handlers: blocking::Handlers<Store, O::Credential>,
        id: impl Fn(&O::Output) -> String + Send + Sync + 'static,
    ) -> blocking::Handlers<Store, O::Credential> {
        let handling = self.handling.clone();
        handlers
            .on::<O>(move |transaction, settled| {
                write(transaction, word(&settled, &id))?;
                handling.result()
            })
            .unwrap()
    }

    fn on_async<O: Operation>(
        &self,
        handlers: asynchronous::Handlers<Asynchronous<Store>, O::Credential>,
        id: impl Fn(&O::Output) -> String + Send + Sync + 'static,
    ) -> asynchronous::Handlers<Asynchronous<Store>, O::Credential> {
        let handling = self.handling.clone();
        handlers
            .on::<O>(move |transaction, settled| {
                let (word, handling) = (word(&settled, &id), handling.clone());
                Box::pin(async move {
                    transaction.add(|transaction| write(transaction, word));
                    handling.result()
                })
            })
            .unwrap()
    }

    pub(crate) fn row(&self, id: i64) -> Stored {
        let sql = "SELECT state, due_at, evidence, maybe_sent FROM cashlink_intents WHERE id = ?1";
        let sqlite = self.sqlite();
        let now = self.clock.time().wall;
        sqlite
            .connection()
            .query_row(sql, [id], |columns| {
                let due: i64 = columns.get(1)?;
                let evidence: Option<Vec<u8>> = columns.get(2)?;
                Ok(Stored {
                    state: State::from_number(columns.get(0)?).unwrap(),
                    due_in: Duration::from_secs(u64::try_from(due).unwrap().saturating_sub(now)),
                    evidence: evidence.map(|bytes| Evidence::decode(&bytes).unwrap()),
                    maybe_sent: columns.get(3)?,
                })
            })
            .unwrap()
    }

    /// What the handlers wrote and committed about this intent.
    pub(crate) fn outcomes(&self, id: i64) -> Vec<String> {
        let sqlite = self.sqlite();
        let mut statement =
            sqlite.connection().prepare("SELECT what FROM outcomes WHERE intent = ?1").unwrap();
        statement.query_map([id], |columns| columns.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Until this one is due.
    pub(crate) fn wait_for(&self, id: i64) {
        self.clock.advance(self.row(id).due_in + Duration::from_secs(1));
    }
}

fn public_id(link: &cashlink_journal::core::payments::Cashlink) -> String {
    link.public_id.to_string()
}
