//! What a sandbox is built from: its seed, its page size, and who may talk to it.

use crate::payments::Version;
use crate::webhooks::Webhooks;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Everything that a sandbox is told at the start. The same configuration and the same requests at the same
/// times give the same answers, byte for byte.
///
/// ```
/// use cashlink_sandbox::{Config, OAuthClient};
///
/// let mut config = Config::default();
/// config.seed = 7;
/// config.clients.push(OAuthClient::new("my-platform").secret("s3cret").scope("investors:read"));
/// assert_eq!(config.page_size.get(), 10);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// Every id, token and key that the sandbox makes is derived from this number and a counter. Default: 0.
    pub seed: u64,
    /// How many objects a page of a list holds. Default: 10 (the vendor's own is undocumented).
    pub page_size: NonZeroUsize,
    /// How long a bearer token is accepted. Default: one hour (the vendor's own is undocumented).
    pub token_lifetime: Duration,
    /// Scheme, host and port of absolute links (`next`, `previous`, `url`), such as `https://demo.example`, without a
    /// slash at the end. `None`, the default: taken from each request, as Django does from its `Host` header.
    pub origin: Option<String>,
    /// The OAuth clients of the partner API. Default: the [demo](crate::demo) clients.
    pub clients: Vec<OAuthClient>,
    /// The USERKEYs of the payments API (payment links). Default: [`demo::USER_KEY`](crate::demo::USER_KEY).
    pub user_keys: Vec<String>,
    /// The APPKEYs of the payments API (registering businesses). Default: [`demo::APP_KEY`](crate::demo::APP_KEY).
    pub app_keys: Vec<String>,
    /// Whether `tax_information`, `bank_account` and `communication` are required of a new investor. The vendor's pages
    /// contradict each other here: the newer ones say so, the older ones call them optional. Default: `false`.
    pub strict_investors: bool,
    /// The version of the payments API for requests that name none. Default: the latest.
    pub version: Version,
    /// The keys that are in production mode; every other key is in test mode, as the vendor's are at first. Default: none.
    pub live_keys: Vec<String>,
    /// Where webhooks go. Default: nowhere.
    pub webhooks: Webhooks,
    /// The largest request body, in bytes; a larger one is answered 413. Documents have a limit of their own. Default: 32 MiB.
    pub body_limit: usize,
    /// The largest body with a document, in bytes, framing included; a larger one is answered 413. Documents are hashed as they come,
    /// and not kept, so none needs a limit. Default: none.
    pub upload_limit: Option<u64>,
}

impl Default for Config {
    fn default() -> Self {
        use crate::demo;
        Self {
            seed: 0,
            page_size: NonZeroUsize::MIN.saturating_add(9),
            token_lifetime: Duration::from_secs(3600),
            origin: None,
            clients: vec![demo::distributor(), demo::issuer()],
            user_keys: vec![demo::USER_KEY.to_owned()],
            app_keys: vec![demo::APP_KEY.to_owned()],
            strict_investors: false,
            version: Version::default(),
            live_keys: Vec::new(),
            webhooks: Webhooks::default(),
            body_limit: 32 * 1024 * 1024,
            upload_limit: None,
        }
    }
}

/// Secrets are counted, not shown: a configuration may name credentials that are used elsewhere too (T11).
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("seed", &self.seed)
            .field("page_size", &self.page_size)
            .field("token_lifetime", &self.token_lifetime)
            .field("origin", &self.origin)
            .field("clients", &self.clients)
            .field("user_keys", &self.user_keys.len())
            .field("app_keys", &self.app_keys.len())
            .field("strict_investors", &self.strict_investors)
            .field("version", &self.version)
            .field("live_keys", &self.live_keys.len())
            .field("webhooks", &self.webhooks)
            .field("body_limit", &self.body_limit)
            .field("upload_limit", &self.upload_limit)
            .finish()
    }
}

/// A client of the partner API: who it is, how it proves it, and the scopes that it may ask for.
///
/// ```
/// use cashlink_sandbox::OAuthClient;
///
/// let client = OAuthClient::new("reader").secret("p@ss:word").scope("investors:read");
/// assert_eq!(client.scopes, ["investors:read"]);
/// assert!(!format!("{client:?}").contains("p@ss"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthClient {
    /// The `client_id`.
    pub id: String,
    /// The `client_secret`.
    pub secret: String,
    /// The scopes that the client may be granted, such as `investors:write`.
    pub scopes: Vec<String>,
}

impl OAuthClient {
    /// A client with this id, an empty secret and no scope.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), secret: String::new(), scopes: Vec::new() }
    }

    /// The same client with this secret.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = secret.into();
        self
    }

    /// The same client with one more scope.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("id", &self.id)
            .field("secret", &format_args!("[redacted]"))
            .field("scopes", &self.scopes)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t11_no_secret_of_a_configuration_is_ever_printed() {
        let config = Config {
            clients: vec![OAuthClient::new("canary-id").secret("canary-secret").scope("investors:read")],
            user_keys: vec!["canary-user-key".to_owned()],
            app_keys: vec!["canary-app-key".to_owned()],
            ..Config::default()
        };
        let printed = format!("{config:?} {config:#?}");
        for secret in ["canary-secret", "canary-user-key", "canary-app-key"] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
        assert!(printed.contains("canary-id"));
    }
}
