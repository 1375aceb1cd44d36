//! One scenario, performed in both worlds: the same job against the same answers, told as the same story.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use cashlink_client::core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_client::core::http::Method;
use cashlink_client::core::page::{Page, Walk};
use cashlink_client::core::partner::{
    Document, NaturalPerson, Partner,
    distributor::{
        CreateInvestor, GetInvestor, GetTransfer, Investor, ListInvestors, Transfer, UploadDocument,
    },
};
use cashlink_client::core::task::{Schedule, TaskStatus};
use cashlink_client::core::{
    Bearer, Call, Client as Protocol, Effect, Error, ErrorKind, IdempotencyKey, Policy, Prior, Raw, Reply,
    Secret,
};
use cashlink_client::{asynchronous, blocking};
use futures_core::Stream;

use crate::clock::Clock;
use crate::executor::block_on;
use crate::wire::{Event, Log, Outcome, Sent, Wire};

pub(crate) type Blocking<H = Wire> = blocking::Client<Bearer, H, Clock>;
pub(crate) type Asynchronous<H = Wire> = asynchronous::Client<Bearer, H, Clock>;

/// What is done with a client.
#[derive(Clone)]
pub(crate) enum Job {
    Get,
    GetTwice,
    GetWithin(Duration),
    Create,
    /// A create that an earlier process may have sent.
    Resume,
    /// A POST without a key.
    Once,
    /// A payload announced with five bytes, and what it is on each attempt; the last one stays.
    Upload(&'static [Payload]),
    /// The same with its hash announced: that of "abcde".
    UploadHashed(&'static [Payload]),
    UploadWithoutSource,
    Pages,
    Items,
    /// Asks after a transfer for ten seconds.
    Poll,
    /// Pages until an error, then from there on with a walk that was stored.
    PagesResumed,
}

#[derive(Clone, Copy)]
pub(crate) enum Payload {
    Is(&'static [u8]),
    CannotBeOpened,
    CannotBeRead,
}

/// What comes back for one request, and how long that takes.
pub(crate) struct Scripted {
    pub(crate) outcome: Outcome,
    pub(crate) takes: Duration,
}

pub(crate) fn protocol() -> Protocol<Bearer> {
    protocol_by(Policy::default())
}

pub(crate) fn protocol_by(mut policy: Policy) -> Protocol<Bearer> {
    // Without backoff the waits are what the server asks for, not what chance says.
    policy.backoff = Duration::ZERO;
    let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).unwrap();
    Protocol::builder(Partner::demo(), bearer).policy(policy).build()
}

pub(crate) fn get() -> Call<Investor, Bearer> {
    Call::new(&GetInvestor::new("17".parse().unwrap())).unwrap()
}

pub(crate) fn create() -> CreateInvestor {
    let key = IdempotencyKey::new("investor-17").unwrap();
    CreateInvestor::natural_person(key, NaturalPerson::new().forename("Ada"), true)
}

/// SHA-256 of "abcde".
const ABCDE: [u8; 32] = [
    0x36, 0xbb, 0xe5, 0x0e, 0xd9, 0x68, 0x41, 0xd1, 0x04, 0x43, 0xbc, 0xb6, 0x70, 0xd6, 0x55, 0x4f, 0x0a,
    0x34, 0xb7, 0x61, 0xbe, 0x67, 0xec, 0x9c, 0x4a, 0x8a, 0xd2, 0xc0, 0xc4, 0x4c, 0xa4, 0x2c,
];

pub(crate) fn upload(payload: impl Into<cashlink_client::core::body::Payload>) -> Call<Document, Bearer> {
    let key = IdempotencyKey::new("passport-17").unwrap();
    let name = FileName::new("id.pdf").unwrap();
    let seed = BoundarySeed::new([7; 16]);
    Call::new(&UploadDocument::new(key, seed, name, MediaType::PDF, payload)).unwrap()
}

fn wire(log: &Log, clock: &Clock, script: Vec<Scripted>) -> (Wire, Arc<Mutex<VecDeque<Scripted>>>) {
    let script = Arc::new(Mutex::new(VecDeque::from(script)));
    let (rest, clock) = (Arc::clone(&script), clock.clone());
    let answer = move |sent: &Sent| {
        let scripted = script.lock().unwrap().pop_front().unwrap_or_else(|| panic!("unexpected: {sent}"));
        clock.advance(scripted.takes);
        scripted.outcome
    };
    (Wire::new(log, answer), rest)
}

/// Performs the job in both worlds and tells what happened, the same in both: requests, waits, results.
pub(crate) fn perform(job: &Job, script: impl Fn() -> Vec<Scripted>) -> Vec<String> {
    let (log, results) = {
        let log = Log::default();
        let clock = Clock::noting(&log);
        let (wire, rest) = wire(&log, &clock, script());
        let results = run_blocking(job, &blocking::Client::with_timer(protocol(), wire, clock));
        assert!(rest.lock().unwrap().is_empty(), "every answer is asked for");
        (log.events(), results)
    };
    {
        let other = Log::default();
        let clock = Clock::noting(&other);
        let (wire, _) = wire(&other, &clock, script());
        let client = asynchronous::Client::with_timer(protocol(), wire, clock.clone());
        assert_eq!(block_on(&clock, run_async(job, &client)), results, "the async world has other results");
        assert_eq!(other.events(), log, "the async world has other requests");
    }
    check_repetitions(&log);
    let event = |event| match event {
        Event::Sent(sent) => sent.to_string(),
        Event::Waited(duration) => format!("wait {duration:?}"),
    };
    log.into_iter().map(event).chain(results).collect()
}

/// T37: what has the same key is the same request, whatever went wrong before; only the token may be another.
fn check_repetitions(events: &[Event]) {
    let mut keyed: Vec<Sent> = Vec::new();
    for event in events {
        let Event::Sent(sent) = event else { continue };
        if sent.header("x-idempotency-key").is_none() || !sent.whole {
            continue;
        }
        let mut sent = sent.clone();
        sent.headers.retain(|(name, _)| name != "authorization");
        keyed.push(sent);
    }
    assert!(keyed.windows(2).all(|pair| pair[0] == pair[1]), "{keyed:#?}");
}

fn run_blocking(job: &Job, client: &Blocking) -> Vec<String> {
    match job {
        Job::Get => vec![told(client.perform(&get()), |investor| investor.id.to_string())],
        Job::GetTwice => {
            [get(), get()].map(|call| told(client.perform(&call), |it| it.id.to_string())).into()
        }
        Job::GetWithin(time) => {
            vec![told(client.perform(&get().deadline(*time)), |it| it.id.to_string())]
        }
        Job::Create => vec![told(client.call(&create()), |investor| investor.id.to_string())],
        Job::Resume => {
            let call = Call::new(&create()).unwrap();
            vec![told(client.resume(&call, None, Prior::new(2, true)), |it| it.id.to_string())]
        }
        Job::Once => vec![told(client.call(&once()), |bytes| format!("{} bytes", bytes.len()))],
        Job::Upload(payloads) | Job::UploadHashed(payloads) => {
            let (attempt, payloads) = (AtomicUsize::new(0), *payloads);
            let source = blocking::Source::new(move || nth(&attempt, payloads).open());
            vec![told(client.upload(&announced(job), &source), |document| document.id.to_string())]
        }
        Job::UploadWithoutSource => vec![told(client.perform(&announced(job)), |it| it.id.to_string())],
        Job::Poll => vec![told(client.poll(&transfer(), ten_seconds()), status_told)],
        Job::Pages => client.pages(&ListInvestors::new()).unwrap().map(page_told).collect(),
        Job::Items => client.items(&ListInvestors::new()).unwrap().map(item_told).collect(),
        Job::PagesResumed => {
            let mut pages = client.pages(&ListInvestors::new()).unwrap();
            let mut results: Vec<String> = pages.by_ref().map(page_told).collect();
            results.extend(client.walk(stored(pages.walk())).map(page_told));
            results
        }
    }
}

async fn run_async(job: &Job, client: &Asynchronous) -> Vec<String> {
    match job {
        Job::Get => vec![told(client.perform(&get()).await, |investor| investor.id.to_string())],
        Job::GetTwice => {
            let first = told(client.perform(&get()).await, |it| it.id.to_string());
            vec![first, told(client.perform(&get()).await, |it| it.id.to_string())]
        }
        Job::GetWithin(time) => {
            vec![told(client.perform(&get().deadline(*time)).await, |it| it.id.to_string())]
        }
        Job::Create => vec![told(client.call(&create()).await, |investor| investor.id.to_string())],
        Job::Resume => {
            let call = Call::new(&create()).unwrap();
            vec![told(client.resume(&call, None, Prior::new(2, true)).await, |it| it.id.to_string())]
        }
        Job::Once => vec![told(client.call(&once()).await, |bytes| format!("{} bytes", bytes.len()))],
        Job::Upload(payloads) | Job::UploadHashed(payloads) => {
            let (attempt, payloads) = (AtomicUsize::new(0), *payloads);
            let source = asynchronous::Source::new(move || {
                let payload = nth(&attempt, payloads);
                async move { payload.open().map(Hesitant::new) }
            });
            vec![told(client.upload(&announced(job), &source).await, |document| document.id.to_string())]
        }
        Job::UploadWithoutSource => vec![told(client.perform(&announced(job)).await, |it| it.id.to_string())],
        Job::Poll => vec![told(client.poll(&transfer(), ten_seconds()).await, status_told)],
        Job::Pages => collect(client.pages(&ListInvestors::new()).unwrap(), page_told).await,
        Job::Items => collect(client.items(&ListInvestors::new()).unwrap(), item_told).await,
        Job::PagesResumed => {
            let mut pages = client.pages(&ListInvestors::new()).unwrap();
            let mut results = collect(&mut pages, page_told).await;
            results.extend(collect(client.walk(stored(pages.walk())), page_told).await);
            results
        }
    }
}

async fn collect<S: Stream + Unpin>(mut stream: S, told: fn(S::Item) -> String) -> Vec<String> {
    let mut results = Vec::new();
    while let Some(item) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
        results.push(told(item));
    }
    results
}

fn transfer() -> GetTransfer {
    GetTransfer::new("9".parse().unwrap())
}

fn ten_seconds() -> Schedule {
    let mut schedule = Schedule::default();
    schedule.total = Duration::from_secs(10);
    schedule
}

fn status_told(transfer: &Transfer) -> String {
    transfer.status.as_ref().map_or("no status", TaskStatus::as_str).into()
}

fn once() -> Raw<Bearer> {
    Raw::new(Method::POST, "distributor/v2/things/", Effect::Once)
}

fn announced(job: &Job) -> Call<Document, Bearer> {
    let payload = PayloadRef::new(5);
    upload(if matches!(job, Job::UploadHashed(_)) { payload.with_sha256(ABCDE) } else { payload })
}

/// The walk, as another process finds it.
fn stored(walk: &Walk<ListInvestors>) -> Walk<ListInvestors> {
    serde_json::from_str(&serde_json::to_string(walk).unwrap()).unwrap()
}

fn told<T>(result: Result<Reply<T>, Error>, tell: impl Fn(&T) -> String) -> String {
    result.map_or_else(
        |error| error_told(&error),
        |reply| format!("{} after {}", tell(&reply.value), reply.meta.attempts()),
    )
}

fn page_told(page: Result<Page<ListInvestors>, Error>) -> String {
    page.map_or_else(
        |error| error_told(&error),
        |page| page.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().join(" "),
    )
}

fn item_told(item: Result<Investor, Error>) -> String {
    item.map_or_else(|error| error_told(&error), |item| item.id.to_string())
}

/// Kind, certainty, why there was no further attempt, and the attempts; for want of a token, what became of that first.
fn error_told(error: &Error) -> String {
    let what = match (error.kind(), error.payload_fault()) {
        (ErrorKind::Payload, Some(fault)) => format!("{fault:?}"),
        (kind, _) => format!("{kind:?}"),
    };
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Error>());
    let cause = cause.map(|cause| format!(" [{}]", error_told(cause))).unwrap_or_default();
    format!("{what}{cause}, {:?}, {:?} after {}", error.certainty(), error.gave_up(), error.attempts())
}

fn nth(attempt: &AtomicUsize, payloads: &[Payload]) -> Payload {
    payloads[attempt.fetch_add(1, Ordering::Relaxed).min(payloads.len() - 1)]
}

impl Payload {
    fn open(self) -> io::Result<Opened> {
        match self {
            Self::Is(bytes) => Ok(Opened(Some(bytes))),
            Self::CannotBeRead => Ok(Opened(None)),
            Self::CannotBeOpened => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// A payload's bytes, two at a time; or none to be read.
struct Opened(Option<&'static [u8]>);

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.as_mut().ok_or(io::ErrorKind::PermissionDenied)?;
        let count = bytes.len().min(buffer.len()).min(2);
        bytes.read(&mut buffer[..count])
    }
}

/// A reader that lets every other poll wait.
pub(crate) struct Hesitant<R> {
    inner: R,
    ready: bool,
}

impl<R> Hesitant<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, ready: false }
    }
}

impl<R: Read + Send + Unpin> asynchronous::ReadPayload for Hesitant<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.ready = !self.ready;
        if self.ready {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.inner.read(buffer))
    }
}
