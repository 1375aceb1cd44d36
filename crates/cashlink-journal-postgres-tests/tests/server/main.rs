//! The journal on a PostgreSQL server.

mod asynchronous;
mod claiming;
mod durability;
mod inbox;
mod operator;
mod preparing;
mod reconciling;
mod settling;
mod staging;
mod suite;

use std::time::Duration;

use cashlink_journal::core::Now;
use cashlink_journal::postgres::{Error, blocking::Journal, blocking::Postgres};
use cashlink_journal::store::blocking::Store;
use cashlink_journal::store::{StageError, Wanted};
use cashlink_journal::{Account, Claim, Intent, Policy, Staged, Staging};
use cashlink_journal_postgres_tests::{Place, account, client, intent, now};

fn wanted<'a>(account: &'a Account, limit: u32) -> Wanted<'a> {
    Wanted { account, limit, lease: Policy::default().lease, worker: "test" }
}

fn stage(
    client: &mut postgres::Client,
    journal: &Journal,
    intent: &Intent,
    staging: &Staging,
) -> Result<Staged, StageError<Error>> {
    let mut transaction = client.transaction()?;
    let staged = journal.stage(&mut transaction, intent, staging)?;
    transaction.commit()?;
    Ok(staged)
}

fn claim(store: &mut Postgres, at: Now) -> Vec<Claim> {
    let claims = store.claim(&wanted(&account(), 10), &Policy::default(), at).unwrap();
    claims.into_iter().map(Result::unwrap).collect()
}

/// As if so much time had passed: everything is due earlier, and was claimed earlier.
fn pass(place: &Place, time: Duration) {
    let sql = "UPDATE cashlink_intents SET due_at = due_at - $1, claimed_at = claimed_at - $1, settled_at = settled_at - $1";
    let seconds = i64::try_from(time.as_secs()).unwrap();
    place.client().execute(&place.names().apply(sql), &[&seconds]).unwrap();
}
