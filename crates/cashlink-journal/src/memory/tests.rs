use std::time::Duration;

use cashlink_core::Now;
use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
use cashlink_core::{Bearer, Call, Certainty, Client, IdempotencyKey, Secret};

use super::*;
use crate::store::blocking::Store;
use crate::{Evidence, Intent, Settlement, Staging};

fn now(seconds: u64) -> Now {
    Now::new(1_700_000_000 + seconds, Duration::from_secs(seconds))
}

fn intent(name: &str) -> Intent {
    let client = Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s")).unwrap());
    let person = NaturalPerson::new().forename(name);
    let create = CreateInvestor::natural_person(IdempotencyKey::new("k").unwrap(), person, true);
    Intent::new(&client, &Account::new("a").unwrap(), &Call::new(&create).unwrap()).unwrap()
}

fn claim(memory: &mut Memory, at: u64) -> Vec<Row> {
    let account = Account::new("a").unwrap();
    let wanted = Wanted { account: &account, limit: 10, lease: Duration::from_secs(60), worker: "test" };
    Store::claim_rows(memory, &wanted, now(at)).unwrap()
}

#[test]
fn t40_of_two_open_transactions_with_one_key_the_second_to_commit_leaves_nothing() {
    let mut memory = Memory::default();
    let (mut first, mut second) = (memory.begin(), memory.begin());
    let _ = first.stage(&intent("Ada"), &Staging::default(), now(0)).unwrap();
    let _ = second.stage(&intent("Bea"), &Staging::default(), now(0)).unwrap();
    second.put("order", "Bea");
    first.commit().unwrap();
    assert_eq!(second.commit(), Err(Conflict(())));
    assert_eq!((memory.value("order"), claim(&mut memory, 0).len()), (None, 1));
}

#[test]
fn t43_a_claim_while_a_settlement_is_open_makes_it_void() {
    let mut memory = Memory::default();
    let mut staging = memory.begin();
    let _ = staging.stage(&intent("Ada"), &Staging::default(), now(0)).unwrap();
    staging.commit().unwrap();
    let lease = claim(&mut memory, 0)[0].lease;
    let done = Settlement::last(Evidence::new(State::Done, Certainty::Applied, 1, ""));
    let mut settling = memory.begin();
    assert!(settling.settle(lease, &done, now(1)));
    settling.put("order", "paid");
    assert_eq!(claim(&mut memory, 60).len(), 1);
    assert_eq!(settling.commit(), Err(Conflict(())));
    assert_eq!(memory.value("order"), None);
}
