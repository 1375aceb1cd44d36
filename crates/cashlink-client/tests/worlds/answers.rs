//! What a script is made of.

use std::time::Duration;

use cashlink_client::core::Failure;
use cashlink_client::core::http::HeaderValue;

use crate::runner::Scripted;
use crate::wire::{self, Outcome};

pub(crate) fn comes(outcome: Outcome) -> Scripted {
    Scripted { outcome, takes: Duration::ZERO }
}

pub(crate) fn answer(status: u16, json: &str) -> Scripted {
    comes(Ok(wire::answer(status, json)))
}

pub(crate) fn token(token: &str) -> Scripted {
    comes(Ok(wire::grant(token, None)))
}

pub(crate) fn found() -> Scripted {
    answer(200, r#"{"id":"17"}"#)
}

pub(crate) fn created() -> Scripted {
    answer(201, r#"{"id":"17"}"#)
}

pub(crate) fn task(status: &str) -> Scripted {
    answer(200, &format!(r#"{{"id":"9","status":"{status}"}}"#))
}

pub(crate) fn not_sent() -> Scripted {
    comes(Err(Failure::not_sent("refused")))
}

pub(crate) fn lost() -> Scripted {
    comes(Err(Failure::maybe_sent("reset")))
}

pub(crate) fn cut(status: u16) -> Scripted {
    comes(Err(Failure::cut(wire::answer(status, "").into_parts().0, "reset")))
}

pub(crate) fn with(name: &'static str, value: &'static str, mut scripted: Scripted) -> Scripted {
    if let Ok(response) = &mut scripted.outcome {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    scripted
}

pub(crate) fn taking(seconds: u64, scripted: Scripted) -> Scripted {
    Scripted { takes: Duration::from_secs(seconds), ..scripted }
}

/// A page of these ids, with a link to the next one.
pub(crate) fn page(ids: &[&str], next: Option<&str>) -> Scripted {
    let results: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let next = next.map_or("null".into(), |next| format!(r#""{next}""#));
    answer(200, &format!(r#"{{"count":5,"next":{next},"previous":null,"results":[{}]}}"#, results.join(",")))
}

pub(crate) const SECOND: Option<&str> =
    Some("https://demo.cashlink.de/api/external/distributor/v2/investors/?page=2");
pub(crate) const THIRD: Option<&str> =
    Some("https://demo.cashlink.de/api/external/distributor/v2/investors/?page=3");
pub(crate) const FOREIGN: Option<&str> =
    Some("https://evil.example/api/external/distributor/v2/investors/?page=3");
