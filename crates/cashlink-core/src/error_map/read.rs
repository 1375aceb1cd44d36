//! From bytes to an [`ErrorMap`], without a tree of values in between: in one pass, or in three where a number isn't an integer.
//!
//! The stack grows only up to [`DEEPEST`] levels; what is deeper is skipped by serde_json without recursion (T21).

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt::{self, Write};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::build::{At, Builder};
use super::{ErrorMap, Limits};

/// The most levels that are read whatever the limits say: below serde_json's own 128, which are an error.
const DEEPEST: usize = 100;

/// `None` is for what isn't JSON.
pub(super) fn read(body: &[u8], limits: Limits) -> Option<ErrorMap> {
    let body = core::str::from_utf8(body).ok()?;
    attempt(body, limits, Numbers::Integers).ok().or_else(|| {
        serde_json::from_str::<&RawValue>(body).ok()?;
        attempt(&marked(body)?, limits, Numbers::Marked).ok()
    })
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
    /// As the texts that [`marked`] has made of them (T24).
    Marked,
}

/// The first character of what [`marked`] has made a text, and of what was one.
const NUMBER: char = 'n';
const TEXT: char = 't';

/// The same JSON, whose numbers are texts with [`NUMBER`] before them, and whose texts, those of keys as well, have [`TEXT`] there:
/// so serde_json hands out each number's token, and makes no float of it. `json` is whole and valid.
fn marked(json: &str) -> Option<String> {
    let mut marked = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(|next: char| matches!(next, '"' | '-' | '0'..='9')) {
        let (before, token) = rest.split_at_checked(at)?;
        marked.push_str(before);
        marked.push('"');
        rest = match token.strip_prefix('"') {
            Some(text) => {
                let (text, behind) = text.split_at_checked(end_of_text(text)?)?;
                marked.push(TEXT);
                marked.push_str(text);
                behind.strip_prefix('"')?
            }
            None => {
                let end = token.find(|next: char| !matches!(next, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
                let (number, behind) = token.split_at_checked(end.unwrap_or(token.len()))?;
                marked.push(NUMBER);
                marked.push_str(number);
                behind
            }
        };
        marked.push('"');
    }
    marked.push_str(rest);
    Some(marked)
}

/// Where the quotation mark is that no backslash stands before.
fn end_of_text(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
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
        json.deserialize_any(self)
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
        self.text(text, |text| Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        self.text(text, Cow::Borrowed);
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
        while let Some(key) = members.next_key_seed(KeyText(numbers))? {
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

impl<'de> Value<'_, 'de> {
    /// What a string says, or a number that was made one.
    fn text<'t>(self, text: &'t str, keep: impl FnOnce(&'t str) -> Cow<'de, str>) {
        match (self.numbers, text.strip_prefix(NUMBER)) {
            (Numbers::Marked, Some(number)) => self.builder.scalar(&self.at, number),
            _ => {
                let text = plain(text, self.numbers);
                self.builder.string(self.at, text, || keep(text));
            }
        }
    }

    fn integer<E: Error>(self, value: impl fmt::Display) -> Result<(), E> {
        let mut digits = String::new();
        write!(digits, "{value}").map_err(E::custom)?;
        self.builder.scalar(&self.at, &digits);
        Ok(())
    }
}

/// Without what [`marked`] has put before it.
fn plain(text: &str, numbers: Numbers) -> &str {
    match numbers {
        Numbers::Integers => text,
        Numbers::Marked => text.strip_prefix(TEXT).unwrap_or(text),
    }
}

/// Reads a key, borrowed from the body unless it has escapes.
struct KeyText(Numbers);

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
        Ok(Cow::Owned(plain(text, self.0).to_owned()))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(plain(text, self.0)))
    }
}
