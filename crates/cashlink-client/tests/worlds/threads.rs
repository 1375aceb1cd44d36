//! Many threads, one token (T34). Nothing here depends on how fast a thread is: the wire holds the token request back
//! until everybody has joined it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use cashlink_client::blocking;
use cashlink_client::core::partner::distributor::Investor;
use cashlink_client::core::{Error, ErrorKind, Failure, Reply};

use crate::clock::Clock;
use crate::runner::{Blocking, get, protocol};
use crate::wire::{Log, Outcome, Sent, Wire, answer, grant};

const CALLERS: usize = 100;

struct World {
    clock: Clock,
    log: Log,
    client: Blocking,
}

/// A world whose token endpoint answers the n-th request (from 0) with `token(n)`.
fn world(token: impl Fn(usize, &Clock) -> Outcome + Send + Sync + 'static) -> World {
    let (clock, log) = (Clock::default(), Log::default());
    let (time, asked) = (clock.clone(), AtomicUsize::new(0));
    let wire = Wire::new(&log, move |sent: &Sent| {
        if sent.is_token_request() {
            token(asked.fetch_add(1, Ordering::Relaxed), &time)
        } else {
            Ok(answer(200, r#"{"id":"17"}"#))
        }
    });
    World { client: blocking::Client::with_timer(protocol(), wire, clock.clone()), clock, log }
}

/// All threads' results; a thread that panicked has none.
fn from_all_threads(client: &Blocking) -> Vec<Option<Result<Reply<Investor>, Error>>> {
    thread::scope(|scope| {
        let call = || catch_unwind(AssertUnwindSafe(|| client.perform(&get()))).ok();
        let threads: Vec<_> = (0..CALLERS).map(|_| scope.spawn(call)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn tokens_used(log: &Log) -> Vec<String> {
    log.sent().iter().filter_map(|sent| sent.token().map(String::from)).collect()
}

#[test]
fn t34_a_hundred_threads_at_expiry_make_one_token_request() {
    let World { clock, log, client } = world(|asked, clock| {
        if asked > 0 {
            // The one thread of the first call, and now all the others.
            clock.wait_until_joined(1 + CALLERS);
        }
        Ok(grant(&format!("t{asked}"), Some(100)))
    });
    client.perform(&get()).unwrap();
    // 100 s of life, of which 30 s are the margin.
    clock.advance(Duration::from_secs(70));

    let results = from_all_threads(&client);
    assert!(results.into_iter().all(|result| result.is_some_and(|result| result.is_ok())));
    assert_eq!(log.token_requests(), 2);
    let tokens = tokens_used(&log);
    assert_eq!(tokens[0], "t0");
    assert_eq!(tokens[1..], vec!["t1"; CALLERS]);
}

#[test]
fn t34_a_hundred_threads_share_a_failure() {
    let World { log, client, .. } = world(|_, clock| {
        clock.wait_until_joined(CALLERS);
        Err(Failure::not_sent("refused"))
    });
    for result in from_all_threads(&client) {
        let error = result.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 0));
    }
    // The attempts of one flight, and no request beside them.
    assert_eq!((log.token_requests(), log.sent().len()), (4, 4));
}

#[test]
fn t34_a_leader_that_panics_wedges_nobody() {
    let World { log, client, .. } = world(|asked, clock| {
        clock.wait_until_joined(CALLERS);
        assert!(asked > 0, "the first leader's stack falls over");
        Ok(grant("t1", None))
    });
    let results = from_all_threads(&client);
    assert_eq!(results.iter().filter(|result| result.is_none()).count(), 1);
    assert!(results.into_iter().flatten().all(|result| result.is_ok()));
    assert_eq!(log.token_requests(), 2);
    assert_eq!(tokens_used(&log), vec!["t1"; CALLERS - 1]);
}

#[test]
fn t35_a_hundred_threads_with_a_refused_token_ask_for_one_new_one() {
    let (clock, log) = (Clock::default(), Log::default());
    let asked = AtomicUsize::new(0);
    let everybody_is_refused = Barrier::new(CALLERS);
    let wire = Wire::new(&log, move |sent: &Sent| {
        Ok(match sent.token() {
            None => {
                // Who comes late finds the new token, so nothing has to be held back here.
                grant(&format!("t{}", asked.fetch_add(1, Ordering::Relaxed)), None)
            }
            Some("t0") => {
                everybody_is_refused.wait();
                answer(401, "")
            }
            Some(_) => answer(200, r#"{"id":"17"}"#),
        })
    });
    let client = blocking::Client::with_timer(protocol(), wire, clock);
    let attempts =
        from_all_threads(&client).into_iter().map(|result| result.unwrap().unwrap().meta.attempts());
    assert_eq!(attempts.collect::<Vec<_>>(), vec![2; CALLERS]);
    assert_eq!(log.token_requests(), 2);
}

/// A lock that a panic has poisoned is as good as before: the slot is whole between any two of its changes.
#[test]
fn a_timer_that_panics_at_any_moment_breaks_nothing() {
    let mut panics = 0;
    for question in 0..10 {
        let World { clock, client, .. } = world(|asked, _| Ok(grant(&format!("t{asked}"), None)));
        clock.panic_in(Some(question));
        panics += u32::from(catch_unwind(AssertUnwindSafe(|| client.perform(&get()))).is_err());
        clock.panic_in(None);
        assert!(client.perform(&get()).is_ok(), "after a panic at question {question}");
    }
    // Among a call's questions for the time is one inside of the lock, the second.
    assert!((2..10).contains(&panics), "{panics}");
}
