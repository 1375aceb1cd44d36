//! One call, from its start to its end, and what has to be true of it at each step.

use std::time::Duration;

use cashlink_core::body::{Body, Want};
use cashlink_core::bytes::Bytes;
use cashlink_core::flow::{Delay, Lead, Look, Outgoing, TokenId, Waiter};
use cashlink_core::http::{HeaderMap, Method, Request, Uri, header};
use cashlink_core::{Certainty, Error, ErrorKind, Grant, NeedToken, Now, Prior, Reply, Step};

use super::Session;
use super::account::{API_KEY, Account, Deed, SECRET};
use super::server::{End, Server};
use crate::choices::Choices;
use crate::flow;

pub(super) struct Caller {
    number: usize,
    deed: Deed,
    prior: Prior,
    deadline: Duration,
    stage: Stage,
    /// What every attempt has to be again, but for the token.
    first: Option<Lasting>,
    ends: Vec<End>,
    /// Until when nothing is sent, where it waits.
    until: Duration,
    /// How often it asked for a token.
    tokens: u32,
    /// The token that it was last refused, when so many flights had landed.
    refused: Option<(TokenId, u32)>,
    pub(super) succeeded: bool,
}

enum Stage {
    At(Step<Bytes>),
    /// It obtains the token that others may wait for.
    Leads(Box<NeedToken<Bytes>>, Lead, Step<Grant>),
    /// It waits for one who does, since so many had come back.
    Joins(Box<NeedToken<Bytes>>, Waiter, u32),
    Over,
}

/// What no repetition may change.
#[derive(Debug, PartialEq)]
struct Lasting {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Caller {
    pub(super) fn new(
        choices: &mut Choices<'_>,
        server: &mut Server,
        account: &Account,
        number: usize,
        now: Now,
        patience: Duration,
    ) -> Self {
        let deed = choices.of(&Deed::ALL);
        let prior = match choices.below(4) {
            1 => Prior::new(3, false),
            2 | 3 => Prior::new(1, true),
            _ => Prior::default(),
        };
        if prior.maybe_sent && choices.yes() {
            let key = format!("order-{number}");
            server.apply(number, deed, deed.is_keyed().then_some(&key));
        }
        let mut caller = Self {
            number,
            deed,
            prior,
            deadline: now.mono.saturating_add(patience),
            stage: Stage::At((account.start)(deed, number, prior, now)),
            first: None,
            ends: Vec::new(),
            until: Duration::ZERO,
            tokens: 0,
            refused: None,
            succeeded: false,
        };
        caller.check_time(now);
        caller
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    pub(super) fn leads(&self) -> bool {
        matches!(self.stage, Stage::Leads(..))
    }

    /// Who has joined a flight waits for its end, or for its own.
    pub(super) fn can_go_on(&self, landed: u32, now: Now) -> bool {
        match &self.stage {
            Stage::Joins(_, waiter, since) => *since != landed || now.mono >= waiter.deadline(),
            Stage::Over => false,
            _ => true,
        }
    }

    /// Nobody waits for it any more: it goes away wherever it stands.
    pub(super) fn cancel(&mut self, session: &mut Session<'_>) {
        if let Stage::Leads(_, lead, _) = std::mem::replace(&mut self.stage, Stage::Over) {
            session.slot.abandon(lead);
            session.landed += 1;
        }
    }

    pub(super) fn go_on(&mut self, session: &mut Session<'_>) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::At(step) => {
                assert_hides(&step);
                match step {
                    Step::Authorize(need) => self.authorize(session, need),
                    Step::Send(outgoing) => Stage::At(self.send(session, outgoing)),
                    Step::Wait(delay) => Stage::At(self.wait(session, delay)),
                    Step::Done(result) => self.done(session, result),
                }
            }
            Stage::Leads(need, lead, step) => self.fly(session, need, lead, step),
            Stage::Joins(need, waiter, _) => self.look(session, need, waiter),
            Stage::Over => Stage::Over,
        };
        self.check_time(session.now);
    }

    /// Nothing is handed out to be sent, and nothing waits to be, when the call's time is over.
    fn check_time(&mut self, now: Now) {
        let (sends, waits) = match &self.stage {
            Stage::At(step) => looked_at(step),
            Stage::Leads(_, _, step) => looked_at(step),
            _ => (false, None),
        };
        self.until = now.mono.saturating_add(waits.unwrap_or_default());
        let is_in_time = self.until < self.deadline;
        assert!(is_in_time || (!sends && waits.is_none()), "it goes on after its end");
    }

    fn authorize(&mut self, session: &mut Session<'_>, need: NeedToken<Bytes>) -> Stage {
        assert!(session.account.tokens.is_some(), "a key needs no token");
        self.tokens += 1;
        assert!(self.tokens <= 2, "a token is renewed once");
        let waiter = need.waiter();
        self.look(session, need.into(), waiter)
    }

    fn look(
        &mut self,
        session: &mut Session<'_>,
        mut need: Box<NeedToken<Bytes>>,
        mut waiter: Waiter,
    ) -> Stage {
        match session.slot.look(session.now, &mut waiter) {
            Look::Use(token) => Stage::At(need.with(token, session.now)),
            Look::Lead(lead) => {
                let step = need.request(session.now);
                // It is only counted when it goes out.
                session.firsts += u64::from(matches!(step, Step::Send(_)));
                Stage::Leads(need, lead, step)
            }
            Look::Join => Stage::Joins(need, waiter, session.landed),
            Look::Failed(error) => Stage::At(need.fail(&error)),
            Look::TooLate => {
                assert!(session.now.mono >= self.deadline, "it had time left");
                Stage::At(need.time_out())
            }
        }
    }

    /// The token call goes on.
    fn fly(
        &mut self,
        session: &mut Session<'_>,
        need: Box<NeedToken<Bytes>>,
        lead: Lead,
        step: Step<Grant>,
    ) -> Stage {
        assert_hides(&step);
        let outcome = match step {
            Step::Authorize(_) => panic!("a token to obtain a token"),
            Step::Send(outgoing) => {
                let (request, pending) = outgoing.into_parts();
                check_token_request(&request, session.account.tokens);
                let answer = session.server.grant(&mut session.choices);
                return Stage::Leads(need, lead, pending.ended(session.now, answer));
            }
            Step::Wait(delay) => return Stage::Leads(need, lead, self.wait(session, delay)),
            Step::Done(outcome) => outcome,
        };
        session.slot.land(lead, outcome.as_ref().map(|reply| &reply.value));
        session.landed += 1;
        if let Ok(reply) = &outcome {
            session.granted.insert(reply.value.token().id(), session.landed);
        }
        Stage::At(need.ended(session.now, outcome.map(|reply| reply.value.token())))
    }

    fn wait<T>(&self, session: &mut Session<'_>, delay: Delay<T>) -> Step<T> {
        session.waits += 1;
        session.now = flow::later(session.now, self.until.saturating_sub(session.now.mono));
        delay.wake(session.now)
    }

    fn send(&mut self, session: &mut Session<'_>, outgoing: Outgoing<Bytes>) -> Step<Bytes> {
        self.check_that_it_may_be_sent();
        let (request, pending) = outgoing.into_parts();
        let left = self.deadline.saturating_sub(session.now.mono);
        let limits = pending.timeouts(session.now);
        assert!(limits.total <= left && limits.connect <= left, "an attempt may last beyond its call's end");
        session.firsts += u64::from(self.ends.is_empty());
        let key =
            request.headers().get("x-idempotency-key").map(|key| key.to_str().expect("a key").to_owned());
        let token = self.check_request(request, session);
        let Session { choices, server, .. } = session;
        let (end, answer) = server.handle(choices, self.number, self.deed, key.as_deref());
        self.ends.push(end);
        assert_eq!(pending.attempt() as usize, self.prior.attempts as usize + self.ends.len());
        let asked = answer
            .as_ref()
            .ok()
            .and_then(|answer| answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok());
        let step = pending.ended(session.now, answer);
        if let (Step::Wait(delay), Some(seconds)) = (&step, asked) {
            assert!(
                delay.duration() >= Duration::from_secs(seconds),
                "it doesn't wait for as long as it was asked to"
            );
        }
        if matches!(step, Step::Authorize(_)) {
            assert!(matches!(end, End::Status { status: 401, .. }), "a new token after {end:?}");
            self.refused = token.map(|token| (token, session.landed));
        }
        step
    }

    /// T37: nothing is sent that may have an effect a second time.
    fn check_that_it_may_be_sent(&self) {
        assert!(self.ends.len() <= 7, "more attempts than were allowed");
        let turned_away = |end: &End| match end {
            End::NotSent => true,
            End::Status { status, .. } => matches!(status, 401 | 425 | 429) && self.deed != Deed::Once,
            End::Silence | End::Payload => false,
        };
        if matches!(self.deed, Deed::Once | Deed::Assumed) {
            assert!(
                !self.prior.maybe_sent && self.ends.iter().all(turned_away),
                "{:?}: resent after {:?}",
                self.deed,
                self.ends
            );
        }
    }

    /// It is the first one again, and goes where the call goes, with the call's credential alone. Its token, if it has one.
    fn check_request(&mut self, request: Request<Body>, session: &Session<'_>) -> Option<TokenId> {
        let account = &session.account;
        let (mut head, body) = request.into_parts();
        assert_eq!(head.uri.to_string(), account.place, "it goes elsewhere");
        let authorization = head.headers.remove(header::AUTHORIZATION);
        let token = authorization.as_ref().map(|value| value.to_str().expect("ASCII").to_owned());
        let token = token.map(|token| {
            assert!(account.tokens.is_some(), "{token}");
            flow::token(token.strip_prefix("Bearer ").expect("a bearer token")).id()
        });
        if let (Some(token), Some((refused, landed))) = (token, self.refused) {
            // Unless the token endpoint itself insists on it.
            assert!(token != refused || session.granted[&token] > landed, "a token that was just refused");
        }
        let key = head.headers.get("x-api-key").map(|key| key.to_str().expect("ASCII"));
        let expected = account.tokens.is_none().then_some(API_KEY);
        assert_eq!((key, token.is_none()), (expected, expected.is_some()), "one credential, and its own");
        let lasting =
            Lasting { method: head.method, uri: head.uri, headers: head.headers, body: bytes_of(&body) };
        assert!(!format!("{:?}", lasting.headers).contains(SECRET), "the secret is for the token endpoint");
        match &self.first {
            Some(first) => assert_eq!(&lasting, first, "another request than at first"),
            None => self.first = Some(lasting),
        }
        token
    }

    fn done(&mut self, session: &mut Session<'_>, result: Result<Reply<Bytes>, Error>) -> Stage {
        let attempts = self.prior.attempts as usize + self.ends.len();
        let effects = session.server.effects(self.number);
        assert!(
            effects <= 1 || self.deed.may_be_repeated(),
            "{:?} had {effects} effects: {:?}",
            self.deed,
            self.ends
        );
        match result {
            Ok(reply) => {
                assert_eq!(reply.meta.attempts() as usize, attempts);
                let last = self.ends.last();
                assert!(matches!(last, Some(End::Status { status: 200..=299, whole: true, .. })), "{last:?}");
                assert!(effects >= 1, "a success without an effect");
                self.succeeded = true;
            }
            Err(error) => {
                assert_eq!(error.attempts() as usize, attempts);
                assert!(!error.to_string().contains("evil"), "a server's words: {error}");
                if error.kind() == ErrorKind::Token {
                    assert!(session.account.tokens.is_some() && self.tokens > 0);
                }
                self.check_certainty(error.certainty(), effects);
                if let Some(rejected) = error.rejected_token() {
                    session.slot.reject(rejected);
                    assert!(
                        matches!(self.ends.last(), Some(End::Status { status: 401, .. })),
                        "{:?}",
                        self.ends
                    );
                }
            }
        }
        Stage::Over
    }

    /// What is said is what is so, and as much as anybody could know who has seen the same.
    fn check_certainty(&self, said: Certainty, effects: u32) {
        let tells = |certainty| self.ends.iter().any(|end| end.tells(self.deed) == certainty);
        let settled = self.deed.is_relied_upon() && self.ends.last().is_some_and(|end| end.refuses_content());
        let known = if tells(Certainty::Applied) {
            Certainty::Applied
        } else if self.prior.maybe_sent || (tells(Certainty::Unknown) && !settled) {
            Certainty::Unknown
        } else {
            Certainty::NotApplied
        };
        assert_eq!(said, known, "{:?}, {:?}: {:?}", self.deed, self.prior, self.ends);
        match said {
            Certainty::NotApplied => assert_eq!(effects, 0, "not applied, and yet: {:?}", self.ends),
            Certainty::Applied => assert!(effects >= 1, "applied, and not at all: {:?}", self.ends),
            Certainty::Unknown => {}
        }
    }
}

/// Whether it sends, and how long it waits.
fn looked_at<T>(step: &Step<T>) -> (bool, Option<Duration>) {
    match step {
        Step::Send(_) => (true, None),
        Step::Wait(delay) => (false, Some(delay.duration())),
        Step::Authorize(_) | Step::Done(_) => (false, None),
    }
}

fn check_token_request(request: &Request<Body>, tokens: Option<&str>) {
    assert_eq!(Some(&*request.uri().to_string()), tokens, "the secret goes elsewhere");
    assert!(!request.headers().contains_key("x-api-key"));
    let basic = request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().expect("ASCII"));
    assert!(basic.is_none_or(|value| value.starts_with("Basic ")), "a token goes to the token endpoint");
    let body = String::from_utf8(bytes_of(request.body())).expect("a form");
    assert_eq!(body.contains(SECRET), basic.is_none(), "the secret is there once");
}

/// No debug form shows a credential, nor what a server wrote.
fn assert_hides<T>(step: &Step<T>) {
    let shown = format!("{step:?}");
    for hidden in [SECRET, API_KEY, "t0k3n-", "evil"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}

fn bytes_of(body: &Body) -> Vec<u8> {
    let (mut cursor, mut bytes) = (body.cursor(), Vec::new());
    loop {
        match cursor.want().expect("it is in memory") {
            Want::Emit(piece) => bytes.extend_from_slice(&piece),
            Want::Read(_) => panic!("nothing has to be read from elsewhere"),
            Want::End => return bytes,
        }
    }
}
