//! What needs no database, or holds nothing of anybody.

use cashlink_journal::memory::Memory;
use cashlink_journal::operate::{Counted, Decision, Filter, Stats};
use cashlink_journal::payloads::Folder;
use cashlink_journal::reconcile::{self, Finding, Plan};
use cashlink_journal::sqlite::{Journal, MigrateError};
use cashlink_journal::store::{Lease, NotDurable, SettleError, StageError, Wanted};
use cashlink_journal::worker::{Heartbeat, Machine, Round, Signal, TwoHandlers};
use cashlink_journal::{Evidence, Names, Policy, Staging, State};

use crate::gallery::Gallery;
use crate::scene::{NOW, account, intent};
use crate::search::told;

const NOT_DURABLE: NotDurable = NotDurable { setting: "synchronous", rule: "has to be FULL" };

pub(crate) fn show_all(gallery: &mut Gallery) {
    show!(gallery, State::Dead);
    show!(gallery, Names::default());
    show!(gallery, Policy::default());
    show!(gallery, Lease { id: 1, fence: 2 });
    show!(gallery, Wanted { account: &account(), limit: 1, lease: Policy::default().lease, worker: "w-1" });
    show!(gallery, Journal::default());
    show!(gallery, Folder::new("documents"));
    show!(gallery, Staging::default().after_those_of(told("investor")));
    show!(gallery, Counted::All);
    show!(gallery, Stats::default());
    show!(gallery, Filter::default());
    show!(gallery, Decision::done(told("somebody")));
    show!(gallery, Plan::new(told("somebody")));
    show!(gallery, Finding::<()>::Unsure);
    show!(gallery, Evidence::decode(told("evidence").as_bytes()).unwrap_err());
    show!(gallery, NOT_DURABLE);
    show!(gallery, MigrateError::NotDurable(NOT_DURABLE));
    show!(gallery, SettleError::<rusqlite::Error>::Lost);
    show!(gallery, TwoHandlers { operation: "investors.create" });
    show!(gallery, Round::Stopped);
    show!(gallery, Signal::default());
    show!(gallery, Machine::new(Policy::default()));
    show!(gallery, Heartbeat::new(NOW, Policy::default().lease));
    memory(gallery);
}

/// Two transactions that are open at once, with one key, and a second request under it.
fn memory(gallery: &mut Gallery) {
    let mut memory = Memory::default();
    let [mut first, mut second] = [memory.begin(), memory.begin()];
    let staging = Staging::default().after_those_of(told("investor"));
    for transaction in [&mut first, &mut second] {
        show!(gallery, transaction.stage(&intent("key", "forename"), &staging, NOW).unwrap());
        transaction.put(told("name"), told("value"));
        show!(gallery, *transaction);
    }
    first.commit().unwrap();
    show!(gallery, second.commit().unwrap_err());
    show!(gallery, memory);
    let reused = memory.begin().stage(&intent("key", "other"), &staging, NOW).unwrap_err();
    assert!(matches!(reused, StageError::KeyReused { .. }));
    show!(gallery, reused);
    let found = |_: &_| Finding::Happened(told("object"));
    let report = reconcile::blocking::run(&mut memory, &Plan::new(told("by")), NOW, found, |_, _, _| Ok(()));
    show!(gallery, report.unwrap());
}
