//! Intents and figures as JSON. Times are RFC 3339 in UTC.

use cashlink_journal::core::Certainty;
use cashlink_journal::operate::{Counted, Entry, Stats};
use cashlink_journal::{Evidence, Intent, State};
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::arguments::state_name;
use crate::moments::rfc3339;

/// An intent: what is about people only where that is asked for. The request is there only where the entry has it.
pub(crate) fn entry(entry: &Entry, reveal: bool) -> Value {
    let mut value = json!({
        "id": entry.id,
        "state": state_name(entry.state),
        "account": entry.account,
        "operation": entry.operation,
        "key": entry.key,
        "staged_at": rfc3339(entry.staged_at),
        "due_at": rfc3339(entry.due_at),
        "claimed_at": entry.claimed_at.map(rfc3339),
        "settled_at": entry.settled_at.map(rfc3339),
        "claims": entry.fence,
        "attempts": entry.attempts,
        "maybe_sent": entry.maybe_sent,
        "worker": entry.worker,
        "outcome": match entry.evidence() {
            Ok(evidence) => evidence.map(|evidence| outcome(&evidence, reveal)),
            Err(error) => Some(json!({ "unreadable": error.to_string() })),
        },
    });
    if reveal {
        set(&mut value, "ordering_key", json!(entry.ordering_key));
    }
    match entry.intent() {
        Ok(None) => {}
        Ok(Some(intent)) => set(&mut value, "request", request(&intent, reveal)),
        Err(error) => set(&mut value, "request", json!({ "unreadable": error.to_string() })),
    }
    value
}

/// One more member of an object.
fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

fn outcome(evidence: &Evidence, reveal: bool) -> Value {
    let mut value = json!({
        "happened": match evidence.certainty() {
            Certainty::Applied => Some(true),
            Certainty::NotApplied => Some(false),
            Certainty::Unknown => None,
        },
        "status": evidence.status().map(|status| status.as_u16()),
        "note": evidence.note(),
        "decided_by_hand": evidence.decided().is_some(),
    });
    if reveal {
        set(&mut value, "decided", json!(evidence.decided()));
        let answer = evidence.answer();
        let answer =
            answer.map(|answer| json!({ "headers": headers(answer.headers()), "body": text(answer.body()) }));
        set(&mut value, "answer", json!(answer));
    }
    value
}

fn request(intent: &Intent, reveal: bool) -> Value {
    let mut value = json!({
        "api": intent.api(),
        "base": intent.base(),
        "method": intent.method().as_str(),
        "body_len": intent.body_len(),
    });
    if let Some(sha256) = intent.payload().and_then(|payload| payload.sha256) {
        set(&mut value, "document_sha256", json!(hex(&sha256)));
    }
    if reveal {
        let body = intent.body();
        set(&mut value, "target", json!(intent.target()));
        set(&mut value, "content_type", json!(body.content_type().map(|value| text(value.as_bytes()))));
        // A document is named by its hash, or left out: it is no text.
        set(&mut value, "body", json!(body.as_bytes().map(|bytes| text(bytes))));
    }
    value
}

fn headers(headers: &HeaderMap) -> Value {
    let all = headers.iter().map(|(name, value)| (name.to_string(), json!(text(value.as_bytes()))));
    Value::Object(all.collect::<Map<_, _>>())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Figures: of the settled ones only where they were counted.
pub(crate) fn stats(stats: &Stats, counted: Counted) -> Value {
    let states = State::ALL.into_iter().filter(|state| counted == Counted::All || !state.is_settled());
    let counts: Map<_, _> = states.map(|state| (state_name(state), json!(stats.count(state)))).collect();
    json!({
        "counts": counts,
        "live": stats.live(),
        "oldest_seconds": stats.oldest.map(|age| age.as_secs()),
        "attempts": stats.attempts,
    })
}
