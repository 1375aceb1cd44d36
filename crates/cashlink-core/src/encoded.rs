//! A request as every attempt sends it: what an operation wrote, checked and complete but for credential and base.

use alloc::borrow::Cow;
use alloc::string::String;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::body::Body;
use crate::{ApiVersion, Effect, Honoured, IdempotencyKey, InvalidValue, Operation, Path, Query};

/// The request as it will be sent by every attempt.
#[derive(Clone, Debug)]
pub(crate) struct Encoded {
    /// Borrowed, but for a stored intent, whose operation this program may not know.
    pub(crate) name: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) version: Option<ApiVersion>,
    pub(crate) body: Body,
    pub(crate) effect: OwnedEffect,
    /// Not sent elsewhere by the caller, so that what is confirmed of the operation holds.
    pub(crate) at_own_path: bool,
    pub(crate) follows_link: bool,
}

/// [`Effect`], owning its key.
#[derive(Clone, Debug)]
pub(crate) enum OwnedEffect {
    Safe,
    Idempotent,
    Keyed(IdempotencyKey, Honoured),
    Once,
}

impl From<Effect<'_>> for OwnedEffect {
    fn from(effect: Effect<'_>) -> Self {
        match effect {
            Effect::Safe => Self::Safe,
            Effect::Idempotent => Self::Idempotent,
            Effect::Keyed { key, honoured } => Self::Keyed(key.clone(), honoured),
            Effect::Once => Self::Once,
        }
    }
}

impl OwnedEffect {
    pub(crate) fn assume_key(&mut self) {
        if let Self::Keyed(_, honoured) = self {
            *honoured = Honoured::Assumed;
        }
    }

    pub(crate) fn document_key(&mut self) {
        if let Self::Keyed(_, honoured) = self {
            *honoured = Honoured::Documented;
        }
    }

    pub(crate) fn as_effect(&self) -> Effect<'_> {
        match self {
            Self::Safe => Effect::Safe,
            Self::Idempotent => Effect::Idempotent,
            Self::Keyed(key, honoured) => Effect::Keyed { key, honoured: *honoured },
            Self::Once => Effect::Once,
        }
    }
}

/// Headers that only the library sets: a caller's value would forge a credential, or break the framing below us.
const OWN_HEADERS: [&str; 18] = [
    "authorization",
    "x-api-key",
    "x-api-version",
    "x-idempotency-key",
    "proxy-authorization",
    "cookie",
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "accept-encoding",
    "host",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "user-agent",
];

pub(crate) fn check_header(name: &HeaderName) -> Result<(), InvalidValue> {
    if OWN_HEADERS.contains(&name.as_str()) {
        Err(InvalidValue::new("header name", "must not be one that the library sets itself"))
    } else {
        Ok(())
    }
}

impl Encoded {
    pub(crate) fn new<O: Operation>(operation: &O) -> Result<Self, InvalidValue> {
        let (mut path, mut query) = (Path::new(), Query::new());
        // Room for those that a flow adds, too, so that no attempt's copy has to grow.
        let mut headers = HeaderMap::with_capacity(6);
        operation.path(&mut path);
        operation.query(&mut query);
        operation.headers(&mut headers);
        headers.keys().try_for_each(check_header)?;
        let (body, effect) = (operation.body()?, OwnedEffect::from(operation.effect()));
        complete(&mut headers, &body, &effect)?;
        Ok(Self {
            name: Cow::Borrowed(O::NAME),
            method: operation.method(),
            path: path.finish()?,
            query: query.into_text(),
            headers,
            version: operation.version(),
            body,
            effect,
            at_own_path: true,
            follows_link: operation.follows_link(),
        })
    }

    pub(crate) fn key(&self) -> Option<&IdempotencyKey> {
        match &self.effect {
            OwnedEffect::Keyed(key, _) => Some(key),
            _ => None,
        }
    }

    /// Whether method, path and query say all of it, as a page link repeats it.
    pub(crate) fn is_plain_get(&self) -> bool {
        let plain_headers = self.headers.len() == 1 && self.headers.get(header::ACCEPT) == Some(&JSON);
        self.method == Method::GET && self.version.is_none() && self.body.is_empty() && plain_headers
    }

    /// Path and query, relative to the base.
    pub(crate) fn target(&self) -> Cow<'_, str> {
        if self.query.is_empty() {
            (&*self.path).into()
        } else {
            alloc::format!("{}?{}", self.path, self.query).into()
        }
    }
}

/// The headers that every attempt carries, whoever sends it: what is asked for, what is sent, and the key.
fn complete(headers: &mut HeaderMap, body: &Body, effect: &OwnedEffect) -> Result<(), InvalidValue> {
    if !headers.contains_key(header::ACCEPT) {
        set_header(headers, header::ACCEPT, JSON)?;
    }
    if let Some(content_type) = body.content_type() {
        set_header(headers, header::CONTENT_TYPE, content_type.clone())?;
    }
    if let OwnedEffect::Keyed(key, _) = effect {
        set_header(headers, IDEMPOTENCY_KEY, key.header_value()?)?;
    }
    Ok(())
}

/// Sets a header, in place of one by that name. A map holds 32,768 names, and its own `insert` panics at the next.
pub(crate) fn set_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: HeaderValue,
) -> Result<(), InvalidValue> {
    let too_many = |_| InvalidValue::new("headers", "must be fewer");
    headers.try_insert(name, value).map(|_| ()).map_err(too_many)
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("x-idempotency-key");
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
pub(crate) const API_VERSION: HeaderName = HeaderName::from_static("x-api-version");
