//! Faults on demand: what there is, how it is written, and how it waits for its request.
//!
//! A fault comes with the request it is meant for, in the header `X-Sandbox-Fault`, or is armed before and taken by the next
//! request that fits ([`Armed`]). Both write it in the same words:
//!
//! | written | what happens |
//! | --- | --- |
//! | `drop-request` | the connection is closed; the request had **no** effect |
//! | `drop-upload=10` | the connection is closed once ten bytes of the request's body have come; the request had **no** effect |
//! | `drop-response` | the request has its effect; the connection is closed instead of an answer |
//! | `status=503` | that answer (400 to 599) instead of any effect |
//! | `status=503;retry-after=2` | with `Retry-After: 2` |
//! | `status=503;retry-after-date=2` | with `Retry-After` as an HTTP date, two seconds after the answer's own `Date` |
//! | `status=502;after-effect` | the request has its effect; the answer is this one instead |
//! | `cut-body=10` | the head, with the whole length, and ten bytes of the body |
//! | `delay=200` | the answer is held back for 200 ms |
//! | `expire-token` | the bearer token that the request shows is expired from now on |
//!
//! Several may be given, separated by commas: `delay=100,cut-body=0`. At most one of `drop-request`, `drop-upload`,
//! `drop-response` and `status` can decide one answer.

mod plan;

pub(crate) use plan::{Outcome, Plan};

use http::{HeaderMap, Method, StatusCode};
use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How an answer fails to arrive. It travels as an extension of the [`http::Response`]; whoever carries the answer (the
/// server of this crate, a simulated network) must honour it.
///
/// ```
/// use bytes::Bytes;
/// use cashlink_sandbox::{Config, Disruption, Sandbox};
/// use std::time::Duration;
///
/// let request = http::Request::get("/api/external/distributor/v2/investors/")
///     .header("X-Sandbox-Fault", "cut-body=5")
///     .body(Bytes::new())
///     .unwrap();
/// let answer = Sandbox::new(Config::default()).handle(Duration::ZERO, request);
/// assert_eq!(answer.extensions().get(), Some(&Disruption::Cut { bytes: 5 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disruption {
    /// Close the connection; nothing of the answer is sent.
    Drop,
    /// Send the head, with the length of the whole body, and this many bytes of the body; then close the connection.
    Cut {
        /// How many bytes of the body still arrive.
        bytes: usize,
    },
}

/// How long an answer is held back before it is sent: an extension of the [`http::Response`], beside [`Disruption`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(pub Duration);

/// One fault. [`Display`](fmt::Display) writes it as it is written in `X-Sandbox-Fault`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `drop-request`: the connection is closed before the request has any effect.
    DropRequest,
    /// `drop-upload=…`: the connection is closed once this many bytes of the request's body have come, or the whole body where it
    /// is shorter. Without a socket, the engine does what it does for `drop-request`.
    DropUpload(u64),
    /// `drop-response`: the connection is closed after the request had its effect.
    DropResponse,
    /// `status=…`: another answer.
    Status(StatusFault),
    /// `cut-body=…`: this many bytes of the body arrive.
    CutBody(usize),
    /// `delay=…`: the answer is held back; whole milliseconds.
    Delay(Duration),
    /// `expire-token`: the bearer token shown by the request is expired.
    ExpireToken,
}

/// The answer that `status=…` gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusFault {
    /// The status, 400 to 599.
    pub status: StatusCode,
    /// What `Retry-After` says, if anything.
    pub retry_after: Option<RetryAfter>,
    /// Whether the request has its effect all the same.
    pub after_effect: bool,
}

/// The two forms of `Retry-After` (RFC 9110 section 10.2.3), both in seconds from the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// `retry-after=…`: written as a number of seconds.
    Seconds(u64),
    /// `retry-after-date=…`: written as an HTTP date.
    Date(u64),
}

/// Faults that go together, as written in one `X-Sandbox-Fault`.
///
/// ```
/// use cashlink_sandbox::{Fault, Faults};
///
/// let faults: Faults = "expire-token, cut-body=10".parse()?;
/// assert_eq!(faults.iter().last(), Some(&Fault::CutBody(10)));
/// assert_eq!(faults.to_string(), "expire-token,cut-body=10");
/// assert!("cut-bdy=10".parse::<Faults>().is_err());
/// # Ok::<(), cashlink_sandbox::FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// In the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    /// After how many bytes of its body the request's connection is closed.
    #[cfg(feature = "server")]
    pub(crate) fn upload_drops_after(&self) -> Option<u64> {
        self.iter().find_map(|fault| match fault {
            Fault::DropUpload(bytes) => Some(*bytes),
            _ => None,
        })
    }

    /// What the header asks for.
    ///
    /// # Errors
    /// When the header isn't text, or isn't written as the table says: a typing error must not pass for "no fault".
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, FaultError> {
        let mut written = Vec::new();
        for value in headers.get_all("x-sandbox-fault") {
            written.push(value.to_str().map_err(|_| FaultError("it isn't text".to_owned()))?);
        }
        if written.is_empty() { Ok(None) } else { written.join(",").parse().map(Some) }
    }
}

impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let faults = text.split(',').map(|fault| fault.trim().parse()).collect::<Result<Vec<Fault>, _>>()?;
        let deciding = |fault: &&Fault| match fault {
            Fault::DropRequest | Fault::DropUpload(_) | Fault::DropResponse | Fault::Status(_) => true,
            Fault::CutBody(_) | Fault::Delay(_) | Fault::ExpireToken => false,
        };
        if faults.iter().filter(deciding).count() > 1 {
            return Err(FaultError(
                "only one of drop-request, drop-upload, drop-response and status can decide an answer".into(),
            ));
        }
        Ok(Self(faults))
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        match (name, value) {
            ("drop-request", None) => Ok(Self::DropRequest),
            ("drop-response", None) => Ok(Self::DropResponse),
            ("expire-token", None) => Ok(Self::ExpireToken),
            ("drop-upload", Some(bytes)) => Ok(Self::DropUpload(number(bytes)?)),
            ("cut-body", Some(bytes)) => Ok(Self::CutBody(number(bytes)?)),
            ("delay", Some(millis)) => Ok(Self::Delay(Duration::from_millis(number(millis)?))),
            ("status", Some(value)) => Ok(Self::Status(value.parse()?)),
            _ => Err(FaultError(format!("there is no fault written {text:?}"))),
        }
    }
}

impl FromStr for StatusFault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut words = text.split(';').map(str::trim);
        let status = number(words.next().unwrap_or_default())?;
        let status = StatusCode::from_u16(status).ok().filter(|code| (400..600).contains(&code.as_u16()));
        let Some(status) = status else { return Err(FaultError("a status fault is 400 to 599".into())) };
        let mut fault = Self { status, retry_after: None, after_effect: false };
        for word in words {
            match word.split_once('=') {
                None if word == "after-effect" => fault.after_effect = true,
                Some(("retry-after", seconds)) => {
                    fault.retry_after = Some(RetryAfter::Seconds(number(seconds)?))
                }
                Some(("retry-after-date", seconds)) => {
                    fault.retry_after = Some(RetryAfter::Date(number(seconds)?))
                }
                _ => return Err(FaultError(format!("a status has no {word:?}"))),
            }
        }
        Ok(fault)
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, FaultError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.ok_or_else(|| FaultError(format!("{text:?} is no number that fits here")))
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if place == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropRequest => f.write_str("drop-request"),
            Self::DropUpload(bytes) => write!(f, "drop-upload={bytes}"),
            Self::DropResponse => f.write_str("drop-response"),
            Self::ExpireToken => f.write_str("expire-token"),
            Self::CutBody(bytes) => write!(f, "cut-body={bytes}"),
            Self::Delay(duration) => write!(f, "delay={}", duration.as_millis()),
            Self::Status(StatusFault { status, retry_after, after_effect }) => {
                write!(f, "status={}", status.as_u16())?;
                match retry_after {
                    None => {}
                    Some(RetryAfter::Seconds(seconds)) => write!(f, ";retry-after={seconds}")?,
                    Some(RetryAfter::Date(seconds)) => write!(f, ";retry-after-date={seconds}")?,
                }
                f.write_str(if *after_effect { ";after-effect" } else { "" })
            }
        }
    }
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a fault: {}", self.0)
    }
}

impl std::error::Error for FaultError {}

/// Faults that wait for a request.
///
/// ```
/// use cashlink_sandbox::{Armed, Config, Sandbox};
///
/// let mut sandbox = Sandbox::new(Config::default());
/// // The next two requests to create an investor lose their answers.
/// let lost = Armed::new("drop-response".parse()?).times(2).method(http::Method::POST);
/// sandbox.arm(lost.path_prefix("/api/external/distributor/v2/investors/"));
/// # Ok::<(), cashlink_sandbox::FaultError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "a fault does nothing until it is armed"]
pub struct Armed {
    /// What will happen.
    pub faults: Faults,
    /// To how many requests.
    pub times: u32,
    /// Only to requests of this method.
    pub method: Option<Method>,
    /// Only to requests whose path begins so.
    pub path_prefix: String,
}

impl Armed {
    /// Once, to whatever request comes next.
    pub fn new(faults: Faults) -> Self {
        Self { faults, times: 1, method: None, path_prefix: String::new() }
    }

    /// The same faults for this many requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same faults, only for this method.
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// The same faults, only for paths that begin so.
    pub fn path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = prefix.into();
        self
    }

    fn fits(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method) && path.starts_with(&self.path_prefix)
    }
}

/// The armed faults, in the order in which they were armed. A request takes the first that fits it, and only that one: two
/// entries for the same requests are a script, not a sum.
#[derive(Debug, Default)]
pub(crate) struct Queue(VecDeque<Armed>);

impl Queue {
    pub(crate) fn arm(&mut self, armed: Armed) {
        self.0.push_back(armed);
    }

    pub(crate) fn clear(&mut self) -> usize {
        std::mem::take(&mut self.0).len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Armed> {
        self.0.iter()
    }

    /// The faults that this request would get.
    #[cfg(feature = "server")]
    pub(crate) fn peek(&self, method: &Method, path: &str) -> Option<&Faults> {
        self.0.iter().find(|armed| armed.times > 0 && armed.fits(method, path)).map(|armed| &armed.faults)
    }

    /// The faults of this request.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Faults> {
        self.0.retain(|armed| armed.times > 0);
        let armed = self.0.iter_mut().find(|armed| armed.fits(method, path))?;
        armed.times -= 1;
        let faults = armed.faults.clone();
        self.0.retain(|armed| armed.times > 0);
        Some(faults)
    }
}

#[cfg(test)]
mod tests;
