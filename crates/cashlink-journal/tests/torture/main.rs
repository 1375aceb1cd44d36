//! T41: every call of the database and every request fails in turn, the first, the second, the third … until a run needs no more
//! of them; and in a second round the process dies there. Each time the same three figures: as many effects as intents, none twice,
//! none lost. In both worlds; in the async one, leases are extended while calls are made, which fails in turn, too.
#![cfg(feature = "sqlite")]

#[path = "../worker/asynchronous.rs"]
mod asynchronous;
#[path = "../worker/clock.rs"]
mod clock;
mod scene;
mod steps;

use scene::{Order, Scene, World};
use steps::{Fault, Steps};

/// What is counted at the end of a run.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    /// Effects of keyed intents, beyond or below one each.
    astray: Vec<i64>,
    /// Effects of intents without a key, beyond one each.
    doubled: Vec<i64>,
    /// Orders whose outcome their handler has not written exactly once.
    unwritten: Vec<i64>,
}

impl Figures {
    fn all_is_well(&self) -> bool {
        self.astray.is_empty() && self.doubled.is_empty() && self.unwritten.is_empty()
    }
}

/// One run in which step `place` fails, if it comes to that. Says whether it did.
fn run(world: World, fault: Fault, place: u32, in_one_transaction: bool) -> (Figures, bool) {
    let steps = Steps::new(fault, place);
    let scene = Scene::new(&steps, world);
    for order in Order::ALL {
        // Whoever takes orders goes on after a failure, and after a death, until the order is there.
        while !scene.has(order) {
            steps.survive(|| scene.take(order, in_one_transaction));
        }
    }
    for _ in 0..20 {
        if scene.live() == 0 {
            break;
        }
        steps.survive(|| scene.work_off());
        scene.let_leases_end();
    }
    assert_eq!(scene.live(), 0, "{world:?}, {fault:?} at step {place}: it doesn't come to an end");
    (scene.figures(), steps.came_to_it())
}

fn in_turn(fault: Fault) {
    for world in World::BOTH {
        let mut place = 1;
        loop {
            let (figures, failed) = run(world, fault, place, true);
            assert!(figures.all_is_well(), "{world:?}, {fault:?} at step {place}: {figures:?}");
            if !failed {
                break;
            }
            place += 1;
        }
        // Fewer than the steps of four orders would mean that something was left out.
        assert!(place > fault.fewest(world), "{world:?}, {fault:?}: only {place} steps");
    }
}

#[test]
fn t41_each_call_of_the_database_fails_in_turn() {
    in_turn(Fault::Refused);
}

#[test]
fn t41_each_call_of_the_database_is_done_and_reported_as_failed_in_turn() {
    in_turn(Fault::DoneButRefused);
}

#[test]
fn t41_the_process_dies_at_each_step_in_turn() {
    in_turn(Fault::Death);
}

#[test]
fn t41_each_request_is_not_sent_in_turn() {
    in_turn(Fault::NotSent);
}

#[test]
fn t41_each_answer_is_lost_in_turn() {
    in_turn(Fault::LostAnswer);
}

#[test]
fn t41_each_answer_is_cut_in_turn() {
    in_turn(Fault::CutAnswer);
}

#[test]
fn t41_each_request_is_answered_503_in_turn() {
    in_turn(Fault::Status(503));
}

#[test]
fn t41_t45_each_request_is_answered_401_in_turn() {
    in_turn(Fault::Status(401));
}

#[test]
fn the_same_count_does_not_come_out_where_order_and_intent_are_two_transactions() {
    for world in World::BOTH {
        let runs = (1..100).map(|place| run(world, Fault::Death, place, false));
        let mut died = runs.take_while(|(_, died)| *died);
        assert!(died.any(|(figures, _)| !figures.all_is_well()), "{world:?}: the count proves nothing");
    }
}
