//! A successful answer, as an operation reads it: status, headers, body, and what was asked.

use alloc::sync::Arc;
use core::fmt;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeSeed;

use crate::InvalidValue;
use crate::encoded::Encoded;
use crate::json;
use crate::settings::Settings;

/// A whole answer that an operation decodes. It borrows, so that decoding copies only what it keeps.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    response: &'a Response<Bytes>,
    asked: Option<Asked<'a>>,
}

/// What was asked: the request, and the client that sent it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) settings: &'a Arc<Settings>,
    pub(crate) call: &'a Arc<Encoded>,
}

impl<'a> Answer<'a> {
    /// An answer without a question: for tests of an operation's `decode`. Page links in it count as foreign, since
    /// there is nothing that they could belong to.
    #[must_use]
    pub fn new(response: &'a Response<Bytes>) -> Self {
        Self { response, asked: None }
    }

    pub(crate) fn to(asked: Asked<'a>, response: &'a Response<Bytes>) -> Self {
        Self { response, asked: Some(asked) }
    }

    /// The status code: always a success (2xx), since nothing else is decoded.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.response.headers()
    }

    /// The body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &'a Bytes {
        self.response.body()
    }

    pub(crate) fn asked(&self) -> Option<Asked<'a>> {
        self.asked
    }

    /// The body as JSON. It may be labelled with any content type, or none: what counts is what it says (T28). A struct is
    /// read from an object, never from a list of its fields' values.
    ///
    /// # Errors
    /// When it isn't whole, valid JSON of the expected shape, all of it in UTF-8 (T30). The error names the place, never
    /// the value (T12).
    pub fn json<T: Deserialize<'a>>(&self) -> Result<T, DecodeError> {
        json::read(self.body())
    }

    /// The body as JSON, read by a seed, which knows something of it already.
    pub(crate) fn json_with<S: DeserializeSeed<'a>>(&self, seed: S) -> Result<S::Value, DecodeError> {
        json::read_with(self.body(), seed)
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status())
            .field("len", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// A whole, successful answer that nobody has decoded yet: what the loops carry, so that they compile once and not once
/// per operation. The answer itself is in the reply's [`Meta`](crate::Meta).
#[derive(Clone)]
pub struct Received {
    settings: Arc<Settings>,
    call: Arc<Encoded>,
}

impl Received {
    pub(crate) fn to(settings: &Arc<Settings>, call: &Arc<Encoded>) -> Self {
        Self { settings: Arc::clone(settings), call: Arc::clone(call) }
    }

    pub(crate) fn decode(answer: &Answer<'_>) -> Result<Self, DecodeError> {
        match answer.asked() {
            Some(Asked { settings, call }) => Ok(Self::to(settings, call)),
            // Never reached: an erased call is decoded by the flow that asked.
            None => Err(DecodeError::new("answer", "must belong to a call")),
        }
    }

    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked { settings: &self.settings, call: &self.call }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({})", self.call.name)
    }
}

/// An answer that is not what its operation expects. It says where and why, and shows nothing of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    NotJson { line: usize, column: usize },
    Cut,
    Shape { line: usize, column: usize },
    Rule(InvalidValue),
}

impl DecodeError {
    pub(crate) fn utf8(error: &core::str::Utf8Error) -> Self {
        match error.error_len() {
            Some(_) => Self::new("body", "must be UTF-8"),
            None => Self { what: What::Cut },
        }
    }

    pub(crate) fn json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Eof => What::Cut,
            serde_json::error::Category::Data => What::Shape { line, column },
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                What::NotJson { line, column }
            }
        };
        Self { what }
    }

    /// For operations of one's own: `what` broke `rule`.
    #[must_use]
    pub const fn new(what: &'static str, rule: &'static str) -> Self {
        Self { what: What::Rule(InvalidValue::new(what, rule)) }
    }
}

impl From<InvalidValue> for DecodeError {
    fn from(value: InvalidValue) -> Self {
        Self { what: What::Rule(value) }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::NotJson { line, column } => {
                write!(f, "the body is not JSON at line {line} column {column}")
            }
            What::Cut => f.write_str("the body ends before its JSON does"),
            What::Shape { line, column } => {
                write!(f, "the body's JSON has another shape than expected at line {line} column {column}")
            }
            What::Rule(rule) => fmt::Display::fmt(&rule, f),
        }
    }
}

impl core::error::Error for DecodeError {}

/// What a raw answer can be read as: [`Bytes`], [`Json<T>`] or nothing at all.
pub trait FromAnswer: Sized {
    /// # Errors
    /// When the answer can't be read so.
    fn from_answer(answer: &Answer<'_>) -> Result<Self, DecodeError>;
}

impl FromAnswer for Bytes {
    fn from_answer(answer: &Answer<'_>) -> Result<Self, DecodeError> {
        Ok(answer.body().clone())
    }
}

/// Whatever the body says is left unread; [`Meta::body`](crate::Meta::body) still has it.
impl FromAnswer for () {
    fn from_answer(_: &Answer<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

/// A body read as JSON into an owned type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// Without the value: a server wrote it (T11).
impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(…)")
    }
}

impl<T: serde::de::DeserializeOwned> FromAnswer for Json<T> {
    fn from_answer(answer: &Answer<'_>) -> Result<Self, DecodeError> {
        answer.json().map(Json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    #[derive(Debug, Deserialize)]
    struct Thing {
        #[expect(dead_code, reason = "only whether it can be read counts")]
        id: String,
    }

    fn read(body: &[u8]) -> Result<Thing, DecodeError> {
        Answer::new(&Response::new(Bytes::copy_from_slice(body))).json()
    }

    #[test]
    fn t30_bytes_that_are_no_text_are_an_error_also_where_nobody_reads() {
        assert!(read(r#"{"id":"x","unread":"é"}"#.as_bytes()).is_ok());
        for body in
            [&b"{\"id\":\"x\",\"unread\":\"\xff\"}"[..], b"{\"id\":\"\xff\"}", b"\xef\xbb\xbf{\"id\":\"x\"}"]
        {
            assert!(read(body).is_err(), "{body:?}");
        }
        let cut_within_a_character = read(b"{\"id\":\"x\",\"unread\":\"\xc3").unwrap_err();
        assert_eq!(cut_within_a_character.to_string(), "the body ends before its JSON does");
    }

    #[test]
    fn t28_a_list_is_no_object_however_well_its_items_fit() {
        assert!(read(br#"["x"]"#).is_err());
        let things: Result<Vec<u8>, _> = Answer::new(&Response::new(Bytes::from_static(b"[1]"))).json();
        assert_eq!(things.unwrap(), [1]);
    }
}
