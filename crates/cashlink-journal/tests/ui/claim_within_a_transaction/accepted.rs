//! Nothing leads around the commit: what is claimed was committed before.
use cashlink_journal::core::Now;
use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::store::{Wanted, blocking::Store};
use cashlink_journal::{Claimed, Policy};
use rusqlite::{Connection, Error};

pub fn claim(it: Connection, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Claimed>, Error> {
    let mut store = Sqlite::new(it, Journal::default()).map_err(|_| Error::InvalidQuery)?;
    store.claim(wanted, &Policy::default(), now)
}

fn main() {}
