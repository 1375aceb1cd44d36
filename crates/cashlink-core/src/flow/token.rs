//! Bearer tokens, ready to be sent and shown to nobody.

use core::fmt;

use http::HeaderValue;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{InvalidValue, Secret};

/// A bearer token, ready to be sent. Cheap to clone; its text is not shown anywhere.
#[derive(Clone)]
pub struct Token {
    authorization: HeaderValue,
    id: TokenId,
}

/// Tells tokens apart without showing them: the first eight bytes of the token's SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenId([u8; 8]);

impl Token {
    /// A token that was obtained in whatever way.
    ///
    /// # Errors
    /// When it is not a `b64token` of RFC 6750 §2.1: letters, digits and `-._~+/`, then perhaps `=` (T15).
    pub fn new(token: &Secret) -> Result<Self, InvalidValue> {
        const RULE: InvalidValue = InvalidValue::new("bearer token", "must be a b64token of RFC 6750");
        let text = token.expose();
        let inner = text.trim_end_matches('=');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        if inner.is_empty() || !inner.bytes().all(plain) {
            return Err(RULE);
        }
        let header = Zeroizing::new(alloc::format!("Bearer {text}"));
        let mut authorization = HeaderValue::from_str(&header).map_err(|_| RULE)?;
        authorization.set_sensitive(true);
        let digest: [u8; 32] = Sha256::digest(text).into();
        Ok(Self { authorization, id: TokenId(digest.first_chunk().copied().unwrap_or_default()) })
    }

    /// What tells this token from another one.
    #[must_use]
    pub fn id(&self) -> TokenId {
        self.id
    }

    pub(super) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?})", self.id)
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t15_a_token_is_a_b64token() {
        for byte in 0..=255_u8 {
            let allowed = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            let token = alloc::format!("a{}b", char::from(byte));
            assert_eq!(Token::new(&Secret::new(token)).is_ok(), allowed, "byte {byte:#04x}");
        }
        for refused in ["", "=", "==", "a=b", "a b"] {
            assert!(Token::new(&Secret::new(refused)).is_err(), "{refused:?}");
        }
        assert!(Token::new(&Secret::new("abc==")).is_ok());
    }

    /// Two processes that write to one log can tell whether they mean the same token, and nobody can tell which.
    #[test]
    fn an_id_is_shown_by_its_number_alone() {
        assert_eq!(alloc::format!("{:?}", TokenId([0, 1, 2, 3, 4, 5, 6, 0xAB])), "00010203040506ab");
    }
}
