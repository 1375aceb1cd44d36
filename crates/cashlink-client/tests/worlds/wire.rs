//! A wire whose other end is a function, for both worlds: it reads the whole request, notes it down, and answers.

use std::fmt;
use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::{Failure, http};
use cashlink_client::{Limits, asynchronous, blocking};
use http::{Request, Response};
use http_body::Body as _;

const BASE: &str = "https://demo.cashlink.de/api/external/";

/// What happens in a world, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Sent(Sent),
    Waited(Duration),
}

/// All clones are the same log.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    pub(crate) fn note(&self, event: Event) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        let sent = |event| if let Event::Sent(sent) = event { Some(sent) } else { None };
        self.events().into_iter().filter_map(sent).collect()
    }

    /// How many token requests there were.
    pub(crate) fn token_requests(&self) -> usize {
        self.sent().iter().filter(|sent| sent.is_token_request()).count()
    }
}

/// A request as it left: every header, every byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) uri: String,
    /// Sorted by name.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body reached its end.
    pub(crate) whole: bool,
}

impl Sent {
    fn head<B>(request: &Request<B>) -> Self {
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_string())
        };
        let mut headers: Vec<_> = request.headers().iter().map(header).collect();
        headers.sort();
        Self {
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            headers,
            body: Vec::new(),
            whole: false,
        }
    }

    pub(crate) fn is_token_request(&self) -> bool {
        self.uri.ends_with("/oauth/token")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The bearer token that it carried.
    pub(crate) fn token(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }
}

/// In one line: method, path below the base, token, key, and whether the body broke off.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.uri.strip_prefix(BASE).unwrap_or(&self.uri))?;
        for word in [self.token(), self.header("x-idempotency-key")].into_iter().flatten() {
            write!(f, " {word}")?;
        }
        f.write_str(if self.whole { "" } else { " (broken off)" })
    }
}

pub(crate) type Outcome = Result<Response<Bytes>, Failure>;

/// A transport of both worlds.
pub(crate) struct Wire {
    answer: Box<dyn Fn(&Sent) -> Outcome + Send + Sync>,
    log: Log,
    polls: u32,
    given_up: AtomicUsize,
}

impl Wire {
    pub(crate) fn new(log: &Log, answer: impl Fn(&Sent) -> Outcome + Send + Sync + 'static) -> Self {
        Self { answer: Box::new(answer), log: log.clone(), polls: 0, given_up: AtomicUsize::new(0) }
    }

    /// In the async world, every request is pending this many times before it is answered.
    pub(crate) fn pending(mut self, polls: u32) -> Self {
        self.polls = polls;
        self
    }

    /// How many token requests were dropped before they were answered.
    pub(crate) fn token_requests_given_up(&self) -> usize {
        self.given_up.load(Ordering::Relaxed)
    }

    /// A stack has no better word for a body that breaks off than this; the client knows more.
    fn answer(&self, sent: &Sent) -> Outcome {
        if sent.whole { (self.answer)(sent) } else { Err(Failure::maybe_sent("the body broke off")) }
    }
}

impl blocking::Transport for Wire {
    fn send(&self, request: Request<blocking::Outbound>, _: Limits) -> Outcome {
        let mut sent = Sent::head(&request);
        let mut reader = request.into_body();
        sent.whole = reader.read_to_end(&mut sent.body).is_ok();
        self.log.note(Event::Sent(sent.clone()));
        self.answer(&sent)
    }
}

impl asynchronous::Transport for Wire {
    async fn send(&self, request: Request<asynchronous::Outbound>, _: Limits) -> Outcome {
        let mut sent = Sent::head(&request);
        let mut body = request.into_body();
        sent.whole = loop {
            match poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
                Some(Ok(frame)) => sent.body.extend_from_slice(&frame.into_data().unwrap()),
                Some(Err(_)) => break false,
                None => break true,
            }
        };
        self.log.note(Event::Sent(sent.clone()));
        let mut air = InTheAir { given_up: &self.given_up, counts: sent.is_token_request() };
        pend(self.polls).await;
        air.counts = false;
        self.answer(&sent)
    }
}

/// A request that may be dropped before it is answered.
struct InTheAir<'a> {
    given_up: &'a AtomicUsize,
    counts: bool,
}

impl Drop for InTheAir<'_> {
    fn drop(&mut self) {
        self.given_up.fetch_add(usize::from(self.counts), Ordering::Relaxed);
    }
}

/// Is pending this many times, and wakes its task each time.
pub(crate) async fn pend(mut times: u32) {
    poll_fn(|context| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// An answer of this status with this JSON.
pub(crate) fn answer(status: u16, json: &str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::copy_from_slice(json.as_bytes())).unwrap()
}

/// The token endpoint's answer: this token, good for so many seconds if it says so.
pub(crate) fn grant(token: &str, life: Option<u64>) -> Response<Bytes> {
    let life = life.map(|seconds| format!(r#","expires_in":{seconds}"#)).unwrap_or_default();
    answer(200, &format!(r#"{{"access_token":"{token}"{life}}}"#))
}
