//! Texts that borrow from the JSON they stand in. One without escapes costs no allocation, one with escapes exactly one;
//! serde_json would collect it in a buffer of its own first.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::text::scalars_are_refused;

/// Reads a JSON string; for `#[serde(deserialize_with)]`. The error doesn't repeat what was there instead (T12).
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    let json = <&RawValue>::deserialize(deserializer)?;
    string(json.get()).ok_or_else(|| D::Error::custom("expected a text"))
}

/// The same for a string that has no reason to have escapes, a name or a number: it is looked at once. One with escapes goes
/// through serde_json's buffer.
pub(crate) fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    deserializer.deserialize_any(Plain)
}

struct Plain;

impl<'de> Visitor<'de> for Plain {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.into()))
    }

    scalars_are_refused!();
}

/// The same, where it isn't known that it is a string: anything else but `null` is given as its JSON.
pub(crate) fn text_or_json<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Cow<'de, str>>, D::Error> {
    let json = <&RawValue>::deserialize(deserializer)?.get();
    match json.as_bytes() {
        b"null" => Ok(None),
        [b'"', ..] => {
            string(json).map(Some).ok_or_else(|| D::Error::custom("a text with half a surrogate pair"))
        }
        _ => Ok(Some(Cow::Borrowed(json))),
    }
}

/// What a JSON string stands for; `None` for another JSON value, and for half a surrogate pair (T30). `json` is one whole,
/// valid JSON value.
pub(crate) fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    // No escape is shorter than what it stands for.
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (character, behind) = unescape(escape)?;
        text.push(character);
        rest = behind;
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The character of an escape, given without its backslash, and what follows it (RFC 8259 §7).
fn unescape(escape: &str) -> Option<(char, &str)> {
    let mut rest = escape.chars();
    let character = match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{C}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(rest.as_str()),
        plain @ ('"' | '\\' | '/') => plain,
        _ => return None,
    };
    Some((character, rest.as_str()))
}

/// `XXXX`, or `XXXX\uXXXX` for a character beyond the first plane.
fn unicode(digits: &str) -> Option<(char, &str)> {
    let (unit, rest) = code_unit(digits)?;
    if !(0xD800..=0xDFFF).contains(&unit) {
        return char::from_u32(unit.into()).map(|character| (character, rest));
    }
    let (low, rest) = code_unit(rest.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([unit, low]).next()?.ok()?;
    Some((character, rest))
}

fn code_unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    Some((u16::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_is_read_as_serde_json_reads_it(text in ".{0,40}") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(string(&json).unwrap(), text);
        }

        #[test]
        fn every_string_of_escapes_is_read_or_refused_as_serde_json_does(
            pieces in prop::collection::vec(
                prop_oneof![r#"\\["\\/bfnrt]"#, r"\\u[0-9a-fA-F]{4}", r"\\u[dD][89abAB][0-9a-f]{2}\\u[dD][c-fC-F][0-9a-f]{2}", "[a-zä€😀]"],
                0..6,
            ),
        ) {
            let json = alloc::format!("\"{}\"", pieces.concat());
            let expected = serde_json::from_str::<String>(&json).ok();
            prop_assert_eq!(string(&json).map(Cow::into_owned), expected);
        }
    }

    #[test]
    fn a_text_without_escapes_is_borrowed() {
        assert!(matches!(string(r#""Grüße""#), Some(Cow::Borrowed("Grüße"))));
        assert_eq!(string(r#""a\u00e4\ud83d\ude00\n""#).unwrap(), "aä😀\n");
    }

    #[test]
    fn t30_half_a_surrogate_pair_is_refused() {
        for half in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\u0041""#,
            r#""\u+123""#,
        ] {
            assert_eq!(string(half), None, "{half}");
        }
    }

    #[test]
    fn another_value_than_a_text_is_refused_or_kept_as_its_json() {
        let strict = |json| text(&mut serde_json::Deserializer::from_str(json)).map(|text| text.to_string());
        let bare = |json| plain(&mut serde_json::Deserializer::from_str(json)).map(|text| text.to_string());
        let open = |json| text_or_json(&mut serde_json::Deserializer::from_str(json)).unwrap();
        assert_eq!(strict(r#""x""#).unwrap(), "x");
        assert_eq!((bare(r#""x""#).unwrap(), bare(r#""\u0041\n""#).unwrap()), ("x".into(), "A\n".into()));
        for refused in ["4711", "-4711", "47.11", "true", "null", "[\"x\"]", r#"{"x":"x"}"#, r#""\ud83d""#] {
            for error in [strict(refused).unwrap_err(), bare(refused).unwrap_err()] {
                assert!(!error.to_string().contains("4711") && !error.to_string().contains("x\""), "{error}");
            }
        }
        assert_eq!(open(r#"{"street": "x"}"#).unwrap(), r#"{"street": "x"}"#);
        assert_eq!(open("null"), None);
        assert_eq!(open(r#""\u0041""#).unwrap(), "A");
    }
}
