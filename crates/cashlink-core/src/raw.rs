//! One-off calls: any method, any path below the base, with the effect said explicitly.

use core::marker::PhantomData;

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::answer::{Answer, DecodeError, FromAnswer};
use crate::body::Body;
use crate::encoded::OwnedEffect;
use crate::{ApiVersion, Credential, Effect, InvalidValue, Operation, Path, Query};

/// An operation that the library has no type for.
///
/// Everything that holds for the others holds for it: the credential, the retry table, the limits. `C` is the credential
/// that it needs, `T` what its answer is read as: [`Bytes`], [`Json<T>`](crate::answer::Json) or nothing.
///
/// ```
/// use cashlink_core::answer::Json;
/// use cashlink_core::http::Method;
/// use cashlink_core::{Bearer, Call, Effect, Raw};
///
/// #[derive(serde::Deserialize)]
/// struct Product {
///     id: String,
/// }
///
/// let products = Raw::<Bearer>::new(Method::GET, "issuer/v2/products/", Effect::Safe)
///     .query("page", "2")
///     .read_as::<Json<Product>>();
/// let call = Call::new(&products)?;
///
/// // The non-standard method that the older API's page names; no documented endpoint uses it.
/// let update = Raw::<Bearer>::new(Method::from_bytes(b"UPDATE")?, "v2/things/7/", Effect::Idempotent);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Raw<C, T = Bytes> {
    method: Method,
    path: Path,
    query: Query,
    version: Option<ApiVersion>,
    effect: OwnedEffect,
    body: Result<Body, InvalidValue>,
    reads: PhantomData<fn() -> (C, T)>,
}

impl<C: Credential> Raw<C> {
    /// A call of `method` on `path`, below the API's base: segments between single slashes, each percent-encoded, a
    /// trailing slash kept (T2). `.`, `..` and empty segments are refused when it is encoded (T16).
    ///
    /// `effect` is what a repetition would do; every decision about retries rests on it.
    #[must_use]
    pub fn new(method: Method, path: &str, effect: Effect<'_>) -> Self {
        let mut written = Path::new();
        written.segments(path);
        Self {
            method,
            path: written,
            query: Query::new(),
            version: None,
            effect: OwnedEffect::from(effect),
            body: Ok(Body::empty()),
            reads: PhantomData,
        }
    }
}

impl<C: Credential, T> Raw<C, T> {
    /// Adds `name=value` to the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.pair(name, value);
        self
    }

    /// The body as bytes.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = Ok(body);
        self
    }

    /// The body as JSON. What JSON can't hold is reported when the call is encoded.
    #[must_use]
    pub fn json(mut self, value: &impl Serialize) -> Self {
        self.body = Body::json(value);
        self
    }

    /// The version of the older API.
    #[must_use]
    pub fn version(mut self, version: ApiVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// What the answer is read as.
    #[must_use]
    pub fn read_as<U: FromAnswer>(self) -> Raw<C, U> {
        Raw {
            method: self.method,
            path: self.path,
            query: self.query,
            version: self.version,
            effect: self.effect,
            body: self.body,
            reads: PhantomData,
        }
    }
}

impl<C: Credential, T: FromAnswer> Operation for Raw<C, T> {
    type Output = T;
    type Credential = C;
    const NAME: &'static str = "raw";

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn effect(&self) -> Effect<'_> {
        self.effect.as_effect()
    }

    fn path(&self, path: &mut Path) {
        path.clone_from(&self.path);
    }

    fn query(&self, query: &mut Query) {
        query.written(self.query.as_str());
    }

    fn version(&self) -> Option<ApiVersion> {
        self.version
    }

    fn body(&self) -> Result<Body, InvalidValue> {
        self.body.clone()
    }

    fn decode(answer: &Answer<'_>) -> Result<T, DecodeError> {
        T::from_answer(answer)
    }
}
