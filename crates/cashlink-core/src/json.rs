//! Reading single fields of a JSON body again, on demand. Unknown fields are kept by keeping the bytes: a map beside the
//! known fields would lose big numbers and their order.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answer::DecodeError;

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

pub(crate) fn field<T: DeserializeOwned>(json: &[u8], names: &[&str]) -> Result<Option<T>, DecodeError> {
    let not_json = DecodeError::new("body", "must be JSON");
    let mut place: &RawValue = serde_json::from_slice(json).map_err(|_| not_json)?;
    for name in names {
        let members = serde_json::from_str::<BTreeMap<Name<'_>, &RawValue>>(place.get());
        match members.ok().and_then(|members| members.get(&Name(Cow::Borrowed(name))).copied()) {
            Some(member) => place = member,
            None => return Ok(None),
        }
    }
    serde_json::from_str(place.get())
        .map(Some)
        .map_err(|_| DecodeError::new("field", "must be of the type that was asked for"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn a_field_without_a_name_of_ours_is_read_from_the_bytes() {
        let body = br#"{"id":"x","new":{"limit":123456789012345678901234567890,"n\u0061me":"y"}}"#;
        assert_eq!(field::<u128>(body, &["new", "limit"]), Ok(Some(123_456_789_012_345_678_901_234_567_890)));
        assert_eq!(field::<String>(body, &["new", "name"]), Ok(Some("y".into())));
        assert_eq!(field::<String>(body, &["new", "absent"]), Ok(None));
        assert_eq!(field::<String>(body, &["id", "deeper"]), Ok(None));
        assert!(field::<u8>(body, &["id"]).is_err());
        assert!(field::<u8>(b"<html>", &[]).is_err());
    }
}
