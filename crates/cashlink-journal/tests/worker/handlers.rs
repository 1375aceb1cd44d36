//! Handlers that fail, panic, or can't read what came; and two for one name.

use std::sync::atomic::{AtomicU32, Ordering};

use cashlink_journal::State::{Answered, Done};
use cashlink_journal::core::partner::distributor::CreateInvestor;
use cashlink_journal::core::{Bearer, Operation};
use cashlink_journal::worker::{TwoHandlers, asynchronous, blocking};
use cashlink_sandbox::Kind;

use crate::asynchronous::Asynchronous;
use crate::scene::{Scene, World};
use crate::store::Store;

/// The first call fails so; nothing of it stays, and another process calls the handler again.
fn failing_once(fails: impl Fn(&Scene) -> &AtomicU32) {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        fails(&scene).store(1, Ordering::Relaxed);
        scene.work();
        assert_eq!((scene.row(id).state, scene.outcomes(id).len()), (Answered, 0));
        assert_eq!(scene.told.count("HandlerFailed"), 1);
        assert!(scene.told.was_loud());
        scene.wait_for(id);
        scene.work();
        let investor = scene.api.sandbox().objects(Kind::Investor)[0].id().to_owned();
        assert_eq!(scene.outcomes(id), [format!("done {investor}")], "decoded from what was kept");
        assert_eq!((scene.row(id).state, scene.api.requests()), (Done, 1), "nothing is sent again");
    }
}

#[test]
fn a_handler_that_fails_leaves_nothing_behind_and_is_called_again_by_another_process() {
    failing_once(|scene| &scene.handling.failures);
}

#[test]
fn a_handler_that_panics_leaves_nothing_behind_and_is_called_again_by_another_process() {
    failing_once(|scene| &scene.handling.panics);
}

#[test]
fn a_worker_outlives_a_handler_that_panics() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let (first, second) = (scene.stage_investor("Ada"), scene.stage_investor("Bea"));
        scene.handling.panics.store(1, Ordering::Relaxed);
        scene.work();
        assert_eq!((scene.row(first).state, scene.row(second).state), (Answered, Done));
    }
}

/// As during a deployment, whose older programs have none for it.
#[test]
fn what_is_known_stays_known_in_a_program_that_has_no_handler_for_it() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.handling.failures.store(1, Ordering::Relaxed);
        scene.work();
        assert_eq!((scene.row(id).state, scene.told.was_loud()), (Answered, true), "{world:?}");
        scene.wait_for(id);
        scene.blocking_worker_with(blocking::Handlers::default()).run_until_idle();
        assert_eq!((scene.row(id).state, scene.told.was_loud()), (Answered, true), "{world:?}");
        scene.wait_for(id);
        scene.work();
        assert_eq!((scene.row(id).state, scene.api.requests()), (Done, 1), "{world:?}");
        assert_eq!(scene.outcomes(id).len(), 1, "{world:?}");
    }
}

#[test]
fn what_happened_and_can_not_be_read_is_handed_over_as_that() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.api.garble(b"[1]");
        scene.work();
        assert_eq!((scene.row(id).state, scene.api.requests()), (Done, 1), "{world:?}");
        assert_eq!(scene.outcomes(id), ["unreadable"], "{world:?}");
        let evidence = scene.row(id).evidence.unwrap();
        assert_eq!(evidence.answer().unwrap().body().as_ref(), b"[1]", "{world:?}: kept as it came");
    }
}

/// What it wrote fails with the commit, not with a statement of its own: so does what a handler of PostgreSQL hides.
#[test]
fn a_handler_whose_writes_can_not_be_committed_takes_no_outcome_with_it() {
    let scene = Scene::new(World::Blocking);
    let tables = "CREATE TABLE investors (id TEXT PRIMARY KEY);
        CREATE TABLE orders (investor TEXT REFERENCES investors (id) DEFERRABLE INITIALLY DEFERRED)";
    scene.sqlite().connection().execute_batch(tables).unwrap();
    let id = scene.stage_investor("Ada");
    let handlers = blocking::Handlers::<Store, Bearer>::default().on::<CreateInvestor>(|transaction, _| {
        transaction.execute("INSERT INTO orders (investor) VALUES ('nobody')", [])?;
        Ok(())
    });
    scene.blocking_worker_with(handlers.unwrap()).run_until_idle();
    assert_eq!((scene.row(id).state, scene.told.count("GivenUp")), (Answered, 0));
    assert!(scene.told.was_loud());
    scene.wait_for(id);
    scene.work();
    assert_eq!((scene.row(id).state, scene.outcomes(id).len(), scene.api.requests()), (Done, 1, 1));
}

#[test]
fn two_handlers_for_one_operation_are_an_error() {
    let two = Some(TwoHandlers { operation: CreateInvestor::NAME });
    let handlers = blocking::Handlers::<Store, Bearer>::default().on::<CreateInvestor>(|_, _| Ok(()));
    assert_eq!(handlers.unwrap().on::<CreateInvestor>(|_, _| Ok(())).err(), two);

    let handlers = asynchronous::Handlers::<Asynchronous<Store>, Bearer>::default();
    let handlers = handlers.on::<CreateInvestor>(|_, _| Box::pin(async { Ok(()) })).unwrap();
    assert_eq!(handlers.on::<CreateInvestor>(|_, _| Box::pin(async { Ok(()) })).err(), two);
}
