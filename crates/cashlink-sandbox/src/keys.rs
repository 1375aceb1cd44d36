//! Idempotency keys: the first answer is kept, and a repeated key gets it again.
//!
//! Documented: "Repeated calls to those endpoints with the same idempotency key will return the cached response from the first
//! call." Not documented, and so the sandbox's choice: a key belongs to one client, method and path; it is kept for ever (or
//! until someone says `forget-keys`); another body under the same key gets the first answer too, and is counted; every answer of
//! an endpoint is kept, errors in the input included, but none from before it (401, 403, 406) and no injected fault.

use crate::drf::Refusal;
use bytes::Bytes;
use http::{HeaderMap, Response};
use std::collections::BTreeMap;

/// What an endpoint does with `X-Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyRule {
    /// It isn't looked at: everything but the partner API's POSTs.
    Ignored,
    /// A key counts if there is one: POSTs for which a key is likely, but shown nowhere.
    Honoured,
    /// No key, no effect: POSTs for which the vendor's samples show the key.
    Required,
}

/// One use of a key: the same client, method, path and key mean the same call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    pub(crate) client: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) key: String,
}

/// The key that the request names, if its endpoint cares.
///
/// # Errors
/// 400 when it is required and missing, given twice, or longer than 255 or other than visible ASCII characters.
pub(crate) fn key_of(rule: KeyRule, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut given = headers.get_all("x-idempotency-key").iter();
    let key = match (rule, given.next(), given.next()) {
        (KeyRule::Ignored, _, _) | (KeyRule::Honoured, None, _) => return Ok(None),
        (KeyRule::Required, None, _) => {
            return Err(Refusal::bad_request("The header X-Idempotency-Key is required here."));
        }
        (_, Some(_), Some(_)) => {
            return Err(Refusal::bad_request("The header X-Idempotency-Key was sent twice."));
        }
        (_, Some(key), None) => key.as_bytes(),
    };
    let visible = (1..=255).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    match std::str::from_utf8(key) {
        Ok(key) if visible => Ok(Some(key.to_owned())),
        _ => Err(Refusal::bad_request(
            "The header X-Idempotency-Key must be 1 to 255 visible ASCII characters.",
        )),
    }
}

/// The kept answers.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    kept: BTreeMap<Use, Kept>,
    pub(crate) replays: u64,
    pub(crate) replays_of_other_bodies: u64,
}

#[derive(Debug)]
struct Kept {
    /// The SHA-256 of the first request's.
    body: [u8; 32],
    response: Response<Bytes>,
}

impl Replies {
    /// The first answer to this key, if it had one. Bodies are compared by their SHA-256.
    pub(crate) fn replay(&mut self, usage: &Use, body: [u8; 32]) -> Option<Response<Bytes>> {
        let kept = self.kept.get(usage)?;
        self.replays += 1;
        if kept.body != body {
            self.replays_of_other_bodies += 1;
        }
        Some(kept.response.clone())
    }

    pub(crate) fn keep(&mut self, usage: Use, body: [u8; 32], response: &Response<Bytes>) {
        self.kept.insert(usage, Kept { body, response: response.clone() });
    }

    pub(crate) fn count(&self) -> usize {
        self.kept.len()
    }

    pub(crate) fn forget(&mut self) -> usize {
        std::mem::take(&mut self.kept).len()
    }
}

#[cfg(test)]
mod tests;
