//! A journal in a file with canaries in it, and a server that writes some.

use std::time::Duration;

use cashlink_client::{Limits, asynchronous, blocking};
use cashlink_journal::core::bytes::Bytes;
use cashlink_journal::core::http::{Request, Response};
use cashlink_journal::core::partner::distributor::CreateInvestor;
use cashlink_journal::core::partner::{NaturalPerson, Partner};
use cashlink_journal::core::{Bearer, Call, Client, Failure, IdempotencyKey, Now, Policy, Secret};
use cashlink_journal::sqlite::{Journal, Sqlite};
use cashlink_journal::{Account, Intent, Staging};
use rusqlite::Connection;

use crate::search::{secret, told};

pub(crate) const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

pub(crate) fn account() -> Account {
    Account::new("distributor").unwrap()
}

pub(crate) fn protocol() -> Client<Bearer> {
    let bearer = Bearer::client_credentials(secret("id"), Secret::new(secret("secret"))).unwrap();
    let mut patience = Policy::default();
    patience.attempts = 1;
    Client::builder(Partner::demo(), bearer).policy(patience).build()
}

/// Keys are shown: they are for log files.
pub(crate) fn intent(key: &str, name: &str) -> Intent {
    let person = NaturalPerson::new().forename(told(name)).surname(told("surname"));
    let create = CreateInvestor::natural_person(IdempotencyKey::new(key).unwrap(), person, true);
    Intent::new(&protocol(), &account(), &Call::new(&create).unwrap()).unwrap()
}

/// With one intent that nothing is known of yet.
pub(crate) fn journal(folder: &tempfile::TempDir) -> Sqlite {
    let connection = Connection::open(folder.path().join("journal.db")).unwrap();
    let (mut connection, journal) = Sqlite::new(connection, Journal::default()).unwrap().into_parts();
    let transaction = connection.transaction().unwrap();
    let staging = Staging::default().after_those_of(told("investor"));
    let _ = journal.stage(&transaction, &intent("investor-17", "forename"), &staging, NOW).unwrap();
    transaction.commit().unwrap();
    Sqlite::new(connection, journal).unwrap()
}

/// Answers each request so, with canaries.
#[derive(Clone)]
pub(crate) struct Server(pub(crate) u16);

impl Server {
    fn answer<B>(&self, request: &Request<B>) -> Response<Bytes> {
        let (status, body) = if request.uri().path().ends_with("oauth/token") {
            (
                200,
                format!(r#"{{"access_token":"{}","token_type":"Bearer","expires_in":60}}"#, secret("token")),
            )
        } else {
            (self.0, format!(r#"{{"id":["{0}"],"{0}":["{0}"]}}"#, told("answer")))
        };
        let answer = Response::builder().status(status).header("x-request-id", told("request"));
        answer.body(body.into()).unwrap()
    }
}

impl blocking::Transport for Server {
    fn send(&self, request: Request<blocking::Outbound>, _: Limits) -> Result<Response<Bytes>, Failure> {
        Ok(self.answer(&request))
    }
}

impl asynchronous::Transport for Server {
    async fn send(
        &self,
        request: Request<asynchronous::Outbound>,
        _: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        Ok(self.answer(&request))
    }
}

/// A clock that stands.
#[derive(Clone, Copy)]
pub(crate) struct Still;

impl blocking::Timer for Still {
    fn now(&self) -> Now {
        NOW
    }

    fn sleep(&self, _: Duration) {}
}

impl asynchronous::Timer for Still {
    fn now(&self) -> Now {
        NOW
    }

    async fn sleep(&self, _: Duration) {}
}
