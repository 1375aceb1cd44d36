//! What needs reconciliation is looked for, and decided.

use std::future::ready;
use std::time::Duration;

use cashlink_journal::State::{Done, NeedsReconciliation, Pending, Rejected};
use cashlink_journal::operate::{Decision, Entry};
use cashlink_journal::reconcile::Finding::{self, DidNotHappen, Happened, Unsure};
use cashlink_journal::reconcile::{Plan, Report, asynchronous, blocking};
use cashlink_journal::store::HandlerError;
use cashlink_journal::store::blocking::Operate as _;
use cashlink_sandbox::Kind;

use crate::asynchronous::Asynchronous;
use crate::scene::{Scene, World};
use crate::store::write;

/// One that happened, and two that didn't. Nobody knows.
fn in_doubt(scene: &Scene) -> [i64; 3] {
    ["drop-response", "drop-request", "drop-request"].map(|fault| {
        let id = scene.stage_cashlink();
        scene.api.arm(fault, 1);
        scene.work_payments();
        assert_eq!(scene.row(id).state, NeedsReconciliation);
        id
    })
}

fn nothing(_: &str) -> Result<(), HandlerError> {
    Ok(())
}

fn reconcile(
    scene: &Scene,
    plan: &Plan,
    mut look: impl FnMut(&Entry) -> Finding<&'static str> + Send,
    written: impl Fn(&str) -> Result<(), HandlerError> + Send + Sync + 'static,
) -> Report {
    let now = scene.clock.time();
    match scene.world {
        World::Blocking => {
            let record = |transaction: &mut rusqlite::Transaction<'_>, entry: &Entry, object: &str| {
                write(transaction, (entry.id, format!("found {object}")))?;
                written(object)
            };
            blocking::run(&mut scene.sqlite(), plan, now, look, record).unwrap()
        }
        World::Asynchronous => {
            let mut store = Asynchronous::new(scene.store());
            let run = asynchronous::run(
                &mut store,
                plan,
                now,
                |entry| ready(look(&entry)),
                |transaction, entry, object: &str| {
                    let found = (entry.id, format!("found {object}"));
                    transaction.add(|transaction| write(transaction, found));
                    Box::pin(ready(written(object)))
                },
            );
            scene.clock.block_on(run).unwrap()
        }
    }
}

#[test]
fn each_is_decided_by_what_was_found() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let [there, absent, open] = in_doubt(&scene);
        scene.clock.advance(Duration::from_secs(15 * 60));
        let look = |entry: &Entry| {
            assert_eq!(entry.intent().unwrap().unwrap().operation(), "cashlinks.create");
            if entry.id == there {
                Happened("it")
            } else if entry.id == absent {
                DidNotHappen
            } else {
                Unsure
            }
        };
        let report = reconcile(&scene, &Plan::new("a test"), look, nothing);
        assert_eq!((report.happened, report.retried, report.unsure), (1, 1, 1), "{world:?}");
        assert_eq!((report.quiet, report.passed, report.failed.len()), (0, 0, 0), "{world:?}");
        let states = [there, absent, open].map(|id| scene.row(id).state);
        assert_eq!(states, [Done, Pending, NeedsReconciliation], "{world:?}");
        assert_eq!(scene.outcomes(there), ["unknown", "found it"], "{world:?}: by its handler, and by hand");
        assert_eq!(scene.row(there).evidence.unwrap().decided(), Some("a test"), "{world:?}");

        scene.work_payments();
        assert_eq!((scene.row(absent).state, scene.api.count(Kind::Cashlink)), (Done, 2), "{world:?}");
        assert_eq!(scene.outcomes(open), ["unknown"], "{world:?}");
    }
}

#[test]
fn what_was_given_up_a_moment_ago_is_not_looked_for() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let _ = in_doubt(&scene);
        let look = |_: &Entry| panic!("a request may still be under way");
        let report = reconcile(&scene, &Plan::new("a test"), look, nothing);
        assert_eq!(report.quiet, 3, "{world:?}");
    }
}

#[test]
fn what_can_not_be_written_leaves_its_intent_as_it_was_and_no_other() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let [first, second, third] = in_doubt(&scene);
        let mut plan = Plan::new("a test");
        plan.quiet = Duration::ZERO;
        let look = |entry: &Entry| Happened(if entry.id == first { "bad" } else { "good" });
        let report = reconcile(&scene, &plan, look, |it| if it == "bad" { Err("no".into()) } else { Ok(()) });
        assert_eq!((report.happened, report.failed.len(), report.failed[0].0), (2, 1, first), "{world:?}");
        let states = [first, second, third].map(|id| scene.row(id).state);
        assert_eq!(states, [NeedsReconciliation, Done, Done], "{world:?}");
        assert_eq!(scene.outcomes(first), ["unknown"], "{world:?}");
    }
}

#[test]
fn what_somebody_decides_meanwhile_stands() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let [first, _, _] = in_doubt(&scene);
        let mut plan = Plan::new("a test");
        plan.quiet = Duration::ZERO;
        let (mut other, now) = (scene.sqlite(), scene.clock.time());
        let look = move |entry: &Entry| {
            if entry.id != first {
                return Unsure;
            }
            other.decide(entry, &Decision::rejected("another"), now, |_| Ok(())).unwrap();
            Happened("it")
        };
        let report = reconcile(&scene, &plan, look, nothing);
        assert_eq!((report.happened, report.unsure, report.passed), (0, 2, 1), "{world:?}");
        assert_eq!(scene.row(first).state, Rejected, "{world:?}");
        assert_eq!(scene.outcomes(first), ["unknown"], "{world:?}");
    }
}

#[test]
fn all_are_looked_for_also_when_they_are_many() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        for _ in 0..205 {
            let _ = scene.stage_cashlink();
        }
        let held = "UPDATE cashlink_intents SET state = ?1, settled_at = staged_at";
        scene.sqlite().connection().execute(held, [NeedsReconciliation.number()]).unwrap();
        scene.clock.advance(Duration::from_secs(15 * 60));
        // Those that stay are not looked for again and again.
        let look = |entry: &Entry| if entry.id % 2 == 0 { DidNotHappen } else { Unsure };
        let report = reconcile(&scene, &Plan::new("a test"), look, nothing);
        assert_eq!((report.retried, report.unsure), (102, 103), "{world:?}");
    }
}
