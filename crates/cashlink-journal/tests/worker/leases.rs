//! Workers that come too late.

use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::Staging;
use cashlink_journal::State::{Done, NeedsReconciliation, Pending};
use cashlink_sandbox::Kind;

use crate::scene::{Scene, World};

#[test]
fn t43_a_worker_that_was_stopped_past_its_lease_can_not_settle() {
    for world in World::BOTH {
        let scene = Arc::new(Scene::new(world));
        let id = scene.stage_investor("Ada");
        // While its request is under way, the worker stands still past its lease, its heartbeat with it, and another one performs
        // the same intent.
        scene.refusals.extensions.store(u32::MAX, Ordering::Relaxed);
        let (other, entered) = (Arc::clone(&scene), Mutex::new(false));
        scene.api.meanwhile(move || {
            if !std::mem::replace(&mut *entered.lock().unwrap(), true) {
                other.clock.advance(Duration::from_secs(240));
                other.blocking_worker().run_until_idle();
            }
        });
        scene.work();
        assert_eq!((scene.row(id).state, scene.told.count("LeaseLost")), (Done, 1));
        assert_eq!(scene.outcomes(id).len(), 1, "the late one's handler leaves nothing");
        assert_eq!((scene.api.requests(), scene.api.count(Kind::Investor)), (2, 1), "one key, one object");
    }
}

#[test]
fn t44_a_worker_that_was_stopped_for_a_day_repeats_nothing_of_what_it_had_claimed() {
    for world in World::BOTH {
        let mut scene = Scene::new(world);
        // The first of two that are claimed at once; its request takes more than a day.
        let _ = scene.stage_ordered("Bob", &Staging::default().not_before(Duration::from_secs(1)));
        let id = scene.stage_investor("Ada");
        scene.api.arm("drop-response", 4);
        scene.work();
        assert_eq!(scene.api.count(Kind::Investor), 1);
        scene.policy.batch = 2;
        let scene = Arc::new(scene);
        scene.wait_for(id);
        let stopped = Arc::clone(&scene);
        scene.api.meanwhile(move || {
            stopped.clock.advance(Duration::from_secs(26 * 60 * 60));
            stopped.api.sandbox().forget_keys();
        });
        scene.work();
        scene.clock.advance(Duration::from_secs(3_600));
        scene.work();
        assert_eq!((scene.row(id).state, scene.api.count(Kind::Investor)), (NeedsReconciliation, 2));
    }
}

#[test]
fn an_async_worker_extends_its_lease_beside_a_long_upload() {
    let scene = Scene::new(World::Asynchronous);
    let id = scene.stage_document(scene.documents().put(&b"%PDF-1.7"[..]).unwrap());
    scene.api.takes(Duration::from_secs(600));
    scene.work();
    assert_eq!((scene.row(id).state, scene.api.count(Kind::Document)), (Done, 1));
    assert!(
        scene.refusals.extended.load(Ordering::Relaxed) >= 14,
        "each time that a third of two minutes has gone"
    );
    assert_eq!((scene.api.requests(), scene.told.count("LeaseLost")), (1, 0));
}

#[test]
fn a_database_that_does_not_extend_is_asked_again_before_the_lease_ends() {
    let scene = Scene::new(World::Asynchronous);
    let id = scene.stage_investor("Ada");
    scene.refusals.extensions.store(3, Ordering::Relaxed);
    scene.api.takes(Duration::from_secs(100));
    scene.work();
    // After 40 seconds, a third of the lease, and then each 10, a twelfth.
    assert_eq!((scene.row(id).state, scene.told.count("StoreFailed")), (Done, 3));
    assert_eq!((scene.api.requests(), scene.refusals.extended.load(Ordering::Relaxed)), (1, 1));
}

#[test]
fn a_blocking_worker_extends_its_lease_from_a_second_thread() {
    let mut scene = Scene::new(World::Blocking);
    scene.policy.lease = Duration::from_millis(300);
    let id = scene.stage_investor("Ada");
    let (sender, extended) = channel();
    *scene.refusals.hears.lock().unwrap() = Some(sender);
    let clock = scene.clock.clone();
    // The request isn't answered before the lease was extended twice, each time that a third of it has gone.
    scene.api.meanwhile(move || {
        for _ in 0..2 {
            clock.advance(Duration::from_millis(100));
            extended.recv_timeout(Duration::from_secs(30)).expect("nobody extends the lease");
        }
    });
    scene.work();
    assert_eq!((scene.row(id).state, scene.api.requests(), scene.told.count("LeaseLost")), (Done, 1, 0));
}

#[test]
fn an_observer_that_panics_beside_a_call_takes_no_answer_with_it() {
    let mut scene = Scene::new(World::Blocking);
    scene.policy.lease = Duration::from_millis(300);
    let id = scene.stage_investor("Ada");
    scene.refusals.extensions.store(1, Ordering::Relaxed);
    let (sender, told) = channel();
    scene.told.when("StoreFailed", move || {
        let _ = sender.send(());
        panic!("an observer was told to panic");
    });
    let clock = scene.clock.clone();
    scene.api.meanwhile(move || {
        clock.advance(Duration::from_millis(100));
        told.recv_timeout(Duration::from_secs(30)).expect("nobody extends the lease");
    });
    scene.work();
    assert_eq!((scene.row(id).state, scene.outcomes(id).len(), scene.api.requests()), (Done, 1, 1));
}

#[test]
fn t43_nothing_is_sent_once_the_lease_has_ended() {
    for world in World::BOTH {
        // A lease that is shorter than a call's own deadline: it is the lease that is looked at.
        let mut scene = Scene::new(world);
        scene.policy.lease = Duration::from_secs(30);
        let scene = Arc::new(scene);
        let id = scene.stage_investor("Ada");
        // While it asks for a token, the worker stands still past its lease, its heartbeat with it, and another one performs the same
        // intent.
        scene.refusals.extensions.store(u32::MAX, Ordering::Relaxed);
        let other = Arc::clone(&scene);
        scene.api.meanwhile_token(move || {
            other.clock.advance(Duration::from_secs(40));
            other.blocking_worker().run_until_idle();
        });
        scene.work();
        assert_eq!((scene.row(id).state, scene.told.count("LeaseLost")), (Done, 1), "{world:?}");
        assert_eq!((scene.api.requests(), scene.outcomes(id).len()), (1, 1), "{world:?}: only the other's");
    }
}

#[test]
fn t43_what_was_not_sent_because_the_lease_had_ended_is_sent_later() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_cashlink();
        // Between its claim and its request the worker stands still, and the database doesn't extend the lease.
        let clock = scene.clock.clone();
        scene.told.when("Claimed", move || clock.advance(Duration::from_secs(240)));
        scene.refusals.extensions.store(u32::MAX, Ordering::Relaxed);
        scene.work_payments();
        let row = scene.row(id);
        assert_eq!((row.state, scene.api.requests()), (Pending, 0), "{world:?}");
        assert!(!row.maybe_sent, "{world:?}: it has no key, and yet it may be tried again");
        scene.wait_for(id);
        scene.work_payments();
        assert_eq!((scene.row(id).state, scene.api.requests()), (Done, 1), "{world:?}");
    }
}

#[test]
fn t43_a_worker_that_stood_still_after_its_claim_looks_whether_the_intent_is_still_its_own() {
    for world in World::BOTH {
        let scene = Arc::new(Scene::new(world));
        let id = scene.stage_investor("Ada");
        let other = Arc::clone(&scene);
        scene.told.when("Claimed", move || {
            other.clock.advance(Duration::from_secs(240));
            other.blocking_worker().run_until_idle();
        });
        scene.work();
        assert_eq!((scene.row(id).state, scene.told.count("LeaseLost")), (Done, 1), "{world:?}");
        assert_eq!((scene.api.requests(), scene.outcomes(id).len()), (1, 1), "{world:?}: only the other's");
    }
}

#[test]
fn t43_a_lease_that_ended_by_the_databases_clock_is_noticed_before_anything_is_sent() {
    for world in World::BOTH {
        let scene = Arc::new(Scene::new(world));
        let id = scene.stage_cashlink();
        // More than a third of the lease has gone by the worker's clocks, and all of it by the database's: another worker has it.
        let other = Arc::clone(&scene);
        scene.told.when("Claimed", move || {
            other.clock.advance(Duration::from_secs(50));
            other.sqlite().connection().execute("UPDATE cashlink_intents SET due_at = 0", []).unwrap();
            other.work_payments();
        });
        scene.work_payments();
        // It has no key, so that nobody can know whether the first one sent it: it must not.
        let state = (scene.row(id).state, scene.told.count("LeaseLost"));
        assert_eq!(state, (NeedsReconciliation, 1), "{world:?}");
        assert_eq!((scene.api.count(Kind::Cashlink), scene.outcomes(id).len()), (0, 1), "{world:?}");
    }
}
