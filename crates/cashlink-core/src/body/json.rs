//! JSON bodies, and the fields in them that we have no name for.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use http::HeaderValue;
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::Body;
use crate::InvalidValue;

/// Fields of a request that this library doesn't know: some are known to exist, but not by name. Every typed request
/// takes them by its method `extra`.
#[derive(Clone, Default)]
pub struct Extra {
    fields: Vec<(String, Option<Box<RawValue>>)>,
}

impl Extra {
    /// Adds a field. A value that JSON can't hold (a map with keys that aren't text) is reported when the request is
    /// encoded.
    pub fn set(&mut self, name: impl Into<String>, value: impl Serialize) {
        self.fields.push((name.into(), serde_json::value::to_raw_value(&value).ok()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The same for an object inside a request, which has these fields already. Each is compared with all before it.
    pub(crate) fn set_beside(&mut self, known: &[&str], name: String, value: impl Serialize) {
        let doubled = known.contains(&&*name) || self.fields.iter().any(|(other, _)| *other == name);
        let value = if doubled { None } else { serde_json::value::to_raw_value(&value).ok() };
        self.fields.push((name, value));
    }
}

/// The fields as members of the object that they are flattened into.
impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            let value = value
                .as_ref()
                .ok_or_else(|| S::Error::custom("a field that is doubled, or that JSON can't hold"))?;
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}

/// Names and values may be personal: only the count is shown (T11–T12).
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extra({} fields)", self.fields.len())
    }
}

impl Body {
    /// `value` as JSON.
    ///
    /// # Errors
    /// When JSON can't hold it.
    pub fn json(value: &impl Serialize) -> Result<Self, InvalidValue> {
        let mut bytes = Vec::with_capacity(512);
        serde_json::to_writer(&mut bytes, value).map_err(|_| UNWRITABLE)?;
        Ok(Self::with_type(JSON, Bytes::from(bytes)))
    }

    /// `value`, a JSON object, with the extra fields behind its own.
    pub(crate) fn json_with(value: &impl Serialize, extra: &Extra) -> Result<Self, InvalidValue> {
        let body = Self::json(value)?;
        if extra.fields.is_empty() {
            return Ok(body);
        }
        let known: BTreeMap<String, &RawValue> =
            serde_json::from_slice(&body.parts.head).map_err(|_| UNWRITABLE)?;
        let mut all: BTreeMap<&str, ()> = known.keys().map(|name| (&**name, ())).collect();
        let mut bytes = body.parts.head.to_vec();
        for (name, value) in &extra.fields {
            let value = value.as_ref().ok_or(UNWRITABLE)?;
            if all.insert(name, ()).is_some() {
                return Err(InvalidValue::new(
                    "extra field",
                    "must not repeat a field that the request already has",
                ));
            }
            // The object's closing brace makes way.
            bytes.pop();
            if bytes.len() > 1 {
                bytes.push(b',');
            }
            serde_json::to_writer(&mut bytes, name).map_err(|_| UNWRITABLE)?;
            bytes.push(b':');
            bytes.extend_from_slice(value.get().as_bytes());
            bytes.push(b'}');
        }
        Ok(Self::with_type(JSON, Bytes::from(bytes)))
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

const UNWRITABLE: InvalidValue = InvalidValue::new(
    "request body",
    "must be something that JSON can hold, and no extra field one that is there already",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Request {
        #[serde(skip_serializing_if = "Option::is_none")]
        units: Option<u32>,
    }

    fn body(units: Option<u32>, extra: &Extra) -> Result<Bytes, InvalidValue> {
        Body::json_with(&Request { units }, extra).map(|body| body.as_bytes().unwrap().clone())
    }

    #[test]
    fn extra_fields_stand_behind_the_known_ones() {
        let mut extra = Extra::default();
        assert_eq!(body(Some(7), &extra).unwrap(), r#"{"units":7}"#);
        extra.set("disagio", "1.5");
        assert_eq!(body(Some(7), &extra).unwrap(), r#"{"units":7,"disagio":"1.5"}"#);
        extra.set("limits", [u128::MAX]);
        assert_eq!(
            body(None, &extra).unwrap(),
            r#"{"disagio":"1.5","limits":[340282366920938463463374607431768211455]}"#
        );
    }

    #[test]
    fn an_extra_field_never_doubles_another() {
        let mut extra = Extra::default();
        extra.set("units", 8);
        assert!(body(Some(7), &extra).is_err());
        assert!(body(None, &extra).is_ok());
        extra.set("units", 9);
        assert!(body(None, &extra).is_err());
    }

    #[test]
    fn a_value_that_json_cannot_hold_is_an_error() {
        let mut extra = Extra::default();
        extra.set("map", BTreeMap::from([([1_u8], 1)]));
        assert!(body(None, &extra).is_err());
    }

    #[test]
    fn a_field_beside_known_ones_is_written_unless_one_of_them_has_its_name() {
        let written = |names: &[&str]| {
            let mut extra = Extra::default();
            assert!(extra.is_empty());
            for name in names {
                extra.set_beside(&["city"], (*name).into(), 7);
            }
            assert!(!extra.is_empty());
            assert_eq!(alloc::format!("{extra:?}"), alloc::format!("Extra({} fields)", names.len()));
            serde_json::to_string(&extra).ok()
        };
        assert_eq!(written(&["zip", "street"]).as_deref(), Some(r#"{"zip":7,"street":7}"#));
        assert_eq!((written(&["city"]), written(&["zip", "zip"])), (None, None));
    }
}
