//! How workers rest, are woken, and stop.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cashlink_journal::State::{Done, Pending};
use cashlink_journal::worker::Round;

use crate::scene::{Scene, World};

#[test]
fn a_worker_that_is_to_stop_finishes_what_it_has_in_hand_and_claims_nothing_more() {
    for world in World::BOTH {
        let mut scene = Scene::new(world);
        scene.policy.batch = 3;
        let ids: Vec<_> = ["Ada", "Bea", "Cyd", "Dot"].map(|name| scene.stage_investor(name)).into();
        let mut worker = scene.worker();
        let signal = worker.signal();
        scene.api.meanwhile(move || signal.stop());
        while scene.round(&mut worker) == Round::Worked {}
        assert_eq!(scene.round(&mut worker), Round::Stopped, "{world:?}");
        let states: Vec<_> = ids.iter().map(|id| scene.row(*id).state).collect();
        assert_eq!(states, [Done, Done, Done, Pending], "{world:?}");
        assert!(!scene.row(ids[3]).maybe_sent, "{world:?}: it was not claimed");
    }
}

#[test]
fn a_batch_is_claimed_at_once_and_the_lease_of_what_waits_in_it_is_extended() {
    for world in World::BOTH {
        let mut scene = Scene::new(world);
        scene.policy.batch = 2;
        let ids = ["Ada", "Bea"].map(|name| scene.stage_investor(name));
        let clock = scene.clock.clone();
        // The first takes longer than a third of a lease.
        scene.told.when("Settled", move || clock.advance(Duration::from_secs(50)));
        scene.work();
        assert_eq!(ids.map(|id| scene.row(id).state), [Done; 2], "{world:?}");
        assert_eq!(scene.told.count("Claimed"), 1, "{world:?}");
        assert_eq!(scene.refusals.extended.load(Ordering::Relaxed), 1, "{world:?}");
    }
}

#[test]
fn a_blocking_worker_that_rests_is_woken_and_stopped_from_elsewhere() {
    let mut scene = Scene::new(World::Blocking);
    scene.policy.poll = Duration::from_secs(3_600);
    let mut worker = scene.blocking_worker();
    let (signal, stop) = (worker.signal(), worker.signal());
    scene.told.when("Settled", move || stop.stop());
    assert_eq!(worker.round(), Round::Worked);
    assert_eq!(worker.round(), Round::Idle(scene.policy.poll), "nothing is due");
    std::thread::scope(|scope| {
        let running = scope.spawn(|| worker.run());
        let id = scene.stage_investor("Ada");
        signal.wake();
        running.join().unwrap();
        assert_eq!(scene.row(id).state, Done);
    });
}

#[test]
fn an_async_worker_that_rests_is_woken_and_stopped_from_elsewhere() {
    let scene = Scene::new(World::Asynchronous);
    let mut worker = scene.async_worker();
    let signal = worker.signal();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut running = pin!(worker.run());
    let mut poll = || running.as_mut().poll(&mut Context::from_waker(&waker));
    assert_eq!(poll(), Poll::Pending, "nothing is due, and no time goes by");

    let id = scene.stage_investor("Ada");
    assert_eq!((poll(), scene.row(id).state), (Poll::Pending, Pending), "it rests");
    signal.wake();
    assert!(woken.take(), "its task is polled again");
    // The sandbox answers at once.
    assert_eq!((poll(), scene.row(id).state), (Poll::Pending, Done));
    signal.stop();
    assert!(woken.take());
    assert_eq!(poll(), Poll::Ready(()));
}

#[test]
fn a_database_that_does_not_claim_is_asked_later_and_news_of_work_changes_nothing() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.refusals.claims.store(2, Ordering::Relaxed);
        let mut worker = scene.worker();
        // Twice as long the second time, each spread over its upper half.
        for longest in [100, 200].map(Duration::from_millis) {
            assert_eq!(scene.round(&mut worker), Round::Worked, "{world:?}: it claims");
            worker.signal().wake();
            let Round::Idle(rest) = scene.round(&mut worker) else { panic!("{world:?}: it doesn't rest") };
            assert!(longest / 2 <= rest && rest <= longest, "{world:?}: {rest:?}");
            scene.clock.advance(rest);
        }
        while scene.round(&mut worker) == Round::Worked {}
        assert_eq!((scene.row(id).state, scene.told.count("StoreFailed")), (Done, 2), "{world:?}");
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Woken {
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
