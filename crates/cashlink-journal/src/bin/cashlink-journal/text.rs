//! Intents and figures for people at a terminal.

use cashlink_journal::core::Certainty;
use cashlink_journal::operate::{Counted, Entry, Stats};
use cashlink_journal::{Evidence, Intent, State};

use crate::moments::{from_now, in_words, rfc3339};
use crate::table::{Align, fields, table};

const NOT_SHOWN: &str = "(not shown: --reveal)";

/// One line for each.
pub(crate) fn list(entries: &[Entry], now: u64) -> String {
    if entries.is_empty() {
        return "there is no such intent".to_owned();
    }
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| {
            [
                entry.id.to_string(),
                entry.state.to_string(),
                entry.operation.clone(),
                entry.account.clone(),
                entry.key.clone().unwrap_or_else(|| "-".to_owned()),
                entry.attempts.to_string(),
                rfc3339(entry.staged_at),
                from_now(entry.staged_at, now),
            ]
        })
        .collect();
    let columns = [
        ("ID", Align::Right),
        ("STATE", Align::Left),
        ("OPERATION", Align::Left),
        ("ACCOUNT", Align::Left),
        ("KEY", Align::Left),
        ("SENT", Align::Right),
        ("STAGED", Align::Left),
        ("AGE", Align::Left),
    ];
    table(columns, &rows)
}

/// All that is known of one.
pub(crate) fn one(entry: &Entry, reveal: bool, now: u64) -> String {
    let time = |seconds: i64| format!("{} ({})", rfc3339(seconds), from_now(seconds, now));
    let mut lines = vec![
        ("intent", entry.id.to_string()),
        ("state", format!("{}: {}", entry.state, meaning(entry.state))),
        ("operation", entry.operation.clone()),
        ("account", entry.account.clone()),
        ("key", entry.key.clone().unwrap_or_else(|| "none".to_owned())),
    ];
    if let Some(key) = &entry.ordering_key {
        lines.push(("ordering key", if reveal { key.clone() } else { NOT_SHOWN.to_owned() }));
    }
    match entry.intent() {
        Ok(None) => {}
        Ok(Some(intent)) => request(&mut lines, &intent, reveal),
        Err(error) => lines.push(("request", error.to_string())),
    }
    lines.push(("staged", time(entry.staged_at)));
    match entry.state {
        State::Claimed => lines.push(("lease until", time(entry.due_at))),
        state if state.is_live() => lines.push(("due", time(entry.due_at))),
        _ => {}
    }
    lines.extend(entry.claimed_at.map(|at| ("first claimed", time(at))));
    lines.extend(entry.settled_at.map(|at| ("settled", time(at))));
    lines.extend(entry.worker.clone().map(|worker| ("worker", worker)));
    lines.push(("claims", entry.fence.to_string()));
    lines.push(("requests sent", entry.attempts.to_string()));
    lines.push(("maybe sent", if entry.maybe_sent { "yes" } else { "no" }.to_owned()));
    match entry.evidence() {
        Ok(None) => {}
        Ok(Some(evidence)) => outcome(&mut lines, &evidence, reveal),
        Err(error) => lines.push(("outcome", error.to_string())),
    }
    fields(&lines)
}

fn request(lines: &mut Vec<(&str, String)>, intent: &Intent, reveal: bool) {
    let body = intent.body();
    lines.push(("API", format!("{}, {}", intent.api(), intent.base())));
    let target = if reveal { intent.target() } else { NOT_SHOWN.into() };
    lines.push(("request", format!("{} {target}", intent.method())));
    let bytes = format!("{} bytes", intent.body_len());
    lines.push((
        "body",
        match body.as_bytes() {
            _ if body.is_empty() => "none".to_owned(),
            _ if body.is_upload() => format!("{bytes}, a document (no text)"),
            Some(text) if reveal => format!("{bytes}: {}", String::from_utf8_lossy(text)),
            _ => format!("{bytes} {NOT_SHOWN}"),
        },
    ));
    if let Some(sha256) = intent.payload().and_then(|payload| payload.sha256) {
        lines.push(("document", format!("SHA-256 {}", crate::json::hex(&sha256))));
    }
}

fn outcome(lines: &mut Vec<(&str, String)>, evidence: &Evidence, reveal: bool) {
    let happened = match evidence.certainty() {
        Certainty::Applied => "it happened",
        Certainty::NotApplied => "it did not happen",
        Certainty::Unknown => "nobody knows whether it happened",
    };
    lines.push(("outcome", happened.to_owned()));
    if !evidence.note().is_empty() {
        lines.push(("note", evidence.note().to_owned()));
    }
    if let Some(decided) = evidence.decided() {
        lines.push(("decided by", if reveal { decided.to_owned() } else { NOT_SHOWN.to_owned() }));
    }
    if let Some(answer) = evidence.answer() {
        let body = answer.body();
        let text = if reveal { String::from_utf8_lossy(body) } else { NOT_SHOWN.into() };
        lines.push(("answer", format!("HTTP {}, {} bytes: {text}", answer.status().as_u16(), body.len())));
    }
}

/// What follows for the person who looks.
fn meaning(state: State) -> &'static str {
    match state {
        State::Pending => "a worker performs it once it is due",
        State::Claimed => "a worker has it; after its lease, the next one takes it",
        State::Answered => "its outcome is known, and its handler has yet to take it",
        State::Done => "it happened, and was taken",
        State::Rejected => "it did not happen, and is not to",
        State::NeedsReconciliation => "look for what it was to make, then `settle` or `retry`",
        State::Dead => "it can't be sent: mend the cause and `retry`, or `settle`",
        _ => "a state of a newer version",
    }
}

/// Figures: of the settled ones only where they were counted.
pub(crate) fn stats(stats: &Stats, counted: Counted) -> String {
    let states = State::ALL.into_iter().filter(|state| counted == Counted::All || !state.is_settled());
    let rows: Vec<_> = states.map(|state| [state.to_string(), stats.count(state).to_string()]).collect();
    let counts = table([("STATE", Align::Left), ("INTENTS", Align::Right)], &rows);
    let oldest =
        stats.oldest.map_or_else(|| "none".to_owned(), |age| format!("staged {} ago", in_words(age)));
    let figures = fields(&[
        ("to be worked on", stats.live().to_string()),
        ("oldest of them", oldest),
        ("requests sent", stats.attempts.to_string()),
    ]);
    format!("{counts}\n\n{figures}")
}
