//! OAuth 2.0 client credentials (RFC 6749 section 4.4): the token endpoint, and the bearer tokens that it gives out (RFC 6750).
//!
//! The vendor documents the request (form body) and `access_token`. The rest is the RFC's: HTTP Basic, the errors of section
//! 5.2, `token_type`, `expires_in`, `scope`.

use crate::config::OAuthClient;
use crate::drf;
use crate::exchange::Exchange;
use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a bearer token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client: String,
    pub(crate) scopes: Vec<String>,
    expires: Duration,
}

/// The tokens that were given out and have not ended.
#[derive(Debug, Default)]
pub(crate) struct Tokens(BTreeMap<String, Grant>);

impl Tokens {
    /// What the token stands for, if it does at this time.
    pub(crate) fn grant(&self, now: Duration, token: &str) -> Option<&Grant> {
        self.0.get(token).filter(|grant| now < grant.expires)
    }

    pub(crate) fn live(&self, now: Duration) -> usize {
        self.0.values().filter(|grant| now < grant.expires).count()
    }

    /// Ends one token. Ended and unknown are the same from outside, so it is simply forgotten.
    pub(crate) fn expire(&mut self, token: &str) {
        self.0.remove(token);
    }

    pub(crate) fn expire_all(&mut self) -> usize {
        std::mem::take(&mut self.0).len()
    }

    fn add(&mut self, now: Duration, token: String, grant: Grant) {
        // A sandbox that runs for weeks must not remember every token of its life.
        self.0.retain(|_, grant| now < grant.expires);
        self.0.insert(token, grant);
    }
}

/// The bearer token that the request shows: exactly one `Authorization`, scheme in any case (RFC 6750 section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// `POST /api/external/oauth/token`
pub(crate) fn issue(world: &mut World, exchange: &Exchange<'_>) -> Response<Bytes> {
    let (client, scopes) = match granted(&world.config.clients, exchange) {
        Ok(granted) => granted,
        Err(error) => return error.response(),
    };
    let token = world.mint.text("token", 32);
    let answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": world.config.token_lifetime.as_secs(),
        "scope": scopes.join(" "),
    });
    let expires = exchange.now.saturating_add(world.config.token_lifetime);
    world.tokens.add(exchange.now, token, Grant { client, scopes, expires });
    uncached(drf::json(StatusCode::OK, &answer))
}

/// RFC 6749 section 5.1 asks for both headers wherever a token may be.
fn uncached(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// An error of RFC 6749 section 5.2.
#[derive(Debug, PartialEq, Eq)]
struct TokenError {
    error: &'static str,
    description: &'static str,
}

impl TokenError {
    const fn request(description: &'static str) -> Self {
        Self { error: "invalid_request", description }
    }

    const CLIENT: Self =
        Self { error: "invalid_client", description: "The client is unknown, or its secret is wrong." };

    fn response(&self) -> Response<Bytes> {
        let unknown_client = self.error == "invalid_client";
        let status = if unknown_client { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = uncached(drf::json(status, &body));
        if unknown_client {
            let challenge = HeaderValue::from_static("Basic realm=\"api\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

fn granted(clients: &[OAuthClient], exchange: &Exchange<'_>) -> Result<(String, Vec<String>), TokenError> {
    let form = form(exchange)?;
    let client = authenticated(clients, exchange.request.headers(), &form)?;
    match form.get("grant_type").map(|grant| &**grant) {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(TokenError {
                error: "unsupported_grant_type",
                description: "Only client_credentials is supported.",
            });
        }
        None => return Err(TokenError::request("grant_type is missing.")),
    }
    Ok((client.id.clone(), scopes(client, form.get("scope").map(|scope| &**scope))?))
}

type Form<'a> = BTreeMap<Cow<'a, str>, Cow<'a, str>>;

/// The parameters: none twice, and an empty one is none at all (RFC 6749 section 3.2).
fn form<'a>(exchange: &Exchange<'a>) -> Result<Form<'a>, TokenError> {
    let content_type = exchange.request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::request("The body must be application/x-www-form-urlencoded."));
    }
    let mut form = Form::new();
    for (name, value) in form_urlencoded::parse(exchange.request.body()) {
        if form.insert(name, value).is_some() {
            return Err(TokenError::request("A parameter is given twice."));
        }
    }
    form.retain(|_, value| !value.is_empty());
    Ok(form)
}

fn authenticated<'a>(
    clients: &'a [OAuthClient],
    headers: &HeaderMap,
    form: &Form<'_>,
) -> Result<&'a OAuthClient, TokenError> {
    let in_body = (form.get("client_id"), form.get("client_secret"));
    let (id, secret) = match (headers.get(AUTHORIZATION), in_body) {
        (Some(_), (_, Some(_))) => {
            return Err(TokenError::request("Credentials are given both in the header and in the body."));
        }
        (Some(value), (named, None)) => {
            let (id, secret) = basic(value).ok_or(TokenError::CLIENT)?;
            if named.is_some_and(|named| *named != id) {
                return Err(TokenError::request("The client_id in the body is not the one in the header."));
            }
            (id, secret)
        }
        (None, (Some(id), Some(secret))) => (id.to_string(), secret.to_string()),
        (None, _) => return Err(TokenError::CLIENT),
    };
    clients.iter().find(|client| client.id == id && client.secret == secret).ok_or(TokenError::CLIENT)
}

/// HTTP Basic, id and secret each form-encoded first (RFC 6749 section 2.3.1): a server that skips the decoding works with
/// plain credentials and fails with the first `+`, `%` or `:` in a secret (T20).
fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let form_decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().ok().map(Cow::into_owned)
    };
    Some((form_decoded(id)?, form_decoded(secret)?))
}

/// The scopes that are granted: those asked for, or all of the client's when none is named.
fn scopes(client: &OAuthClient, asked: Option<&str>) -> Result<Vec<String>, TokenError> {
    let Some(asked) = asked else { return Ok(client.scopes.clone()) };
    let mut scopes = Vec::new();
    // RFC 6749 section 3.3: tokens separated by single spaces; an empty one is as unknown as a misspelt one.
    for scope in asked.split(' ') {
        if !client.scopes.iter().any(|own| own == scope) {
            return Err(TokenError {
                error: "invalid_scope",
                description: "A scope is unknown, or is not one of this client's.",
            });
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests;
