//! A call as it is kept before it is made: the exact bytes of the request and its key, without any credential. What a journal
//! writes into the user's own transaction (seed: "store the intent to call an endpoint along with the generated key").
//!
//! Nothing here leads from an [`Intent`] back to a request: that is for whoever holds it under a lease ([`replay`]).

mod encoding;
mod fingerprint;
mod reader;
pub mod replay;

pub use fingerprint::Fingerprint;
pub use reader::UnreadableIntent;

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::body::{Body, PayloadRef};
use crate::credential::sealed::Kind;
use crate::encoded::Encoded;
use crate::{Call, Client, Credential, Effect, IdempotencyKey, InvalidValue};

/// One call that is meant to be made, once, with exactly these bytes: to be stored before, in the same transaction as what it
/// is about.
///
/// It is bound to the API and the base of the client that it was made with, and to an [`Account`]: a name for the credential,
/// never the credential itself. `User-Agent` and the patience of a call ([`Call::deadline`], [`Call::attempts`]) are no part of
/// it: they belong to the program that performs it.
///
/// ```
/// use cashlink_core::intent::{Account, Intent};
/// use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
/// use cashlink_core::{Bearer, Call, Client, IdempotencyKey, Secret};
///
/// let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?;
/// let client = Client::new(Partner::demo(), bearer);
/// let ada = NaturalPerson::new().forename("Ada").surname("Lovelace");
/// let call = Call::new(&CreateInvestor::natural_person(IdempotencyKey::new("investor-17")?, ada, true))?;
///
/// let intent = Intent::new(&client, &Account::new("distributor")?, &call)?;
/// assert_eq!(Intent::decode(&intent.encode())?.fingerprint(), intent.fingerprint());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Intent {
    account: Account,
    kind: Kind,
    base: String,
    encoded: Arc<Encoded>,
}

impl Intent {
    /// The largest request that is kept, as it is encoded, in bytes (T47): 1 MiB. A larger document is referred to, by its
    /// length and hash ([`PayloadRef::with_sha256`]).
    pub const LARGEST: usize = 1 << 20;

    /// The intent to make this call with this client's API, base and version, in the name of an account.
    ///
    /// # Errors
    /// When the call refers to a payload whose hash it doesn't say, follows a page link, or is larger than
    /// [`Intent::LARGEST`].
    pub fn new<T, C: Credential>(
        client: &Client<C>,
        account: &Account,
        call: &Call<T, C>,
    ) -> Result<Self, InvalidValue> {
        let mut encoded = Arc::clone(&call.encoded);
        if encoded.version.is_none() && client.settings().version.is_some() {
            Arc::make_mut(&mut encoded).version = client.settings().version;
        }
        if encoded.body.payload_ref().is_some_and(|payload| payload.sha256.is_none()) {
            return Err(InvalidValue::new("payload", "must be announced with its SHA-256 to be kept"));
        }
        if encoded.follows_link {
            return Err(InvalidValue::new("call", "must not follow a page link: keep the walk instead"));
        }
        let base = client.settings().base.to_string();
        let intent = Self { account: account.clone(), kind: C::KIND, base, encoded };
        match intent.encode().len() {
            0..=Self::LARGEST => Ok(intent),
            _ => Err(InvalidValue::new("request", "must be at most 1 MiB to be kept: refer to its payload")),
        }
    }

    /// The intent as bytes: one way for each, the same in every version of this library that writes version 1.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encoding::write(self)
    }

    /// An intent that was encoded, by this version of the library or an earlier one.
    ///
    /// # Errors
    /// When the bytes are no intent, or say what no call could: a header of the library's own, a path outside of the base.
    pub fn decode(bytes: &[u8]) -> Result<Self, UnreadableIntent> {
        reader::read(bytes)
    }

    /// What tells this request from another one under the same key (T40): a hash over what the server sees as the request.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint::of(self)
    }

    /// In whose name the call is made.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The operation's name.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.encoded.name
    }

    /// The API and the kind of credential: `partner`, `payments with a user key`, `payments with an app key`.
    #[must_use]
    pub fn api(&self) -> &'static str {
        self.kind.describe()
    }

    /// Where the request goes: the API's base.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &http::Method {
        &self.encoded.method
    }

    /// Path and query, relative to the base. About people (T12): for those who may see it, never for a log.
    #[must_use]
    pub fn target(&self) -> Cow<'_, str> {
        self.encoded.target()
    }

    /// The body. About people (T12), as the target is; by itself it shows only its length.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.encoded.body
    }

    /// What a second performance would do, and the key.
    #[must_use]
    pub fn effect(&self) -> Effect<'_> {
        self.encoded.effect.as_effect()
    }

    /// The idempotency key.
    #[must_use]
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.encoded.key()
    }

    /// The document that is referred to: whoever performs the call has to find it by this.
    #[must_use]
    pub fn payload(&self) -> Option<PayloadRef> {
        self.encoded.body.payload_ref()
    }

    /// The length of the request's body in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        self.encoded.body.len()
    }
}

/// Neither the target nor the body: both are about people (T12).
impl fmt::Debug for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intent")
            .field("account", &self.account)
            .field("operation", &self.encoded.name)
            .field("key", &self.encoded.key())
            .finish_non_exhaustive()
    }
}

/// A name for a credential, under which a journal keeps what is to be done with it. Never the credential itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(Arc<str>);

impl Account {
    /// The account of this name: 1 to 64 ASCII letters, digits, `.`, `-` and `_`.
    ///
    /// # Errors
    /// When it is no such name.
    pub fn new(name: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let name = name.as_ref();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if (1..=64).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidValue::new("account", "must be 1 to 64 ASCII letters, digits, '.', '-' and '_'"))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shown on purpose: it is a name that an operator gave.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.0)
    }
}

#[cfg(test)]
mod tests;
