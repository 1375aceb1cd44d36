//! Reading a JSON body: whole, into a type; and single fields of it again, on demand. Unknown fields are kept by keeping the
//! bytes: a map beside the known fields would lose big numbers and their order.

use alloc::borrow::Cow;
use core::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::answer::DecodeError;

/// Reads a whole text as one value.
pub(crate) fn whole<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(json);
    // Not unwrapped and wrapped again: that would copy it.
    let value = T::deserialize(ByName(&mut reader));
    if value.is_ok() {
        reader.end()?;
    }
    value
}

/// A body as text. All of its bytes count, also those that nobody reads (T30).
pub(crate) fn utf8(body: &[u8]) -> Result<&str, DecodeError> {
    core::str::from_utf8(body).map_err(|error| DecodeError::utf8(&error))
}

/// Reads a whole body as one value.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, DecodeError> {
    whole(utf8(body)?).map_err(|error| DecodeError::json(&error))
}

/// The same with a seed, which asks for an object by itself where it wants one.
pub(crate) fn read_with<'a, S: DeserializeSeed<'a>>(
    body: &'a [u8],
    seed: S,
) -> Result<S::Value, DecodeError> {
    let mut reader = serde_json::Deserializer::from_str(utf8(body)?);
    let value = seed.deserialize(&mut reader).map_err(|error| DecodeError::json(&error))?;
    reader.end().map_err(|error| DecodeError::json(&error))?;
    Ok(value)
}

/// A value whose fields have names in the JSON too, where it is a struct.
pub(crate) struct Named<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(ByName(deserializer)).map(Self)
    }
}

/// Reads what `D` reads, but a struct from an object only. A derived reader takes a list as well, its items for the fields
/// in their order, and so would believe any list that is long enough (T28).
struct ByName<D>(D);

macro_rules! as_ever {
    ($($method:ident($($name:ident: $type:ty),*),)+) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* visitor)
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ByName<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    as_ever! {
        deserialize_any(),
        deserialize_bool(),
        deserialize_i8(),
        deserialize_i16(),
        deserialize_i32(),
        deserialize_i64(),
        deserialize_i128(),
        deserialize_u8(),
        deserialize_u16(),
        deserialize_u32(),
        deserialize_u64(),
        deserialize_u128(),
        deserialize_f32(),
        deserialize_f64(),
        deserialize_char(),
        deserialize_str(),
        deserialize_string(),
        deserialize_bytes(),
        deserialize_byte_buf(),
        deserialize_option(),
        deserialize_unit(),
        deserialize_unit_struct(name: &'static str),
        deserialize_newtype_struct(name: &'static str),
        deserialize_seq(),
        deserialize_tuple(len: usize),
        deserialize_tuple_struct(name: &'static str, len: usize),
        deserialize_map(),
        deserialize_enum(name: &'static str, variants: &'static [&'static str]),
        deserialize_identifier(),
        deserialize_ignored_any(),
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Finds the member of an object by this name, once the whole object was read. It keeps nothing else, so that an object of
/// millions of members takes no memory (T22).
struct Member<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    /// Two of them are an error, since nobody can tell which one counts (T23).
    type Value = Result<Option<&'de RawValue>, DecodeError>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Result<Option<&'de RawValue>, DecodeError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut object: M) -> Result<Self::Value, M::Error> {
        /// A member's name, borrowed where it has no escapes.
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        let mut found = Ok(None);
        while let Some(Name(name)) = object.next_key()? {
            if name != self.0 {
                object.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = object.next_value()?;
            found = match found {
                Ok(None) => Ok(Some(value)),
                _ => Err(DecodeError::new("field", "must be there once")),
            };
        }
        Ok(found)
    }
}

pub(crate) fn field<T: DeserializeOwned>(json: &[u8], names: &[&str]) -> Result<Option<T>, DecodeError> {
    let not_json = DecodeError::new("body", "must be JSON");
    let mut place: &RawValue = serde_json::from_slice(json).map_err(|_| not_json)?;
    for name in names {
        match Member(name).deserialize(&mut serde_json::Deserializer::from_str(place.get())) {
            Ok(Ok(Some(member))) => place = member,
            Ok(Err(twice)) => return Err(twice),
            Ok(Ok(None)) | Err(_) => return Ok(None),
        }
    }
    whole(place.get())
        .map(Some)
        .map_err(|_| DecodeError::new("field", "must be of the type that was asked for"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn t28_a_struct_is_read_from_an_object_and_never_from_a_list() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Pair<'a> {
            #[serde(borrow)]
            first: Cow<'a, str>,
            second: Option<u128>,
        }

        let pair = whole::<Pair<'_>>(r#"{"second":18446744073709551616,"new":[],"first":"x"}"#).unwrap();
        assert_eq!(pair, Pair { first: "x".into(), second: Some(1 << 64) });
        assert!(whole::<Pair<'_>>(r#"["x",1]"#).is_err());
        assert!(whole::<alloc::vec::Vec<Named<Pair<'_>>>>(r#"[["x",1]]"#).is_err());
        // What is no struct is read as ever.
        assert_eq!(whole::<alloc::vec::Vec<u8>>("[1,2]").unwrap(), [1, 2]);
        assert_eq!(whole::<&RawValue>(" 1e999 ").unwrap().get(), "1e999");
        assert_eq!(whole::<Option<(u128, i8)>>("[18446744073709551616,-1]").unwrap(), Some((1 << 64, -1)));
        assert!(whole::<u8>("1 2").is_err());
    }

    #[test]
    fn a_field_without_a_name_of_ours_is_read_from_the_bytes() {
        let body = br#"{"id":"x","new":{"limit":123456789012345678901234567890,"n\u0061me":"y"}}"#;
        assert_eq!(field::<u128>(body, &["new", "limit"]), Ok(Some(123_456_789_012_345_678_901_234_567_890)));
        assert_eq!(field::<String>(body, &["new", "name"]), Ok(Some("y".into())));
        assert_eq!(field::<String>(body, &["new", "absent"]), Ok(None));
        assert_eq!(field::<String>(body, &["id", "deeper"]), Ok(None));
        assert!(field::<u8>(body, &["id"]).is_err());
        assert!(field::<u8>(b"<html>", &[]).is_err());
        assert!(field::<u8>(br#"{"a":1,"\u0061":2}"#, &["a"]).is_err(), "t23: which of the two?");
        assert_eq!(field::<u8>(br#"{"b":1,"b":2,"a":3}"#, &["a"]), Ok(Some(3)));
    }
}
