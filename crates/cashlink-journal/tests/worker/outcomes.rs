//! T44 and T45: what each answer means for its intent, through the whole loop.

use std::time::Duration;

use cashlink_journal::State::{self, Done, NeedsReconciliation, Pending, Rejected};
use cashlink_sandbox::Kind;

use crate::scene::{Scene, World};

/// What the server does to every attempt, where the intent stands then, and how many objects there are.
type Row = (&'static str, State, usize);

/// The key is documented: what is in doubt is repeated.
const DOCUMENTED: [Row; 17] = [
    ("status=400", Rejected, 0),
    ("status=404", Rejected, 0),
    ("status=410", Rejected, 0),
    ("status=422", Rejected, 0),
    ("status=401", Pending, 0),
    ("status=403", Pending, 0),
    ("status=408", Pending, 0),
    ("status=409", Pending, 0),
    ("status=425", Pending, 0),
    ("status=429", Pending, 0),
    ("status=500", Pending, 0),
    ("status=503", Pending, 0),
    ("status=502;after-effect", Pending, 1),
    ("status=504;after-effect", Pending, 1),
    ("drop-request", Pending, 0),
    ("drop-response", Pending, 1),
    ("cut-body=3", Pending, 1),
];

/// The key is merely assumed: what is in doubt is not repeated.
const ASSUMED: [Row; 12] = [
    ("status=400", Rejected, 0),
    ("status=404", Rejected, 0),
    ("status=401", Pending, 0),
    ("status=403", Pending, 0),
    ("status=425", Pending, 0),
    ("status=429", Pending, 0),
    ("status=408", NeedsReconciliation, 0),
    ("status=409", NeedsReconciliation, 0),
    ("status=500", NeedsReconciliation, 0),
    ("status=502;after-effect", NeedsReconciliation, 1),
    ("drop-request", NeedsReconciliation, 0),
    ("drop-response", NeedsReconciliation, 1),
];

/// There is no key.
const ONCE: [Row; 12] = [
    ("status=400", Rejected, 0),
    ("status=404", Rejected, 0),
    ("status=401", Pending, 0),
    ("status=403", Pending, 0),
    ("status=409", Pending, 0),
    ("status=425", Pending, 0),
    ("status=429", Pending, 0),
    ("status=408", NeedsReconciliation, 0),
    ("status=500", NeedsReconciliation, 0),
    ("status=502;after-effect", NeedsReconciliation, 1),
    ("drop-request", NeedsReconciliation, 0),
    ("drop-response", NeedsReconciliation, 1),
];

fn check(table: &[Row], kind: Kind, stage: impl Fn(&Scene) -> i64, work: impl Fn(&Scene)) {
    for world in World::BOTH {
        for &(fault, state, effects) in table {
            let at = format!("{fault} in {world:?}");
            let scene = Scene::new(world);
            let id = stage(&scene);
            let before = scene.api.count(kind);
            scene.told.was_loud();
            scene.api.arm(fault, 100);
            work(&scene);

            let row = scene.row(id);
            assert_eq!(row.state, state, "{at}: {:?}", row.evidence);
            assert_eq!(scene.api.count(kind) - before, effects, "{at}");
            let credential = fault.contains("401") || fault.contains("403");
            assert_eq!(scene.told.was_loud(), credential || state == NeedsReconciliation, "{at}");
            assert_eq!(
                scene.outcomes(id).len(),
                usize::from(state != Pending),
                "{at}: handed once it is over"
            );

            // The trouble is over: what is pending happens once, and nothing else is sent again.
            scene.api.sandbox().disarm();
            let requests = scene.api.requests();
            scene.clock.advance(Duration::from_secs(3_600));
            work(&scene);
            let row = scene.row(id);
            if state == Pending {
                assert_eq!((row.state, scene.api.count(kind) - before), (Done, 1), "{at}");
                assert!(scene.outcomes(id)[0].starts_with("done "), "{at}");
            } else {
                assert_eq!((row.state, scene.api.requests()), (state, requests), "{at}");
            }
        }
    }
}

#[test]
fn t45_each_answer_to_a_documented_key() {
    check(&DOCUMENTED, Kind::Investor, |scene| scene.stage_investor("Ada"), Scene::work);
}

#[test]
fn t45_each_answer_to_an_assumed_key() {
    check(&ASSUMED, Kind::Investment, Scene::stage_investment, Scene::work);
}

#[test]
fn t45_each_answer_without_a_key() {
    check(&ONCE, Kind::Cashlink, Scene::stage_cashlink, Scene::work_payments);
}

#[test]
fn t45_what_was_done_is_handed_over_with_its_object() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let (investor, link) = (scene.stage_investor("Ada"), scene.stage_cashlink());
        scene.work_payments();
        assert_eq!(
            scene.row(investor).state,
            Pending,
            "another credential's intent is put off, and nothing is sent"
        );
        assert!(scene.told.was_loud());
        scene.wait_for(investor);
        scene.work();
        for (id, kind) in [(investor, Kind::Investor), (link, Kind::Cashlink)] {
            assert_eq!(scene.row(id).state, Done, "{kind:?}");
            assert_eq!(scene.outcomes(id), [format!("done {}", scene.api.sandbox().objects(kind)[0].id())]);
        }
        assert_eq!(scene.api.requests(), 2);
    }
}

#[test]
fn t31_no_server_puts_an_intent_off_for_longer_than_the_policy_has() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let hour = scene.stage_investor("Ada");
        scene.api.arm("status=429;retry-after=3600", 1);
        scene.work();
        let year = scene.stage_investor("Bea");
        scene.api.arm("status=429;retry-after=31536000", 1);
        scene.work();
        assert_eq!(scene.row(hour).due_in, Duration::from_secs(3_600), "what it asks for counts");
        assert_eq!(scene.row(year).due_in, scene.policy.longest_retry_after);
    }
}

#[test]
fn t44_what_may_have_happened_is_not_repeated_once_the_key_may_be_forgotten() {
    for world in World::BOTH {
        let mut scene = Scene::new(world);
        scene.policy.max_replay_age = Duration::from_secs(3_600);
        let (sent, unsent) = (scene.stage_investor("Ada"), scene.stage_investor("Bea"));
        scene.api.arm("drop-response", 4);
        scene.api.arm("status=429", 4);
        scene.work();
        assert!(scene.row(sent).maybe_sent && !scene.row(unsent).maybe_sent);
        let requests = scene.api.requests();
        scene.api.sandbox().forget_keys();
        scene.clock.advance(Duration::from_secs(3_601));
        scene.work();
        assert_eq!(scene.row(sent).state, NeedsReconciliation);
        assert_eq!(scene.outcomes(sent), ["unknown"]);
        assert_eq!(scene.row(unsent).state, Done, "what surely didn't happen can't happen twice");
        assert_eq!(scene.api.requests(), requests + 1);
        assert!(scene.told.was_loud());
    }
}

#[test]
fn t44_within_that_time_the_same_key_brings_the_first_answer_again() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.api.arm("drop-response", 4);
        scene.work();
        scene.clock.advance(Duration::from_secs(23 * 3_600));
        scene.work();
        assert_eq!((scene.row(id).state, scene.api.count(Kind::Investor)), (Done, 1));
    }
}

/// Had the server still known the key, the stored success would have come back.
#[test]
fn a_refusal_of_what_may_have_happened_before_is_for_a_person_to_look_at() {
    for world in World::BOTH {
        for refusal in ["status=400", "status=404", "status=422"] {
            let scene = Scene::new(world);
            let id = scene.stage_investor("Ada");
            scene.api.arm("drop-response", 4);
            scene.work();
            assert_eq!((scene.row(id).state, scene.row(id).maybe_sent), (Pending, true), "{refusal}");
            scene.told.was_loud();
            scene.wait_for(id);
            scene.api.arm(refusal, 1);
            scene.work();
            assert_eq!(
                (scene.row(id).state, scene.told.was_loud()),
                (NeedsReconciliation, true),
                "{refusal}"
            );
            assert_eq!(scene.outcomes(id), ["unknown"], "{refusal}");
            let requests = scene.api.requests();
            scene.clock.advance(Duration::from_secs(3_600));
            scene.work();
            assert_eq!(scene.api.requests(), requests, "{refusal}: nothing more is sent");
        }
    }
}
