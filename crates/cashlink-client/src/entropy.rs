//! The system's random bytes, drawn in one place.

use std::io;

use cashlink_core::IdempotencyKey;
use cashlink_core::body::BoundarySeed;

fn random() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes)?;
    Ok(bytes)
}

/// A new version 4 UUID as idempotency key. Store it before the call.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_key() -> io::Result<IdempotencyKey> {
    random().map(IdempotencyKey::from_random)
}

/// A new seed for an upload's boundary. Store it beside the key, or keep one per installation as a secret.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_seed() -> io::Result<BoundarySeed> {
    random().map(BoundarySeed::new)
}

/// Entropy for the waits of one flow. Without any, the waits are no longer spread, which is no reason to fail a call.
pub(crate) fn for_waits() -> [u8; 16] {
    random().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_differ_and_are_version_4() {
        let (one, other) = (random_key().unwrap(), random_key().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.as_str().as_bytes()[14], b'4');
    }
}
