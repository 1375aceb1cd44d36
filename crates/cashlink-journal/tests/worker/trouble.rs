//! A database that refuses loses nothing, and neither does a program without a handler.

use std::sync::atomic::Ordering;

use cashlink_journal::State::{Done, NeedsReconciliation, Pending};
use cashlink_journal::worker::blocking;
use cashlink_sandbox::Kind;

use crate::scene::{Scene, World};

#[test]
fn an_outcome_in_hand_is_settled_again_until_the_database_takes_it() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_cashlink();
        scene.refusals.settlements.store(5, Ordering::Relaxed);
        scene.work_payments();
        assert_eq!((scene.row(id).state, scene.outcomes(id).len(), scene.api.requests()), (Done, 1, 1));
    }
}

#[test]
fn a_commit_that_is_reported_as_failed_and_happened_is_kept_once() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.refusals.answers.store(1, Ordering::Relaxed);
        scene.work();
        assert_eq!((scene.row(id).state, scene.outcomes(id).len(), scene.api.requests()), (Done, 1, 1));
    }
}

#[test]
fn without_a_handler_nothing_is_sent_until_a_program_comes_that_has_it() {
    let scene = Scene::new(World::Blocking);
    let id = scene.stage_investor("Ada");
    scene.blocking_worker_with(blocking::Handlers::default()).run_until_idle();
    assert_eq!((scene.row(id).state, scene.api.requests()), (Pending, 0));
    assert!(scene.told.was_loud());
    scene.wait_for(id);
    scene.work();
    assert_eq!((scene.row(id).state, scene.outcomes(id).len()), (Done, 1));
}

#[test]
fn an_outcome_that_is_given_up_is_repeated_under_its_key_or_needs_reconciliation() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        for (stage, work, state, requests) in [
            ((|scene| scene.stage_investor("Ada")) as fn(&Scene) -> i64, Scene::work as fn(&Scene), Done, 2),
            (Scene::stage_cashlink, Scene::work_payments, NeedsReconciliation, 1),
        ] {
            let (id, before) = (stage(&scene), scene.api.requests());
            // The last time without the handler's part.
            scene.refusals.settlements.store(scene.policy.settle_tries + 1, Ordering::Relaxed);
            work(&scene);
            assert_eq!((scene.told.count("GivenUp"), scene.outcomes(id).len()), (1, 0), "{world:?}");
            assert!(scene.told.was_loud(), "{world:?}");
            scene.wait_for(id);
            work(&scene);
            assert_eq!((scene.row(id).state, scene.outcomes(id).len()), (state, 1), "{world:?}");
            assert_eq!(scene.api.requests() - before, requests, "{world:?}");
        }
        assert_eq!((scene.api.count(Kind::Investor), scene.api.count(Kind::Cashlink)), (1, 1), "{world:?}");
    }
}
