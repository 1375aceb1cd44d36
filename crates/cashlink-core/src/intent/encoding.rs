//! Version 1 of an intent's bytes. Integers are little-endian; a *text* is its length in four bytes, then its bytes; an
//! optional one is a byte 0, or a byte 1 and the text.
//!
//! | part | what it holds |
//! | --- | --- |
//! | mark | `CLI`, and the version: 1 |
//! | about | account, operation (texts); effect (0 safe, 1 idempotent, 2 keyed and documented, 3 keyed and assumed, 4 once), its key (text) where it has one; 1 where the call goes to the operation's own path, else 0 |
//! | request | credential's kind (1 user key, 2 app key, 3 bearer); base, method, path, query (texts); version (optional); number of headers in four bytes, then name and value of each (texts), by name; content type (optional), head (text), payload, tail (text) |
//! | payload | 0 for none; 1 and a text; or 2, the length in eight bytes and the SHA-256 |

use alloc::string::ToString;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::Intent;
use crate::Honoured;
use crate::body::{Parts, Payload};
use crate::encoded::{Encoded, OwnedEffect};

pub(super) const MARK: &[u8; 4] = b"CLI\x01";

pub(super) fn write(intent: &Intent) -> Vec<u8> {
    let Encoded { name, effect, at_own_path, .. } = &*intent.encoded;
    let mut out = MARK.to_vec();
    text(&mut out, intent.account.as_str());
    text(&mut out, &**name);
    match effect {
        OwnedEffect::Safe => out.push(0),
        OwnedEffect::Idempotent => out.push(1),
        OwnedEffect::Keyed(key, honoured) => {
            out.push(match honoured {
                Honoured::Documented => 2,
                Honoured::Assumed => 3,
            });
            text(&mut out, key.as_str());
        }
        OwnedEffect::Once => out.push(4),
    }
    out.push(u8::from(*at_own_path));
    request(&mut out, intent, false);
    out
}

/// The request's part. Where only its identity counts, a document stands there by its hash, wherever it is kept.
pub(super) fn request(out: &mut Vec<u8>, intent: &Intent, by_hash: bool) {
    let Encoded { method, path, query, headers, version, body, .. } = &*intent.encoded;
    out.push(intent.kind as u8);
    text(out, &intent.base);
    text(out, method.as_str());
    text(out, path);
    text(out, query);
    optional(out, version.map(|version| version.to_string()));
    let mut sorted: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value)).collect();
    // Stable: several values of one name stay in their order.
    sorted.sort_by_key(|(name, _)| *name);
    number(out, sorted.len());
    for (name, value) in sorted {
        text(out, name);
        text(out, value);
    }
    let Parts { content_type, head, payload, tail } = &*body.parts;
    optional(out, content_type.as_ref());
    text(out, head);
    match payload {
        None => out.push(0),
        Some(Payload::Bytes(bytes)) if by_hash => {
            referred(out, payload_len(bytes), Sha256::digest(bytes).into())
        }
        Some(Payload::Bytes(bytes)) => {
            out.push(1);
            text(out, bytes);
        }
        Some(Payload::Ref(payload)) => referred(out, payload.len, payload.sha256.unwrap_or_default()),
    }
    text(out, tail);
}

fn payload_len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn referred(out: &mut Vec<u8>, len: u64, sha256: [u8; 32]) {
    out.push(2);
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&sha256);
}

/// What is longer than four bytes can say is longer than [`Intent::LARGEST`], so that it is refused.
fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn text(out: &mut Vec<u8>, text: impl AsRef<[u8]>) {
    number(out, text.as_ref().len());
    out.extend_from_slice(text.as_ref());
}

fn optional(out: &mut Vec<u8>, value: Option<impl AsRef<[u8]>>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        text(out, value);
    }
}
