//! What the processes do that are killed.

use std::time::Duration;

use cashlink_client::blocking::{SystemTimer, Timer};
use cashlink_client::{random_key, system_now};
use cashlink_journal::core::partner::distributor::CreateInvestor;
use cashlink_journal::core::partner::{NaturalPerson, Partner};
use cashlink_journal::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_journal::core::{
    Bearer, Call, Client as Protocol, Endpoint, IdempotencyKey, Now, Secret, UserKey,
};
use cashlink_journal::worker::blocking::{Handlers, Worker};
use cashlink_journal::worker::{Event, Observer, Outcome};
use cashlink_journal::{Account, Intent, Policy, Staging};
use cashlink_sandbox::demo;
use cashlink_ureq::Ureq;

use crate::Result;
use crate::database::Database;

/// Every fifth order is a payment link of the older API, which knows no keys: a lost answer leaves it in doubt.
pub(crate) fn is_once(number: i64) -> bool {
    number % 5 == 0
}

pub(crate) fn play<D: Database>(role: &str, place: &str, origin: &str, skew: &str) -> Result {
    let origin = Origin(origin.to_owned());
    match role {
        "stager" => keep_staging::<D>(place, &origin),
        "worker" => work::<D>(place, &origin, skew.parse()?),
        "wrong" => call_then_store::<D>(place, &origin),
        _ => Err("no such role".into()),
    }
}

/// The server, as both APIs are found at it.
pub(crate) struct Origin(pub(crate) String);

impl Origin {
    fn partner(&self) -> Result<(Protocol<Bearer>, Account)> {
        let api = Partner::at(Endpoint::on_loopback(&format!("{}/api/external", self.0))?);
        let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
        let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret)?;
        Ok((Protocol::new(api, bearer), Account::new("distributor")?))
    }

    fn payments(&self) -> Result<(Protocol<UserKey>, Account)> {
        let api = Payments::at(Endpoint::on_loopback(&format!("{}/business/api/v1/", self.0))?);
        Ok((Protocol::new(api, UserKey::new(Secret::new(demo::USER_KEY))?), Account::new("business")?))
    }
}

fn investor(key: IdempotencyKey, number: i64) -> CreateInvestor {
    let person = NaturalPerson::new().forename("Investor").surname(format!("No. {number}"));
    CreateInvestor::natural_person(key, person, true)
}

fn intent(origin: &Origin, number: i64) -> Result<Intent> {
    if is_once(number) {
        let (protocol, account) = origin.payments()?;
        let link = CreateCashlink::v2018_01_15(
            CashlinkType::Invoice,
            "EUR 12.34".parse()?,
            format!("Order {number}"),
        );
        return Ok(Intent::new(&protocol, &account, &Call::new(&link)?)?);
    }
    let (protocol, account) = origin.partner()?;
    let key = IdempotencyKey::new(format!("order-{number}"))?;
    Ok(Intent::new(&protocol, &account, &Call::new(&investor(key, number))?)?)
}

/// Stages one more order: the caller's row and the intent, in one transaction.
pub(crate) fn stage<D: Database>(rows: &mut D, journal: &D, origin: &Origin) -> Result {
    let number = rows.numbers()?.saturating_add(1);
    let intent = intent(origin, number)?;
    rows.transaction(|transaction| {
        let staged = journal.stage(transaction, &intent, &Staging::default(), system_now())?;
        D::add(transaction, number, Some(staged.id()), None)
    })?;
    Ok(())
}

fn keep_staging<D: Database>(place: &str, origin: &Origin) -> Result {
    let (mut rows, journal) = (D::open(place)?, D::open(place)?);
    loop {
        stage(&mut rows, &journal, origin)?;
        while rows.open_intents()?.live() > 150 {
            SystemTimer.sleep(Duration::from_millis(5));
        }
    }
}

/// A clock that is wrong by whole minutes, as a machine's may be.
struct Skewed(i64);

impl Timer for Skewed {
    fn now(&self) -> Now {
        let now = system_now();
        Now::new(now.wall.saturating_add_signed(self.0), now.mono)
    }

    fn sleep(&self, duration: Duration) {
        SystemTimer.sleep(duration);
    }
}

/// Says on the standard output when another worker was faster.
struct Watch;

impl Observer for Watch {
    fn observe(&self, event: Event<'_>) {
        if let Event::LeaseLost { .. } = event {
            println!("lost");
        }
    }
}

/// One worker for each of the two APIs, in one process.
fn work<D: Database>(place: &str, origin: &Origin, skew: i64) -> Result {
    let mut policy = Policy::default();
    // Short, so that what a killed worker had in hand goes on soon.
    (policy.lease, policy.poll) = (Duration::from_secs(2), Duration::from_millis(20));
    (policy.first_wait, policy.longest_wait) = (Duration::from_secs(1), Duration::from_secs(2));
    let investors = Handlers::<D, Bearer>::default().on::<CreateInvestor>(|transaction, settled| {
        let object = match &settled.outcome {
            Outcome::Done(reply) => Some(reply.value.id.as_str()),
            _ => None,
        };
        D::note(transaction, settled.id, object)
    })?;
    let links = Handlers::<D, UserKey>::default().on::<CreateCashlink>(|transaction, settled| {
        let object = match &settled.outcome {
            Outcome::Done(reply) => Some(reply.value.public_id.as_str()),
            _ => None,
        };
        D::note(transaction, settled.id, object)
    })?;
    let ((partner, distributor), (payments, business)) = (origin.partner()?, origin.payments()?);
    let (one, other) = (D::open(place)?, D::open(place)?);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let worker =
                Worker::with_timer(one, distributor, partner, Ureq::default(), Skewed(skew), investors);
            worker.policy(policy).observer(Watch).run();
        });
        let worker = Worker::with_timer(other, business, payments, Ureq::default(), Skewed(skew), links);
        worker.policy(policy).observer(Watch).run();
    });
    Ok(())
}

/// What the journal is there to prevent: the call first, and the record of it afterwards.
fn call_then_store<D: Database>(place: &str, origin: &Origin) -> Result {
    let mut rows = D::open(place)?;
    let client = cashlink_ureq::client(origin.partner()?.0);
    loop {
        let number = rows.numbers()?.saturating_add(1);
        let reply = client.call(&investor(random_key()?, number))?;
        rows.transaction(|transaction| D::add(transaction, number, None, Some(reply.value.id.as_str())))?;
    }
}
