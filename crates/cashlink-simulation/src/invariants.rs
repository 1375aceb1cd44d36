//! What has to be true of every history at its end.

use cashlink_core::Certainty;
use cashlink_journal::State;
use cashlink_journal::operate::Entry;

use crate::meant::Kind;
use crate::world::{Seen, World};

/// Whether one that isn't settled stands before it.
pub(crate) fn is_held_up(entry: &Entry, entries: &[Entry]) -> bool {
    let stands_before = |other: &Entry| {
        other.id < entry.id
            && other.account == entry.account
            && other.ordering_key == entry.ordering_key
            && !other.state.is_settled()
    };
    entry.ordering_key.is_some() && entries.iter().any(stands_before)
}

pub(crate) fn check(world: &mut World) {
    let entries = world.journal.entries();
    let objects = world.objects();
    let names = world.journal.memory.names();
    let mut broken = Vec::new();
    for (id, seen) in &world.seen {
        let effects = world.effects(&objects, seen);
        let entry = entries.iter().find(|entry| entry.id == *id);
        match entry {
            Some(entry) => {
                let prefix = format!("row/{id}/");
                let rows = names.iter().filter(|name| name.starts_with(&prefix)).count();
                broken.extend(of_committed(entry, &entries, seen, effects, world.forgot_keys));
                let wanted = usize::from(!entry.state.is_live());
                if rows != wanted {
                    broken.push(format!("intent {id} ({}) has {rows} rows of its handler", entry.state));
                }
            }
            None if seen.committed => broken.push(format!("intent {id} was committed, and is lost")),
            // What was staged again after a crash has another id and the same reference.
            None if effects != 0 && !was_staged_again(world, seen) => {
                broken.push(format!("intent {id} was never committed, and happened"))
            }
            None => {}
        }
    }
    broken.into_iter().for_each(|promise| world.broke(promise));
}

fn was_staged_again(world: &World, seen: &Seen) -> bool {
    world.seen.values().any(|other| other.committed && other.meant.number == seen.meant.number)
}

fn of_committed(
    entry: &Entry,
    entries: &[Entry],
    seen: &Seen,
    effects: u64,
    forgot_keys: bool,
) -> Vec<String> {
    let id = entry.id;
    let kind = seen.meant.kind;
    let mut broken = Vec::new();
    let mut promise = |kept: bool, text: &str| {
        if !kept {
            broken.push(format!("intent {id} ({kind:?}, {}, {effects} effects): {text}", entry.state));
        }
    };
    promise(effects <= 1, "at most one effect");
    promise(!entry.state.is_live() || is_held_up(entry, entries), "comes to rest");
    match entry.state {
        State::Done => promise(effects == 1, "done means one effect"),
        State::Rejected => {
            promise(effects == 0, "rejected means no effect");
            promise(kind == Kind::EmptyDocument, "only what the server refuses is rejected");
        }
        State::NeedsReconciliation => {
            promise(seen.in_doubt, "what is to be reconciled was in doubt");
            // A refusal after a doubt settles nothing: the key may have been forgotten between them.
            let is_allowed = !kind.is_repeatable() || forgot_keys || kind == Kind::EmptyDocument;
            promise(is_allowed, "what can be repeated is repeated until it is done");
        }
        State::Dead => promise(false, "everything can be sent"),
        _ => promise(effects == 0, "what was held up was not sent"),
    }
    let certainty = entry.evidence().ok().flatten().map(|evidence| evidence.certainty());
    match certainty {
        Some(Certainty::NotApplied) => promise(effects == 0, "not applied means no effect"),
        Some(Certainty::Applied) => promise(effects == 1, "applied means one effect"),
        _ => {}
    }
    broken
}
