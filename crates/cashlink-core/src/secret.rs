//! Values that nobody may see by accident: secrets (keys, tokens, client secrets) and personal data (names, dates of
//! birth, bank accounts). Both are told apart from other text by their type, and no output form shows them
//! (T11–T12).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret text: an API key, a client secret, a bearer token.
///
/// It is wiped from memory when the last clone is dropped. It has no `Display`, no `PartialEq` and no `Serialize`, and
/// its `Debug` form is always the same. What is built from it (a header value, a token request's body) lives in the
/// types of `http` and `bytes`, which do not wipe; nor are the keyed hashes and digests wiped that webhooks are checked by.
///
/// ```
/// use cashlink_core::Secret;
///
/// let secret = Secret::new("s3cr3t");
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// assert_eq!(secret.expose(), "s3cr3t");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes the text over. A `String` is not copied, so that no unwiped copy stays behind.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
    }

    /// The text itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Reads a JSON string that the server hands out once (the `api_key` and `hmac_secret` of a registered business).
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "a secret text", |text| Ok::<_, fmt::Error>(Self::new(text)))
    }
}

/// Personal data: it goes into requests and comes out of answers, but into no debug output, error or trace.
///
/// ```
/// use cashlink_core::Personal;
///
/// let surname = Personal::new("Lovelace");
/// assert_eq!(format!("{surname:?}"), "Personal(…)");
/// assert_eq!(surname.expose(), &"Lovelace");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks the value as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, moved out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Personal<Box<str>> {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Personal<String> {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// The value as it is: a request has to carry it.
impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The error doesn't repeat what was there instead of a `T`, as serde's own would.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self).map_err(|_| D::Error::custom("personal data of another kind"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn t11_no_debug_form_shows_a_secret_or_personal_data() {
        let (secret, personal) = (Secret::new("canary"), Personal::new("canary"));
        for shown in [
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{personal:?}"),
            format!("{:#?}", Some(&personal)),
        ] {
            assert!(!shown.contains("canary"), "{shown}");
        }
    }

    #[test]
    fn personal_data_is_sent_and_read_as_it_is() {
        let json = serde_json::to_string(&Personal::new("Ada")).unwrap();
        assert_eq!(json, r#""Ada""#);
        assert_eq!(serde_json::from_str::<Personal<String>>(&json).unwrap().expose(), "Ada");
    }

    #[test]
    fn what_is_hidden_is_made_of_plain_text_and_says_what_it_is() {
        let read = serde_json::from_str(r#""s3cr3t""#).unwrap();
        for secret in [Secret::from("s3cr3t"), Secret::from(String::from("s3cr3t")), read] {
            assert_eq!((secret.expose(), &*format!("{secret:?}")), ("s3cr3t", "Secret(…)"));
        }
        let (text, boxed): (Personal<String>, Personal<Box<str>>) = ("Ada".into(), "Ada".into());
        assert_eq!((&**text.expose(), &**boxed.expose()), ("Ada", "Ada"));
        assert_eq!(format!("{boxed:?} {:?}", Some(&text)), "Personal(…) Some(Personal(…))");
        assert_eq!((text.into_inner(), Personal::<u8>::from(7).into_inner()), ("Ada".into(), 7));
    }

    #[test]
    fn personal_data_of_another_kind_is_not_repeated() {
        let error = serde_json::from_str::<Personal<u8>>(r#""canary""#).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("personal data of another kind") && !shown.contains("canary"), "{shown}");
    }
}
