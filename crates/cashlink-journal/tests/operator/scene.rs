//! A journal in a file with an intent in each of four states, and the tool as somebody runs it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use cashlink_core::intent::replay;
use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
use cashlink_core::{Bearer, Call, Client, IdempotencyKey, Now, Secret};
use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::store::blocking::Store;
use cashlink_journal::store::{SettleError, Wanted};
use cashlink_journal::{Account, Claim, Intent, Next, Policy, Staging};
use rusqlite::Connection;

pub(crate) const DAY: u64 = 24 * 60 * 60;

/// What the tool is told to be now: three hours after the last that happened.
pub(crate) const NOW: u64 = 1_700_000_000 + 2 * DAY + 3 * 60 * 60;

fn at(seconds: u64) -> Now {
    Now::new(1_700_000_000 + seconds, Duration::from_secs(seconds))
}

fn client() -> Client<Bearer> {
    Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s3cr3t-canary")).unwrap())
}

/// A folder with the journal in `journal.db`.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    /// Nothing is there.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// 1 needs reconciliation, 2 is done, a worker has 3, 4 is pending. What is about people says `canary`.
    pub(crate) fn new() -> Self {
        let scene = Self::empty();
        let mut store = scene.store();
        scene.stage(&mut store, "investor-17", Staging::default(), 0);
        scene.stage(&mut store, "investor-18", Staging::default(), 0);
        let claims = claim(&mut store, 2, 1);
        let call = claims[1].call(&client(), &Policy::default()).unwrap();
        let answer = http::Response::builder().header("x-request-id", "r-1");
        let body = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","forename":"canary"}"#;
        let reply = replay::reply(&call, &client(), answer.body(Bytes::from(body)).unwrap(), 1);
        let done = claims[1].settlement(Ok(&reply), &Policy::default(), 0);
        store.settle(claims[1].lease(), &done, at(2), |_| Ok(())).unwrap();
        // Its worker died, and the next one came when the server may have forgotten the key.
        let late = claim(&mut store, 1, 2 * DAY);
        let Next::Settle(settlement) = late[0].next(&Policy::default()) else { panic!("it is performed") };
        store.settle(late[0].lease(), &settlement, at(2 * DAY), |_| Ok(())).unwrap();
        scene.stage(&mut store, "investor-19", Staging::default(), 2 * DAY);
        assert_eq!(claim(&mut store, 1, 2 * DAY).len(), 1);
        scene.stage(&mut store, "investor-20", Staging::default().after_those_of("canary"), 2 * DAY);
        scene
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    pub(crate) fn store(&self) -> Sqlite {
        Sqlite::new(Connection::open(self.path()).unwrap(), Journal::default()).unwrap()
    }

    fn stage(&self, store: &mut Sqlite, key: &str, staging: Staging, when: u64) {
        let person = NaturalPerson::new().forename("canary").surname("Lovelace");
        let create = CreateInvestor::natural_person(IdempotencyKey::new(key).unwrap(), person, true);
        let intent = Intent::new(&client(), &account(), &Call::new(&create).unwrap()).unwrap();
        let staged: Result<_, SettleError<_>> = store.transaction(|transaction| {
            let _ = Journal::default().stage(transaction, &intent, &staging, at(when))?;
            Ok(())
        });
        staged.unwrap();
    }

    /// A worker's claim of all that is due, so long after the beginning.
    pub(crate) fn claim(&self, when: u64) -> Vec<Claim> {
        claim(&mut self.store(), 10, when)
    }

    /// Runs the tool on it, and says what came of it: the code where it isn't 0, what was answered, and what was said beside it.
    pub(crate) fn tool(&self, line: &str) -> String {
        let output = self.command(&words(line)).output().unwrap();
        let code = output.status.code().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let code = if code == 0 { String::new() } else { format!("exit code {code}\n") };
        code + &String::from_utf8(said).unwrap()
    }

    /// The tool, told where the journal is and when now is.
    pub(crate) fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cashlink-journal"));
        command
            .env_remove("CASHLINK_JOURNAL_POSTGRES")
            .arg("--sqlite")
            .arg(self.path())
            .args(["--now", &NOW.to_string()])
            .args(arguments);
        command
    }
}

/// Blanks part them, but for those within quotation marks.
fn words(line: &str) -> Vec<String> {
    let quoted = |(at, part): (usize, &str)| {
        let whole = vec![part.to_owned()];
        if at % 2 == 1 { whole } else { part.split_whitespace().map(str::to_owned).collect() }
    };
    line.split('\'').enumerate().flat_map(quoted).collect()
}

fn account() -> Account {
    Account::new("distributor").unwrap()
}

fn claim(store: &mut Sqlite, limit: u32, when: u64) -> Vec<Claim> {
    let (account, policy) = (account(), Policy::default());
    let wanted = Wanted { account: &account, limit, lease: policy.lease, worker: "host-1/4711" };
    store.claim(&wanted, &policy, at(when)).unwrap().into_iter().map(Result::unwrap).collect()
}
