//! The last step: a create that is meant is staged in SQLite, the process that performs it dies between the effect and the
//! answer, another one goes on, and there is one investor.
//!
//! The worker is a process of its own, and the blocking one in each of the quickstarts: that is how SQLite is.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use cashlink_client::{Limits, random_key, system_now};
use cashlink_journal::core::Client as Protocol;
use cashlink_journal::core::partner::Partner;
use cashlink_journal::core::partner::distributor::CreateInvestor;
use cashlink_journal::core::{Bearer, Call, Endpoint, Failure, Secret, bytes::Bytes, http};
use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::worker::blocking::{Handlers, Worker};
use cashlink_journal::worker::{Event, Observer, Outcome, Signal};
use cashlink_journal::{Account, Intent, Policy, Staging};
use cashlink_sandbox::demo;
use cashlink_ureq::{Outbound, Transport, Ureq};
use rusqlite::{Connection, params};

use crate::place::{Place, Result, check, person, say, step};

pub(crate) fn run(place: &Place) -> Result {
    step(8, "Let a process die between the effect and the answer, and another one go on.");
    let Some(sandbox) = &place.sandbox else {
        say("Left out: only the sandbox can show that there is one investor and not two.");
        return Ok(());
    };
    let base = Endpoint::on_loopback(&sandbox.partner_base())?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("orders.db");
    let before = place.investors();

    // Your order and the intent become durable together, before anything is sent.
    let mut connection = Connection::open(&file)?;
    let journal = Journal::default();
    journal.prepare(&mut connection)?;
    connection.execute_batch("CREATE TABLE orders (key TEXT PRIMARY KEY, investor TEXT)")?;
    let key = random_key()?;
    let create = CreateInvestor::natural_person(key.clone(), person("Mary", "Somerville"), true);
    let intent = Intent::new(&protocol(&base)?, &account()?, &Call::new(&create)?)?;
    let transaction = connection.transaction()?;
    transaction.execute("INSERT INTO orders (key) VALUES (?1)", [key.as_str()])?;
    let staged = journal.stage(&transaction, &intent, &Staging::default(), system_now())?;
    transaction.commit()?;
    say(&format!("Intent {} and the order it is about are in one transaction.", staged.id()));

    check(!worker(&file, &base, "die")?.success(), "the first worker died")?;
    check(place.investors() == before.map(|count| count + 1), "it had its effect before it died")?;
    say(
        "A worker sent it, and was gone when the answer came. The server holds the investor; nobody here knows it.",
    );

    check(worker(&file, &base, "live")?.success(), "the second worker did its work")?;
    let investor: String =
        connection
            .query_row("SELECT investor FROM orders WHERE key = ?1", [key.as_str()], |row| row.get(0))?;
    check(place.investors() == before.map(|count| count + 1), "the server still holds one investor more")?;
    say(&format!("Another one sent the same bytes with the same key: the order has investor {investor}."));
    println!("\nAll of it was as it should be.");
    Ok(())
}

/// Another process of this program.
fn worker(file: &Path, base: &Endpoint, fate: &str) -> Result<ExitStatus> {
    let program = std::env::current_exe()?;
    Ok(Command::new(program).arg("--work-off").arg(file).args([&base.to_string(), fate]).status()?)
}

/// Whether this process was started as a worker; it has done its work then.
pub(crate) fn was_a_worker() -> Result<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flag, file, base, fate] = &arguments[..] else { return Ok(false) };
    if flag != "--work-off" {
        return Ok(false);
    }
    let store = Sqlite::new(Connection::open(file)?, Journal::default())?;
    let transport = Mortal { transport: Ureq::default(), dies: fate == "die" };
    let handlers = Handlers::<Sqlite, Bearer>::default().on::<CreateInvestor>(|transaction, settled| {
        let Outcome::Done(reply) = settled.outcome else { return Err("it is not done".into()) };
        let key = settled.key.ok_or("a create has a key")?;
        let bound = params![reply.value.id.as_str(), key.as_str()];
        transaction.execute("UPDATE orders SET investor = ?1 WHERE key = ?2", bound)?;
        Ok(())
    })?;
    // Short, so that the second worker needn't wait long for the first one's lease to end.
    let mut policy = Policy::default();
    (policy.lease, policy.poll) = (Duration::from_secs(2), Duration::from_millis(100));
    let protocol = protocol(&Endpoint::on_loopback(base)?)?;
    let worker = Worker::new(store, account()?, protocol, transport, handlers).policy(policy);
    let stop = worker.signal();
    worker.observer(Watch(stop)).run();
    Ok(true)
}

/// Ends the worker when something is settled.
struct Watch(Signal);

impl Observer for Watch {
    fn observe(&self, event: Event<'_>) {
        if matches!(event, Event::Settled { .. }) {
            self.0.stop();
        }
    }
}

fn account() -> Result<Account> {
    Ok(Account::new("distributor")?)
}

fn protocol(base: &Endpoint) -> Result<Protocol<Bearer>> {
    let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret)?;
    Ok(Protocol::new(Partner::at(base.clone()), bearer))
}

/// A stack whose process may die in the worst of all moments.
struct Mortal {
    transport: Ureq,
    dies: bool,
}

impl Transport for Mortal {
    fn send(
        &self,
        request: http::Request<Outbound>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Bytes>, Failure> {
        let creates = request.uri().path().ends_with("/investors/");
        let answer = self.transport.send(request, limits);
        if self.dies && creates {
            std::process::abort();
        }
        answer
    }
}
