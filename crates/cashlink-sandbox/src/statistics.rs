//! What was asked, and how often.

use http::Request;
use std::collections::BTreeMap;

/// Counters of the requests that reached the APIs, faults included; control calls are not counted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Statistics {
    requests: BTreeMap<(String, String), u64>,
}

impl Statistics {
    pub(crate) fn saw<B>(&mut self, request: &Request<B>) {
        let line = (request.uri().path().to_owned(), request.method().to_string());
        *self.requests.entry(line).or_default() += 1;
    }

    /// How many requests of this method came to exactly this path, such as `POST` to `/business/api/v1/cashlink`.
    #[must_use]
    pub fn requests(&self, method: &http::Method, path: &str) -> u64 {
        self.requests.get(&(path.to_owned(), method.to_string())).copied().unwrap_or_default()
    }

    /// How many requests came for a bearer token.
    #[must_use]
    pub fn token_requests(&self) -> u64 {
        self.requests(&http::Method::POST, "/api/external/oauth/token")
    }

    /// Every method and path, with how often it was asked, sorted by path: `("POST /business/api/v1/cashlink", 1)`.
    pub fn iter(&self) -> impl Iterator<Item = (String, u64)> {
        self.requests.iter().map(|((path, method), count)| (format!("{method} {path}"), *count))
    }

    /// All requests together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }
}
