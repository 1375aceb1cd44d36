//! Workers cross threads: spawned on a runtime of several, with handlers that were registered as closures; and their types do, too.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use cashlink_journal::State::{Done, NeedsReconciliation, Pending};
use cashlink_journal::core::partner::NaturalPerson;
use cashlink_journal::core::partner::distributor::{CreateInvestment, CreateInvestor, UploadDocument};
use cashlink_journal::core::{Bearer, Call};
use cashlink_journal::memory::Memory;
#[cfg(feature = "postgres")]
use cashlink_journal::postgres::Postgres;
use cashlink_journal::reconcile::{self, Finding, Plan};
use cashlink_journal::store::{asynchronous::Operate, blocking::Operate as BlockingOperate};
use cashlink_journal::worker::asynchronous::{Handlers, Worker};
use cashlink_journal::worker::{
    Begun, Event, Heartbeat, Held, Machine, Observer, Outcome, Performing, Recording, Round, Settled, Signal,
    Todo, TwoHandlers, Unrecorded, asynchronous, blocking,
};
use cashlink_journal::{Intent, Staging, State, payloads};
use cashlink_sandbox::{Kind, demo};
use tokio::runtime::{Builder, Runtime};

use crate::api::Api;
use crate::clock::Clock;
use crate::scene::{Scene, World, account, key, upload};

type Spawning<S> = Worker<S, Bearer, Arc<Api>, Clock>;

fn worker<S: Operate + 'static>(scene: &Scene, store: S, handlers: Handlers<S, Bearer>) -> Spawning<S> {
    let (api, clock) = (Arc::clone(&scene.api), scene.clock.clone());
    Worker::with_timer(store, account(), scene.partner.clone(), api, clock, handlers)
        .policy(scene.policy)
        .payloads(scene.documents())
        .observer(scene.told.clone())
        .measured(Duration::from_secs(60))
}

/// Registered as closures, one of which captures something.
fn handlers(prefix: &'static str) -> Handlers<Memory, Bearer> {
    let prefix = String::from(prefix);
    Handlers::<Memory, Bearer>::default()
        .on::<CreateInvestor>(move |transaction, settled| {
            let name = format!("{prefix} {}", settled.id);
            Box::pin(async move {
                tokio::task::yield_now().await;
                if let Outcome::Done(reply) = settled.outcome {
                    transaction.put(name, reply.value.id.to_string());
                }
                Ok(())
            })
        })
        .and_then(|handlers| handlers.on::<UploadDocument>(|_, _| Box::pin(ready(Ok(())))))
        .and_then(|handlers| handlers.on::<CreateInvestment>(|_, _| Box::pin(ready(Ok(())))))
        .unwrap()
}

fn stage<T>(memory: &Memory, scene: &Scene, call: &Call<T, Bearer>) -> i64 {
    let intent = Intent::new(&scene.partner, &account(), call).unwrap();
    let mut transaction = memory.begin();
    let id = transaction.stage(&intent, &Staging::default(), scene.clock.time()).unwrap().id();
    transaction.commit().unwrap();
    id
}

fn state(memory: &mut Memory, id: i64) -> State {
    BlockingOperate::entry(memory, id).unwrap().unwrap().state
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

#[test]
fn a_spawned_worker_performs_what_was_staged_and_stops() {
    let (mut scene, mut memory) = (Scene::new(World::Asynchronous), Memory::default());
    scene.policy.batch = 2;
    let person = NaturalPerson::new().forename("Ada").surname("Lovelace");
    let create = CreateInvestor::natural_person(key("Ada"), person, true);
    let investor = stage(&memory, &scene, &Call::new(&create).unwrap());
    let payload = scene.documents().put(&b"%PDF-1.7"[..]).unwrap();
    let document = stage(&memory, &scene, &Call::new(&upload(payload)).unwrap());
    let mut worker = worker(&scene, memory.clone(), handlers("investor"));
    let signal = worker.signal();
    // It has two in hand, and finishes both.
    scene.told.when("Settled", move || signal.stop());
    let runtime = runtime();
    // What a program does. A function that spawns a worker over any store would compile where this does not.
    runtime.block_on(runtime.spawn(async move { worker.run().await })).unwrap();
    assert_eq!([investor, document].map(|id| state(&mut memory, id)), [Done; 2]);
    assert_eq!((scene.api.count(Kind::Investor), scene.api.count(Kind::Document)), (1, 1));
    assert_eq!(memory.names(), [format!("investor {investor}")]);
}

#[test]
fn a_spawned_look_for_what_is_in_doubt_decides_it() {
    let (scene, mut memory) = (Scene::new(World::Asynchronous), Memory::default());
    let signed_at = "2020-12-11T14:59:46.716Z".parse().unwrap();
    let (investor, campaign) = (demo::CAMPAIGN_ID.parse().unwrap(), demo::CAMPAIGN_ID.parse().unwrap());
    let create = CreateInvestment::signed(key("order"), investor, campaign, 40, signed_at);
    let id = stage(&memory, &scene, &Call::new(&create).unwrap());
    scene.api.arm("drop-request", 1);
    let mut worker = worker(&scene, memory.clone(), handlers("investor"));
    let signal = worker.signal();
    scene.told.when("Settled", move || signal.stop());
    let runtime = runtime();
    runtime.block_on(runtime.spawn(async move { worker.run().await })).unwrap();
    assert_eq!(state(&mut memory, id), NeedsReconciliation);

    let (mut store, mut plan, now) = (memory.clone(), Plan::new("a test"), scene.clock.time());
    plan.quiet = Duration::ZERO;
    let looking = runtime.spawn(async move {
        let look = |_| async { Finding::<()>::DidNotHappen };
        reconcile::asynchronous::run(&mut store, &plan, now, look, |_, _, ()| Box::pin(ready(Ok(())))).await
    });
    let report = runtime.block_on(looking).unwrap().unwrap();
    assert_eq!((report.retried, state(&mut memory, id)), (1, Pending));
}

/// Not run, since there is no server: that it compiles is what counts.
#[cfg(feature = "postgres")]
#[expect(dead_code, reason = "it is compiled, not called")]
fn over_postgres(scene: &Scene, stores: [Postgres; 2]) -> tokio::task::JoinHandle<()> {
    let (plan, now) = (Plan::new("a test"), scene.clock.time());
    let [store, mut other] = stores;
    let handlers = Handlers::<Postgres, Bearer>::default().on::<CreateInvestor>(|transaction, settled| {
        Box::pin(async move {
            transaction.execute("UPDATE orders SET done = true WHERE intent = $1", &[&settled.id]).await?;
            Ok(())
        })
    });
    let mut worker = worker(scene, store, handlers.unwrap());
    tokio::spawn(async move {
        worker.run().await;
        let look = |_| async { Finding::<()>::Unsure };
        let record = reconcile::asynchronous::run(&mut other, &plan, now, look, |transaction, _, ()| {
            Box::pin(async move { Ok(transaction.batch_execute("UPDATE orders SET done = true").await?) })
        });
        assert!(record.await.is_ok());
    })
}

#[test]
fn every_type_of_a_worker_crosses_threads() {
    fn crosses<T: Send + Sync + ?Sized>() {}
    macro_rules! cross { ($($name:ty),+ $(,)?) => { $(crosses::<$name>();)+ } }
    cross!(
        Begun<Bearer>,
        Event<'_>,
        Held,
        Heartbeat,
        Machine,
        dyn Observer,
        Outcome<String>,
        Performing<Bearer>,
        Recording,
        Round,
        Settled<String>,
        Signal,
        Todo,
        TwoHandlers,
        Unrecorded,
        asynchronous::Handlers<Memory, Bearer>,
        Spawning<Memory>,
        blocking::Handlers<Memory, Bearer>,
        blocking::Worker<Memory, Bearer, Arc<Api>, Clock>,
        payloads::Folder,
        dyn payloads::asynchronous::Payloads,
        dyn payloads::blocking::Payloads,
        Finding<String>,
        Plan,
        reconcile::Report,
    );
}
