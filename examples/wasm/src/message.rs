//! What host and module say to each other: a line of JSON, then the bytes of a body.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use cashlink_core::time::Date;
use cashlink_core::{Certainty, Error, Failure, Now, Secret};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

/// What a host says.
#[derive(Deserialize)]
#[serde(tag = "tell", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Told {
    /// Whose account it is. Once, before everything else.
    Account {
        /// `https`, or `http` on this machine.
        base_url: String,
        client_id: String,
        client_secret: Secret,
    },
    /// Begin this call.
    Call {
        call: Wanted,
        now: Moment,
        /// 16 random bytes: they spread the waits before retries.
        entropy: [u8; 16],
    },
    /// An answer came, and its body is behind this line.
    Answer { head: Head, now: Moment },
    /// No whole answer came.
    Failure { failure: Broken, now: Moment },
    /// The wait is over.
    Woken { now: Moment },
}

/// What can be called. Two operations stand for all.
#[derive(Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Wanted {
    CreateInvestor {
        key: String,
        forename: String,
        surname: String,
        birth_date: Date,
        citizenship: String,
    },
    /// A page of the list: the first, or the one before which `walk` stands.
    ListInvestors {
        walk: Option<String>,
    },
}

/// When it is, by the host's clocks.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Moment {
    /// Since 1970.
    wall_seconds: u64,
    /// Since whenever; never backwards.
    monotonic_micros: u64,
}

impl From<Moment> for Now {
    fn from(moment: Moment) -> Self {
        Self::new(moment.wall_seconds, Duration::from_micros(moment.monotonic_micros))
    }
}

/// An answer's status and headers. A header's text has a character for each byte, as in JavaScript.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

impl Head {
    /// With this body behind it, unless it is the head of no HTTP answer.
    pub(crate) fn answer(self, body: Bytes) -> Result<Response<Bytes>, Refusal> {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).map_err(|_| "that is no status")?;
        for (name, value) in &self.headers {
            let (name, value) = header(name, value).ok_or("that is no header")?;
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let bytes: Option<Vec<u8>> = value.chars().map(|each| u8::try_from(each).ok()).collect();
    Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(bytes?).ok()?))
}

/// Headers as the host gets them.
pub(crate) fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// How an attempt failed: see [`Failure`], which says when it is which.
#[derive(Deserialize)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Broken {
    NotSent { reason: String },
    MaybeSent { reason: String },
    Cut { head: Head, reason: String },
    TooLarge { head: Head },
}

impl Broken {
    pub(crate) fn failure(self) -> Result<Failure, Refusal> {
        let parts = |head: Head| head.answer(Bytes::new()).map(|response| response.into_parts().0);
        Ok(match self {
            Self::NotSent { reason } => Failure::not_sent(reason),
            Self::MaybeSent { reason } => Failure::maybe_sent(reason),
            Self::Cut { head, reason } => Failure::cut(parts(head)?, reason),
            Self::TooLarge { head } => Failure::too_large(parts(head)?),
        })
    }
}

/// What the module says: what has to be done next.
#[derive(Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Said {
    /// The account is known: begin a call.
    Ready,
    /// Send this request; its body is behind this line. Then tell what came of it.
    Send {
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        /// How long all of it may take.
        timeout_millis: u64,
        /// How many bytes of the answer's body are read at most.
        largest_answer: u64,
    },
    /// Come back when so much time has passed.
    Wait { micros: u64 },
    /// The call is over, and this came of it.
    Done { status: u16, attempts: u32, value: Value },
    /// The call is over, and failed.
    Failed {
        /// For people. It has no secret and no text of the server's.
        error: String,
        did_it_happen: DidItHappen,
        /// With the same key, where there is one.
        safe_to_repeat: bool,
    },
    /// That can't be done, or not now. Everything stands as it stood.
    Refused { reason: Refusal },
}

/// Why something can't be done.
pub(crate) type Refusal = Cow<'static, str>;

/// What a call brings.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Investor { id: String },
    Page { ids: Vec<String>, walk: Option<String> },
}

/// [`Certainty`], for hosts.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DidItHappen {
    No,
    Unknown,
    Yes,
}

impl From<Certainty> for DidItHappen {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::NotApplied => Self::No,
            Certainty::Unknown => Self::Unknown,
            Certainty::Applied => Self::Yes,
        }
    }
}

impl Told {
    /// Takes a message apart: the line, and what is behind it.
    pub(crate) fn read(message: &[u8]) -> Result<(Self, Bytes), Refusal> {
        let mut parts = message.splitn(2, |byte| *byte == b'\n');
        let line = parts.next().unwrap_or_default();
        // Without the reader's own words, which repeat what they stumbled over: it may be a secret.
        let told = serde_json::from_slice(line)
            .map_err(|error| format!("that is no message (column {})", error.column()))?;
        Ok((told, Bytes::copy_from_slice(parts.next().unwrap_or_default())))
    }
}

impl Said {
    pub(crate) fn failed(error: &Error) -> Self {
        Self::Failed {
            error: error.to_string(),
            did_it_happen: error.certainty().into(),
            safe_to_repeat: error.is_safe_to_repeat(),
        }
    }

    /// Puts a message together.
    pub(crate) fn write(&self, body: &[u8]) -> Vec<u8> {
        // What is written here are numbers and text: writing it can't fail, and an empty line would be refused by the host.
        let mut message = serde_json::to_vec(self).unwrap_or_default();
        message.push(b'\n');
        message.extend_from_slice(body);
        message
    }
}
