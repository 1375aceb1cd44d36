//! One intent on its way, by hand: claimed, performed, refused with canaries, recorded.

use cashlink_client::blocking::Client;
use cashlink_journal::operate::Entry;
use cashlink_journal::sqlite::Sqlite;
use cashlink_journal::store::blocking::{Operate as _, Store as _};
use cashlink_journal::store::{SettleError, Wanted};
use cashlink_journal::worker::{Begun, Held, Machine, Performing, Recording, Todo};
use cashlink_journal::{Claim, Policy};

use crate::gallery::Gallery;
use crate::scene::{NOW, Server, Still, account, journal, protocol};

pub(crate) fn show_all(gallery: &mut Gallery) {
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy::default();
    let mut store = journal(&folder);
    show!(gallery, store);
    show!(gallery, rows(&mut journal(&tempfile::tempdir().unwrap())));
    let claim = claim(&mut store);
    show!(gallery, claim.next(&policy));
    show!(gallery, claim);

    let recording = recording(gallery, claim);
    show!(gallery, *recording);
    show!(gallery, *recording.settlement());
    show!(gallery, *recording.settlement().evidence());
    store.settle(recording.lease(), recording.settlement(), NOW, |_| Ok(())).unwrap();
    show!(gallery, entry(&mut store));
    show!(gallery, recording.failed(&SettleError::Database(()), &policy, 0));
    unreadable(gallery);
}

fn wanted(account: &cashlink_journal::Account) -> Wanted<'_> {
    Wanted { account, limit: 1, lease: Policy::default().lease, worker: "w-1" }
}

fn rows(store: &mut Sqlite) -> cashlink_journal::store::Row {
    store.claim_rows(&wanted(&account()), NOW).unwrap().remove(0)
}

fn claim(store: &mut Sqlite) -> Claim {
    store.claim(&wanted(&account()), &Policy::default(), NOW).unwrap().remove(0).unwrap()
}

fn entry(store: &mut Sqlite) -> Entry {
    store.entry(1).unwrap().unwrap()
}

fn held(claim: Claim) -> Todo {
    let mut machine = Machine::new(Policy::default());
    machine.claimed(NOW, vec![Ok(claim)]);
    machine.next(NOW)
}

fn begin(gallery: &mut Gallery, held: Held) -> Box<Performing<cashlink_journal::core::Bearer>> {
    show!(gallery, held);
    let begun = held.begin(&protocol(), &Policy::default(), 0, |_| true);
    show!(gallery, begun);
    match begun {
        Begun::Perform(performing) => performing,
        _ => panic!("there is nothing else to be done"),
    }
}

fn recording(gallery: &mut Gallery, claim: Claim) -> Box<Recording> {
    let todo = held(claim);
    show!(gallery, todo);
    let Todo::Begin(held) = todo else { panic!("it was claimed") };
    let performing = begin(gallery, *held);
    show!(gallery, *performing);
    let client = Client::with_timer(protocol(), Server(400), Still);
    let result = client.resume(performing.call(), None, performing.prior());
    performing.ended(result.as_ref(), &protocol(), &Policy::default(), 0)
}

/// A row whose request somebody changed.
fn unreadable(gallery: &mut Gallery) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = journal(&folder);
    let change = "UPDATE cashlink_intents SET request = CAST(request || x'00' AS BLOB)";
    store.connection().execute(change, []).unwrap();
    let claimed = store.claim(&wanted(&account()), &Policy::default(), NOW).unwrap().remove(0);
    show!(gallery, claimed.unwrap_err());
}
