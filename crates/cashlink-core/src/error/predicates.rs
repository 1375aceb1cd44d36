//! The questions that programs ask of an error most, each answered by what the server said or didn't.

use http::StatusCode;

use super::{Error, ErrorKind, Evidence};

impl Error {
    /// The server refused what was sent to it (400 or 422): [`Error::error_map`] says what.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.refusal(), Some(StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY))
    }

    /// The credential is not accepted (401, or no token to be had for the same reason), or not for this (403).
    /// A token may lack the scope then: the documentation of each operation names the one that it needs, where that is known.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        match &self.0.evidence {
            Evidence::Token(error) => {
                error.is_auth()
                    || error.error_map().oauth().is_some_and(|oauth| oauth.code() == "invalid_client")
            }
            _ => matches!(self.refusal(), Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)),
        }
    }

    /// There is no such object (404). A page that vanished is [`ErrorKind::ListChanged`] instead.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.refusal() == Some(StatusCode::NOT_FOUND)
    }

    /// Too many requests (429). This is about the last answer only: ask [`Error::certainty`] as well.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.refusal() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The older API may no longer support the version that the request named: "it fails with a 400 Bad Request" (seed).
    ///
    /// The body of that answer is not documented, so this stays a *may*: it is true of a 400 to a request that named a
    /// version, whose body blames no field. Where it is true and the input is right, look at the vendor's changelog.
    #[must_use]
    pub fn may_be_unsupported_version(&self) -> bool {
        let blames_no_field = || {
            let map = self.error_map();
            map.len() == map.general().count()
        };
        self.0.report.names_version && self.refusal() == Some(StatusCode::BAD_REQUEST) && blames_no_field()
    }

    fn refusal(&self) -> Option<StatusCode> {
        (self.kind() == ErrorKind::Status).then(|| self.status()).flatten()
    }
}
