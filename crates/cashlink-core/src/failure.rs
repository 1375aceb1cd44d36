//! How a transport reports that no whole answer came. What it says decides whether a request may be repeated, so the
//! rule is: *not sent* only where that is certain.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use http::response::Parts;
use http::{HeaderMap, StatusCode};

use crate::body::PayloadFault;

/// An attempt that brought no whole answer, as its transport saw it.
///
/// The reason is text for people: it must name no secret and nothing of the request (an adapter passes the name of an
/// error, not its content).
///
/// ```
/// use cashlink_core::Failure;
///
/// let refused = Failure::not_sent("connection refused");
/// let silent = Failure::maybe_sent("no answer within 20 s");
/// assert_eq!(silent.to_string(), "maybe sent: no answer within 20 s");
/// ```
#[derive(Clone, Debug)]
pub struct Failure {
    kind: Kind,
    reason: Cow<'static, str>,
}

#[derive(Clone)]
enum Kind {
    NotSent,
    MaybeSent,
    Cut(Box<Parts>),
    TooLarge(Box<Parts>),
    Payload(PayloadFault),
}

/// What a failure says about the request's whereabouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    No,
    Maybe,
    /// Another attempt would fail the same way.
    Permanent,
}

impl Failure {
    /// The request surely never left: the name didn't resolve, no connection came about, or not a byte of the request
    /// was written. Everything may be repeated after it.
    pub fn not_sent(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: Kind::NotSent, reason: reason.into() }
    }

    /// The request may have left, and no answer began. When in doubt, it is this.
    pub fn maybe_sent(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: Kind::MaybeSent, reason: reason.into() }
    }

    /// An answer began, and its body was cut: the status counts, so a cut `201` has happened.
    pub fn cut(head: Parts, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: Kind::Cut(Box::new(head)), reason: reason.into() }
    }

    /// An answer's body went beyond [`Pending::largest_answer`](crate::Pending::largest_answer), and reading stopped
    /// there (T26). The status counts.
    #[must_use]
    pub fn too_large(head: Parts) -> Self {
        Self { kind: Kind::TooLarge(Box::new(head)), reason: "the answer is larger than allowed".into() }
    }

    /// The payload was not the announced one, or could not be read again: permanent, and the request did not complete.
    #[must_use]
    pub fn payload(fault: PayloadFault) -> Self {
        Self { kind: Kind::Payload(fault), reason: "the request was not completed".into() }
    }

    /// The transport's own words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Its kind in one word, for metrics: `not_sent`, `maybe_sent`, `cut`, `too_large` or `payload`.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.kind {
            Kind::NotSent => "not_sent",
            Kind::MaybeSent => "maybe_sent",
            Kind::Cut(_) => "cut",
            Kind::TooLarge(_) => "too_large",
            Kind::Payload(_) => "payload",
        }
    }

    /// What was wrong with the payload, if that was it.
    #[must_use]
    pub fn payload_fault(&self) -> Option<PayloadFault> {
        match self.kind {
            Kind::Payload(fault) => Some(fault),
            _ => None,
        }
    }

    pub(crate) fn sent(&self) -> Sent {
        match self.kind {
            Kind::NotSent => Sent::No,
            Kind::MaybeSent | Kind::Cut(_) => Sent::Maybe,
            Kind::TooLarge(_) | Kind::Payload(_) => Sent::Permanent,
        }
    }

    fn head(&self) -> Option<&Parts> {
        match &self.kind {
            Kind::Cut(head) | Kind::TooLarge(head) => Some(head),
            _ => None,
        }
    }

    /// The status of the answer that began, if one did.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.head().map(|head| head.status)
    }

    pub(crate) fn headers(&self) -> Option<&HeaderMap> {
        self.head().map(|head| &head.headers)
    }

    pub(crate) fn is_too_large(&self) -> bool {
        matches!(self.kind, Kind::TooLarge(_))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::NotSent => write!(f, "not sent: {}", self.reason),
            Kind::MaybeSent => write!(f, "maybe sent: {}", self.reason),
            Kind::Cut(head) => write!(f, "the answer ({}) was cut: {}", head.status.as_u16(), self.reason),
            Kind::TooLarge(head) => write!(f, "the answer ({}) is larger than allowed", head.status.as_u16()),
            Kind::Payload(fault) => write!(f, "{fault}; {}", self.reason),
        }
    }
}

/// Without headers: they may say anything (T11).
impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent => f.write_str("NotSent"),
            Self::MaybeSent => f.write_str("MaybeSent"),
            Self::Cut(head) => write!(f, "Cut({})", head.status.as_u16()),
            Self::TooLarge(head) => write!(f, "TooLarge({})", head.status.as_u16()),
            Self::Payload(fault) => write!(f, "Payload({fault:?})"),
        }
    }
}

impl core::error::Error for Failure {}
