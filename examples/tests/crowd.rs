//! A thousand callers and one token, over each HTTP stack and real sockets (T34). What is decided there is proved in the client's
//! own tests, without a socket; here it is shown that no stack comes in between.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::Poll;
use std::thread::{self, ThreadId};
use std::time::Duration;

use cashlink_hyper::core::bytes::Bytes;
use cashlink_hyper::core::http::{Request, Response};
use cashlink_hyper::core::partner::Partner;
use cashlink_hyper::core::partner::distributor::ListInvestors;
use cashlink_hyper::core::{Bearer, Client as Protocol, Endpoint, ErrorKind, Failure, Now, Secret};
use cashlink_hyper::{Hyper, Limits, Outbound, TokioTimer, Transport, builder, connector};
use cashlink_reqwest::Reqwest;
use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, demo};
use cashlink_ureq::Ureq;

const CALLERS: usize = 1_000;
/// So many at once, or a machine's limit of open files decides.
const CONNECTIONS: usize = 100;

fn protocol(sandbox: &Running, secret: &str) -> Protocol<Bearer> {
    let base = Endpoint::on_loopback(&sandbox.partner_base()).unwrap();
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, Secret::new(secret)).unwrap();
    Protocol::new(Partner::at(base), bearer)
}

fn asked_for(sandbox: &Running) -> u64 {
    sandbox.with(|server| server.statistics().token_requests())
}

fn is_for_a_token<B>(request: &Request<B>) -> bool {
    request.uri().path().ends_with("/token")
}

/// Seconds by which the callers' clocks are ahead.
#[derive(Clone, Default)]
struct Ahead(Arc<AtomicU64>);

impl Ahead {
    fn of(&self, now: Now) -> Now {
        let ahead = self.0.load(Ordering::SeqCst);
        Now::new(now.wall + ahead, now.mono + Duration::from_secs(ahead))
    }

    /// An hour is what the sandbox gives a token.
    fn expire(&self) {
        self.0.fetch_add(3_600, Ordering::SeqCst);
    }
}

mod asynchronous {
    use super::*;
    use cashlink_hyper::Timer;
    use tokio::sync::Semaphore;

    type Client<H> = cashlink_client::asynchronous::Client<Bearer, Crowded<H>, Shifted>;

    #[derive(Clone)]
    struct Shifted(Ahead);

    impl Timer for Shifted {
        fn now(&self) -> Now {
            self.0.of(TokioTimer::default().now())
        }

        async fn sleep(&self, duration: Duration) {
            TokioTimer::default().sleep(duration).await;
        }
    }

    /// Sends for a token only when everybody has come who is expected.
    struct Crowded<H> {
        stack: H,
        come: Arc<AtomicUsize>,
        expected: AtomicUsize,
        connections: Semaphore,
    }

    impl<H: Transport> Transport for Crowded<H> {
        async fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
            while is_for_a_token(&request)
                && self.come.load(Ordering::SeqCst) < self.expected.load(Ordering::SeqCst)
            {
                tokio::task::yield_now().await;
            }
            let _permit = self.connections.acquire().await.unwrap();
            self.stack.send(request, limits).await
        }
    }

    fn client<H: Transport>(sandbox: &Running, secret: &str, stack: H, ahead: &Ahead) -> Client<H> {
        let crowded = Crowded {
            stack,
            come: Arc::default(),
            expected: AtomicUsize::new(0),
            connections: Semaphore::new(CONNECTIONS),
        };
        Client::with_timer(protocol(sandbox, secret), crowded, Shifted(ahead.clone()))
    }

    /// What becomes of a thousand calls that begin together.
    async fn crowd<H: Transport + 'static>(client: &Client<H>) -> Vec<Result<(), ErrorKind>> {
        let come = Arc::clone(&client.transport().come);
        come.store(0, Ordering::SeqCst);
        client.transport().expected.store(CALLERS, Ordering::SeqCst);
        let call = |client: Client<H>, come: Arc<AtomicUsize>| async move {
            // Between this and the place among those who wait, there is no point at which the task could be left.
            come.fetch_add(1, Ordering::SeqCst);
            client.call(&ListInvestors::new()).await.map(drop).map_err(|error| error.kind())
        };
        let tasks: Vec<_> =
            (0..CALLERS).map(|_| tokio::spawn(call(client.clone(), Arc::clone(&come)))).collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        client.transport().expected.store(0, Ordering::SeqCst);
        outcomes
    }

    async fn one_token_for_all<H: Transport + 'static>(stack: impl Fn() -> H) {
        let (sandbox, ahead) = (Server::start(Config::default()).unwrap(), Ahead::default());
        let client = client(&sandbox, demo::DISTRIBUTOR_CLIENT_SECRET, stack(), &ahead);
        client.call(&ListInvestors::new()).await.unwrap();
        ahead.expire();
        assert_eq!(crowd(&client).await, vec![Ok(()); CALLERS]);
        assert_eq!(asked_for(&sandbox), 2, "one at the beginning, and one for a thousand callers");

        // A leader that is dropped after so many polls leaves nobody waiting.
        let leader_is_done = |polls: usize| {
            let client = client.clone();
            async move {
                let mut call = pin!(async { client.call(&ListInvestors::new()).await.is_ok() });
                let mut left = polls;
                poll_fn(move |context| match left.checked_sub(1) {
                    None => Poll::Ready(false),
                    Some(fewer) => {
                        left = fewer;
                        call.as_mut().poll(context)
                    }
                })
                .await
            }
        };
        let mut polls = 0;
        loop {
            ahead.expire();
            let done = leader_is_done(polls);
            let (done, followed) =
                tokio::join!(done, async { client.call(&ListInvestors::new()).await.is_ok() });
            assert!(followed, "dropped after {polls} polls");
            if done {
                break;
            }
            polls += 1;
        }
        assert!(polls > 2, "it was dropped on the way: {polls}");
    }

    async fn one_failure_for_all<H: Transport + 'static>(stack: impl Fn() -> H) {
        let sandbox = Server::start(Config::default()).unwrap();
        let client = client(&sandbox, "not the secret", stack(), &Ahead::default());
        assert_eq!(crowd(&client).await, vec![Err(ErrorKind::Token); CALLERS]);
        assert_eq!(asked_for(&sandbox), 1);
    }

    fn reqwest() -> Reqwest {
        Reqwest::new(cashlink_reqwest::builder().unwrap().build().unwrap())
    }

    fn hyper() -> impl Transport + 'static {
        Hyper::new(builder().build(connector().unwrap()), cashlink_hyper::failure, TokioTimer::default())
    }

    #[tokio::test]
    async fn t34_a_thousand_callers_over_reqwest_make_one_token_request() {
        one_token_for_all(reqwest).await;
    }

    #[tokio::test]
    async fn t34_a_thousand_callers_over_reqwest_share_a_failure() {
        one_failure_for_all(reqwest).await;
    }

    #[tokio::test]
    async fn t34_a_thousand_callers_over_hyper_make_one_token_request() {
        one_token_for_all(hyper).await;
    }

    #[tokio::test]
    async fn t34_a_thousand_callers_over_hyper_share_a_failure() {
        one_failure_for_all(hyper).await;
    }
}

mod blocking {
    use super::*;
    use cashlink_ureq::{Outbound, SystemTimer, Timer, Transport};

    type Client = cashlink_client::blocking::Client<Bearer, Crowded, Counting>;

    /// Who has asked for the time how often. A call asks once when it starts, and then inside the lock in which it looks for a
    /// token: who has asked twice has its token, or waits for one before the lock is free.
    #[derive(Clone, Default)]
    struct Counting {
        ahead: Ahead,
        asked: Arc<(Mutex<HashMap<ThreadId, u32>>, Condvar)>,
    }

    impl Counting {
        fn begin(&self) {
            self.asked.0.lock().unwrap().clear();
        }

        fn wait_for(&self, callers: usize) {
            let mut asked = self.asked.0.lock().unwrap();
            while asked.values().filter(|times| **times >= 2).count() < callers {
                asked = self.asked.1.wait(asked).unwrap();
            }
        }
    }

    impl Timer for Counting {
        fn now(&self) -> Now {
            *self.asked.0.lock().unwrap().entry(thread::current().id()).or_default() += 1;
            self.asked.1.notify_all();
            self.ahead.of(SystemTimer.now())
        }

        fn sleep(&self, duration: Duration) {
            SystemTimer.sleep(duration);
        }
    }

    struct Crowded {
        stack: Ureq,
        timer: Counting,
        expected: AtomicUsize,
        connections: (Mutex<usize>, Condvar),
    }

    impl Transport for Crowded {
        fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
            if is_for_a_token(&request) {
                self.timer.wait_for(self.expected.load(Ordering::SeqCst));
            }
            let (open, closed) = &self.connections;
            let mut count = closed.wait_while(open.lock().unwrap(), |count| *count == CONNECTIONS).unwrap();
            *count += 1;
            drop(count);
            let answer = self.stack.send(request, limits);
            *open.lock().unwrap() -= 1;
            closed.notify_one();
            answer
        }
    }

    fn client(sandbox: &Running, secret: &str) -> (Client, Counting) {
        let timer = Counting::default();
        let crowded = Crowded {
            stack: Ureq::default(),
            timer: timer.clone(),
            expected: AtomicUsize::new(0),
            connections: Default::default(),
        };
        (Client::with_timer(protocol(sandbox, secret), crowded, timer.clone()), timer)
    }

    fn crowd(client: &Client, timer: &Counting) -> Vec<Result<(), ErrorKind>> {
        timer.begin();
        client.transport().expected.store(CALLERS, Ordering::SeqCst);
        let call = || client.call(&ListInvestors::new()).map(drop).map_err(|error| error.kind());
        thread::scope(|scope| {
            let threads: Vec<_> = (0..CALLERS)
                .map(|_| thread::Builder::new().stack_size(256 * 1024).spawn_scoped(scope, call).unwrap())
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[test]
    fn t34_a_thousand_callers_over_ureq_make_one_token_request() {
        let sandbox = Server::start(Config::default()).unwrap();
        let (client, timer) = client(&sandbox, demo::DISTRIBUTOR_CLIENT_SECRET);
        client.call(&ListInvestors::new()).unwrap();
        timer.ahead.expire();
        assert_eq!(crowd(&client, &timer), vec![Ok(()); CALLERS]);
        assert_eq!(asked_for(&sandbox), 2, "one at the beginning, and one for a thousand callers");
    }

    #[test]
    fn t34_a_thousand_callers_over_ureq_share_a_failure() {
        let sandbox = Server::start(Config::default()).unwrap();
        let (client, timer) = client(&sandbox, "not the secret");
        assert_eq!(crowd(&client, &timer), vec![Err(ErrorKind::Token); CALLERS]);
        assert_eq!(asked_for(&sandbox), 1);
    }
}
