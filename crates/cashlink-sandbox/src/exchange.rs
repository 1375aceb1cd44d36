//! What passes between the gate and a handler: the request with what is known of it, and the answer or a refusal.

use crate::drf::Refusal;
use crate::payments::Version;
use bytes::Bytes;
use http::{Request, Response};
use std::time::Duration;

/// What a handler is given.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) now: Duration,
    /// Scheme, host and port for absolute links.
    pub(crate) origin: &'a str,
    pub(crate) request: &'a Request<Bytes>,
    /// What stands for `{id}` in the path.
    pub(crate) id: Option<&'a str>,
    /// The version of the payments API to behave as.
    pub(crate) version: Version,
}

impl Exchange<'_> {
    /// The API key that the gate has let in.
    pub(crate) fn api_key(&self) -> &str {
        self.request.headers().get("x-api-key").and_then(|key| key.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.request.uri().query().unwrap_or_default()
    }
}

pub(crate) type Answer = Result<Response<Bytes>, Refusal>;
