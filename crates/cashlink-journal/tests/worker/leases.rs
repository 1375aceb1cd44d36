//! Workers that come too late.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::Staging;
use cashlink_journal::State::{Answered, Done, NeedsReconciliation};
use cashlink_sandbox::Kind;

use crate::scene::{Scene, World};

#[test]
fn t43_a_worker_that_was_stopped_past_its_lease_can_not_settle() {
    for world in World::BOTH {
        let scene = Arc::new(Scene::new(world));
        let id = scene.stage_investor("Ada");
        // While its request is under way, the worker stands still past its lease, and another one performs the same intent.
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
fn a_handler_that_fails_leaves_nothing_behind_and_is_called_again_by_another_process() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.handling.failures.store(1, Ordering::Relaxed);
        scene.work();
        assert_eq!((scene.row(id).state, scene.outcomes(id).len()), (Answered, 0));
        assert!(scene.told.was_loud());
        scene.wait_for(id);
        scene.work();
        let investor = scene.api.sandbox().objects(Kind::Investor)[0].id().to_owned();
        assert_eq!(scene.outcomes(id), [format!("done {investor}")], "decoded from what was kept");
        assert_eq!((scene.row(id).state, scene.api.requests()), (Done, 1), "nothing is sent again");
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
