//! Configuration and credential: what a client is, before anything is sent. It starts flows and does nothing else.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use http::HeaderValue;

use crate::api::sealed::IntoFields as _;
use crate::budget::Budget;
use crate::flow::{Prior, Step};
use crate::observe::Observer;
use crate::settings::Settings;
use crate::{Call, Credential, InvalidValue, Now, Operation, Policy};

/// One account at one API: where requests go, who sends them, how patiently. Immutable, cheap to clone, and shared by as
/// many threads as there are.
///
/// `C` is the kind of credential, and so the API: only its operations start here.
///
/// ```
/// use cashlink_core::partner::{Partner, scope, distributor::ListInvestors};
/// use cashlink_core::{Bearer, Client, Now, Secret, Step};
/// use core::time::Duration;
///
/// let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?.scopes([scope::INVESTORS_READ]);
/// let client = Client::new(Partner::demo(), bearer);
///
/// let now = Now::new(1_605_700_000, Duration::ZERO);
/// let entropy = [0; 16]; // 16 random bytes: they spread the waits before retries
/// assert!(matches!(client.start(&ListInvestors::new(), now, entropy), Step::Authorize(_)));
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
pub struct Client<C> {
    settings: Arc<Settings>,
    credential: PhantomData<fn() -> C>,
}

impl<C: Credential> Client<C> {
    /// A client with the default [`Policy`].
    #[must_use]
    pub fn new(api: C::Api, credential: C) -> Self {
        Self::builder(api, credential).build()
    }

    /// A client with settings of its own.
    ///
    /// ```
    /// use cashlink_core::payments::Payments;
    /// use cashlink_core::{Client, Policy, Secret, UserKey};
    ///
    /// let mut policy = Policy::default();
    /// policy.attempts = 2;
    /// let client = Client::builder(Payments::production(), UserKey::new(Secret::new("key"))?)
    ///     .policy(policy)
    ///     .application("web-shop/2.1")?
    ///     .build();
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn builder(api: C::Api, credential: C) -> ClientBuilder<C> {
        ClientBuilder {
            api,
            credential,
            policy: Policy::default(),
            user_agent: HeaderValue::from_static(LIBRARY),
            observer: None,
        }
    }

    /// Encodes the operation and starts its flow. An operation that can't be encoded is done at once, with the reason.
    ///
    /// `entropy` is 16 random bytes; they only spread the waits before retries. No waiting is done here, nothing is sent.
    pub fn start<O>(&self, operation: &O, now: Now, entropy: [u8; 16]) -> Step<O::Output>
    where
        O: Operation<Credential = C>,
    {
        match Call::new(operation) {
            Ok(call) => self.perform(&call, now, entropy),
            Err(error) => Step::Done(Err(error)),
        }
    }

    /// Starts the flow of an encoded call; as [`Client::start`]. The same call can be performed again, with the same
    /// bytes and the same key.
    pub fn perform<T>(&self, call: &Call<T, C>, now: Now, entropy: [u8; 16]) -> Step<T> {
        self.resume(call, Prior::default(), now, entropy)
    }

    /// Starts the flow of a call that an earlier process has attempted already, so that its certainty spans both. A call
    /// that must not be repeated after an ambiguous attempt is done at once, unsent.
    pub fn resume<T>(&self, call: &Call<T, C>, prior: Prior, now: Now, entropy: [u8; 16]) -> Step<T> {
        Step::start(&self.settings, call, prior, now, entropy)
    }

    pub(crate) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The settings that this client was made with.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.settings.policy
    }
}

/// `User-Agent`: the library and its version; the application's own comes behind it.
const LIBRARY: &str = concat!("cashlink-rust/", env!("CARGO_PKG_VERSION"));

/// Settles what a [`Client`] is made of.
pub struct ClientBuilder<C: Credential> {
    api: C::Api,
    credential: C,
    policy: Policy,
    user_agent: HeaderValue,
    observer: Option<Arc<dyn Observer>>,
}

impl<C: Credential> ClientBuilder<C> {
    /// Patience: attempts, waits, time-outs, limits.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The application's name in `User-Agent`, behind the library's: `web-shop/2.1` goes out as
    /// `cashlink-rust/0.1.0 web-shop/2.1`, over every stack and with the token call, too.
    ///
    /// # Errors
    /// When it is empty or holds anything but visible ASCII and single spaces.
    pub fn application(mut self, name: &str) -> Result<Self, InvalidValue> {
        const RULE: InvalidValue =
            InvalidValue::new("application name", "must be visible ASCII words: name/version");
        if name.split(' ').any(|word| word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(RULE);
        }
        self.user_agent = HeaderValue::try_from(alloc::format!("{LIBRARY} {name}")).map_err(|_| RULE)?;
        Ok(self)
    }

    /// Who is told of every flow, for metrics.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> Client<C> {
        let fields = self.api.into_fields();
        let base = fields.base.as_base();
        let settings = Settings {
            token_endpoint: fields.token_endpoint.unwrap_or_else(|| base.with_suffix("oauth/token")),
            base,
            authentication: self.credential.into_authentication(),
            links: fields.links,
            version: fields.version,
            confirmed: fields.confirmed,
            budget: Budget::new(self.policy.retry_budget),
            policy: self.policy,
            user_agent: self.user_agent,
            observer: self.observer,
        };
        Client { settings: Arc::new(settings), credential: PhantomData }
    }
}

impl<C> Clone for Client<C> {
    fn clone(&self) -> Self {
        Self { settings: Arc::clone(&self.settings), credential: PhantomData }
    }
}

impl<C> fmt::Debug for Client<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.settings.base)
            .field("policy", &self.settings.policy)
            .finish_non_exhaustive()
    }
}

impl<C: Credential> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("policy", &self.policy).finish_non_exhaustive()
    }
}
