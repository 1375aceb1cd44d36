//! What each command asks of a journal, whichever database it is in.

use std::io::{StdoutLock, Write};

use cashlink_journal::State;
use cashlink_journal::core::Now;
use cashlink_journal::operate::{Counted, Decision, Entry, Filter};
use cashlink_journal::store::SettleError;
use cashlink_journal::store::blocking::Operate;
use serde_json::{Value, json};

use crate::arguments::{Command, state_name};
use crate::failure::Failure;
use crate::{json, moments, text};

/// So many rows at once, where all are meant: no lock is held for long, and no memory grows with the journal.
const PAGE: u32 = 500;

/// Where the answer goes, and how it is written.
pub(crate) struct Answer {
    out: StdoutLock<'static>,
    json: bool,
    now: Now,
}

impl Answer {
    pub(crate) fn new(out: StdoutLock<'static>, json: bool, now: Now) -> Self {
        Self { out, json, now }
    }

    /// Writes one of both.
    fn say(&mut self, text: impl FnOnce(u64) -> String, json: impl FnOnce() -> Value) -> Result<(), Failure> {
        if self.json {
            writeln!(self.out, "{:#}", json())?;
        } else {
            writeln!(self.out, "{}", text(self.now.wall))?;
        }
        Ok(self.out.flush()?)
    }
}

impl Command {
    /// Carries it out.
    pub(crate) fn run<S: Operate>(self, store: &mut S, answer: &mut Answer) -> Result<(), Failure> {
        match self {
            Self::List { which, limit, after } => list(store, &which.filter(after), limit, answer),
            Self::Show { id, reveal } => {
                let entry = find(store, id)?;
                answer.say(|now| text::one(&entry, reveal, now), || json::entry(&entry, reveal))
            }
            Self::Stats { account, all } => {
                let counted = if all { Counted::All } else { Counted::Open };
                let stats = store.stats(account.as_ref(), counted, answer.now).map_err(Failure::database)?;
                answer.say(|_| text::stats(&stats, counted), || json::stats(&stats, counted))
            }
            Self::Retry { id, it_did_not_happen, reason } => {
                let entry = find(store, id)?;
                if may_have_happened(&entry) && !it_did_not_happen {
                    return Err(Failure::Refused(format!(
                        "intent {id} may have happened: to send it again without having looked may do it twice. Look for what it was \
                         to make. If it is there: `settle {id} --done`. If it is not: `retry {id} --it-did-not-happen`"
                    )));
                }
                let told = format!(
                    "intent {id} is pending again: a worker sends it, under its key, from the beginning"
                );
                decide(store, &entry, &Decision::retry(reason.text()), &told, answer)
            }
            Self::Settle { id, outcome, reason } => {
                let entry = find(store, id)?;
                let (decision, told) = if outcome.done {
                    (Decision::done(reason.text()), "done: it happened. No handler was called")
                } else {
                    (
                        Decision::rejected(reason.text()),
                        "rejected: it did not happen, and nothing is sent for it",
                    )
                };
                decide(store, &entry, &decision, &format!("intent {id} is {told}"), answer)
            }
            Self::Prune { older_than } => {
                let mut deleted = 0_u64;
                loop {
                    match store.prune(older_than, PAGE, answer.now).map_err(Failure::database)? {
                        0 => break,
                        some => deleted = deleted.saturating_add(some),
                    }
                }
                let plural = if deleted == 1 { "" } else { "s" };
                let age = moments::in_words(older_than);
                answer.say(
                    |_| format!("{deleted} intent{plural} deleted, settled at least {age} ago"),
                    || json!({ "deleted": deleted }),
                )
            }
            Self::Export { which, reveal } => export(store, which.filter(None), reveal, answer),
        }
    }
}

fn list<S: Operate>(store: &mut S, filter: &Filter, limit: u32, answer: &mut Answer) -> Result<(), Failure> {
    // One more, to see whether there are more.
    let mut entries = store.entries(filter, limit.saturating_add(1)).map_err(Failure::database)?;
    let is_page = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    answer.say(
        |now| text::list(&entries, now),
        || entries.iter().map(|entry| json::entry(entry, false)).collect(),
    )?;
    if let Some(last) = entries.last().filter(|_| is_page) {
        eprintln!("cashlink-journal: there are more: --after {}", last.id);
    }
    Ok(())
}

fn find<S: Operate>(store: &mut S, id: i64) -> Result<Entry, Failure> {
    let found = store.entry(id).map_err(Failure::database)?;
    found.ok_or_else(|| Failure::Refused(format!("there is no intent {id}")))
}

fn may_have_happened(entry: &Entry) -> bool {
    entry.state == State::NeedsReconciliation || entry.maybe_sent
}

fn decide<S: Operate>(
    store: &mut S,
    seen: &Entry,
    decision: &Decision,
    told: &str,
    answer: &mut Answer,
) -> Result<(), Failure> {
    if decision.of(seen).is_none() {
        return Err(Failure::Refused(format!("intent {}: {}", seen.id, nothing_to_decide(seen))));
    }
    store.decide(seen, decision, answer.now, |_| Ok(())).map_err(|error| match error {
        SettleError::Database(error) => Failure::database(error),
        _ => Failure::Refused(format!("intent {} has changed since it was looked at: look again", seen.id)),
    })?;
    answer.say(|_| told.to_owned(), || json!({ "id": seen.id, "state": state_name(decision.state()) }))
}

/// Why [`Decision::of`] leads to nothing.
fn nothing_to_decide(seen: &Entry) -> String {
    match seen.state {
        State::Claimed => {
            let until = moments::rfc3339(seen.due_at);
            format!("it is a worker's until {until}, or longer; the next worker takes it then")
        }
        State::Done | State::Rejected => format!("it is {} already, and that is final", seen.state),
        _ if seen.evidence().is_err() => {
            "what is known of it can't be read: a newer version of this program can".to_owned()
        }
        State::Answered => {
            "what became of it is known: its handler gets that, as soon as it takes it".to_owned()
        }
        _ => format!("it is {}: a worker goes on with it by itself", seen.state),
    }
}

fn export<S: Operate>(
    store: &mut S,
    mut filter: Filter,
    reveal: bool,
    answer: &mut Answer,
) -> Result<(), Failure> {
    loop {
        let page = store.entries(&filter, PAGE).map_err(Failure::database)?;
        let Some(last) = page.last().map(|entry| entry.id) else { return Ok(answer.out.flush()?) };
        for entry in page {
            // Lists leave the request out. One that was pruned since is gone.
            let entry = if reveal { store.entry(entry.id).map_err(Failure::database)? } else { Some(entry) };
            if let Some(entry) = entry {
                writeln!(answer.out, "{}", json::entry(&entry, reveal))?;
            }
        }
        let Some(next) = last.checked_add(1) else { return Ok(answer.out.flush()?) };
        filter.ids = next..=i64::MAX;
    }
}
