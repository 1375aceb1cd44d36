//! How much is open, and how old the oldest of it is, as a worker tells it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::State::{Done, NeedsReconciliation};
use cashlink_journal::operate::Stats;
use cashlink_journal::worker::{Event, Observer, Round};

use crate::clock::Clock;
use crate::scene::{Either, Scene, World};

const EVERY: Duration = Duration::from_secs(30);

/// What was measured when, in seconds since the clock was set.
#[derive(Clone)]
struct Figures(Arc<Mutex<Vec<(u64, Stats)>>>, Clock);

impl Observer for Figures {
    fn observe(&self, event: Event<'_>) {
        if let Event::Measured { account, stats, .. } = event {
            assert_eq!((account.as_str(), event.needs_attention()), ("ours", false));
            self.0.lock().unwrap().push((self.1.time().mono.as_secs(), stats));
        }
    }
}

impl Figures {
    fn of(scene: &Scene) -> Self {
        Self(Arc::default(), scene.clock.clone())
    }

    /// When, how many, and how old the oldest.
    fn told(&self) -> Vec<(u64, u64, Option<Duration>)> {
        self.0.lock().unwrap().iter().map(|(at, stats)| (*at, stats.live(), stats.oldest)).collect()
    }
}

fn measuring(scene: &Scene, observer: impl Observer + 'static) -> Either {
    // Whatever the order: a policy that comes later changes nothing of it.
    match scene.worker() {
        Either::Blocking(worker) => {
            Either::Blocking(worker.measured(EVERY).policy(scene.policy).observer(observer))
        }
        Either::Asynchronous(worker) => {
            Either::Asynchronous(worker.measured(EVERY).policy(scene.policy).observer(observer))
        }
    }
}

/// Works for so long, by the clock.
fn work_for(scene: &Scene, worker: &mut Either, time: Duration) {
    let end = scene.clock.time().mono + time;
    loop {
        match scene.round(worker) {
            Round::Worked => {}
            Round::Idle(rest) if scene.clock.time().mono + rest <= end => scene.clock.advance(rest),
            _ => return,
        }
    }
}

#[test]
fn depth_and_oldest_age_are_told_at_the_beginning_and_then_so_often() {
    for world in World::BOTH {
        let mut scene = Scene::new(world);
        scene.policy.poll = Duration::from_secs(3_600);
        let _ = scene.stage_investor("Ada");
        scene.clock.advance(Duration::from_secs(40));
        let _ = scene.stage_investor("Bea");
        let figures = Figures::of(&scene);
        let mut worker = measuring(&scene, figures.clone());
        work_for(&scene, &mut worker, Duration::from_secs(40));
        // Nobody woke it.
        let _ = scene.stage_investor("Cyd");
        work_for(&scene, &mut worker, Duration::from_secs(40));
        let age = |seconds| Some(Duration::from_secs(seconds));
        // The last figure is that of Cyd, who was staged when the clock stood at 70, where the worker rests until 100.
        assert_eq!(figures.told(), [(40, 2, age(40)), (70, 0, None), (100, 1, age(30))], "{world:?}");
    }
}

#[test]
fn what_waits_for_a_person_is_told_too_and_is_not_what_a_worker_has_to_do() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investment();
        scene.api.arm("drop-request", 1);
        scene.work();
        assert_eq!(scene.row(id).state, NeedsReconciliation, "{world:?}");
        let figures = Figures::of(&scene);
        work_for(&scene, &mut measuring(&scene, figures.clone()), Duration::ZERO);
        let stats = figures.0.lock().unwrap()[0].1;
        assert_eq!((stats.live(), stats.oldest, stats.count(NeedsReconciliation)), (0, None, 1), "{world:?}");
        assert_eq!(
            stats.count(Done),
            0,
            "{world:?}: what is over is not counted, which would read all of it"
        );
    }
}

#[test]
fn a_refused_measurement_is_told_and_the_work_goes_on() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_investor("Ada");
        scene.refusals.measurements.store(1, Ordering::Relaxed);
        let mut worker = measuring(&scene, scene.told.clone());
        work_for(&scene, &mut worker, Duration::from_secs(29));
        assert_eq!(scene.row(id).state, Done, "{world:?}");
        let told = ["StoreFailed { during: \"measure\"", "Measured"].map(|name| scene.told.count(name));
        assert_eq!(told, [1, 0], "{world:?}");
        assert!(scene.told.was_loud(), "{world:?}");
        work_for(&scene, &mut worker, Duration::from_secs(2));
        assert_eq!(scene.told.count("Measured"), 1, "{world:?}");
    }
}

#[test]
fn nothing_is_measured_that_nobody_asked_for() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let _ = scene.stage_investor("Ada");
        scene.refusals.measurements.store(1, Ordering::Relaxed);
        scene.work();
        assert_eq!((scene.told.count("Measured"), scene.told.count("StoreFailed")), (0, 0), "{world:?}");
        assert_eq!(scene.refusals.measurements.load(Ordering::Relaxed), 1, "{world:?}");
    }
}
