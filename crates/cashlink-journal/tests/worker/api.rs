//! The sandbox's engine as a transport of both worlds.

use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::asynchronous::Timer as _;
use cashlink_client::{Limits, asynchronous, blocking};
use cashlink_journal::core::Failure;
use cashlink_sandbox::{Armed, Config, Disruption, Kind, Sandbox};
use http::{Request, Response};
use http_body::Body as _;

use crate::clock::Clock;

type Answer = Result<Response<Bytes>, Failure>;
type Hook = Box<dyn FnOnce() + Send>;

pub(crate) struct Api {
    sandbox: Mutex<Sandbox>,
    clock: Clock,
    /// What happens, once, when a request is there, before it is answered.
    meanwhile: Mutex<Option<Hook>>,
    /// The same when a token is asked for.
    meanwhile_token: Mutex<Option<Hook>>,
    /// The next answer's body is this instead, token requests excepted.
    garbled: Mutex<Option<&'static [u8]>>,
    /// How long the answer to a request of the async world takes, token requests excepted.
    takes: Mutex<Duration>,
}

impl Api {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            sandbox: Mutex::new(Sandbox::new(Config::default())),
            clock: clock.clone(),
            meanwhile: Mutex::new(None),
            meanwhile_token: Mutex::new(None),
            garbled: Mutex::new(None),
            takes: Mutex::default(),
        }
    }

    pub(crate) fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap()
    }

    /// The next requests but token requests meet this fault.
    pub(crate) fn arm(&self, fault: &str, times: u32) {
        for prefix in ["/api/external/distributor/", "/business/"] {
            let armed = Armed::new(fault.parse().unwrap()).times(times).path_prefix(prefix);
            self.sandbox().arm(armed);
        }
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.sandbox().count(kind)
    }

    /// How many requests but token requests there were.
    pub(crate) fn requests(&self) -> u64 {
        let sandbox = self.sandbox();
        sandbox.statistics().total() - sandbox.statistics().token_requests()
    }

    pub(crate) fn meanwhile(&self, hook: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(hook));
    }

    pub(crate) fn meanwhile_token(&self, hook: impl FnOnce() + Send + 'static) {
        *self.meanwhile_token.lock().unwrap() = Some(Box::new(hook));
    }

    pub(crate) fn garble(&self, body: &'static [u8]) {
        *self.garbled.lock().unwrap() = Some(body);
    }

    pub(crate) fn takes(&self, duration: Duration) {
        *self.takes.lock().unwrap() = duration;
    }

    fn answer(&self, request: Request<Bytes>) -> Answer {
        let token = is_token_request(&request);
        // Not locked while it runs: what it does may send requests, too.
        let taken = if token { &self.meanwhile_token } else { &self.meanwhile }.lock().unwrap().take();
        if let Some(hook) = taken {
            hook();
        }
        let now = Duration::from_secs(self.clock.time().wall);
        let mut answer = self.sandbox().handle(now, request);
        if let Some(body) = self.garbled.lock().unwrap().take_if(|_| !token) {
            *answer.body_mut() = Bytes::from_static(body);
        }
        match answer.extensions().get() {
            None => Ok(answer),
            Some(Disruption::Cut { .. }) => Err(Failure::cut(answer.into_parts().0, "cut")),
            Some(_) => Err(Failure::maybe_sent("closed")),
        }
    }
}

fn is_token_request<B>(request: &Request<B>) -> bool {
    request.uri().path().ends_with("/oauth/token")
}

const BROKEN_OFF: &str = "the body broke off";

impl blocking::Transport for Api {
    fn send(&self, request: Request<blocking::Outbound>, _: Limits) -> Answer {
        let (head, mut body) = request.into_parts();
        let mut bytes = Vec::new();
        if body.read_to_end(&mut bytes).is_err() {
            return Err(Failure::maybe_sent(BROKEN_OFF));
        }
        self.answer(Request::from_parts(head, bytes.into()))
    }
}

impl asynchronous::Transport for Api {
    async fn send(&self, request: Request<asynchronous::Outbound>, _: Limits) -> Answer {
        let (head, mut body) = request.into_parts();
        let mut bytes = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            match frame {
                Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap()),
                Err(_) => return Err(Failure::maybe_sent(BROKEN_OFF)),
            }
        }
        let request = Request::from_parts(head, bytes.into());
        let takes = *self.takes.lock().unwrap();
        if !is_token_request(&request) {
            self.clock.sleep(takes).await;
        }
        self.answer(request)
    }
}
