//! The sandbox's own calls under `/_sandbox/`: arming faults, expiring tokens, looking at what happened. JSON, no credential.
//!
//! | call | what it does |
//! | --- | --- |
//! | `GET /_sandbox/state` | counts of objects, requests, tokens, keys; documents with length and SHA-256; the faults that wait |
//! | `POST /_sandbox/faults` | arms a fault: `{"fault": "drop-response", "times": 1, "match": {"method": "POST", "path": "/api/"}}` |
//! | `DELETE /_sandbox/faults` | takes back the faults that wait |
//! | `POST /_sandbox/pay` | pays a payment link: `{"link": "VX0GK5cvM1dO"}`, and what [`Payer`] has; its webhook follows |
//! | `POST /_sandbox/advance` | the next status of an investment, or the one that is named: `{"investment": "…", "status": "PAID"}` |
//! | `POST /_sandbox/settle` | a transfer has succeeded, or has the status that is named: `{"transfer": "…", "status": "failed"}` |
//! | `POST /_sandbox/mode` | an API key in production, or in test mode: `{"key": "…", "live": true}` |
//! | `POST /_sandbox/mischief` | what goes wrong with webhooks: `{"repeat_every": 10, "forge_every": 7, "shuffle": true}` |
//! | `POST /_sandbox/webhook-secret` | what signed webhooks are signed with from now on: `{"secret": "…"}` |
//! | `POST /_sandbox/expire-tokens` | expires every bearer token |
//! | `POST /_sandbox/forget-keys` | forgets every idempotency key |
//!
//! Everything else in the JSON of the second call than `fault` may be left out. `path` is what a path must begin with. Mischief that
//! isn't named is off. What happens and has no webhook to tell it is answered with `"webhook": "none configured"`; a status that no page has,
//! with a `warning`.

use crate::drf::{self, Refusal};
use crate::engine::Sandbox;
use crate::exchange::Answer;
use crate::faults::Armed;
use crate::partner::transfers;
use crate::store::{Kind, Object};
use crate::webhooks::{Mischief, NotAdvanced, Payer, is_documented};
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
        ("POST", "settle") => settle(sandbox, request.body()),
        ("POST", "mode") => mode(sandbox, request.body()),
        ("POST", "mischief") => mischief(sandbox, request.body()),
        ("POST", "webhook-secret") => exchange(sandbox, request.body()),
        ("POST", "expire-tokens") => done(&json!({ "expired": sandbox.expire_tokens() })),
        ("POST", "forget-keys") => done(&json!({ "forgotten": sandbox.forget_keys() })),
        (method, "state") => Err(Refusal::method_not_allowed(method, "GET")),
        (method, "faults") => Err(Refusal::method_not_allowed(method, "POST, DELETE")),
        (
            method,
            "pay" | "advance" | "settle" | "mode" | "mischief" | "webhook-secret" | "expire-tokens"
            | "forget-keys",
        ) => Err(Refusal::method_not_allowed(method, "POST")),
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

/// What a call asks for; 400 where it isn't that.
fn asked<'a, T: Deserialize<'a>>(body: &'a Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(refused)
}

fn refused(error: impl std::fmt::Display) -> Refusal {
    Refusal::bad_request(error.to_string())
}

fn arm(sandbox: &mut Sandbox, body: &Bytes) -> Answer {
    let asked: ArmRequest = asked(body)?;
    let mut armed = Armed::new(asked.fault.parse().map_err(refused)?);
    armed.times = asked.times;
    armed.path_prefix = asked.only.path;
    if let Some(method) = asked.only.method {
        armed.method = Some(Method::from_bytes(method.as_bytes()).map_err(refused)?);
    }
    sandbox.arm(armed);
    Ok(drf::json(StatusCode::CREATED, &faults(sandbox)))
}

/// Everything but the link may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayRequest {
    link: String,
    iban: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
    address: Option<String>,
    freetext: Option<String>,
    next_charge: Option<String>,
    recurring_initial: Option<bool>,
}

fn pay(sandbox: &mut Sandbox, now: Duration, body: &Bytes) -> Answer {
    let asked: PayRequest = asked(body)?;
    let mut payer = Payer::default();
    for (place, given) in [
        (&mut payer.iban, asked.iban),
        (&mut payer.first_name, asked.first_name),
        (&mut payer.last_name, asked.last_name),
        (&mut payer.email, asked.email),
        (&mut payer.phone_number, asked.phone_number),
        (&mut payer.address, asked.address),
        (&mut payer.freetext, asked.freetext),
    ] {
        if let Some(given) = given {
            *place = given;
        }
    }
    (payer.next_charge, payer.recurring_initial) = (asked.next_charge, asked.recurring_initial);
    let payment = sandbox.pay(now, &asked.link, &payer).map_err(refused)?;
    happened(json!({ "payment": payment }), sandbox.tells_of_payments(&asked.link))
}

/// What happened, and that nobody is told of it where that is so.
fn happened(mut what: Value, is_told: bool) -> Answer {
    if !is_told {
        what["webhook"] = "none configured".into();
    }
    done(&what)
}

fn advance(sandbox: &mut Sandbox, now: Duration, body: &Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        investment: String,
        status: Option<String>,
    }
    let asked: Asked = asked(body)?;
    let status = match sandbox.advance(now, &asked.investment, asked.status.as_deref()) {
        Err(NotAdvanced::NoSuchInvestment) => return Err(Refusal::not_found()),
        status => status.map_err(refused)?,
    };
    let told = has_status(&status, is_documented(&status));
    happened(told, sandbox.config().webhooks.partner.is_some())
}

/// The status that something has now, which may be one that no page has: a typing error should be seen.
fn has_status(status: &str, is_documented: bool) -> Value {
    let mut told = json!({ "status": status });
    if !is_documented {
        told["warning"] = format!("\"{status}\" is not a documented status").into();
    }
    told
}

fn settle(sandbox: &mut Sandbox, body: &Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        transfer: String,
        status: Option<String>,
    }
    let asked: Asked = asked(body)?;
    let status = asked.status.as_deref().unwrap_or("succeeded");
    match sandbox.settle_transfer(&asked.transfer, status) {
        true => done(&has_status(status, transfers::STATUSES.contains(&status))),
        false => Err(Refusal::not_found()),
    }
}

/// The answer doesn't repeat the key, which is a secret.
fn mode(sandbox: &mut Sandbox, body: &Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        key: String,
        live: bool,
    }
    let asked: Asked = asked(body)?;
    match sandbox.set_live(&asked.key, asked.live) {
        true => done(&json!({ "live": asked.live })),
        false => Err(refused("there is no such API key")),
    }
}

fn mischief(sandbox: &mut Sandbox, body: &Bytes) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Asked {
        repeat_every: u32,
        forge_every: u32,
        shuffle: bool,
    }
    let Asked { repeat_every, forge_every, shuffle } = asked(body)?;
    let mut webhooks = sandbox.config().webhooks.clone();
    webhooks.mischief = Mischief { repeat_every, forge_every, shuffle };
    sandbox.set_webhooks(webhooks);
    done(&json!({ "repeat_every": repeat_every, "forge_every": forge_every, "shuffle": shuffle }))
}

/// The vendor's own way is not documented. What happened before keeps its signature, and the answer doesn't repeat the secret.
fn exchange(sandbox: &mut Sandbox, body: &Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        secret: String,
    }
    let Asked { secret } = asked(body)?;
    if secret.is_empty() {
        return Err(refused("a secret has at least one character"));
    }
    let mut webhooks = sandbox.config().webhooks.clone();
    let hook = webhooks.signed.as_mut().ok_or_else(|| refused("no signed webhooks are configured"))?;
    hook.secret = secret;
    sandbox.set_webhooks(webhooks);
    done(&json!({ "exchanged": true }))
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
