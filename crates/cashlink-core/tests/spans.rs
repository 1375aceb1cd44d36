//! The spans of the feature `tracing`, around a loop that is nobody's but this test's.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_core::observe::Span;
use cashlink_core::partner::{Partner, distributor::ListInvestors};
use cashlink_core::{Bearer, Call, Client, Error, Failure, Grant, Now, Reply, Secret, Step, http::Response};
use expect_test::expect;
use futures_executor::block_on;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Keeps every span as a text: its name, its parent's number, and its fields.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Recorder {
    fn change(&self, id: &Id, change: impl FnOnce(&mut String)) {
        change(&mut self.0.lock().unwrap()[usize::try_from(id.into_u64() - 1).unwrap()]);
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cashlink" && *metadata.level() == Level::INFO
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let around = INSIDE.with_borrow(|inside| inside.last().copied());
        let mut span = format!("{} in {around:?}:", attributes.metadata().name());
        attributes.record(&mut Fields(&mut span));
        let mut spans = self.0.lock().unwrap();
        spans.push(span);
        Id::from_u64(spans.len().try_into().unwrap())
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.change(id, |span| values.record(&mut Fields(span)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, id: &Id) {
        INSIDE.with_borrow_mut(|inside| inside.push(id.into_u64()));
    }

    fn exit(&self, id: &Id) {
        assert_eq!(INSIDE.with_borrow_mut(Vec::pop), Some(id.into_u64()));
    }

    fn try_close(&self, id: Id) -> bool {
        self.change(&id, |span| span.push_str(" closed"));
        true
    }
}

/// What is answered, in this order.
type Answers = Vec<Result<Response<&'static str>, Failure>>;

fn answer(status: u16, body: &'static str) -> Result<Response<&'static str>, Failure> {
    Ok(Response::builder().status(status).body(body).unwrap())
}

fn now() -> Now {
    Now::new(0, Duration::ZERO)
}

fn call() -> Call<cashlink_core::page::Page<ListInvestors>, Bearer> {
    Call::new(&ListInvestors::new()).unwrap()
}

fn start() -> Step<cashlink_core::page::Page<ListInvestors>> {
    let bearer = Bearer::client_credentials("c", Secret::new("s3cr3t")).unwrap();
    Client::new(Partner::demo(), bearer).perform(&call(), now(), [0; 16])
}

/// The loop as the documentation of [`Span`] shows it.
fn drive<T>(mut step: Step<T>, answers: &mut Answers) -> Result<Reply<T>, Error> {
    loop {
        step = match step {
            Step::Authorize(mut need) => {
                let span = Span::flow(Grant::OPERATION, None);
                let result = span.enter(|| drive(need.request(now()), answers));
                span.ended(&result);
                need.ended(now(), result.map(|reply| reply.value.token()))
            }
            Step::Send(outgoing) => {
                let (request, pending) = outgoing.into_parts();
                let span = Span::attempt(&pending, &request);
                let outcome = span.enter(|| answers.remove(0));
                span.answered(&outcome);
                pending.ended(now(), outcome)
            }
            Step::Wait(delay) => delay.wake(now()),
            Step::Done(result) => return result,
        }
    }
}

/// What is recorded of a call that gets these answers.
fn record(mut answers: Answers) -> String {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), || {
        let call = call();
        let span = Span::flow(call.name(), call.key());
        let result = span.enter(|| drive(start(), &mut answers));
        span.ended(&result);
    });
    assert!(answers.is_empty());
    let spans = recorder.0.lock().unwrap();
    spans.join("\n") + "\n"
}

#[test]
fn a_loop_of_ones_own_has_a_span_for_each_flow_and_one_for_each_attempt_below_it() {
    let lost = Err(Failure::not_sent("no connection came about"));
    let recorded = record(vec![
        answer(200, r#"{"access_token":"t0k3n"}"#),
        lost,
        answer(503, ""),
        answer(200, r#"{"count":0,"next":null,"previous":null,"results":[]}"#),
    ]);
    expect![[r#"
        cashlink.flow in None: otel.name="investors.list" otel.kind="internal" cashlink.operation="investors.list" cashlink.certainty=Applied closed
        cashlink.flow in Some(1): otel.name="oauth.token" otel.kind="internal" cashlink.operation="oauth.token" cashlink.certainty=Applied closed
        cashlink.attempt in Some(2): otel.name="oauth.token" otel.kind="client" http.request.method="POST" server.address="demo.cashlink.de" server.port=443 url.scheme="https" http.response.status_code=200 closed
        cashlink.attempt in Some(1): otel.name="investors.list" otel.kind="client" http.request.method="GET" server.address="demo.cashlink.de" server.port=443 url.scheme="https" otel.status_code="ERROR" error.type="not_sent" closed
        cashlink.attempt in Some(1): otel.name="investors.list" otel.kind="client" http.request.method="GET" http.request.resend_count=1 server.address="demo.cashlink.de" server.port=443 url.scheme="https" http.response.status_code=503 otel.status_code="ERROR" error.type="503" closed
        cashlink.attempt in Some(1): otel.name="investors.list" otel.kind="client" http.request.method="GET" http.request.resend_count=2 server.address="demo.cashlink.de" server.port=443 url.scheme="https" http.response.status_code=200 closed
    "#]].assert_eq(&recorded);
}

#[test]
fn a_flow_that_failed_says_why_and_whether_it_happened() {
    let cut = Failure::cut(
        Response::builder().status(200).body(()).unwrap().into_parts().0,
        "the answer broke off",
    );
    let recorded = record(vec![answer(200, r#"{"access_token":"t0k3n"}"#), Err(cut), answer(403, "")]);
    expect![[r#"
        cashlink.flow in None: otel.name="investors.list" otel.kind="internal" cashlink.operation="investors.list" cashlink.certainty=Applied otel.status_code="ERROR" error.type=Status closed
        cashlink.flow in Some(1): otel.name="oauth.token" otel.kind="internal" cashlink.operation="oauth.token" cashlink.certainty=Applied closed
        cashlink.attempt in Some(2): otel.name="oauth.token" otel.kind="client" http.request.method="POST" server.address="demo.cashlink.de" server.port=443 url.scheme="https" http.response.status_code=200 closed
        cashlink.attempt in Some(1): otel.name="investors.list" otel.kind="client" http.request.method="GET" server.address="demo.cashlink.de" server.port=443 url.scheme="https" http.response.status_code=200 otel.status_code="ERROR" error.type="cut" closed
        cashlink.attempt in Some(1): otel.name="investors.list" otel.kind="client" http.request.method="GET" http.request.resend_count=1 server.address="demo.cashlink.de" server.port=443 url.scheme="https" http.response.status_code=403 otel.status_code="ERROR" error.type="403" closed
    "#]].assert_eq(&recorded);
}

#[test]
fn a_future_is_inside_of_its_span_whenever_it_is_polled_and_nowhere_else() {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder, || {
        let span = Span::flow("one", None);
        let future = span.follow(async { INSIDE.with_borrow(Vec::clone) });
        assert_eq!(INSIDE.with_borrow(Vec::clone), [0; 0]);
        assert_eq!(block_on(future), [1]);
        assert_eq!(INSIDE.with_borrow(Vec::clone), [0; 0]);
    });
}
