//! Many callers of one client at the moment when its token ends: one of them obtains the next, and all others wait for that (T33).
//! `scripts/scaling` runs it under callgrind, for each of `callers SIZE[:ROUNDS] …` in turn.
//!
//! A program of its own, and no row of `count`: what else is in that moves what the compiler makes of its rows.

mod collected;
#[allow(dead_code, reason = "nobody uploads here")]
#[path = "overhead/work.rs"]
mod work;

use std::collections::VecDeque;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::Limits;
use cashlink_client::asynchronous::{Client, Outbound, Timer, Transport};
use cashlink_core::partner::distributor::{GetTransfer, Transfer};
use cashlink_core::{Bearer, Call, Failure, Now};
use http::{Request, Response};

const TOKEN: &str = r#"{"access_token":"t0k3n","token_type":"Bearer","expires_in":3600}"#;
const TRANSFER: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"processing"}"#;

/// Answers from memory: a transfer at once, a token when everybody else has had a turn.
#[derive(Default)]
struct Memory {
    tokens: AtomicUsize,
}

impl Transport for Memory {
    async fn send(&self, request: Request<Outbound>, _: Limits) -> Result<Response<Bytes>, Failure> {
        if !request.uri().path().ends_with("/oauth/token") {
            return Ok(Response::new(Bytes::from_static(TRANSFER.as_bytes())));
        }
        self.tokens.fetch_add(1, Ordering::Relaxed);
        let mut asked = false;
        poll_fn(|context| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        Ok(Response::new(Bytes::from_static(TOKEN.as_bytes())))
    }
}

/// Stands still, until it is moved.
#[derive(Default)]
struct Clock {
    seconds: AtomicU64,
}

impl Timer for Clock {
    fn now(&self) -> Now {
        let seconds = self.seconds.load(Ordering::Relaxed);
        Now::new(1_605_700_800 + seconds, Duration::from_secs(seconds))
    }

    /// Whoever waits for a token is woken by it, long before.
    fn sleep(&self, _: Duration) -> impl Future<Output = ()> + Send {
        pending()
    }
}

/// Tasks that can go on, in the order in which they came to.
type Ready = Arc<Mutex<VecDeque<usize>>>;

struct Task {
    number: usize,
    ready: Ready,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.ready.lock().expect("a queue").push_back(self.number);
    }
}

struct Callers {
    client: Client<Bearer, Arc<Memory>, Arc<Clock>>,
    memory: Arc<Memory>,
    clock: Arc<Clock>,
    call: Call<Transfer, Bearer>,
    number: usize,
}

impl Callers {
    fn new(number: usize) -> Self {
        let (memory, clock) = (Arc::<Memory>::default(), Arc::<Clock>::default());
        let client =
            Client::with_timer(work::protocol(&work::base("1")), Arc::clone(&memory), Arc::clone(&clock));
        let transfer = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().expect("an id");
        let call = Call::new(&GetTransfer::new(transfer)).expect("a call");
        Self { client, memory, clock, call, number }
    }

    /// All at once, each to its end; how many tokens were obtained.
    fn all(&self) -> usize {
        let before = self.memory.tokens.load(Ordering::Relaxed);
        let ready: Ready = Arc::new(Mutex::new((0..self.number).collect()));
        let mut tasks: Vec<_> = (0..self.number)
            .map(|number| {
                let waker = Waker::from(Arc::new(Task { number, ready: Arc::clone(&ready) }));
                (waker, Some(Box::pin(self.client.perform(&self.call))))
            })
            .collect();
        let mut left = self.number;
        while left > 0 {
            let next = ready.lock().expect("a queue").pop_front();
            let (waker, task) = &mut tasks[next.expect("somebody who can go on")];
            let Some(future) = task else { continue };
            if let Poll::Ready(result) = Pin::new(future).poll(&mut Context::from_waker(waker)) {
                result.expect("a transfer");
                (*task, left) = (None, left - 1);
            }
        }
        self.memory.tokens.load(Ordering::Relaxed) - before
    }

    /// The same, when the token that they have had has ended.
    fn all_without(&self) -> usize {
        self.clock.seconds.fetch_add(7200, Ordering::Relaxed);
        self.all()
    }
}

fn main() {
    for size in std::env::args().skip(1) {
        let (number, rounds) = collected::size_and_rounds(&size);
        let callers = Callers::new(usize::try_from(number).expect("a number of callers"));
        assert_eq!(callers.all(), 1, "the first token");
        assert_eq!(callers.all_without(), 1, "one token for all");
        assert_eq!(callers.all(), 0, "and it is good");
        collected::reported(rounds, &mut || assert_eq!(callers.all_without(), 1, "one token for all"));
    }
}
