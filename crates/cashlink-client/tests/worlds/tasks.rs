//! Many tasks, one token (T34), and tasks that are dropped at every moment. No time passes here but where a test says
//! so: a task that waited for its deadline would show on the clock, one that waits for ever is a panic of the executor.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use cashlink_client::asynchronous;
use cashlink_client::core::{ErrorKind, Failure, Policy};
use proptest::prelude::*;

use crate::clock::Clock;
use crate::executor::{Executor, block_on};
use crate::runner::{Asynchronous, get, protocol_by};
use crate::wire::{Log, Outcome, Sent, Wire, answer, grant};

struct World {
    clock: Clock,
    log: Log,
    client: Asynchronous,
}

/// A world whose token endpoint answers the n-th request (from 0) with `token(n)`, and where each request is pending so
/// many times.
fn world(polls: u32, token: impl Fn(usize) -> Outcome + Send + Sync + 'static) -> World {
    world_by(Policy::default(), polls, token)
}

fn world_by(policy: Policy, polls: u32, token: impl Fn(usize) -> Outcome + Send + Sync + 'static) -> World {
    let (clock, log) = (Clock::default(), Log::default());
    let asked = AtomicUsize::new(0);
    let wire = Wire::new(&log, move |sent: &Sent| {
        if sent.is_token_request() {
            token(asked.fetch_add(1, Ordering::Relaxed))
        } else {
            Ok(answer(200, r#"{"id":"17"}"#))
        }
    });
    let client = asynchronous::Client::with_timer(protocol_by(policy), wire.pending(polls), clock.clone());
    World { clock, log, client }
}

const CALLERS: usize = 1000;

#[test]
fn t34_a_thousand_tasks_at_expiry_make_one_token_request() {
    // 100 s of life, of which 30 s are the margin; the second token has no life left when it comes.
    let World { clock, log, client } =
        world(3, |asked| Ok(grant(&format!("t{asked}"), Some(if asked == 0 { 100 } else { 1 }))));
    block_on(&clock, client.perform(&get())).unwrap();
    clock.advance(Duration::from_secs(70));

    let call = get();
    let mut executor = Executor::new(&clock);
    let callers: Vec<_> = (0..CALLERS).map(|_| executor.spawn(client.perform(&call))).collect();
    executor.run();
    assert!(callers.into_iter().all(|left| left.take().unwrap().is_ok()));
    assert_eq!(log.token_requests(), 2);
    let with_the_new_one = log.sent().iter().filter(|sent| sent.token() == Some("t1")).count();
    assert_eq!(with_the_new_one, CALLERS);
    assert_eq!(clock.mono(), Duration::from_secs(70));
}

#[test]
fn t34_a_thousand_tasks_share_a_failure() {
    let World { clock, log, client } = world(3, |_| Err(Failure::not_sent("refused")));
    let call = get();
    let mut executor = Executor::new(&clock);
    let callers: Vec<_> = (0..CALLERS).map(|_| executor.spawn(client.perform(&call))).collect();
    executor.run();
    for left in callers {
        let error = left.take().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 0));
    }
    assert_eq!((log.token_requests(), log.sent().len()), (4, 4));
}

#[test]
fn t34_a_leader_dropped_at_every_poll_wedges_nobody() {
    // Its request for a token is in the air at polls 1 and 2, the token lands at poll 3, the answer comes at poll 5.
    for (polls, token_requests) in [(0, 1), (1, 2), (2, 2), (3, 1), (4, 1), (5, 1)] {
        let World { clock, log, client } = world(2, |asked| Ok(grant(&format!("t{asked}"), None)));
        let call = get();
        let mut executor = Executor::new(&clock);
        let leader = executor.spawn_cut(polls, client.perform(&call));
        let joiners: Vec<_> = (0..5).map(|_| executor.spawn(client.perform(&call))).collect();
        executor.run();
        assert_eq!(leader.take().is_some(), polls == 5, "dropped at poll {polls}");
        assert!(joiners.into_iter().all(|left| left.take().unwrap().is_ok()), "dropped at poll {polls}");
        assert_eq!(log.token_requests(), token_requests, "dropped at poll {polls}");
        assert_eq!(clock.mono(), Duration::ZERO, "somebody waited for a deadline");
    }
}

/// The one who was woken to take over is gone before it looks; so is the next; and all the joiners of a leader that lives.
#[test]
fn t34_those_who_would_take_over_may_be_dropped_too() {
    for leader in 0..6 {
        for first in 0..8 {
            for second in 0..8 {
                let World { clock, log, client } = world(2, |_| Ok(grant("t", None)));
                let call = get();
                let mut executor = Executor::new(&clock);
                let cut =
                    [leader, first, second].map(|polls| executor.spawn_cut(polls, client.perform(&call)));
                let last = executor.spawn(client.perform(&call));
                executor.run();
                let case = format!("dropped at polls {leader}, {first}, {second}");
                assert!(last.take().unwrap().is_ok(), "{case}");
                assert!(
                    cut.into_iter().filter_map(|left| left.take()).all(|result| result.is_ok()),
                    "{case}"
                );
                assert_eq!(log.token_requests(), 1 + client.transport().token_requests_given_up(), "{case}");
                assert_eq!(clock.mono(), Duration::ZERO, "{case}");
            }
        }
    }
}

proptest! {
    /// Whatever is polled when, and whoever is dropped when: everybody else gets a token, by one request, and one more
    /// for each that was given up in the air.
    #[test]
    fn t34_no_order_of_events_wedges_anybody(
        polls in 0_u32..4,
        cuts in prop::collection::vec(prop_oneof![0_u32..8, Just(u32::MAX)], 1..8),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..200),
    ) {
        let World { clock, log, client } = world(polls, |_| Ok(grant("t", None)));
        let call = get();
        let mut choices = order.into_iter().cycle();
        let mut executor = Executor::choosing(&clock, move |ready| choices.next().unwrap().index(ready));
        let callers: Vec<_> =
            cuts.iter().map(|polls| executor.spawn_cut(*polls, client.perform(&call))).collect();
        let patient = executor.spawn(client.perform(&call));
        executor.run();
        prop_assert!(patient.take().unwrap().is_ok());
        for (cut, left) in cuts.into_iter().zip(callers) {
            let result = left.take();
            prop_assert!(cut < u32::MAX || result.is_some());
            prop_assert!(result.is_none_or(|result| result.is_ok()));
        }
        prop_assert_eq!(log.token_requests(), 1 + client.transport().token_requests_given_up());
        prop_assert_eq!(clock.mono(), Duration::ZERO);
    }
}

/// How often a task was woken.
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_joiner_is_woken_where_it_was_polled_last() {
    for leader_lives in [true, false] {
        let World { client, .. } = world(1, |_| Ok(grant("t", None)));
        let call = get();
        let [elsewhere, here, there] = [(); 3].map(|()| Arc::new(Count(AtomicUsize::new(0))));
        let [lead, first, last] = [&elsewhere, &here, &there].map(|count| Waker::from(Arc::clone(count)));

        let mut leader = Box::pin(client.perform(&call));
        let mut joiner = Box::pin(client.perform(&call));
        assert!(leader.as_mut().poll(&mut Context::from_waker(&lead)).is_pending());
        assert!(joiner.as_mut().poll(&mut Context::from_waker(&first)).is_pending());
        assert!(joiner.as_mut().poll(&mut Context::from_waker(&last)).is_pending());
        assert_eq!(there.0.load(Ordering::Relaxed), 0);

        if leader_lives {
            while leader.as_mut().poll(&mut Context::from_waker(&lead)).is_pending() {}
        } else {
            drop(leader);
        }
        assert_eq!([&here, &there].map(|count| count.0.load(Ordering::Relaxed)), [0, 1]);
        while joiner.as_mut().poll(&mut Context::from_waker(&last)).is_pending() {}
    }
}

/// Whoever waits a second time is not put in the place of another one.
#[test]
fn joiners_that_wait_again_in_another_order_are_all_woken() {
    let World { client, .. } = world(1, |_| Ok(grant("t", None)));
    let call = get();
    let counts = [(); 3].map(|()| Arc::new(Count(AtomicUsize::new(0))));
    let wakers = [0, 1, 2].map(|caller: usize| Waker::from(Arc::clone(&counts[caller])));
    let mut leader = Box::pin(client.perform(&call));
    let mut callers = [0, 1, 2].map(|_| Box::pin(client.perform(&call)));
    let woken = || [0, 1, 2].map(|caller: usize| counts[caller].0.swap(0, Ordering::Relaxed) > 0);

    assert!(leader.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    for (caller, waker) in callers.iter_mut().zip(&wakers) {
        assert!(caller.as_mut().poll(&mut Context::from_waker(waker)).is_pending());
    }
    drop(leader);
    assert_eq!(woken(), [true; 3]);

    // The last one leads now, and the others wait again, the second before the first.
    for caller in [2, 1, 0] {
        let context = &mut Context::from_waker(&wakers[caller]);
        assert!(callers[caller].as_mut().poll(context).is_pending());
    }
    while callers[2].as_mut().poll(&mut Context::from_waker(&wakers[2])).is_pending() {}
    assert_eq!(woken(), [true; 3]);
}

/// A task may live in its waker alone, and the leader in that task.
#[test]
fn a_waker_that_takes_the_leader_with_it_does_so_outside_of_the_lock() {
    struct Task(#[expect(dead_code, reason = "it only has to be dropped")] Box<dyn Any + Send + Sync>);
    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }

    // No clock keeps the waker of one who waits without end.
    let mut endless = Policy::default();
    endless.deadline = Duration::MAX;
    let World { log, client, .. } = world_by(endless, 1, |_| Ok(grant("t", None)));
    let mut leader = Box::pin({
        let client = client.clone();
        async move { client.perform(&get()).await }
    });
    assert!(leader.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let task = Waker::from(Arc::new(Task(Box::new(std::sync::Mutex::new(leader)))));

    let call = get();
    let mut joiner = Box::pin(client.perform(&call));
    assert!(joiner.as_mut().poll(&mut Context::from_waker(&task)).is_pending());
    drop(task);
    // Here the task's last waker goes, and the leader abandons its flight.
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    assert!(joiner.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    while joiner.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {}
    assert_eq!(log.token_requests(), 2);
}

/// Its waker is kept once, however often it is polled; and nothing is kept of it when the flight is over.
#[test]
fn a_joiner_that_is_polled_in_vain_leaves_no_trail() {
    let World { client, .. } = world(1, |_| Ok(grant("t", None)));
    let call = get();
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut leader = Box::pin(client.perform(&call));
    let mut joiner = Box::pin(client.perform(&call));
    assert!(leader.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    for _ in 0..100 {
        assert!(joiner.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    let kept = Arc::strong_count(&count);
    // This test's, the waker's, and a few that the client and the clock keep; a hundred would be a trail.
    assert!(kept < 10, "{kept}");
    drop(joiner);
    drop(leader);
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
}
