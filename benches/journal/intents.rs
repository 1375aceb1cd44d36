//! What is staged, and what becomes of it: the same for both databases and both sides.

use std::time::Duration;

use cashlink_core::intent::replay;
use cashlink_core::partner::distributor::CreateInvestor;
use cashlink_core::partner::{NaturalPerson, Partner};
use cashlink_core::{Bearer, Call, Client, IdempotencyKey, Now, Secret};
use cashlink_journal::store::Wanted;
use cashlink_journal::{Account, Claim, Intent, Policy, Settlement, core as cashlink_core};

/// One to be staged, by either side.
pub(crate) struct New {
    pub(crate) intent: Intent,
    pub(crate) key: String,
    /// As many bytes as the journal's row has beside account and key: request, fingerprint, operation, and 41 of numbers.
    pub(crate) body: Vec<u8>,
}

fn protocol() -> Client<Bearer> {
    let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).expect("credentials");
    Client::new(Partner::demo(), bearer)
}

pub(crate) const ACCOUNT: &str = "distributor";

pub(crate) fn account() -> Account {
    Account::new(ACCOUNT).expect("an account")
}

/// So many, with keys that were never used before.
pub(crate) fn new(first: u64, many: u64) -> Vec<New> {
    let (protocol, account) = (protocol(), account());
    let ada =
        NaturalPerson::new().forename("Ada").surname("Lovelace").birth_place("London").citizenship("GBR");
    let ada = ada.street("Teststraße 1").city("Frankfurt am Main").zip("60311").country("DEU");
    (first..first + many)
        .map(|number| {
            let key = format!("investor-{number:012}");
            let create =
                CreateInvestor::natural_person(IdempotencyKey::new(&*key).expect("a key"), ada.clone(), true);
            let intent =
                Intent::new(&protocol, &account, &Call::new(&create).expect("a call")).expect("an intent");
            let (request, fingerprint) = (intent.encode(), intent.fingerprint());
            let body = [&*request, fingerprint.as_bytes(), intent.operation().as_bytes(), &[0; 41]].concat();
            New { intent, key, body }
        })
        .collect()
}

/// It happened.
pub(crate) fn settlement(claim: &Claim) -> Settlement {
    let (protocol, policy) = (protocol(), Policy::default());
    let call = claim.call(&protocol, &policy).expect("a call");
    let answer =
        http::Response::new(bytes::Bytes::from_static(br#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#));
    claim.settlement(Ok(&replay::reply(&call, &protocol, answer, 1)), &policy, 0)
}

/// What a queue by hand keeps of the answer: as many bytes as [`settlement`]'s evidence.
pub(crate) const OUTCOME: [u8; 84] = [b'x'; 84];

pub(crate) fn wanted(account: &Account, limit: u32) -> Wanted<'_> {
    Wanted { account, limit, lease: Policy::default().lease, worker: "worker-1" }
}

/// Some time. PostgreSQL goes by its own.
pub(crate) fn now() -> Now {
    Now::new(1_700_000_000, Duration::ZERO)
}
