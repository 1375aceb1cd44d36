//! What tells two requests under one key apart.

use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

use super::{Intent, encoding};

/// A SHA-256 over the request as the server sees it: where it goes, method, target, headers, body. `User-Agent` and credential
/// are left out: the same call of a newer program, or under a renewed credential, is the same call.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// A fingerprint that was stored.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to be stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

pub(super) fn of(intent: &Intent) -> Fingerprint {
    let mut request = Vec::new();
    encoding::request(&mut request, intent, true);
    Fingerprint(Sha256::digest(&request).into())
}

/// Its beginning: enough to tell two apart, and a hash of a whole request says nothing about a person.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Fingerprint({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}
