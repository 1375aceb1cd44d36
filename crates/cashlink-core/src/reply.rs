//! What comes back from a call that succeeded: the value, and the answer that it was read from.

use core::fmt;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::Operation;
use crate::answer::{Answer, DecodeError, Received};
use crate::call::{Call, Decode};
use crate::encoded::API_VERSION;
use crate::error::{Error, request_id};
use crate::json;

/// A value, and what is known about the answer that brought it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply<T> {
    /// What the operation decodes to.
    pub value: T,
    /// The answer itself.
    pub meta: Meta,
}

impl<T> Reply<T> {
    pub(crate) fn new(value: T, response: Response<Bytes>, attempts: u32) -> Self {
        Self { value, meta: Meta { response, attempts } }
    }

    /// A reply for tests: this value, behind an empty 200 after one attempt.
    #[must_use]
    pub fn fixture(value: T) -> Self {
        Self::new(value, Response::new(Bytes::new()), 1)
    }

    /// Another value with the same answer behind it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { value: change(self.value), meta: self.meta }
    }
}

/// Without the value, which is the server's text (a raw answer's bytes) or personal data more often than not, and would
/// stand in the panic message of every `unwrap_err` (T11–T12).
impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("meta", &self.meta).finish_non_exhaustive()
    }
}

impl Reply<Received> {
    /// Reads the reply to [`Call::erased`] as its call meant it.
    ///
    /// # Errors
    /// When the answer is not what the operation expects. Its effect has happened all the same.
    pub fn decode<T, C>(self, call: &Call<T, C>) -> Result<Reply<T>, Error> {
        self.read(call.decode)
    }

    /// Decodes the reply to a call of this operation, which another process may have made.
    ///
    /// # Errors
    /// As for [`Reply::decode`], and when the call was another operation's.
    pub fn decode_as<O: Operation>(self) -> Result<Reply<O::Output>, Error> {
        if self.value.asked().call.name == O::NAME {
            self.read(O::decode)
        } else {
            self.read(|_| Err(DecodeError::new("operation", "must be the one that was asked")))
        }
    }

    fn read<T>(self, decode: Decode<T>) -> Result<Reply<T>, Error> {
        let Self { value: received, meta } = self;
        match decode(&Answer::to(received.asked(), &meta.response)) {
            Ok(value) => Ok(Reply { value, meta }),
            Err(fault) => {
                let Meta { response, attempts } = meta;
                Err(Error::undecodable(received.asked(), attempts, fault, response))
            }
        }
    }
}

/// The answer behind a value. Cheap to clone where it matters: the body is shared.
#[derive(Clone)]
pub struct Meta {
    response: Response<Bytes>,
    attempts: u32,
}

impl Meta {
    /// The status code: a success.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The body, byte for byte: every field that this library has no name for is in it.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }

    /// One field of the body, by the names on the way to it: for what this library has no name for. `None` where there
    /// is none.
    ///
    /// # Errors
    /// When the body is no JSON, the field is of another type, or one on the way is there twice (T23).
    pub fn field<T: DeserializeOwned>(&self, names: &[&str]) -> Result<Option<T>, DecodeError> {
        json::field(self.body(), names)
    }

    /// How many requests this call took, earlier processes' included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The id that the server gave this request (`X-Request-Id`), to be told to support. No known page promises one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers())
    }

    /// The version that the answer says it was made for (`X-Api-Version`). No known page promises it.
    #[must_use]
    pub fn api_version(&self) -> Option<&str> {
        self.headers().get(API_VERSION)?.to_str().ok()
    }

    /// When the server answered, by its own clock (`Date`), in seconds since the epoch.
    #[must_use]
    pub fn date(&self) -> Option<u64> {
        crate::flow::seconds_of_date(self.headers().get(header::DATE)?)
    }
}

/// Without headers and body: they are the server's text (T11–T12).
impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("status", &self.status().as_u16())
            .field("attempts", &self.attempts)
            .field("body_len", &self.body().len())
            .finish_non_exhaustive()
    }
}
