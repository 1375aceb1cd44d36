//! A call under test: its accounts, the ways in which an attempt can end, and a driver that records all that it does.

use std::time::Duration;

use cashlink_core::body::{Body, PayloadFault, Want};
use cashlink_core::bytes::Bytes;
use cashlink_core::flow::Token;
use cashlink_core::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header, response};
use cashlink_core::partner::Partner;
use cashlink_core::payments::Payments;
use cashlink_core::{
    Bearer, Call, Client, Credential, Effect, Error, Failure, Honoured, IdempotencyKey, NeedToken, Now,
    Pending, Policy, Raw, Reply, Secret, Step, UserKey,
};

/// Wed, 18 Nov 2020 12:00:00 GMT, and the origin of the monotonic clock.
pub(crate) const START: Now = Now::new(1_605_700_800, Duration::ZERO);

pub(crate) fn later(now: Now, by: Duration) -> Now {
    Now::new(now.wall + by.as_secs(), now.mono + by)
}

/// What the request would do: the rows of the table, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Safe,
    Idempotent,
    Documented,
    Assumed,
    /// Assumed, and confirmed for the call.
    Confirmed,
    Once,
}

impl Deed {
    pub(crate) const ALL: [Self; 6] =
        [Self::Safe, Self::Idempotent, Self::Documented, Self::Assumed, Self::Confirmed, Self::Once];

    /// A request with everything on it that must not change between attempts: path, query, header, key and body.
    pub(crate) fn call<C: Credential>(self) -> Call<Bytes, C> {
        let key = IdempotencyKey::new("order-4711").unwrap();
        let keyed = |honoured| Effect::Keyed { key: &key, honoured };
        let (method, effect) = match self {
            Self::Safe => (Method::from_bytes(b"SEARCH").unwrap(), Effect::Safe),
            Self::Idempotent => (Method::PUT, Effect::Idempotent),
            Self::Documented => (Method::POST, keyed(Honoured::Documented)),
            Self::Assumed | Self::Confirmed => (Method::POST, keyed(Honoured::Assumed)),
            Self::Once => (Method::POST, Effect::Once),
        };
        let raw = Raw::<C>::new(method, "v2/things/", effect).query("q", "a b").json(&["a", "thing"]);
        let call = Call::new(&raw).unwrap().header("X-Trace", "17").unwrap();
        if self == Self::Confirmed { call.key_confirmed() } else { call }
    }
}

/// The two ways of proving who one is.
pub(crate) trait Account: Credential + Sized {
    const NEEDS_TOKEN: bool;
    fn client(policy: Policy) -> Client<Self>;
}

impl Account for UserKey {
    const NEEDS_TOKEN: bool = false;

    fn client(policy: Policy) -> Client<Self> {
        let key = UserKey::new(Secret::new("us3r-k3y")).unwrap();
        Client::builder(Payments::production(), key).policy(policy).build()
    }
}

impl Account for Bearer {
    const NEEDS_TOKEN: bool = true;

    fn client(policy: Policy) -> Client<Self> {
        let api = Partner::demo();
        let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).unwrap();
        Client::builder(api, bearer).policy(policy).build()
    }
}

/// The default policy with a budget that never runs out, for tests of something else.
pub(crate) fn without_budget() -> Policy {
    let mut policy = Policy::default();
    policy.retry_budget.withdrawal = 0;
    policy
}

/// The client on which deeds are tried.
pub(crate) fn client<C: Account>() -> Client<C> {
    C::client(without_budget())
}

/// How much of an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Whole,
    Empty,
    Cut,
    TooLarge,
}

impl Form {
    pub(crate) const ALL: [Self; 4] = [Self::Whole, Self::Empty, Self::Cut, Self::TooLarge];
}

/// How one attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    NotSent,
    MaybeSent,
    Payload,
    Answer(Form, u16),
    /// A 401 that says that a new token would be no better.
    ScopeMissing,
}

pub(crate) const fn whole(status: u16) -> End {
    End::Answer(Form::Whole, status)
}

impl End {
    pub(crate) fn report<T>(self, pending: Pending<T>, now: Now) -> Step<T> {
        match self {
            Self::NotSent => pending.fail(now, Failure::not_sent("connection refused")),
            Self::MaybeSent => pending.fail(now, Failure::maybe_sent("no answer within 20 s")),
            Self::Payload => pending.fail(now, Failure::payload(PayloadFault::TooShort)),
            Self::Answer(Form::Whole, status) => pending.respond(now, answer(status, r#"{"id":"17"}"#)),
            Self::Answer(Form::Empty, status) => pending.respond(now, answer(status, "")),
            Self::Answer(Form::Cut, status) => {
                pending.fail(now, Failure::cut(head(status), "connection reset"))
            }
            Self::Answer(Form::TooLarge, status) => pending.fail(now, Failure::too_large(head(status))),
            Self::ScopeMissing => {
                let mut answer = answer(401, r#"{"detail":"no"}"#);
                let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
                answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                pending.respond(now, answer)
            }
        }
    }

    pub(crate) fn status(self) -> Option<u16> {
        match self {
            Self::NotSent | Self::MaybeSent | Self::Payload => None,
            Self::Answer(_, status) => Some(status),
            Self::ScopeMissing => Some(401),
        }
    }
}

pub(crate) fn answer(status: u16, body: &'static str) -> Response<&'static str> {
    Response::builder().status(status).body(body).unwrap()
}

pub(crate) fn head(status: u16) -> response::Parts {
    answer(status, "").into_parts().0
}

pub(crate) fn token(text: &str) -> Token {
    Token::new(&Secret::new(text)).unwrap()
}

/// The tokens that a play hands out, one after the other.
pub(crate) const TOKENS: [&str; 3] = ["first-t0k3n", "second-t0k3n", "third-t0k3n"];

/// One request as it left; what no retry may change on one side, what a renewed token changes on the other.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) lasting: (Method, Uri, HeaderMap, Vec<u8>),
    pub(crate) authorization: Option<HeaderValue>,
}

impl From<Request<Body>> for Sent {
    fn from(request: Request<Body>) -> Self {
        let (mut head, body) = request.into_parts();
        let authorization = head.headers.remove(header::AUTHORIZATION);
        Self { lasting: (head.method, head.uri, head.headers, bytes_of(&body)), authorization }
    }
}

pub(crate) fn bytes_of(body: &Body) -> Vec<u8> {
    let (mut cursor, mut bytes) = (body.cursor(), Vec::new());
    loop {
        match cursor.want().unwrap() {
            Want::Emit(piece) => bytes.extend_from_slice(&piece),
            Want::Read(_) => panic!("no scripted body has a payload elsewhere"),
            Want::End => return bytes,
        }
    }
}

/// Where a play stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    NeedsToken,
    Sends,
    Waits(Duration),
    Done,
}

/// One call, driven by hand; it keeps the clock and remembers what left.
pub(crate) struct Play<T> {
    pub(crate) now: Now,
    pub(crate) sent: Vec<Sent>,
    pub(crate) waits: Vec<Duration>,
    pub(crate) token_requests: usize,
    step: Option<Step<T>>,
}

impl<T> Play<T> {
    pub(crate) fn new(now: Now, step: Step<T>) -> Self {
        Self { now, sent: Vec::new(), waits: Vec::new(), token_requests: 0, step: Some(step) }
    }

    pub(crate) fn of<C: Credential>(client: &Client<C>, call: &Call<T, C>) -> Self {
        Self::new(START, client.perform(call, START, [5; 16]))
    }

    pub(crate) fn at(&self) -> At {
        match self.step.as_ref().unwrap() {
            Step::Authorize(_) => At::NeedsToken,
            Step::Send(_) => At::Sends,
            Step::Wait(delay) => At::Waits(delay.duration()),
            Step::Done(_) => At::Done,
        }
    }

    /// Time passes.
    pub(crate) fn pass(&mut self, time: Duration) -> &mut Self {
        self.now = later(self.now, time);
        self
    }

    pub(crate) fn need(&mut self) -> NeedToken<T> {
        match self.step.take() {
            Some(Step::Authorize(need)) => need,
            other => panic!("no token is needed: {other:?}"),
        }
    }

    pub(crate) fn go_on(&mut self, step: Step<T>) -> &mut Self {
        self.step = Some(step);
        self
    }

    /// The token call is made; it brings the next token, or a refusal.
    pub(crate) fn authorize(&mut self, granted: bool) -> &mut Self {
        let mut need = self.need();
        let Step::Send(outgoing) = need.request(self.now) else { panic!("the token request goes out") };
        let (_, pending) = outgoing.into_parts();
        let next = TOKENS[self.token_requests];
        self.token_requests += 1;
        let answer = if granted {
            Response::new(format!(r#"{{"access_token":"{next}"}}"#))
        } else {
            Response::builder().status(400).body(r#"{"error":"invalid_client"}"#.to_owned()).unwrap()
        };
        let step = match pending.respond(self.now, answer) {
            Step::Done(Ok(grant)) => need.with(grant.value.token(), self.now),
            Step::Done(Err(error)) => need.fail(&error),
            other => panic!("the token call is over: {other:?}"),
        };
        self.go_on(step)
    }

    /// No token can be obtained.
    pub(crate) fn fail_token(&mut self) {
        self.authorize(false);
    }

    /// No token comes in time.
    pub(crate) fn time_out(&mut self) {
        let step = self.need().time_out();
        self.go_on(step);
    }

    /// The request goes out, and its attempt ends like this.
    pub(crate) fn attempt(&mut self, end: End) -> &mut Self {
        self.attempt_with(|pending, now| end.report(pending, now))
    }

    pub(crate) fn attempt_with(&mut self, end: impl FnOnce(Pending<T>, Now) -> Step<T>) -> &mut Self {
        let Some(Step::Send(outgoing)) = self.step.take() else { panic!("nothing to send") };
        let (request, pending) = outgoing.into_parts();
        self.sent.push(request.into());
        assert!(self.sent.len() < 100, "a call that never ends");
        let step = end(pending, self.now);
        self.go_on(step)
    }

    /// The wait passes, to its end and not a moment longer.
    pub(crate) fn sleep(&mut self) -> &mut Self {
        let Some(Step::Wait(delay)) = self.step.take() else { panic!("nothing to wait for") };
        self.waits.push(delay.duration());
        self.pass(delay.duration());
        let step = delay.wake(self.now);
        self.go_on(step)
    }

    /// Tokens are granted and waits pass, until a request goes out or all is over.
    pub(crate) fn settle(&mut self) -> At {
        loop {
            match self.at() {
                At::NeedsToken => self.authorize(true),
                At::Waits(_) => self.sleep(),
                at => return at,
            };
        }
    }

    /// Every attempt ends like this, for as long as there are any.
    pub(crate) fn repeat(mut self, end: End) -> Self {
        while self.settle() == At::Sends {
            self.attempt(end);
        }
        self
    }

    /// The attempts end like these, in this order; there must be as many.
    pub(crate) fn script(mut self, ends: &[End]) -> Self {
        for end in ends {
            assert_eq!(self.settle(), At::Sends, "before {end:?} of {ends:?}");
            self.attempt(*end);
        }
        assert_eq!(self.settle(), At::Done, "after {ends:?}");
        self
    }

    pub(crate) fn result(&self) -> Result<&Reply<T>, &Error> {
        match self.step.as_ref().unwrap() {
            Step::Done(result) => result.as_ref(),
            other => panic!("not over: {other:?}"),
        }
    }

    pub(crate) fn error(&self) -> Error {
        match self.result() {
            Ok(_) => panic!("the call has succeeded"),
            Err(error) => error.clone(),
        }
    }

    pub(crate) fn step(&self) -> &Step<T> {
        self.step.as_ref().unwrap()
    }
}
