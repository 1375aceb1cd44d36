//! What a request must pass before its endpoint sees it, in the framework's order: the path, what it accepts, the version, the
//! credential, the method, the scope or the kind of key, the idempotency key.

use crate::config::Config;
use crate::drf::{self, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::keys::{self, Use};
use crate::multipart::{Digester, Upload};
use crate::oauth::{self, Grant};
use crate::payments::{self, Version};
use crate::routes::{self, Access, Route};
use crate::world::World;
use bytes::Bytes;
use http::header::{ALLOW, HOST, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Request, Response, StatusCode};
use std::time::Duration;

/// The whole way of a request through the APIs.
pub(crate) fn answer(world: &mut World, now: Duration, request: &Request<Bytes>) -> Response<Bytes> {
    let Config { body_limit, upload_limit, .. } = world.config;
    let limit = if Digester::wanted(request).is_some() { upload_limit } else { Some(body_limit as u64) };
    if limit.is_some_and(|limit| Upload::body_length(request) > limit) {
        let detail = "The request body is larger than the sandbox accepts.";
        return Refusal::detail(StatusCode::PAYLOAD_TOO_LARGE, detail).into();
    }
    let path = request.uri().path();
    let (routes, id) = routes::at(path);
    let Some(first) = routes.first() else { return astray(path, request.uri().query()) };
    let origin = origin(&world.config, request);
    let exchange = |version| Exchange { now, origin: &origin, request, id, version };
    let passed = match first.access {
        Access::Open => open(world, &routes, &exchange(Version::default())),
        Access::Scope(_) => bearer(world, &routes, &exchange(Version::default())),
        Access::UserKey | Access::AppKey => versioned(request, world.config.version)
            .and_then(|version| api_key(world, &routes, &exchange(version))),
    };
    passed.unwrap_or_else(Response::from)
}

/// No such path: Django's page, or its redirect where only the slash at the end is missing (`APPEND_SLASH`, T2).
fn astray(path: &str, query: Option<&str>) -> Response<Bytes> {
    let slashed = format!("{path}/");
    if path.ends_with('/') || routes::at(&slashed).0.is_empty() {
        let text = "The requested resource was not found on this server.";
        return drf::html(StatusCode::NOT_FOUND, "Not Found", text);
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let target = query.map_or(slashed.clone(), |query| format!("{slashed}?{query}"));
    // It is a part of an address that was already parsed, so it can be written.
    response.headers_mut().extend(HeaderValue::try_from(target).ok().map(|target| (LOCATION, target)));
    response
}

/// Scheme, host and port of absolute links: as configured, or as the request saw us.
fn origin(config: &Config, request: &Request<Bytes>) -> String {
    if let Some(origin) = &config.origin {
        return origin.clone();
    }
    let uri = request.uri();
    match (uri.scheme_str(), uri.authority(), request.headers().get(HOST).map(HeaderValue::to_str)) {
        (Some(scheme), Some(authority), _) => format!("{scheme}://{authority}"),
        (_, _, Some(Ok(host))) => format!("http://{host}"),
        _ => "http://localhost".to_owned(),
    }
}

fn open(world: &mut World, routes: &[&Route], exchange: &Exchange<'_>) -> Answer {
    match method(routes, exchange.request) {
        Ok(route) => (route.handler)(world, exchange),
        // A plain Django view: the framework's JSON isn't there to say it.
        Err(_) => {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            Ok(response)
        }
    }
}

fn method<'a>(routes: &[&'a Route], request: &Request<Bytes>) -> Result<&'a Route, Refusal> {
    let method = request.method().as_str();
    routes.iter().find(|route| route.method == method).copied().ok_or_else(|| {
        let allowed: Vec<_> = routes.iter().map(|route| route.method).collect();
        Refusal::method_not_allowed(method, &allowed.join(", "))
    })
}

/// The partner API.
fn bearer(world: &mut World, routes: &[&Route], exchange: &Exchange<'_>) -> Answer {
    let request = exchange.request;
    drf::negotiate(request.headers())?;
    // RFC 6750 section 3.1: no error code for a request that shows no credential at all.
    let token = oauth::bearer(request.headers()).ok_or(Refusal::unauthorized("Bearer realm=\"api\""))?;
    let Some(grant) = world.tokens.grant(exchange.now, token).cloned() else {
        return Err(Refusal::unauthorized("Bearer realm=\"api\", error=\"invalid_token\""));
    };
    let route = method(routes, request)?;
    scope(route, &grant)?;
    let Some(key) = keys::key_of(route.key, request.headers())? else {
        return (route.handler)(world, exchange);
    };
    let usage = Use {
        client: grant.client,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        key,
    };
    let body = Upload::body_sha256(request);
    if let Some(first) = world.replies.replay(&usage, body) {
        return Ok(first);
    }
    let response = (route.handler)(world, exchange).unwrap_or_else(Response::from);
    world.replies.keep(usage, body, &response);
    Ok(response)
}

fn scope(route: &Route, grant: &Grant) -> Result<(), Refusal> {
    let Access::Scope(needed) = route.access else { return Ok(()) };
    if grant.scopes.iter().any(|scope| scope == needed) {
        return Ok(());
    }
    let challenge = format!("Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{needed}\"");
    Err(Refusal::Detail {
        status: StatusCode::FORBIDDEN,
        detail: "You do not have permission to perform this action.".into(),
        header: HeaderValue::try_from(challenge).ok().map(|challenge| (WWW_AUTHENTICATE, challenge)),
    })
}

fn versioned(request: &Request<Bytes>, default: Version) -> Result<Version, Refusal> {
    drf::negotiate(request.headers())?;
    payments::version_of(request.headers(), default)
}

/// The payments API.
fn api_key(world: &mut World, routes: &[&Route], exchange: &Exchange<'_>) -> Answer {
    let forbidden = |detail| Refusal::detail(StatusCode::FORBIDDEN, detail);
    let mut given = exchange.request.headers().get_all("x-api-key").iter();
    let key = match (given.next(), given.next()) {
        (Some(key), None) => key.to_str().unwrap_or_default(),
        // The framework answers 403 where a scheme has no challenge to offer.
        _ => return Err(forbidden("Authentication credentials were not provided.")),
    };
    let (user, app) = (world.is_user_key(key), world.is_app_key(key));
    if !user && !app {
        return Err(forbidden("Invalid API key."));
    }
    let route = method(routes, exchange.request)?;
    if (route.access == Access::UserKey && !user) || (route.access == Access::AppKey && !app) {
        return Err(forbidden("You do not have permission to perform this action."));
    }
    (route.handler)(world, exchange)
}

#[cfg(test)]
mod tests;
