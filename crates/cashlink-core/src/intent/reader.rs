//! Reading an intent's bytes, strictly: whoever can write into the table must not gain a request that no call could be.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::encoding::MARK;
use super::{Account, Intent};
use crate::body::{Body, Parts, Payload, PayloadRef};
use crate::credential::sealed::Kind;
use crate::encoded::{Encoded, IDEMPOTENCY_KEY, OwnedEffect, check_header};
use crate::{ApiVersion, Honoured, IdempotencyKey, InvalidValue, Path};

/// Bytes that are no intent, and what about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableIntent(What);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Version,
    Cut,
    Rest,
    Rule(InvalidValue),
}

impl fmt::Display for UnreadableIntent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            What::Version => f.write_str("no stored intent, or one of a newer version of this library"),
            What::Cut => f.write_str("the stored intent ends early"),
            What::Rest => f.write_str("the stored intent goes on behind its end"),
            What::Rule(rule) => write!(f, "stored intent: {rule}"),
        }
    }
}

impl core::error::Error for UnreadableIntent {}

impl From<InvalidValue> for UnreadableIntent {
    fn from(rule: InvalidValue) -> Self {
        Self(What::Rule(rule))
    }
}

type Result<T> = core::result::Result<T, UnreadableIntent>;

const fn refused<T>(what: &'static str, rule: &'static str) -> Result<T> {
    Err(UnreadableIntent(What::Rule(InvalidValue::new(what, rule))))
}

pub(super) fn read(bytes: &[u8]) -> Result<Intent> {
    let mut rest = Rest(bytes.strip_prefix(MARK).ok_or(UnreadableIntent(What::Version))?);
    if bytes.len() > Intent::LARGEST {
        return refused("stored bytes", "must be at most 1 MiB");
    }
    let account = Account::new(rest.str()?)?;
    let name = Cow::Owned(rest.str()?.to_owned());
    let effect = rest.effect()?;
    let at_own_path = rest.flag()?;
    let kind = rest.kind()?;
    let base = rest.str()?.to_owned();
    let method = match Method::from_bytes(rest.bytes()?) {
        Ok(method) => method,
        Err(_) => return refused("method", "must be a token"),
    };
    let mut path = Path::new();
    path.written(rest.str()?);
    let path = path.finish()?;
    let query = rest.query()?;
    let version = rest.optional(|rest| Ok(rest.str()?.parse::<ApiVersion>()?))?;
    let headers = rest.headers()?;
    let body = rest.body()?;
    if !rest.0.is_empty() {
        return Err(UnreadableIntent(What::Rest));
    }
    let encoded = Encoded {
        name,
        method,
        path,
        query,
        headers,
        version,
        body,
        effect,
        at_own_path,
        follows_link: false,
    };
    check_own_headers(&encoded)?;
    Ok(Intent { account, kind, base, encoded: Arc::new(encoded) })
}

/// What the library itself has set among the headers must be what the rest of the intent says.
fn check_own_headers(encoded: &Encoded) -> Result<()> {
    let key = encoded.key().map(IdempotencyKey::header_value).transpose()?;
    let agree = [(IDEMPOTENCY_KEY, key.as_ref()), (header::CONTENT_TYPE, encoded.body.content_type())];
    if !encoded.headers.contains_key(header::ACCEPT) {
        return refused("headers", "must say what is accepted");
    }
    for (name, said) in agree {
        if !encoded.headers.get_all(&name).iter().eq(said) {
            return refused("headers", "must agree with key and body");
        }
    }
    Ok(())
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(UnreadableIntent(What::Cut))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| UnreadableIntent(What::Cut))
    }

    fn byte(&mut self) -> Result<u8> {
        self.array().map(|[byte]| byte)
    }

    fn number(&mut self) -> Result<usize> {
        // What doesn't fit is more than there is.
        Ok(usize::try_from(u32::from_le_bytes(self.array()?)).unwrap_or(usize::MAX))
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let count = self.number()?;
        self.take(count)
    }

    fn str(&mut self) -> Result<&'a str> {
        match core::str::from_utf8(self.bytes()?) {
            Ok(text) => Ok(text),
            Err(_) => refused("text", "must be UTF-8"),
        }
    }

    fn flag(&mut self) -> Result<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => refused("flag", "must be 0 or 1"),
        }
    }

    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    fn effect(&mut self) -> Result<OwnedEffect> {
        let honoured = match self.byte()? {
            0 => return Ok(OwnedEffect::Safe),
            1 => return Ok(OwnedEffect::Idempotent),
            2 => Honoured::Documented,
            3 => Honoured::Assumed,
            4 => return Ok(OwnedEffect::Once),
            _ => return refused("effect", "must be one of five"),
        };
        Ok(OwnedEffect::Keyed(IdempotencyKey::new(self.str()?)?, honoured))
    }

    fn kind(&mut self) -> Result<Kind> {
        match self.byte()? {
            1 => Ok(Kind::UserKey),
            2 => Ok(Kind::AppKey),
            3 => Ok(Kind::Bearer),
            _ => refused("credential", "must be of one of three kinds"),
        }
    }

    fn query(&mut self) -> Result<String> {
        let query = self.str()?;
        // RFC 3986 §3.4: what else a byte may be, no request could carry.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:@/?".contains(&byte);
        match query.bytes().all(plain) {
            true => Ok(query.to_owned()),
            false => refused("query", "must be one of RFC 3986"),
        }
    }

    fn headers(&mut self) -> Result<HeaderMap> {
        let (mut headers, mut last) = (HeaderMap::new(), "");
        for _ in 0..self.number()? {
            let name = self.str()?;
            let value = self.header_value()?;
            if name < last {
                return refused("headers", "must be in order");
            }
            last = name;
            let name = match HeaderName::from_bytes(name.as_bytes()) {
                Ok(parsed) if parsed.as_str() == name => parsed,
                _ => return refused("header name", "must be a token in small letters"),
            };
            if name != IDEMPOTENCY_KEY && name != header::CONTENT_TYPE {
                check_header(&name)?;
            }
            if headers.try_append(name, value).is_err() {
                return refused("headers", "must be fewer");
            }
        }
        Ok(headers)
    }

    fn header_value(&mut self) -> Result<HeaderValue> {
        match HeaderValue::from_bytes(self.bytes()?) {
            Ok(value) => Ok(value),
            Err(_) => refused("header value", "must be one"),
        }
    }

    fn body(&mut self) -> Result<Body> {
        let content_type = self.optional(Self::header_value)?;
        let head = self.owned()?;
        let payload = match self.byte()? {
            0 => None,
            1 => Some(Payload::Bytes(self.owned()?)),
            2 => {
                let len = u64::from_le_bytes(self.array()?);
                Some(Payload::Ref(PayloadRef::new(len).with_sha256(self.array()?)))
            }
            _ => return refused("payload", "must be none, bytes, or a reference"),
        };
        let tail = self.owned()?;
        // The same bytes in two pieces would be another spelling, with another fingerprint.
        if payload.is_none() && !tail.is_empty() {
            return refused("body", "must be in one piece where there is no payload");
        }
        Ok(Parts { content_type, head, payload, tail }.into())
    }

    fn owned(&mut self) -> Result<Bytes> {
        // Without a spare byte, whatever allocated it.
        self.bytes().map(|bytes| Bytes::from(Vec::from(bytes)))
    }
}
