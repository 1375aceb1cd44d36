//! The other end of a signature: for tests of one's own receiver.

use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};

use super::signature::{HOOK_HMAC, WebhookSecret};

/// Signs webhooks as Cashlink does, so that a receiver can be tested without it. The example of [`Verifier`](super::Verifier)
/// uses one.
#[derive(Clone, Debug)]
pub struct Signer {
    secret: WebhookSecret,
}

impl Signer {
    /// Signs with this secret.
    #[must_use]
    pub fn new(secret: WebhookSecret) -> Self {
        Self { secret }
    }

    /// The value of `Hook-Hmac` for this body: HMAC-SHA512 in base64.
    #[must_use]
    pub fn signature(&self, body: &[u8]) -> String {
        STANDARD.encode(self.secret.mac(body))
    }

    /// The headers that Cashlink sends with this body (seed, *Events and Webhooks*), but for `X-Request-Id`, which the
    /// caller may add.
    #[must_use]
    pub fn headers(&self, body: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(3);
        headers.insert(header::USER_AGENT, HeaderValue::from_static("cashlink"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Base64 is always a header value.
        if let Ok(signature) = HeaderValue::from_str(&self.signature(body)) {
            headers.insert(HOOK_HMAC.clone(), signature);
        }
        headers
    }
}
