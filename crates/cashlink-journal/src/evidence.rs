//! What is known of an intent at the end of a claim, as it is kept: for the handler in a later process, and for people.

use std::fmt;

use crate::State;
use bytes::Bytes;
use cashlink_core::Certainty;
use cashlink_core::error_map::ErrorMap;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

/// How the last call for an intent ended: whether it happened, and the answer byte for byte where one came whole.
///
/// The answer is the server's and may be about people: it is neither shown nor logged, only handed out.
#[derive(Clone)]
pub struct Evidence {
    /// Where the intent stands by this, once it has been taken.
    pub(crate) state: State,
    pub(crate) certainty: Certainty,
    pub(crate) attempts: u32,
    pub(crate) note: String,
    pub(crate) answer: Option<Response<Bytes>>,
    decided: Option<String>,
}

/// The headers of an answer that are kept: what decoders and people at 3 a.m. ask for. No cookie, no credential.
const KEPT: [&str; 7] = [
    "content-encoding",
    "content-type",
    "date",
    "retry-after",
    "www-authenticate",
    "x-api-version",
    "x-request-id",
];

const MARK: &[u8; 4] = b"CLE\x01";

impl Evidence {
    pub(crate) fn new(state: State, certainty: Certainty, attempts: u32, note: impl Into<String>) -> Self {
        Self { state, certainty, attempts, note: note.into(), answer: None, decided: None }
    }

    pub(crate) fn with_answer(mut self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Self {
        let mut answer = Response::new(body.clone());
        *answer.status_mut() = status;
        for name in KEPT.map(HeaderName::from_static) {
            for value in headers.get_all(&name) {
                answer.headers_mut().append(name.clone(), value.clone());
            }
        }
        self.answer = Some(answer);
        self
    }

    /// The same, decided by somebody, with the answer that was known before.
    pub(crate) fn by_hand(mut self, by: &str, before: Option<Self>) -> Self {
        self.decided = Some(by.to_owned());
        self.answer = before.and_then(|before| before.answer);
        self
    }

    /// Where the intent stands by this. The state of an intent that is [`State::Answered`] is the one that it will have when its
    /// handler has taken it.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Whether it happened.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// How many requests were sent for it.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What was the matter, in our own words: no server's text, no secret, nothing about people.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Who decided this by hand and why, in their words. May be about people: not shown.
    #[must_use]
    pub fn decided(&self) -> Option<&str> {
        self.decided.as_deref()
    }

    /// The answer's status.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.answer.as_ref().map(Response::status)
    }

    /// The answer, where a whole one came.
    #[must_use]
    pub fn answer(&self) -> Option<&Response<Bytes>> {
        self.answer.as_ref()
    }

    /// What the server says is wrong with which field.
    #[must_use]
    pub fn error_map(&self) -> ErrorMap {
        ErrorMap::read(self.answer.as_ref().map_or(&b"{}"[..], |answer| answer.body()))
    }

    /// As it is kept: `CLE`, the version 1; the state's number; certainty (0 not applied, 1 unknown, 2 applied); attempts in four bytes, little-endian
    /// as all numbers here; the note, as its length in four bytes and its text; then 0, or 1 and the answer: status in two bytes,
    /// the number of headers in four, name and value of each and the body, as texts; then 0, or 1 and who decided it by hand, as a
    /// text.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MARK.to_vec();
        out.push(self.state as u8);
        out.push(match self.certainty {
            Certainty::NotApplied => 0,
            Certainty::Unknown => 1,
            Certainty::Applied => 2,
        });
        out.extend_from_slice(&self.attempts.to_le_bytes());
        text(&mut out, self.note.as_bytes());
        out.push(u8::from(self.answer.is_some()));
        if let Some(answer) = &self.answer {
            out.extend_from_slice(&answer.status().as_u16().to_le_bytes());
            number(&mut out, answer.headers().len());
            for (name, value) in answer.headers() {
                text(&mut out, name.as_str().as_bytes());
                text(&mut out, value.as_bytes());
            }
            text(&mut out, answer.body());
        }
        out.push(u8::from(self.decided.is_some()));
        if let Some(decided) = &self.decided {
            text(&mut out, decided.as_bytes());
        }
        out
    }

    /// Evidence that was kept.
    ///
    /// # Errors
    /// When the bytes are no such thing, or a newer version's.
    pub fn decode(bytes: &[u8]) -> Result<Self, UnreadableEvidence> {
        read(bytes).ok_or(UnreadableEvidence(()))
    }
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn text(out: &mut Vec<u8>, text: &[u8]) {
    number(out, text.len());
    out.extend_from_slice(text);
}

fn read(bytes: &[u8]) -> Option<Evidence> {
    let mut rest = Rest(bytes.strip_prefix(MARK)?);
    let [state] = rest.array()?;
    let state = State::from_number(state.into())?;
    let certainty = match rest.array()? {
        [0] => Certainty::NotApplied,
        [1] => Certainty::Unknown,
        [2] => Certainty::Applied,
        [_] => return None,
    };
    let attempts = u32::from_le_bytes(rest.array()?);
    let note = std::str::from_utf8(rest.text()?).ok()?.to_owned();
    let answer = match rest.array()? {
        [0] => None,
        [1] => Some(rest.answer()?),
        [_] => return None,
    };
    let decided = match rest.array()? {
        [0] => None,
        [1] => Some(std::str::from_utf8(rest.text()?).ok()?.to_owned()),
        [_] => return None,
    };
    rest.0.is_empty().then_some(Evidence { state, certainty, attempts, note, answer, decided })
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(u32::from_le_bytes(self.array()?)).ok()?;
        self.take(count)
    }

    fn answer(&mut self) -> Option<Response<Bytes>> {
        let status = StatusCode::from_u16(u16::from_le_bytes(self.array()?)).ok()?;
        let mut headers = HeaderMap::new();
        for _ in 0..u32::from_le_bytes(self.array()?) {
            let name = HeaderName::from_bytes(self.text()?).ok()?;
            headers.try_append(name, HeaderValue::from_bytes(self.text()?).ok()?).ok()?;
        }
        let mut answer = Response::new(Bytes::copy_from_slice(self.text()?));
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Some(answer)
    }
}

/// The answer by its status and length only.
impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("state", &self.state)
            .field("certainty", &self.certainty)
            .field("attempts", &self.attempts)
            .field("note", &self.note)
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("body_len", &self.answer.as_ref().map(|answer| answer.body().len()))
            .field("decided", &self.decided.is_some())
            .finish()
    }
}

/// Bytes that are no evidence, or a newer version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableEvidence(());

impl fmt::Display for UnreadableEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is stored about an intent's outcome can't be read: it is cut, or of a newer version of this library")
    }
}

impl std::error::Error for UnreadableEvidence {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn evidence() -> Evidence {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_static("r-1"));
        headers.insert("set-cookie", HeaderValue::from_static("canary"));
        Evidence::new(State::NeedsReconciliation, Certainty::Unknown, 3, "maybe sent").with_answer(
            StatusCode::BAD_REQUEST,
            &headers,
            &Bytes::from_static(br#"{"name":["canary"]}"#),
        )
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let by_hand =
            Evidence::new(State::Done, Certainty::Applied, 3, "").by_hand("canary", Some(evidence()));
        for evidence in [evidence(), by_hand, Evidence::new(State::Done, Certainty::Applied, 0, "")] {
            let read = Evidence::decode(&evidence.encode()).unwrap();
            assert_eq!(format!("{read:?}"), format!("{evidence:?}"));
            assert_eq!(read.encode(), evidence.encode());
        }
        assert_eq!(evidence().error_map().at("name").count(), 1);
        assert!(evidence().answer().unwrap().headers().get("set-cookie").is_none());
    }

    /// What version 1 wrote stays readable, and means what it meant.
    #[test]
    fn it_is_kept_as_ever() {
        let first = b"CLE\x01\x05\x01\x03\0\0\0\x0a\0\0\0maybe sent\x01\x90\x01\x01\0\0\0\x0c\0\0\0x-request-id\x03\0\0\0r-1\
            \x13\0\0\0{\"name\":[\"canary\"]}\0";
        assert_eq!(evidence().encode(), first);
        let read = Evidence::decode(first).unwrap();
        assert_eq!((read.state(), read.certainty()), (State::NeedsReconciliation, Certainty::Unknown));
    }

    #[test]
    fn t12_it_shows_nothing_that_the_server_wrote() {
        let shown = format!("{:?}", evidence().by_hand("canary", Some(evidence())));
        assert!(!shown.contains("canary") && shown.contains("decided: true"), "{shown}");
        let expected = r#"Evidence { state: NeedsReconciliation, certainty: Unknown, attempts: 3, note: "maybe sent", status: Some(400), body_len: Some(19), decided: false }"#;
        assert_eq!(format!("{:?}", evidence()), expected);
    }

    #[test]
    fn the_answers_status_is_told_where_there_was_one() {
        let without = Evidence::new(State::Pending, Certainty::NotApplied, 1, "not sent");
        assert_eq!((evidence().status(), without.status()), (Some(StatusCode::BAD_REQUEST), None));
    }

    #[test]
    fn what_cannot_be_read_says_why_that_may_be() {
        let said = Evidence::decode(b"CLE\x02").unwrap_err().to_string();
        assert!(said.contains("outcome") && said.contains("newer version"), "{said}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), byte: u8, end in any::<prop::sample::Index>()) {
            let mut bytes = evidence().encode();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = Evidence::decode(&bytes);
            prop_assert!(Evidence::decode(&evidence().encode()[..end.index(bytes.len())]).is_err());
        }
    }
}
