//! The state of one flow, and every change of it. No other file changes a flow; what may follow a step is said by the
//! types in `step`, what should follow an attempt by the table in `retry`.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};

use super::clock::Clock;
use super::jitter::Jitter;
use super::prior::Prior;
use super::retry::{Outcome, Row, Verdict, combine, judge};
use super::timeouts::Timeouts;
use super::token::{Token, TokenId};
use super::{Certainty, challenge, oauth, retry_after};
use crate::answer::{Asked, DecodeError};
use crate::body::Body;
use crate::call::Options;
use crate::credential::sealed::Authentication;
use crate::encoded::{API_KEY, API_VERSION, Encoded, set_header};
use crate::error::{Error, Evidence, GaveUp, Report};
use crate::failure::{Failure, Sent};
use crate::observe::{Event, Happened};
use crate::settings::Settings;
use crate::{Bearer, Endpoint, InvalidValue, Now};

/// One call on its way, whatever it decodes to.
pub(crate) struct Flow {
    settings: Arc<Settings>,
    call: Arc<Encoded>,
    /// The token call goes to its own endpoint and needs no token; `None` for every other call.
    token_call: bool,
    row: Row,
    attempts_allowed: u32,
    /// When the whole call ends, on the monotonic clock.
    deadline: Duration,
    jitter: Jitter,
    clock: Clock,
    attempts: u32,
    attempts_before: u32,
    /// Repetitions after a 500 or a 409, of which a documented key gets two.
    doubtful_repeats: u8,
    /// The worst of all attempts so far.
    certainty: Certainty,
    /// What earlier processes leave open. No answer settles it: the server may have forgotten the key since (T44).
    doubt: Certainty,
    token: Option<Token>,
    /// A token was refused already: the next refusal is final (T35).
    renewed: bool,
    /// The token that the server has just refused.
    rejected: Option<TokenId>,
    /// What the last answer said about coming back.
    retry_after: Option<Duration>,
    /// How the last attempt ended, for the error of a flow that can't go on.
    evidence: Evidence,
}

/// Where a flow stands after an event.
pub(super) enum Next {
    Authorize(Box<Flow>),
    Send(Box<Flow>, Box<Request<Body>>),
    Wait(Box<Flow>, Duration),
    Received(Box<Flow>, Response<Bytes>),
    Failed(Error),
}

impl Flow {
    pub(super) fn start(
        settings: &Arc<Settings>,
        call: &Arc<Encoded>,
        options: Options,
        prior: Prior,
        now: Now,
        entropy: [u8; 16],
    ) -> Next {
        let policy = &settings.policy;
        let default = if call.body.is_upload() { policy.upload_deadline } else { policy.deadline };
        let flow = Box::new(Self {
            row: Row::asked(Asked { settings, call }),
            attempts_allowed: options.attempts.unwrap_or(policy.attempts).max(1),
            deadline: now.mono.saturating_add(options.deadline.unwrap_or(default)),
            jitter: Jitter::new(entropy),
            clock: Clock::started(now),
            attempts: 0,
            attempts_before: prior.attempts,
            doubtful_repeats: 0,
            certainty: Certainty::NotApplied,
            doubt: if prior.maybe_sent { Certainty::Unknown } else { Certainty::NotApplied },
            token: None,
            renewed: false,
            rejected: None,
            retry_after: None,
            evidence: Evidence::None,
            token_call: false,
            settings: Arc::clone(settings),
            call: Arc::clone(call),
        });
        flow.tell(Happened::Started);
        if prior.maybe_sent && !flow.row.survives_ambiguity() {
            return flow.give_up(GaveUp::MayHaveHappened);
        }
        flow.authorize_or_send(now)
    }

    /// The flow that obtains a token for this one. It ends when this one has to.
    pub(super) fn token_flow(&mut self, now: Now) -> Next {
        let request = match &self.settings.authentication {
            Authentication::Bearer(bearer) => oauth::request(bearer),
            // Never reached: only bearer calls are asked to authorize.
            Authentication::ApiKey(_) => {
                Err(InvalidValue::new("credential", "must be OAuth client credentials"))
            }
        };
        let call = match request {
            Ok(call) => Arc::new(call),
            Err(fault) => return Next::Failed(Error::invalid_request(oauth::NAME, fault)),
        };
        let policy = &self.settings.policy;
        let flow = Box::new(Self {
            row: Row::Repeatable,
            attempts_allowed: policy.attempts.max(1),
            deadline: self.deadline.min(now.mono.saturating_add(policy.deadline)),
            jitter: Jitter::new(self.jitter.fork()),
            clock: Clock::started(now),
            attempts: 0,
            attempts_before: 0,
            doubtful_repeats: 0,
            certainty: Certainty::NotApplied,
            doubt: Certainty::NotApplied,
            token: None,
            renewed: false,
            rejected: None,
            retry_after: None,
            evidence: Evidence::None,
            token_call: true,
            settings: Arc::clone(&self.settings),
            call,
        });
        flow.tell(Happened::Started);
        flow.send(now)
    }

    fn needs_token(&self) -> bool {
        !self.token_call
            && self.token.is_none()
            && matches!(self.settings.authentication, Authentication::Bearer(_))
    }

    fn authorize_or_send(self: Box<Self>, now: Now) -> Next {
        if self.needs_token() { Next::Authorize(self) } else { self.send(now) }
    }

    pub(super) fn with_token(mut self: Box<Self>, token: Token, now: Now) -> Next {
        self.token = Some(token);
        self.rejected = None;
        self.send(now)
    }

    pub(super) fn without_token(mut self: Box<Self>, error: &Error) -> Next {
        self.retry_after = error.retry_after();
        self.evidence = Evidence::of_token_call(error);
        self.give_up(error.gave_up())
    }

    pub(super) fn timed_out(self: Box<Self>) -> Next {
        self.give_up(GaveUp::Deadline)
    }

    fn send(mut self: Box<Self>, now: Now) -> Next {
        self.clock.latest = now.mono;
        if now.mono >= self.deadline {
            return self.give_up(GaveUp::Deadline);
        }
        match self.request() {
            Ok(request) => {
                // Only what goes out pays in: a call that gets no token must not pay for the token call's retries (T36).
                if self.attempts == 0 {
                    self.settings.budget.deposit();
                }
                self.attempts = self.attempts.saturating_add(1);
                self.clock.sent = now.mono;
                Next::Send(self, Box::new(request))
            }
            Err(fault) => {
                self.evidence = Evidence::Invalid(fault);
                self.give_up(GaveUp::Final)
            }
        }
    }

    /// The request of the next attempt: the call's own bytes, the destination, and last the credential.
    fn request(&self) -> Result<Request<Body>, InvalidValue> {
        let uri = if self.token_call {
            self.settings.token_endpoint.uri("")
        } else {
            self.settings.base.uri(&self.call.target())
        }?;
        let mut request = Request::new(self.call.body.clone());
        *request.method_mut() = self.call.method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.clone_from(&self.call.headers);
        set_header(headers, header::USER_AGENT, self.settings.user_agent.clone())?;
        if self.token_call {
            return Ok(request);
        }
        if let Some(version) = self.call.version.or(self.settings.version) {
            set_header(headers, API_VERSION, version.header_value()?)?;
        }
        match (&self.settings.authentication, &self.token) {
            (Authentication::ApiKey(key), _) => {
                set_header(headers, API_KEY, key.clone())?;
            }
            (Authentication::Bearer(Bearer { .. }), Some(token)) => {
                set_header(headers, header::AUTHORIZATION, token.authorization())?;
            }
            (Authentication::Bearer(Bearer { .. }), None) => {
                return Err(InvalidValue::new("bearer token", "must be obtained before sending"));
            }
        }
        Ok(request)
    }

    /// When the request went out whose answer it waits for, on the monotonic clock.
    pub(super) fn handed_out(&self) -> Duration {
        self.clock.latest
    }

    pub(super) fn timeouts(&self, mono: Duration) -> Timeouts {
        let policy = &self.settings.policy;
        let left = self.deadline.saturating_sub(mono);
        let upload = self.call.body.is_upload();
        Timeouts {
            connect: policy.connect_timeout.min(left),
            total: if upload { left } else { policy.attempt_timeout.min(left) },
            idle: upload.then(|| policy.upload_silence.min(left)),
        }
    }

    pub(super) fn largest_answer(&self) -> u64 {
        self.settings.policy.largest_answer
    }

    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// The token that the server refused, which whoever obtains the next one should not get again.
    pub(super) fn rejected(&self) -> Option<TokenId> {
        self.rejected
    }

    pub(super) fn responded(mut self: Box<Self>, now: Now, response: Response<Bytes>) -> Next {
        let length = u64::try_from(response.body().len()).unwrap_or(u64::MAX);
        if length > self.settings.policy.largest_answer {
            let (head, _) = response.into_parts();
            return self.failed(now, Failure::too_large(head));
        }
        let status = response.status();
        self.attempt_ended(now, Ok(status));
        if status.is_success() {
            return self.succeeded(response);
        }
        self.note(now, Evidence::Answer(response));
        self.classify(now, status)
    }

    fn succeeded(self: Box<Self>, response: Response<Bytes>) -> Next {
        let identity = |coding: &header::HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"identity");
        if response.headers().get_all(header::CONTENT_ENCODING).iter().all(identity) {
            return Next::Received(self, response);
        }
        // Nobody asked for an encoding; unpacking one unasked is how small answers become large ones (T27).
        let fault = DecodeError::new("Content-Encoding", "must be identity");
        Next::Failed(self.undecodable(fault, response))
    }

    pub(super) fn failed(mut self: Box<Self>, now: Now, failure: Failure) -> Next {
        self.attempt_ended(now, Err(&failure));
        let sent = failure.sent();
        let status = failure.status();
        self.note(now, Evidence::Failure(failure));
        match (sent, status) {
            (Sent::No, _) => self.decide(now, Outcome::NotSent, None),
            (Sent::Permanent, None) => self.give_up(GaveUp::Final),
            (Sent::Permanent, Some(status)) if status.is_success() => {
                self.certainty = Certainty::Applied;
                self.give_up(GaveUp::Final)
            }
            (Sent::Maybe, Some(status)) if status.is_success() => self.decide(now, Outcome::CutSuccess, None),
            (_, Some(status)) => self.classify(now, status),
            (Sent::Maybe, None) => self.decide(now, Outcome::MaybeSent, None),
        }
    }

    /// How this attempt ended, and nothing of the earlier ones.
    fn note(&mut self, now: Now, evidence: Evidence) {
        self.retry_after = evidence.headers().and_then(|headers| retry_after::read(headers, now.wall));
        self.evidence = evidence;
    }

    /// A status that is no success, with or without its body.
    fn classify(mut self: Box<Self>, now: Now, status: StatusCode) -> Next {
        let rejected = match (&self.token, self.evidence.headers()) {
            (Some(token), Some(headers)) if status == StatusCode::UNAUTHORIZED => {
                challenge::asks_for_new_token(headers).then(|| token.id())
            }
            _ => None,
        };
        self.rejected = rejected;
        self.decide(now, Outcome::of_status(status, rejected.is_some()), Some(status))
    }

    fn decide(mut self: Box<Self>, now: Now, outcome: Outcome, status: Option<StatusCode>) -> Next {
        let (verdict, certainty) = judge(self.row, outcome);
        let refused_content = status.is_some_and(|status| self.evidence.refuses_content(status));
        self.certainty = combine(self.row, self.certainty, certainty, refused_content);
        match verdict {
            Verdict::Done => self.give_up(GaveUp::Final),
            Verdict::Again => self.repeat(now),
            Verdict::AtMostTwiceMore if self.doubtful_repeats >= 2 => self.give_up(GaveUp::Final),
            Verdict::AtMostTwiceMore => {
                self.doubtful_repeats = self.doubtful_repeats.saturating_add(1);
                self.repeat(now)
            }
            Verdict::NewToken if self.renewed => self.give_up(GaveUp::Final),
            Verdict::NewToken if now.mono >= self.deadline => self.give_up(GaveUp::Deadline),
            Verdict::NewToken => {
                self.renewed = true;
                self.token = None;
                Next::Authorize(self)
            }
        }
    }

    /// Another attempt, if attempts, deadline and budget allow it. The renewal of a token is not counted against the
    /// attempts allowed: an expired token is no failure of the call.
    fn repeat(mut self: Box<Self>, now: Now) -> Next {
        if now.mono >= self.deadline {
            return self.give_up(GaveUp::Deadline);
        }
        let counted = self.attempts.saturating_sub(u32::from(self.renewed));
        if counted >= self.attempts_allowed {
            return self.give_up(GaveUp::Attempts);
        }
        let policy = &self.settings.policy;
        let asked = self.retry_after.unwrap_or_default();
        if asked > policy.longest_retry_after {
            return self.give_up(GaveUp::RetryAfter);
        }
        let wait = self.jitter.wait(policy, counted).max(asked);
        if now.mono.saturating_add(wait) >= self.deadline {
            return self.give_up(GaveUp::Deadline);
        }
        if !self.settings.budget.withdraw() {
            return self.give_up(GaveUp::Budget);
        }
        self.tell(Happened::Waits { duration: wait });
        Next::Wait(self, wait)
    }

    pub(super) fn woken(self: Box<Self>, now: Now) -> Next {
        self.authorize_or_send(now)
    }

    fn give_up(mut self: Box<Self>, gave_up: GaveUp) -> Next {
        let report = Report {
            attempts: self.total_attempts(),
            certainty: self.certainty.max(self.doubt),
            gave_up,
            retry_after: self.retry_after,
            rejected_token: self.rejected,
            ..Report::of(self.asked())
        };
        let error = Error::new(report, core::mem::replace(&mut self.evidence, Evidence::None));
        self.ended(error.certainty(), Some(&error));
        Next::Failed(error)
    }

    /// The whole answer can't be read.
    pub(super) fn undecodable(&self, fault: DecodeError, response: Response<Bytes>) -> Error {
        let error = Error::undecodable(self.asked(), self.total_attempts(), fault, response);
        self.ended(error.certainty(), Some(&error));
        error
    }

    fn attempt_ended(&mut self, now: Now, outcome: Result<StatusCode, &Failure>) {
        self.clock.latest = now.mono;
        let duration = self.clock.attempt();
        self.tell(Happened::AttemptEnded { attempt: self.total_attempts(), outcome, duration });
    }

    pub(super) fn ended(&self, certainty: Certainty, error: Option<&Error>) {
        let (attempts, duration) = (self.total_attempts(), self.clock.all());
        self.tell(Happened::Ended { certainty, attempts, duration, error });
    }

    fn tell(&self, happened: Happened<'_>) {
        if let Some(observer) = &self.settings.observer {
            observer.observe(&Event::new(&self.call.name, self.call.key(), happened));
        }
    }

    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { settings: &self.settings, call: &self.call }
    }

    pub(super) fn total_attempts(&self) -> u32 {
        self.attempts_before.saturating_add(self.attempts)
    }

    /// The name of what is asked for.
    pub(super) fn operation(&self) -> &str {
        &self.call.name
    }

    /// Where requests of this flow go, for whoever prints a step.
    fn destination(&self) -> &Endpoint {
        if self.token_call { &self.settings.token_endpoint } else { &self.settings.base }
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("operation", &self.call.name)
            .field("at", self.destination())
            .field("key", &self.call.key())
            .field("attempts", &self.total_attempts())
            .field("certainty", &self.certainty)
            .finish_non_exhaustive()
    }
}
