//! From bytes to an [`ErrorMap`], in one pass and without a tree of values in between.
//!
//! The stack grows only up to [`DEEPEST`] levels; what is deeper is skipped by serde_json without recursion (T21).

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt::{self, Write};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::build::{At, Builder};
use super::{ErrorMap, Limits};

/// The most levels that are read whatever the limits say: below serde_json's own 128, which are an error.
const DEEPEST: usize = 100;

/// `None` is for what isn't JSON.
pub(super) fn read(body: &[u8], limits: Limits) -> Option<ErrorMap> {
    let body = core::str::from_utf8(body).ok()?;
    attempt(body, limits, Numbers::Integers).or_else(|_| attempt(body, limits, Numbers::Tokens)).ok()
}

fn attempt(body: &str, limits: Limits, numbers: Numbers) -> serde_json::Result<ErrorMap> {
    let mut builder = Builder::new(Limits { depth: limits.depth.min(DEEPEST), ..limits });
    let mut json = serde_json::Deserializer::from_str(body);
    Value { builder: &mut builder, at: At::Root, numbers }.deserialize(&mut json)?;
    json.end()?;
    Ok(builder.finish())
}

/// How numbers are read.
#[derive(Clone, Copy)]
enum Numbers {
    /// Integers of 64 bits; any other number is an error. So is every number when the user's program turns serde_json's
    /// `arbitrary_precision` on, which hands numbers out as objects. All but the rarest bodies are read so.
    Integers,
    /// The second attempt: every value's token is taken first, and a number's token is its text (T24). No float, at the
    /// price of looking at each byte once more per level.
    Tokens,
}

/// The key under which serde_json hides a number when `arbitrary_precision` is on.
const HIDDEN_NUMBER: &str = "$serde_json::private::Number";

/// Reads one value into the map.
struct Value<'b, 'de> {
    builder: &'b mut Builder<'de>,
    at: At<'de>,
    numbers: Numbers,
}

impl<'de> DeserializeSeed<'de> for Value<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if let Numbers::Integers = self.numbers {
            return json.deserialize_any(self);
        }
        let raw = <&RawValue>::deserialize(json)?;
        if raw.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            self.builder.scalar(&self.at, raw.get());
            return Ok(());
        }
        raw.deserialize_any(self).map_err(D::Error::custom)
    }
}

impl<'de> Visitor<'de> for Value<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.builder.null();
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.builder.scalar(&self.at, if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.integer(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.integer(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.builder.string(self.at, text, || Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        self.builder.string(self.at, text, || Cow::Borrowed(text));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { builder, at, numbers } = self;
        builder.open_list(at);
        if builder.is_too_deep() {
            while items.next_element::<IgnoredAny>()?.is_some() {
                builder.cut();
            }
        } else {
            let mut index = 0..;
            while let Some(at) = index.next().map(At::Item) {
                if items.next_element_seed(Value { builder: &mut *builder, at, numbers })?.is_none() {
                    break;
                }
            }
        }
        builder.close_list();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { builder, at, numbers } = self;
        builder.open_object(at);
        let is_too_deep = builder.is_too_deep();
        while let Some(key) = members.next_key_seed(KeyText)? {
            if key == HIDDEN_NUMBER && matches!(numbers, Numbers::Integers) {
                return Err(A::Error::custom("a number that hides in an object"));
            }
            if is_too_deep {
                builder.cut();
                members.next_value::<IgnoredAny>()?;
            } else {
                let at = builder.place(key);
                members.next_value_seed(Value { builder: &mut *builder, at, numbers })?;
            }
        }
        builder.close_object();
        Ok(())
    }
}

impl Value<'_, '_> {
    fn integer<E: Error>(self, value: impl fmt::Display) -> Result<(), E> {
        let mut digits = String::new();
        write!(digits, "{value}").map_err(E::custom)?;
        self.builder.scalar(&self.at, &digits);
        Ok(())
    }
}

/// Reads a key, borrowed from the body unless it has escapes.
struct KeyText;

impl<'de> DeserializeSeed<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Cow<'de, str>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }
}
