//! The sandbox's own calls under `/_sandbox/`: arming faults, expiring tokens, looking at what happened. JSON, no credential.
//!
//! | call | what it does |
//! | --- | --- |
//! | `GET /_sandbox/state` | counts of objects, requests, tokens, keys; documents with length and SHA-256; the faults that wait |
//! | `POST /_sandbox/faults` | arms a fault: `{"fault": "drop-response", "times": 1, "match": {"method": "POST", "path": "/api/"}}` |
//! | `DELETE /_sandbox/faults` | takes back the faults that wait |
//! | `POST /_sandbox/pay` | pays a payment link: `{"link": "VX0GK5cvM1dO"}`; its webhook follows |
//! | `POST /_sandbox/advance` | the next status of an investment, or the one that is named: `{"investment": "…", "status": "PAID"}` |
//! | `POST /_sandbox/expire-tokens` | expires every bearer token |
//! | `POST /_sandbox/forget-keys` | forgets every idempotency key |
//!
//! Everything else in the JSON of the second call than `fault` may be left out. `path` is what a path must begin with.

use crate::drf::{self, Refusal};
use crate::engine::Sandbox;
use crate::exchange::Answer;
use crate::faults::Armed;
use crate::store::{Kind, Object};
use crate::webhooks::Payer;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const PREFIX: &str = "/_sandbox/";

pub(crate) fn answer(sandbox: &mut Sandbox, now: Duration, request: &Request<Bytes>) -> Response<Bytes> {
    let call = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let answer = match (request.method().as_str(), call) {
        ("GET", "state") => done(&state(sandbox, now)),
        ("POST", "faults") => arm(sandbox, request.body()),
        ("DELETE", "faults") => done(&json!({ "disarmed": sandbox.disarm() })),
        ("POST", "pay") => pay(sandbox, now, request.body()),
        ("POST", "advance") => advance(sandbox, now, request.body()),
        ("POST", "expire-tokens") => done(&json!({ "expired": sandbox.expire_tokens() })),
        ("POST", "forget-keys") => done(&json!({ "forgotten": sandbox.forget_keys() })),
        (method, "state") => Err(Refusal::method_not_allowed(method, "GET")),
        (method, "faults") => Err(Refusal::method_not_allowed(method, "POST, DELETE")),
        (method, "pay" | "advance" | "expire-tokens" | "forget-keys") => {
            Err(Refusal::method_not_allowed(method, "POST"))
        }
        _ => Err(Refusal::not_found()),
    };
    answer.unwrap_or_else(Response::from)
}

fn done(body: &Value) -> Answer {
    Ok(drf::json(StatusCode::OK, body))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArmRequest {
    fault: String,
    #[serde(default = "once")]
    times: u32,
    #[serde(default, rename = "match")]
    only: Match,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    method: Option<String>,
    #[serde(default)]
    path: String,
}

fn once() -> u32 {
    1
}

fn arm(sandbox: &mut Sandbox, body: &Bytes) -> Answer {
    let refused = |error: &dyn std::fmt::Display| Refusal::bad_request(error.to_string());
    let asked: ArmRequest = serde_json::from_slice(body).map_err(|error| refused(&error))?;
    let mut armed = Armed::new(asked.fault.parse().map_err(|error| refused(&error))?);
    armed.times = asked.times;
    armed.path_prefix = asked.only.path;
    if let Some(method) = asked.only.method {
        armed.method = Some(Method::from_bytes(method.as_bytes()).map_err(|error| refused(&error))?);
    }
    sandbox.arm(armed);
    Ok(drf::json(StatusCode::CREATED, &faults(sandbox)))
}

fn pay(sandbox: &mut Sandbox, now: Duration, body: &Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        link: String,
        iban: Option<String>,
    }
    let refused = |error: &dyn std::fmt::Display| Refusal::bad_request(error.to_string());
    let asked: Asked = serde_json::from_slice(body).map_err(|error| refused(&error))?;
    let mut payer = Payer::default();
    payer.iban = asked.iban.unwrap_or(payer.iban);
    let payment = sandbox.pay(now, &asked.link, &payer).map_err(|error| refused(&error))?;
    done(&json!({ "payment": payment }))
}

fn advance(sandbox: &mut Sandbox, now: Duration, body: &Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        investment: String,
        status: Option<String>,
    }
    let asked: Asked =
        serde_json::from_slice(body).map_err(|error| Refusal::bad_request(error.to_string()))?;
    let status = sandbox.advance(now, &asked.investment, asked.status.as_deref());
    status.ok_or_else(Refusal::not_found).and_then(|status| done(&json!({ "status": status })))
}

fn faults(sandbox: &Sandbox) -> Value {
    let entries = sandbox.armed().map(|armed| {
        json!({
            "fault": armed.faults.to_string(),
            "times": armed.times,
            "match": { "method": armed.method.as_ref().map(Method::as_str), "path": armed.path_prefix },
        })
    });
    entries.collect()
}

fn state(sandbox: &Sandbox, now: Duration) -> Value {
    let count = |kind: &Kind| (kind.name().to_owned(), Value::from(sandbox.count(*kind)));
    let requests = sandbox.statistics().iter().map(|(line, count)| (line, Value::from(count)));
    json!({
        "objects": Kind::ALL.iter().map(count).collect::<Value>(),
        "documents": sandbox.objects(Kind::Document).iter().map(Object::json).collect::<Value>(),
        "requests": requests.collect::<Value>(),
        "tokens": { "requests": sandbox.statistics().token_requests(), "live": sandbox.live_tokens(now) },
        "keys": {
            "stored": sandbox.stored_keys(),
            "replays": sandbox.replays(),
            "replays_of_other_bodies": sandbox.replays_of_other_bodies(),
        },
        "webhooks": {
            "waiting": sandbox.waiting_webhooks(),
            "arrived": sandbox.webhooks_sent().0,
            "failed": sandbox.webhooks_sent().1,
            "attempts": sandbox.webhooks_sent().2,
        },
        "faults": faults(sandbox),
    })
}

#[cfg(test)]
mod tests;
