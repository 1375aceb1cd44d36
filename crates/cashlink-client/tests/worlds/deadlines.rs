//! Callers whose time is up while they wait for a token, or while others wait for theirs.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cashlink_client::core::http::{HeaderValue, Request, Response};
use cashlink_client::core::{Error, ErrorKind, Failure, GaveUp, bytes::Bytes};
use cashlink_client::{Limits, asynchronous, blocking};

use crate::clock::Clock;
use crate::executor::{Executor, block_on};
use crate::runner::{Asynchronous, Blocking, get, protocol};
use crate::wire::{Log, Outcome, Sent, Wire, answer, grant};

const SECOND: Duration = Duration::from_secs(1);

fn granted(sent: &Sent) -> Outcome {
    Ok(if sent.is_token_request() { grant("t", None) } else { answer(200, r#"{"id":"17"}"#) })
}

/// An endpoint that wants to be left alone for just as long as a call has by default.
fn busy(sent: &Sent) -> Outcome {
    assert!(sent.is_token_request());
    let mut response = answer(503, "");
    response.headers_mut().insert("retry-after", HeaderValue::from_static("60"));
    Ok(response)
}

/// A wire that takes its time for a token, and keeps the limits.
struct Slow {
    wire: Wire,
    clock: Clock,
    takes: Duration,
}

impl asynchronous::Transport for Slow {
    async fn send(
        &self,
        request: Request<asynchronous::Outbound>,
        limits: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        let takes = if request.uri().path().ends_with("/token") { self.takes } else { Duration::ZERO };
        let answered = self.wire.send(request, limits).await;
        self.clock.pass(takes.min(limits.timeouts.total)).await;
        if takes > limits.timeouts.total { Err(Failure::maybe_sent("no answer in time")) } else { answered }
    }
}

struct World {
    clock: Clock,
    log: Log,
    client: Asynchronous<Slow>,
}

fn world(takes: Duration, answer: impl Fn(&Sent) -> Outcome + Send + Sync + 'static) -> World {
    let (clock, log) = (Clock::default(), Log::default());
    // Pending once, so that others come to join.
    let slow = Slow { wire: Wire::new(&log, answer).pending(1), clock: clock.clone(), takes };
    World { client: asynchronous::Client::with_timer(protocol(), slow, clock.clone()), clock, log }
}

impl World {
    /// A call with this deadline: how it ended, and when.
    async fn call(&self, deadline: Duration) -> (Result<u32, Error>, Duration) {
        let result = self.client.perform(&get().deadline(deadline)).await;
        (result.map(|reply| reply.meta.attempts()), self.clock.mono())
    }
}

#[test]
fn a_task_that_can_wait_no_longer_gives_up_and_the_leader_goes_on() {
    let world = world(10 * SECOND, granted);
    let mut executor = Executor::new(&world.clock);
    let leader = executor.spawn(world.call(60 * SECOND));
    let joiner = executor.spawn(world.call(5 * SECOND));
    executor.run();

    let (result, when) = joiner.take().unwrap();
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.gave_up(), when), (ErrorKind::Deadline, GaveUp::Deadline, 5 * SECOND));
    let (result, when) = leader.take().unwrap();
    assert_eq!((result.unwrap(), when), (1, 10 * SECOND));
    assert_eq!(world.log.token_requests(), 1);
}

#[test]
fn a_task_with_more_time_takes_over_from_a_leader_whose_time_is_up() {
    let world = world(10 * SECOND, granted);
    let mut executor = Executor::new(&world.clock);
    let leader = executor.spawn(world.call(5 * SECOND));
    let joiners: Vec<_> = (0..9).map(|_| executor.spawn(world.call(60 * SECOND))).collect();
    executor.run();

    let (result, when) = leader.take().unwrap();
    let error = result.unwrap_err();
    assert_eq!((error.kind(), when), (ErrorKind::Token, 5 * SECOND));
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Error>()).unwrap();
    assert_eq!(cause.gave_up(), GaveUp::Deadline);
    for joiner in joiners {
        let (result, when) = joiner.take().unwrap();
        assert_eq!((result.unwrap(), when), (1, 15 * SECOND));
    }
    assert_eq!(world.log.token_requests(), 2);
}

/// Callers of one and the same patience have nothing to gain from trying one after the other: the failure is everyone's.
#[test]
fn t34_a_thousand_tasks_do_not_try_one_after_the_other() {
    let world = world(Duration::ZERO, busy);
    let mut executor = Executor::new(&world.clock);
    let callers: Vec<_> = (0..1000_u32)
        .map(|caller| {
            let world = &world;
            executor.spawn(world.call(50 * SECOND + SECOND / 100 * caller))
        })
        .collect();
    executor.run();
    for caller in callers {
        assert_eq!(caller.take().unwrap().0.unwrap_err().kind(), ErrorKind::Token);
    }
    assert_eq!(world.log.token_requests(), 1);
    assert_eq!(world.clock.mono(), Duration::ZERO);
}

#[test]
fn t34_uploads_do_not_try_one_after_the_other_either() {
    // However much time they have, a flight gets no more of it than any other call: 60 s. So none has more than another.
    let world = world(Duration::ZERO, busy);
    let mut executor = Executor::new(&world.clock);
    let callers: Vec<_> = (1..=9).map(|caller| executor.spawn(world.call(caller * 100 * SECOND))).collect();
    executor.run();
    assert!(callers.into_iter().all(|caller| caller.take().unwrap().0.is_err()));
    assert_eq!(world.log.token_requests(), 1);
}

/// Each of them has more time than the one before, but no more than is worth another flight.
#[test]
fn those_who_take_over_are_few() {
    let world = world(Duration::ZERO, busy);
    let mut executor = Executor::new(&world.clock);
    for caller in 1..=50 {
        executor.spawn(world.call(caller * SECOND));
    }
    executor.run();
    // With 1, 3, 7, 15 and 31 s: more than twice the time of the one before, counted from the same start.
    assert_eq!(world.log.token_requests(), 5);
}

fn blocking_world(
    answer: impl Fn(&Sent, &Clock) -> Outcome + Send + Sync + 'static,
) -> (Clock, Log, Blocking) {
    let (clock, log) = (Clock::default(), Log::default());
    let time = clock.clone();
    let wire = Wire::new(&log, move |sent| answer(sent, &time));
    (clock.clone(), log, blocking::Client::with_timer(protocol(), wire, clock))
}

#[test]
fn a_thread_that_can_wait_no_longer_gives_up_and_the_leader_goes_on() {
    let (gave_up, waits_for_it) = mpsc::channel();
    let waits_for_it = std::sync::Mutex::new(waits_for_it);
    let (clock, log, client) = blocking_world(move |sent, _| {
        if sent.is_token_request() {
            // The token comes when the other one has given up: whenever that is.
            waits_for_it.lock().unwrap().recv().unwrap();
        }
        granted(sent)
    });
    thread::scope(|scope| {
        let leader = scope.spawn(|| client.perform(&get()));
        clock.wait_until_joined(1);
        let joiner = scope.spawn(|| client.perform(&get().deadline(Duration::from_millis(1))));
        clock.wait_until_joined(2);
        clock.advance(SECOND);
        let error = joiner.join().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.gave_up()), (ErrorKind::Deadline, GaveUp::Deadline));
        gave_up.send(()).unwrap();
        assert!(leader.join().unwrap().is_ok());
    });
    assert_eq!(log.token_requests(), 1);
}

#[test]
fn a_thread_with_more_time_takes_over_from_a_leader_whose_time_is_up() {
    let asked = AtomicUsize::new(0);
    let (clock, log, client) = blocking_world(move |sent, clock| {
        if sent.is_token_request() && asked.fetch_add(1, Ordering::Relaxed) == 0 {
            clock.wait_until_joined(10);
            clock.advance(5 * SECOND);
            return Err(Failure::maybe_sent("no answer in time"));
        }
        granted(sent)
    });
    thread::scope(|scope| {
        let leader = scope.spawn(|| client.perform(&get().deadline(5 * SECOND)));
        clock.wait_until_joined(1);
        let joiners: Vec<_> = (0..9).map(|_| scope.spawn(|| client.perform(&get()))).collect();
        assert_eq!(leader.join().unwrap().unwrap_err().kind(), ErrorKind::Token);
        assert!(joiners.into_iter().all(|joiner| joiner.join().unwrap().is_ok()));
    });
    assert_eq!(log.token_requests(), 2);
}

#[test]
fn t34_a_hundred_threads_do_not_try_one_after_the_other() {
    let (_, log, client) = blocking_world(|sent, clock| {
        clock.wait_until_joined(100);
        busy(sent)
    });
    thread::scope(|scope| {
        let callers: Vec<_> = (0..100).map(|_| scope.spawn(|| client.perform(&get()))).collect();
        for caller in callers {
            assert_eq!(caller.join().unwrap().unwrap_err().kind(), ErrorKind::Token);
        }
    });
    assert_eq!(log.token_requests(), 1);
}

/// Whoever waits without end does not wait for nothing, and no sum of times overflows.
#[test]
fn a_deadline_may_be_as_far_away_as_time_goes() {
    let world = world(10 * SECOND, granted);
    let mut executor = Executor::new(&world.clock);
    let callers: Vec<_> = (0..3).map(|_| executor.spawn(world.call(Duration::MAX))).collect();
    executor.run();
    assert!(callers.into_iter().all(|caller| caller.take().unwrap().0.is_ok()));

    let (clock, log, client) = blocking_world(|sent, clock| {
        clock.wait_until_joined(3);
        granted(sent)
    });
    clock.advance(SECOND);
    thread::scope(|scope| {
        let callers: Vec<_> =
            (0..3).map(|_| scope.spawn(|| client.perform(&get().deadline(Duration::MAX)))).collect();
        assert!(callers.into_iter().all(|caller| caller.join().unwrap().is_ok()));
    });
    assert_eq!(log.token_requests(), 1);
}

/// As a stream of pages that somebody keeps and reads on later, or a buffered stream while its consumer is busy.
#[test]
fn t34_a_leader_that_is_held_and_not_polled_wedges_nobody_for_longer_than_a_flight() {
    let world = world(SECOND, granted);
    let call = get().deadline(60 * SECOND);
    let mut held = Box::pin(world.client.perform(&call));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::future::Future::poll(held.as_mut(), &mut context).is_pending());

    let mut executor = Executor::new(&world.clock);
    let (hasty, patient) = (executor.spawn(world.call(20 * SECOND)), executor.spawn(world.call(90 * SECOND)));
    executor.run();
    let (result, at) = hasty.take().unwrap();
    assert_eq!((result.unwrap_err().gave_up(), at), (GaveUp::Deadline, 20 * SECOND));
    let (result, at) = patient.take().unwrap();
    assert_eq!((result.unwrap(), at), (1, 62 * SECOND), "it takes over when the flight is overdue");

    // Hours later, it goes on where it was left, and does no harm.
    world.clock.advance(7200 * SECOND);
    drop(executor);
    assert_eq!(block_on(&world.clock, held).unwrap_err().gave_up(), GaveUp::Deadline);
    assert_eq!(block_on(&world.clock, world.call(60 * SECOND)).0.unwrap(), 1);
    assert_eq!(world.log.token_requests(), 2);
}
