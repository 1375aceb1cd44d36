//! What a receiver of webhooks does, whatever HTTP stack carries it: prove, record, answer; the work comes later. The examples
//! `receiver_axum` and `receiver_hyper` put a server around it. To see one at work, beside the sandbox:
//!
//! ```sh
//! export CASHLINK_WEBHOOK_SECRET=sandbox-webhook-secret CASHLINK_RECEIVER_CLIENT_SECRET=s3cr3t
//! export CASHLINK_INBOX=inbox.db # where deliveries are recorded
//! export CASHLINK_TOKEN_KEY="$(openssl rand -hex 32)" # our own: it signs the tokens that Cashlink shows us
//! cargo run --example receiver_axum &
//! cargo run -p cashlink-sandbox -- --webhook-url http://127.0.0.1:8080/payments \
//!   --partner-webhook-url http://127.0.0.1:8080/partner \
//!   --partner-webhook-client cashlink:s3cr3t --partner-token-url http://127.0.0.1:8080/token &
//! cargo run -p cashlink-sandbox -- trigger advance 5eed0000-0000-4000-8000-000000000002 PAID
//! cargo run -p cashlink-sandbox -- state # whether it was delivered
//! ```
//!
//! Where Cashlink was given a bearer token instead of a client, a `BearerTokens` stands in the place of the `TokenIssuer`:
//! `BearerTokens::new(&token)?.authenticate(headers, body)` is its `authenticate`, and there is no token endpoint.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use cashlink_journal::inbox::{Received, RecordError};
use cashlink_journal::sqlite::{Journal, MigrateError};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::{HeaderMap, Request, Response, StatusCode};
use cashlink_ureq::core::payments::BusinessId;
use cashlink_ureq::core::webhook::{TokenIssuer, TokenKey, Verifier, WebhookSecret, verify_for_business};
use cashlink_ureq::core::{InvalidValue, Now, Secret};
use rusqlite::{Connection, TransactionBehavior};

/// What proves deliveries, and where they are recorded.
#[derive(Debug)]
pub struct Receiver {
    verifier: Verifier,
    businesses: RwLock<HashMap<String, Verifier>>,
    issuer: TokenIssuer,
    inbox: Mutex<Inbox>,
}

/// Where deliveries are recorded. A program that works them off has a connection of its own to the same file, and asks
/// [`Journal::pending`] there.
#[derive(Debug)]
pub struct Inbox {
    /// The connection that records. In your program, that of your own tables.
    pub connection: Connection,
    /// The inbox in it.
    pub journal: Journal,
}

impl Inbox {
    /// An inbox in this database.
    ///
    /// In WAL mode a commit reaches the disk by one flush, and who works entries off doesn't hold up who records. Another writer
    /// does: Cashlink waits two seconds, so wait less for it than that, and keep every transaction on this file short.
    ///
    /// # Errors
    /// When the database can't hold it, or its commits would not be durable.
    pub fn new(mut connection: Connection) -> Result<Self, MigrateError> {
        connection.busy_timeout(Duration::from_millis(1_500))?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        let journal = Journal::default();
        journal.prepare(&mut connection)?;
        Ok(Self { connection, journal })
    }

    /// Records once. When this returns, it is on the disk.
    fn record(&mut self, received: Received<'_>, now: Now) -> Result<(), RecordError<rusqlite::Error>> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let _new_or_duplicate = self.journal.record(&transaction, received, now)?;
        Ok(transaction.commit()?)
    }
}

impl Receiver {
    /// A receiver. The verifier has the secret of the subscription that Cashlink set up.
    pub fn new(verifier: Verifier, issuer: TokenIssuer, inbox: Inbox) -> Self {
        Self { verifier, businesses: RwLock::default(), issuer, inbox: Mutex::new(inbox) }
    }

    /// Takes the events of a business that was registered with our `webhook_url`: it signs with its own `hmac_secret`. In your
    /// program, store both with the registration's answer, before the business can have a link to be paid.
    ///
    /// # Errors
    /// When the secret is empty.
    pub fn register(&self, business: &BusinessId, hmac_secret: &Secret) -> Result<(), InvalidValue> {
        let verifier = Verifier::new(WebhookSecret::new(hmac_secret)?);
        let mut businesses = self.businesses.write().unwrap_or_else(PoisonError::into_inner);
        businesses.insert(business.as_str().to_owned(), verifier);
        Ok(())
    }

    /// What was recorded. While the guard lives, nothing else is.
    pub fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The older generation: signed; it waits two seconds, and never comes again.
    ///
    /// A business's secret proves that business's events only. The subscription's secret, which only Cashlink and we have, proves
    /// every event: what isn't a registered business's, and what names none.
    pub fn signed(&self, now: Now, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
        let businesses = self.businesses.read().unwrap_or_else(PoisonError::into_inner);
        let proved = verify_for_business(headers, body, |unverified| businesses.get(unverified))
            .or_else(|_| self.verifier.verify(headers, body));
        let Ok(verified) = proved else { return empty(StatusCode::UNAUTHORIZED) };
        self.record(Received::from(&verified), now)
    }

    /// The newer generation: Cashlink shows a token that it got from us, and repeats until it gets a 2xx.
    pub fn authenticated(&self, now: Now, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
        let delivery = match self.issuer.authenticate(now, headers, body) {
            Ok(delivery) => delivery,
            Err(refused) => return refused.response(),
        };
        self.record(Received::from(&delivery), now)
    }

    /// 200 only after the commit: what dies before it is new when it comes again, and what dies after it a duplicate.
    fn record(&self, received: Received<'_>, now: Now) -> Response<Bytes> {
        match self.inbox().record(received, now) {
            Ok(()) => empty(StatusCode::OK),
            Err(error) => {
                eprintln!("a webhook was not recorded: {error}");
                empty(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }

    /// The token endpoint that Cashlink was given. `entropy` is 16 random bytes.
    pub fn token(&self, now: Now, entropy: [u8; 16], request: &Request<Bytes>) -> Response<Bytes> {
        self.issuer.answer(now, entropy, request)
    }
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// A receiver as the program's environment describes it.
///
/// # Errors
/// As [`configured`].
pub fn from_environment() -> Result<Receiver, Box<dyn Error>> {
    #[allow(clippy::disallowed_methods, reason = "a program may ask its environment")]
    configured(|name| std::env::var(name).ok())
}

/// A receiver with these settings: `CASHLINK_WEBHOOK_SECRET`, and while it is exchanged, `CASHLINK_WEBHOOK_SECRET_NEXT`;
/// `CASHLINK_RECEIVER_CLIENT_SECRET`, which Cashlink has from us as the client `cashlink`; `CASHLINK_TOKEN_KEY`;
/// `CASHLINK_INBOX`, the file of the database.
///
/// # Errors
/// When one is missing, empty or too short; which one is said.
pub fn configured(setting: impl Fn(&str) -> Option<String>) -> Result<Receiver, Box<dyn Error>> {
    let secret = |name| setting(name).map(Secret::new).ok_or_else(|| format!("set {name}"));
    let mut verifier = Verifier::new(WebhookSecret::new(&secret("CASHLINK_WEBHOOK_SECRET")?)?);
    if let Ok(next) = secret("CASHLINK_WEBHOOK_SECRET_NEXT") {
        verifier = verifier.or(WebhookSecret::new(&next)?);
    }
    let client_secret = secret("CASHLINK_RECEIVER_CLIENT_SECRET")?;
    let key = TokenKey::new(&secret("CASHLINK_TOKEN_KEY")?)?;
    let file = setting("CASHLINK_INBOX").ok_or("set CASHLINK_INBOX")?;
    let inbox = Inbox::new(Connection::open(file)?)?;
    Ok(Receiver::new(verifier, TokenIssuer::new("cashlink", &client_secret, key)?, inbox))
}
