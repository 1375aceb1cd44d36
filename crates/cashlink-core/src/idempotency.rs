//! Idempotency keys: the client's own name for one intended effect. The server answers a repeated key with the stored
//! answer of the first call (seed, *Getting started*).

use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use http::HeaderValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::InvalidValue;

/// The name of one intended effect, sent as `X-Idempotency-Key` and repeated with every attempt.
///
/// Make it *before* the call, store it beside the intent, and use the same key for every retry. **Never use it for another
/// intent**: what happens to the same key with other content is not documented (the sandbox gives the first answer again), so
/// a second investor under the first one's key may be lost, and the reply wouldn't say so.
///
/// A key is an ordinary
/// value: it may be printed, logged and stored, so it must not hold anything secret or personal.
///
/// 1 to 255 visible ASCII characters without spaces (T15); Cashlink documents no limit of its own.
///
/// ```
/// use cashlink_core::IdempotencyKey;
///
/// let own = IdempotencyKey::new("order-4711")?;
/// let random = IdempotencyKey::from_random([7; 16]);
/// assert_eq!(own.as_str(), "order-4711");
/// assert_eq!(random.as_str(), "07070707-0707-4707-8707-070707070707");
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The caller's own id as key: "If you already have objects corresponding to tasks in the API in your client-side
    /// database, you can use their internal IDs as idempotency keys" (seed).
    ///
    /// # Errors
    /// When it is not 1 to 255 bytes of `0x21..=0x7E`.
    pub fn new(id: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let id = id.as_ref();
        if matches!(id.len(), 1..=255) && id.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Arc::from(id)))
        } else {
            Err(InvalidValue::new(
                "idempotency key",
                "must be 1 to 255 visible ASCII characters without spaces",
            ))
        }
    }

    /// A UUID as key; version 4 is what the seed recommends.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(Arc::from(&*uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer())))
    }

    /// A version 4 UUID from 16 random bytes, of which 122 bits count (T46). The core draws no entropy itself.
    #[must_use]
    pub fn from_random(entropy: [u8; 16]) -> Self {
        Self::from_uuid(uuid::Builder::from_random_bytes(entropy).into_uuid())
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header_value(&self) -> Result<HeaderValue, InvalidValue> {
        HeaderValue::from_str(&self.0)
            .map_err(|_| InvalidValue::new("idempotency key", "must be a header value"))
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shown on purpose: who debugs a lost answer needs the key.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdempotencyKey({})", self.0)
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl From<Uuid> for IdempotencyKey {
    fn from(uuid: Uuid) -> Self {
        Self::from_uuid(uuid)
    }
}

impl Serialize for IdempotencyKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for IdempotencyKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "an idempotency key", |text| Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn t15_a_key_is_1_to_255_bytes_of_visible_ascii_wherever_the_byte_stands() {
        for byte in 0..=255_u8 {
            let character = char::from(byte);
            for text in [
                alloc::format!("{character}ab"),
                alloc::format!("a{character}b"),
                alloc::format!("ab{character}"),
            ] {
                let accepted = IdempotencyKey::new(&text).is_ok();
                assert_eq!(accepted, (0x21..=0x7E).contains(&byte), "byte {byte:#04x}");
            }
        }
        assert!(IdempotencyKey::new("").is_err());
        assert!(IdempotencyKey::new("k".repeat(255)).is_ok());
        assert!(IdempotencyKey::new("k".repeat(256)).is_err());
    }

    #[test]
    fn sixteen_random_bytes_make_a_version_4_uuid() {
        let key = IdempotencyKey::from_random([0xFF; 16]);
        let uuid = Uuid::parse_str(key.as_str()).unwrap();
        assert_eq!(uuid.get_version_num(), 4);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn a_key_survives_being_stored() {
        let key = IdempotencyKey::new("order-4711").unwrap();
        let stored = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<IdempotencyKey>(&stored).unwrap(), key);
        assert_eq!(key.to_string().parse::<IdempotencyKey>().unwrap(), key);
        assert!(serde_json::from_str::<IdempotencyKey>(r#""two words""#).is_err());
    }
}
