//! Ids as types: the id of an investor can't stand where the id of a document belongs.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::InvalidValue;

const LONGEST: usize = 64;

/// The id of an `R`: `Id<Investor>`, `Id<Document>`.
///
/// A UUID in the newer API, a short URL-safe text in the older one; kept exactly as it was given. It is
/// `[A-Za-z0-9_-]{1,64}`, so that it is one path segment whatever it says (T16). It lives in place, without an allocation.
///
/// ```
/// use cashlink_core::Id;
/// use cashlink_core::partner::distributor::Investor;
///
/// let id: Id<Investor> = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?;
/// assert_eq!(id.as_str(), "3fa85f64-5717-4562-b3fc-2c963f66afa6");
/// assert!("../documents".parse::<Id<Investor>>().is_err());
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
pub struct Id<R> {
    /// The text, filled up with zeros: one byte less than with a length, which counts where there are millions (T22).
    bytes: [u8; LONGEST],
    names: PhantomData<fn() -> R>,
}

impl<R> Id<R> {
    /// The id with this text.
    ///
    /// # Errors
    /// When the text is not `[A-Za-z0-9_-]{1,64}`.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidValue> {
        const INVALID: InvalidValue =
            InvalidValue::new("id", "must be a UUID, or 1 to 64 ASCII letters, digits, '-' and '_'");
        let text = text.as_ref().as_bytes();
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len()).ok_or(INVALID)?.copy_from_slice(text);
        // Over all of them, without an end that depends on what they are: sixteen at a time.
        let plain: u8 = bytes.iter().map(|byte| u8::from(is_plain(*byte))).sum();
        if usize::from(plain) == text.len() && plain > 0 {
            Ok(Self { bytes, names: PhantomData })
        } else {
            Err(INVALID)
        }
    }

    /// The id's text, exactly as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = memchr::memchr(0, &self.bytes).unwrap_or(LONGEST);
        self.bytes
            .get(..length)
            .and_then(|text| core::str::from_utf8(text).ok())
            // Never reached: `new` lets only ASCII in.
            .unwrap_or_default()
    }

    /// The id as a UUID, where it is one (always, as far as known, in the newer API).
    #[must_use]
    pub fn uuid(&self) -> Option<Uuid> {
        Uuid::try_parse(self.as_str()).ok()
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'_')
}

impl<R> From<Uuid> for Id<R> {
    fn from(uuid: Uuid) -> Self {
        let mut bytes = [0; LONGEST];
        // 36 digits and hyphens, always.
        uuid.hyphenated().encode_lower(&mut bytes);
        Self { bytes, names: PhantomData }
    }
}

// By hand, because derived impls would ask the same of `R`, which only names the kind.
impl<R> Clone for Id<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Id<R> {}

impl<R> PartialEq for Id<R> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<R> Eq for Id<R> {}

impl<R> PartialOrd for Id<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R> Ord for Id<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The zeros come before every character, as the end of a text does.
        self.bytes.cmp(&other.bytes)
    }
}

impl<R> Hash for Id<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<R> fmt::Display for Id<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<R> fmt::Debug for Id<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.as_str())
    }
}

impl<R> FromStr for Id<R> {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl<R> Serialize for Id<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, R> Deserialize<'de> for Id<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "an id", |text| Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    enum Thing {}

    #[test]
    fn t16_an_id_can_never_be_more_or_less_than_one_path_segment() {
        for refused in [
            "",
            ".",
            "..",
            "%2e%2e",
            "a/b",
            "a\\b",
            "a?b",
            "a#b",
            "a b",
            "ä",
            "a\n",
            "a%2Fb",
            &"x".repeat(65),
        ] {
            assert!(Id::<Thing>::new(refused).is_err(), "{refused:?}");
        }
        assert!(Id::<Thing>::new("x".repeat(64)).is_ok());
        assert!(Id::<Thing>::new("VX0GK5cvM1dO").is_ok());
    }

    #[test]
    fn ids_are_ordered_as_their_texts_also_the_longest() {
        let longest = "x".repeat(64);
        let texts = ["-", "0", "A", "A-", "Aa", "_", "a", "x", &longest[..63], &longest];
        let ids = texts.map(|text| text.parse::<Id<Thing>>().unwrap());
        assert!(ids.is_sorted() && texts.is_sorted());
        assert_eq!(ids.map(|id| id.to_string()), texts);
    }

    #[test]
    fn a_uuid_is_written_as_the_api_writes_it() {
        let text = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
        let id: Id<Thing> = text.parse().unwrap();
        assert_eq!(Id::<Thing>::from(id.uuid().unwrap()), id);
        assert_eq!(id.to_string(), text);
    }

    proptest! {
        #[test]
        fn an_id_keeps_its_text_through_json(text in "[A-Za-z0-9_-]{1,64}") {
            let id: Id<Thing> = text.parse().unwrap();
            let json = serde_json::to_string(&id).unwrap();
            let read: Id<Thing> = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read.as_str(), text);
        }

        #[test]
        fn any_text_is_kept_or_refused(text in ".{0,70}") {
            if let Ok(id) = Id::<Thing>::new(&text) {
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }
}
