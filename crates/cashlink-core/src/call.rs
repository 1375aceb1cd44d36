//! An operation, encoded: owned, cheap to clone, the same bytes for every attempt. It is what is performed, retried and
//! stored.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::answer::{Answer, DecodeError, Received};
use crate::body::Body;
use crate::encoded::{Encoded, check_header, set_header};
use crate::task::Asks;
use crate::{Credential, Effect, Error, IdempotencyKey, InvalidValue, Operation, Path};

/// An encoded operation, without credential and base.
///
/// Cloning it copies nothing, and a future that owns one is `'static` even where the operation borrowed. `T` is what it
/// decodes to, `C` the kind of credential that it needs.
///
/// ```
/// use cashlink_core::partner::distributor::GetInvestor;
/// use cashlink_core::Call;
/// use core::time::Duration;
///
/// let call = Call::new(&GetInvestor::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?))?
///     .attempts(2)
///     .deadline(Duration::from_secs(10));
/// assert_eq!(call.name(), "investors.get");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use = "a call does nothing until a client performs it"]
pub struct Call<T, C> {
    pub(crate) encoded: Arc<Encoded>,
    pub(crate) options: Options,
    pub(crate) decode: Decode<T>,
    credential: PhantomData<fn() -> C>,
}

/// An operation's own `decode`.
pub(crate) type Decode<T> = fn(&Answer<'_>) -> Result<T, DecodeError>;

/// What one call may settle for itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempts: Option<u32>,
}

impl<T, C: Credential> Call<T, C> {
    /// Encodes the operation: from here on its bytes are fixed.
    ///
    /// # Errors
    /// When a value in it can't be sent. Nothing has been sent then.
    pub fn new<O: Operation<Output = T, Credential = C>>(operation: &O) -> Result<Self, Error> {
        Encoded::new(operation)
            .map(|encoded| Self {
                encoded: Arc::new(encoded),
                options: Options::default(),
                decode: O::decode,
                credential: PhantomData,
            })
            .map_err(|fault| Error::unencodable(operation, fault))
    }

    /// Encodes an operation that asks after a task, to be performed again and again.
    ///
    /// # Errors
    /// As for [`Call::new`], and when the operation does more than ask (T39).
    pub fn asking<O: Asks<Output = T, Credential = C>>(operation: &O) -> Result<Self, Error> {
        const RULE: InvalidValue = InvalidValue::new("operation", "must only read, since it is repeated");
        match operation.effect() {
            Effect::Safe => Self::new(operation),
            _ => Err(Error::unencodable(operation, RULE)),
        }
    }

    /// The operation's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.encoded.name
    }

    /// The idempotency key that it carries.
    #[must_use]
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.encoded.key()
    }

    /// The body: where it refers to a payload, whoever performs the call has to supply it.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.encoded.body
    }

    /// Ends the whole call, waits and retries included, after `total` instead of the client's default.
    pub fn deadline(mut self, total: Duration) -> Self {
        self.options.deadline = Some(total);
        self
    }

    /// Makes at most `most` attempts (at least one) instead of the client's default.
    pub fn attempts(mut self, most: u32) -> Self {
        self.options.attempts = Some(most.max(1));
        self
    }

    /// Sets a header of this call, in place of one by that name. Part of the request: a stored call keeps it.
    ///
    /// # Errors
    /// When name or value is no header, the header is one that the library sets itself, or there are more of them than any request
    /// can have (32,768).
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        let name =
            HeaderName::try_from(name).map_err(|_| InvalidValue::new("header name", "must be a token"))?;
        let printable = value.bytes().all(|byte| matches!(byte, 0x20..=0x7E));
        let value = HeaderValue::from_str(value)
            .ok()
            .filter(|_| printable)
            .ok_or(InvalidValue::new("header value", "must be printable ASCII"))?;
        check_header(&name)?;
        set_header(&mut Arc::make_mut(&mut self.encoded).headers, name, value)?;
        Ok(self)
    }

    /// Sends the call to another path below the base: for an endpoint whose path the known pages leave open.
    ///
    /// A key that is documented for the operation's own path is only [`Assumed`](crate::Honoured::Assumed) at another
    /// one, until [`Call::key_confirmed`].
    ///
    /// # Errors
    /// When `path` isn't segments between single slashes, or has `.` or `..`.
    pub fn at_path(mut self, path: &str) -> Result<Self, InvalidValue> {
        let mut written = Path::new();
        written.segments(path);
        let path = written.finish()?;
        let encoded = Arc::make_mut(&mut self.encoded);
        encoded.path = path;
        encoded.effect.assume_key();
        encoded.at_own_path = false;
        Ok(self)
    }

    /// Cashlink has confirmed that this call's key is honoured where it goes, so that it is relied upon.
    pub fn key_confirmed(mut self) -> Self {
        Arc::make_mut(&mut self.encoded).effect.document_key();
        self
    }

    /// The same call, decoded later: what the loops perform, so that they compile once and not once per operation.
    /// [`Reply::decode`](crate::Reply::decode) decodes its reply.
    pub fn erased(&self) -> Call<Received, C> {
        Call {
            encoded: Arc::clone(&self.encoded),
            options: self.options,
            decode: Received::decode,
            credential: PhantomData,
        }
    }
}

impl<C> Call<Received, C> {
    /// A call that was stored: what its reply decodes to is known only to whoever knows its operation.
    pub(crate) fn stored(encoded: Arc<Encoded>) -> Self {
        Self { encoded, options: Options::default(), decode: Received::decode, credential: PhantomData }
    }
}

impl<T, C> Clone for Call<T, C> {
    fn clone(&self) -> Self {
        Self {
            encoded: Arc::clone(&self.encoded),
            options: self.options,
            decode: self.decode,
            credential: PhantomData,
        }
    }
}

/// Name, method and key: neither the target, which may hold personal ids, nor the body.
impl<T, C> fmt::Debug for Call<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("name", &self.encoded.name)
            .field("method", &self.encoded.method)
            .field("key", &self.encoded.key())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
