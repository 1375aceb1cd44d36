//! What comes back from a call that failed: one opaque type with everything that is known, written for the person at
//! 3 a.m. What happened, did it take effect, what to do.

mod predicates;
mod show;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};

use crate::answer::{Asked, DecodeError};
use crate::body::PayloadFault;
use crate::encoded::OwnedEffect;
use crate::error_map::{self, ErrorMap};
use crate::flow::{Certainty, Row, TokenId};
use crate::{Effect, Failure, IdempotencyKey, InvalidValue, Operation};

/// A call that failed. Cheap to clone, so that it can reach everyone who waits for it.
///
/// Its text names the operation, the attempts, the key and whether it took effect, and never what a server or a user
/// wrote; that is in [`Error::body`] and [`Error::error_map`], for whoever asks (T11–T12).
///
/// One opaque type, because what can go wrong grows with the API, and because the same questions are asked of every
/// failure: [`Error::kind`] is what went wrong, [`Error::certainty`] whether it happened.
///
/// ```
/// use cashlink_core::{Certainty, Error};
///
/// fn what_to_do(error: &Error) -> &'static str {
///     match error.certainty() {
///         Certainty::NotApplied if error.is_invalid_input() => "show the fields that error.error_map() names",
///         Certainty::NotApplied => "nothing happened: try again later, or call somebody",
///         Certainty::Applied => "it happened: read the object instead of creating it again",
///         _ if error.is_safe_to_repeat() => "repeat it with the same key",
///         _ => "look whether it happened: a repetition may do it twice",
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    report: Report,
    evidence: Evidence,
}

/// What a flow knows at its end, whatever went wrong.
pub(crate) struct Report {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) attempts: u32,
    pub(crate) certainty: Certainty,
    pub(crate) gave_up: GaveUp,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) rejected_token: Option<TokenId>,
    pub(crate) follows_link: bool,
    pub(crate) names_version: bool,
    /// Whether it happened is no question then.
    pub(crate) only_reads: bool,
    /// The call may be sent again whatever became of it.
    pub(crate) survives_ambiguity: bool,
    pub(crate) map_limits: error_map::Limits,
}

impl Report {
    pub(crate) fn new(operation: impl Into<Cow<'static, str>>) -> Self {
        Self {
            operation: operation.into(),
            key: None,
            attempts: 0,
            certainty: Certainty::NotApplied,
            gave_up: GaveUp::Final,
            retry_after: None,
            rejected_token: None,
            follows_link: false,
            names_version: false,
            only_reads: false,
            survives_ambiguity: false,
            map_limits: error_map::Limits::default(),
        }
    }

    pub(crate) fn of(asked: Asked<'_>) -> Self {
        let policy = &asked.settings.policy;
        Self {
            key: asked.call.key().cloned(),
            follows_link: asked.call.follows_link,
            names_version: asked.call.version.or(asked.settings.version).is_some(),
            only_reads: matches!(asked.call.effect, OwnedEffect::Safe),
            survives_ambiguity: Row::asked(asked).survives_ambiguity(),
            map_limits: error_map::Limits { leaves: policy.error_leaves, depth: policy.error_depth },
            ..Self::new(asked.call.name.clone())
        }
    }
}

/// How the last attempt ended.
pub(crate) enum Evidence {
    /// There was none.
    None,
    Invalid(InvalidValue),
    Answer(Response<Bytes>),
    Failure(Failure),
    Token(Error),
    Undecodable(DecodeError, Response<Bytes>),
    Page(PageFault),
}

/// What can be wrong with the way through a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageFault {
    ForeignLink,
    Loop,
    TooMany,
}

impl Evidence {
    /// Why there was no token. Where the call that should have obtained it got none itself, that one's reason: handed on from call to
    /// call, a chain of errors would grow, and to show or to drop a long one takes a stack as long.
    pub(crate) fn of_token_call(error: &Error) -> Self {
        match &error.0.evidence {
            Self::Token(first) => Self::Token(first.clone()),
            _ => Self::Token(error.clone()),
        }
    }

    pub(crate) fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Self::Answer(response) | Self::Undecodable(_, response) => Some(response.headers()),
            Self::Failure(failure) => failure.headers(),
            Self::None | Self::Invalid(_) | Self::Token(_) | Self::Page(_) => None,
        }
    }

    /// Whether the endpoint itself refused what was sent to it: 400 or 422, in JSON. A proxy's page says nothing of it.
    pub(crate) fn refuses_content(&self, status: StatusCode) -> bool {
        match self {
            Self::Answer(response) => {
                matches!(status.as_u16(), 400 | 422) && ErrorMap::read(response.body()).is_readable()
            }
            _ => false,
        }
    }

    fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answer(response) | Self::Undecodable(_, response) => Some(response.status()),
            Self::Failure(failure) => failure.status(),
            Self::None | Self::Invalid(_) | Self::Token(_) | Self::Page(_) => None,
        }
    }
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be built: a value in it breaks a rule. Nothing was sent.
    InvalidRequest,
    /// The server answered with a status that is no success: see [`Error::status`] and [`Error::error_map`].
    Status,
    /// The server answered with a redirect, which is never followed (T1): see [`Error::location`].
    UnexpectedRedirect,
    /// No answer came.
    Transport,
    /// An answer began and was cut; its status counts.
    CutAnswer,
    /// The answer's body is larger than [`Policy::largest_answer`](crate::Policy::largest_answer).
    AnswerTooLarge,
    /// A success whose body is not what the operation expects. It happened; the bytes are in [`Error::body`].
    Undecodable,
    /// The payload was not the announced one, or could not be read again.
    Payload,
    /// No token could be obtained: [`Error::error_map`] has the token server's reason, and
    /// [`source`](core::error::Error::source) is the token call's own error. On `invalid_scope`, look at
    /// [`Bearer::scopes`](crate::Bearer::scopes): without them, the server decides what the token may do.
    Token,
    /// The deadline had passed before an attempt could be made.
    Deadline,
    /// An earlier attempt may have taken effect, and this call must not be repeated blindly. Nothing was sent.
    MayHaveHappened,
    /// A page link that the server gave leads nowhere anymore: the list has changed (T61).
    ListChanged,
    /// A page link names another host or another resource; nothing was sent there (T3–T4).
    ForeignPageLink,
    /// A page link leads back to a page that was read already (T59).
    PageLoop,
    /// There are more pages than [`Policy::pages`](crate::Policy::pages) (T59).
    TooManyPages,
}

/// Why a call ended where it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GaveUp {
    /// Its last answer was final: another attempt would change nothing, or do it twice.
    Final,
    /// No attempts were left.
    Attempts,
    /// The next attempt would have come after the deadline.
    Deadline,
    /// The client's retry budget was spent: too much is failing at once.
    Budget,
    /// The server asked for a longer wait than [`Policy::longest_retry_after`](crate::Policy::longest_retry_after).
    RetryAfter,
    /// An earlier process's attempt may have happened.
    MayHaveHappened,
}

impl Error {
    pub(crate) fn new(report: Report, evidence: Evidence) -> Self {
        Self(Arc::new(Inner { report, evidence }))
    }

    pub(crate) fn invalid_request(operation: &'static str, fault: InvalidValue) -> Self {
        Self::new(Report::new(operation), Evidence::Invalid(fault))
    }

    pub(crate) fn unencodable<O: Operation>(operation: &O, fault: InvalidValue) -> Self {
        let key = match operation.effect() {
            Effect::Keyed { key, .. } => Some(key.clone()),
            _ => None,
        };
        Self::new(Report { key, ..Report::new(O::NAME) }, Evidence::Invalid(fault))
    }

    pub(crate) fn page(operation: &'static str, fault: PageFault) -> Self {
        Self::new(Report::new(operation), Evidence::Page(fault))
    }

    /// A success that its operation can't read: applied, and not repeated.
    pub(crate) fn undecodable(
        asked: Asked<'_>,
        attempts: u32,
        fault: DecodeError,
        response: Response<Bytes>,
    ) -> Self {
        let report = Report { attempts, certainty: Certainty::Applied, ..Report::of(asked) };
        Self::new(report, Evidence::Undecodable(fault, response))
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.evidence {
            Evidence::None if self.gave_up() == GaveUp::MayHaveHappened => ErrorKind::MayHaveHappened,
            Evidence::None => ErrorKind::Deadline,
            Evidence::Invalid(_) => ErrorKind::InvalidRequest,
            Evidence::Token(_) => ErrorKind::Token,
            Evidence::Undecodable(..) => ErrorKind::Undecodable,
            Evidence::Page(PageFault::ForeignLink) => ErrorKind::ForeignPageLink,
            Evidence::Page(PageFault::Loop) => ErrorKind::PageLoop,
            Evidence::Page(PageFault::TooMany) => ErrorKind::TooManyPages,
            Evidence::Failure(failure) => match failure.payload_fault() {
                Some(_) => ErrorKind::Payload,
                None if failure.is_too_large() => ErrorKind::AnswerTooLarge,
                None if failure.status().is_some() => ErrorKind::CutAnswer,
                None => ErrorKind::Transport,
            },
            Evidence::Answer(response) => match response.status() {
                StatusCode::NOT_FOUND if self.0.report.follows_link => ErrorKind::ListChanged,
                status if status.is_redirection() => ErrorKind::UnexpectedRedirect,
                _ => ErrorKind::Status,
            },
        }
    }

    /// Did it happen? The worst that is known of all attempts.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        self.0.report.certainty
    }

    /// Whether the same call, sent again with the same key and the same bytes, can't take effect twice: nothing happened
    /// so far, or the call only reads or is idempotent, or its key is documented there
    /// ([`Honoured`](crate::Honoured)) or was confirmed.
    ///
    /// Where this is `false`, look at the server's state before you do it again. Where it is `true`, a repetition may
    /// still be pointless (a refusal stays one). For how long a key is remembered is not documented, so *again* means
    /// soon (T44).
    #[must_use]
    pub fn is_safe_to_repeat(&self) -> bool {
        self.certainty() == Certainty::NotApplied || self.0.report.survives_ambiguity
    }

    /// Why there was no further attempt.
    #[must_use]
    pub fn gave_up(&self) -> GaveUp {
        self.0.report.gave_up
    }

    /// The operation's name: `investors.create`.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.0.report.operation
    }

    /// The idempotency key of the call.
    #[must_use]
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.0.report.key.as_ref()
    }

    /// How many requests were sent for this call, earlier processes' included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.report.attempts
    }

    /// The status of the last answer, if one began.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.evidence.status()
    }

    /// The headers of the last answer.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.evidence.headers()
    }

    /// The body of the last answer, byte for byte, where it came whole.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        match &self.0.evidence {
            Evidence::Answer(response) | Evidence::Undecodable(_, response) => Some(response.body()),
            _ => None,
        }
    }

    /// What the server says is wrong with which field; where no token could be obtained, what the token server says
    /// ([`ErrorMap::oauth`]). Empty where the body says nothing of the kind.
    #[must_use]
    pub fn error_map(&self) -> ErrorMap {
        match &self.0.evidence {
            Evidence::Token(error) => error.error_map(),
            Evidence::Answer(response) => ErrorMap::read_within(response.body(), self.0.report.map_limits),
            _ => ErrorMap::read(b"{}"),
        }
    }

    /// The id that the server gave the request (`X-Request-Id`), to be told to support. No known page promises one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers()?)
    }

    /// How long the server asked to wait before another attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.report.retry_after
    }

    /// Where a redirect would have led. Server text: don't follow it, don't log it unread.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers()?.get(header::LOCATION)?.to_str().ok()
    }

    /// The bearer token that the server refused last, so that whoever keeps tokens drops it.
    #[must_use]
    pub fn rejected_token(&self) -> Option<TokenId> {
        self.0.report.rejected_token
    }

    /// What the transport reported, where no whole answer came.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &self.0.evidence {
            Evidence::Failure(failure) => Some(failure),
            _ => None,
        }
    }

    /// What was wrong with the payload.
    #[must_use]
    pub fn payload_fault(&self) -> Option<PayloadFault> {
        self.failure()?.payload_fault()
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0.evidence {
            // Another call's error, with an answer of its own. Everything else is said by this one's text.
            Evidence::Token(error) => Some(error),
            _ => None,
        }
    }
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

/// An error chain can be boxed with a plain `?`.
#[expect(dead_code, reason = "asserts at compile time")]
fn fits_everywhere(error: Error) -> Box<dyn core::error::Error + Send + Sync> {
    error.into()
}
