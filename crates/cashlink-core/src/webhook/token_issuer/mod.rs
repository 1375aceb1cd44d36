//! The newer generation, the other form: Cashlink obtains a token by OAuth client credentials, and **we** are the token server
//! (RFC 6749 §4.4).
//!
//! `request.rs` reads the token request, `token.rs` is the token itself.

mod request;
#[cfg(test)]
mod tests;
mod token;

pub use token::TokenKey;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};

use super::bearer::{MAX_BODY, Unauthorized, digest, index_of, shown};
use super::notice::Authenticated;
use crate::{InvalidValue, Now, Secret};
use request::Refusal;

/// Larger than any token request by two orders of magnitude.
const MAX_REQUEST: usize = 16 * 1024;

/// A token server for one client, Cashlink: it answers token requests, and checks the tokens that come with deliveries.
///
/// The tokens are stateless: what is signed into them is when they were given and when they end, so that any of several
/// receivers can check them, and nothing has to be stored. Both the client's secrets and the signing keys can be several, while one is exchanged.
///
/// ```
/// use cashlink_core::http::{HeaderMap, HeaderValue, Request, header};
/// use cashlink_core::webhook::{Notice, TokenIssuer, TokenKey};
/// use cashlink_core::{Now, Secret};
/// use core::time::Duration;
///
/// let key = TokenKey::new(&Secret::new("32 random bytes, from a real source"))?;
/// let issuer = TokenIssuer::new("cashlink", &Secret::new("what Cashlink was given"), key)?;
///
/// // Cashlink asks for a token, at the URL that it was given.
/// let now = Now::new(1_605_700_800, Duration::ZERO);
/// let form = "grant_type=client_credentials&client_id=cashlink&client_secret=what+Cashlink+was+given";
/// let request = Request::post("/oauth/token")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body(form.into())?;
/// let answer = issuer.answer(now, [7; 16], &request); // 16 random bytes
/// assert_eq!(answer.status(), 200);
///
/// // And shows it with every delivery.
/// let answer: serde_json::Value = serde_json::from_slice(answer.body())?;
/// let shown = HeaderValue::try_from(format!("Bearer {}", answer["access_token"].as_str().unwrap()))?;
/// let headers = HeaderMap::from_iter([(header::AUTHORIZATION, shown)]);
/// let delivery = issuer.authenticate(now, &headers, br#"{"new":"event"}"#)?;
/// assert_eq!(delivery.notice()?, Notice::Unknown);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TokenIssuer {
    client_id: [u8; 32],
    client_secrets: Vec<[u8; 32]>,
    keys: Vec<TokenKey>,
    life: Duration,
    max_body: usize,
}

impl TokenIssuer {
    /// Gives tokens of 15 minutes to the client with this id and secret, signed with this key.
    ///
    /// # Errors
    /// When id or secret is empty.
    pub fn new(client_id: &str, client_secret: &Secret, key: TokenKey) -> Result<Self, InvalidValue> {
        if client_id.is_empty() {
            return Err(InvalidValue::new("client id", "must not be empty"));
        }
        Self {
            client_id: digest(client_id.as_bytes()),
            client_secrets: Vec::new(),
            keys: [key].into(),
            life: Duration::from_secs(15 * 60),
            max_body: MAX_BODY,
        }
        .or_client_secret(client_secret)
    }

    /// Gives tokens for this secret of the client as well.
    ///
    /// # Errors
    /// When it is empty.
    pub fn or_client_secret(mut self, client_secret: &Secret) -> Result<Self, InvalidValue> {
        if client_secret.expose().is_empty() {
            return Err(InvalidValue::new("client secret", "must not be empty"));
        }
        self.client_secrets.push(digest(client_secret.expose().as_bytes()));
        Ok(self)
    }

    /// Takes tokens that were signed with this key as well, but signs none with it: the key before this one, until its last
    /// token has ended; or the next one, before any receiver signs with it.
    #[must_use]
    pub fn or_key(mut self, key: TokenKey) -> Self {
        self.keys.push(key);
        self
    }

    /// How long tokens live, in whole seconds, at least one: what the client is told, as `expires_in`. Shorter is safer; a token
    /// can't be called back. [`Self::authenticate`] says how exactly it is kept.
    #[must_use]
    pub fn life(mut self, life: Duration) -> Self {
        self.life = life.max(Duration::from_secs(1));
        self
    }

    /// Refuses larger deliveries before anything is looked at (T58). 1 MiB.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Answers a token request: with a token, or with the error that RFC 6749 §5.2 has for it. `entropy` is 16 random bytes,
    /// which make each token another one.
    ///
    /// The client may show id and secret in the form or by HTTP Basic (RFC 6749 §2.3.1), but not its secret in both. A scope is taken for
    /// granted: there is one thing to be done here. An answer is not to be cached, and says so.
    #[must_use]
    pub fn answer(&self, now: Now, entropy: [u8; 16], request: &Request<Bytes>) -> Response<Bytes> {
        match self.check(request) {
            Ok(()) => self.grant(now, entropy),
            Err(refusal) => refusal.response(),
        }
    }

    fn check(&self, request: &Request<Bytes>) -> Result<(), Refusal> {
        if *request.method() != Method::POST {
            return Err(Refusal::Method);
        }
        if request.body().len() > MAX_REQUEST {
            return Err(Refusal::Request);
        }
        let asked = request::read(request.headers(), request.body())?;
        // All spellings of all credentials, whichever is right: see `request.rs`.
        let known = asked.credentials.iter().fold(false, |known, (id, secret)| {
            let id = index_of(&digest(id), &[self.client_id]).is_some();
            let secret = index_of(&digest(secret), &self.client_secrets).is_some();
            known | (id & secret)
        });
        match known {
            false => Err(Refusal::Client),
            true if asked.is_client_credentials => Ok(()),
            true => Err(Refusal::GrantType),
        }
    }

    fn grant(&self, now: Now, entropy: [u8; 16]) -> Response<Bytes> {
        let life = self.life.as_secs();
        // There is a first key: `new` takes it.
        let token = self.keys.first().map_or_else(String::new, |key| key.sign(now, life, entropy));
        let body =
            alloc::format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{life}}}"#);
        json(StatusCode::OK, body)
    }

    /// Proves that the sender has a token that was given here and has not ended.
    ///
    /// Where several receivers give and check tokens, their clocks may be a minute apart, either way: each takes a token for the
    /// whole life that was told. So by the clock of the receiver that gave it, it is taken for one more minute; by one that is a
    /// minute behind, for two; and no clock is further behind than that, since a token from further in the future is refused.
    ///
    /// # Errors
    /// [`Unauthorized`], whatever was wrong: as for
    /// [`BearerTokens::authenticate`](super::BearerTokens::authenticate), a token that was changed at any place, signed with
    /// another key, or has ended.
    pub fn authenticate<'a>(
        &self,
        now: Now,
        headers: &HeaderMap,
        body: &'a [u8],
    ) -> Result<Authenticated<'a>, Unauthorized> {
        let token = shown(headers, body, self.max_body)?;
        match token::key_of(token, &self.keys, now) {
            Some(index) => Ok(Authenticated::new(body, index)),
            None => Err(Unauthorized::REFUSED),
        }
    }
}

/// An answer of the token endpoint (RFC 6749 §5.1).
fn json(status: StatusCode, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuer").field("life", &self.life).finish_non_exhaustive()
    }
}
