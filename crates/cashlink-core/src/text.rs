//! How a value that is a JSON string is read: with errors that say what was expected, and never what was there. The texts
//! that serde and serde_json make by themselves repeat the value (T12).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use serde::Deserializer;
use serde::de::{self, Visitor};

/// Reads a string and makes a `T` of it. `expected` says what was expected, as in "a date".
pub(crate) fn deserialize<'de, D, T, E>(
    deserializer: D,
    expected: &'static str,
    read: impl FnOnce(Cow<'_, str>) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    let visitor = TextVisitor { expected, read, value: PhantomData };
    // `deserialize_str` would let serde_json itself refuse a number, and its text shows the number. A format that can't
    // tell what comes has no value to show either.
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_str(visitor)
    }
}

/// For a visitor that wants a text: other scalars are refused by the name of their kind.
macro_rules! scalars_are_refused {
    () => {
        fn visit_bool<S: ::serde::de::Error>(self, _: bool) -> Result<Self::Value, S> {
            Err(S::invalid_type(::serde::de::Unexpected::Other("boolean"), &self))
        }

        fn visit_i64<S: ::serde::de::Error>(self, _: i64) -> Result<Self::Value, S> {
            Err(S::invalid_type(::serde::de::Unexpected::Other("number"), &self))
        }

        fn visit_u64<S: ::serde::de::Error>(self, _: u64) -> Result<Self::Value, S> {
            Err(S::invalid_type(::serde::de::Unexpected::Other("number"), &self))
        }

        fn visit_f64<S: ::serde::de::Error>(self, _: f64) -> Result<Self::Value, S> {
            Err(S::invalid_type(::serde::de::Unexpected::Other("number"), &self))
        }
    };
}
pub(crate) use scalars_are_refused;

struct TextVisitor<F, T, E> {
    expected: &'static str,
    read: F,
    value: PhantomData<fn() -> Result<T, E>>,
}

impl<T, E: fmt::Display, F: FnOnce(Cow<'_, str>) -> Result<T, E>> Visitor<'_> for TextVisitor<F, T, E> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<S: de::Error>(self, text: &str) -> Result<T, S> {
        (self.read)(Cow::Borrowed(text)).map_err(S::custom)
    }

    fn visit_string<S: de::Error>(self, text: String) -> Result<T, S> {
        (self.read)(Cow::Owned(text)).map_err(S::custom)
    }

    scalars_are_refused!();
}
