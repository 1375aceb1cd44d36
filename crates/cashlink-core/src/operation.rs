//! One API operation: how to write it, how to read its answer. Everything that this library can call is one of these,
//! and anyone can write another one for an endpoint that the library doesn't know.

use http::{HeaderMap, Method};

use crate::answer::{Answer, DecodeError};
use crate::body::Body;
use crate::{Credential, IdempotencyKey, InvalidValue, Path, Query};

/// One operation of one API: a value that writes a request, and a function that reads its answer.
///
/// The methods are not generic and `decode` is a plain function, so that the machinery around them compiles once and not
/// once per operation. No credential and no base URL appear here: both are added when the request leaves.
///
/// ```
/// use cashlink_core::answer::{Answer, DecodeError};
/// use cashlink_core::{Bearer, Effect, Operation, Path, http::Method};
///
/// /// `GET distributor/v2/things/`: an endpoint that the library doesn't know.
/// struct CountThings;
///
/// #[derive(serde::Deserialize)]
/// struct Things {
///     count: u64,
/// }
///
/// impl Operation for CountThings {
///     type Output = u64;
///     type Credential = Bearer;
///     const NAME: &'static str = "things.count";
///
///     fn method(&self) -> Method {
///         Method::GET
///     }
///
///     fn effect(&self) -> Effect<'_> {
///         Effect::Safe
///     }
///
///     fn path(&self, path: &mut Path) {
///         path.literal("distributor/v2/things/");
///     }
///
///     fn decode(answer: &Answer<'_>) -> Result<u64, DecodeError> {
///         answer.json::<Things>().map(|things| things.count)
///     }
/// }
/// ```
pub trait Operation {
    /// What a successful answer decodes to.
    type Output;
    /// The kind of credential that it needs, which also names its API.
    type Credential: Credential;
    /// Its name in errors, traces and the journal: `"investors.create"`.
    const NAME: &'static str;

    /// The method: a value, because `UPDATE` is no constant, and a raw operation chooses at run time.
    fn method(&self) -> Method;

    /// What performing it twice would mean. Every decision about retries rests on this.
    fn effect(&self) -> Effect<'_>;

    /// Writes the path, relative to the API's base.
    fn path(&self, path: &mut Path);

    /// Writes the query; none by default.
    fn query(&self, _query: &mut Query) {}

    /// Adds headers of its own; none by default. Headers that the library owns (credentials, key, version, content type,
    /// host, length) are refused here when the operation is encoded.
    fn headers(&self, _headers: &mut HeaderMap) {}

    /// The version of the older API that this request is written for, if it is fixed.
    fn version(&self) -> Option<crate::ApiVersion> {
        None
    }

    /// The body; empty by default.
    ///
    /// # Errors
    /// When a value in it can't be sent; then nothing is.
    fn body(&self) -> Result<Body, InvalidValue> {
        Ok(Body::empty())
    }

    /// Whether it follows a link that the server gave. A 404 then means that the list has changed, and is neither the
    /// end nor "not found" (T61).
    fn follows_link(&self) -> bool {
        false
    }

    /// Reads the answer to a successful request: status, headers, body, and what was asked.
    ///
    /// # Errors
    /// When the answer is not what this operation expects. The effect has happened all the same, and the error that
    /// comes of it says so and keeps the bytes.
    fn decode(answer: &Answer<'_>) -> Result<Self::Output, DecodeError>;
}

/// What a second performance of the same request would do to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect<'a> {
    /// It only reads.
    Safe,
    /// A second time leaves the same state as the first.
    Idempotent,
    /// It creates something, and the key makes a repetition harmless where the server honours it.
    Keyed {
        /// The key, sent with every attempt.
        key: &'a IdempotencyKey,
        /// Whether the API's documentation shows the key on this endpoint.
        honoured: Honoured,
    },
    /// A second time would do it twice: it is repeated only when it surely never left.
    Once,
}

/// Whether the server honours an idempotency key on an endpoint: keys work on "certain POST endpoints" (seed), and the
/// known pages don't name them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Honoured {
    /// The documentation or its samples show the key on this endpoint.
    Documented,
    /// Inferred. The key is sent, but not relied upon: after an ambiguous outcome the request isn't repeated, until the
    /// user has said on the client that Cashlink confirmed it.
    Assumed,
}
