//! What a receiver of webhooks does, whatever HTTP stack carries it: prove, record, answer; the work comes later. The examples
//! `receiver_axum` and `receiver_hyper` put a server around it.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::{HeaderMap, Request, Response, StatusCode};
use cashlink_ureq::core::partner::InvestmentId;
use cashlink_ureq::core::webhook::{DeliveryId, Notice, StatusChanged, TokenIssuer, Verifier};
use cashlink_ureq::core::{Now, Secret};

/// What proves deliveries, and where they are recorded.
#[derive(Debug)]
pub struct Receiver {
    verifier: Verifier,
    issuer: TokenIssuer,
    inbox: Mutex<Inbox>,
}

/// In your program: tables with these keys, and an answer only after the commit.
#[derive(Debug, Default)]
pub struct Inbox {
    /// Signed events, each once, however often it came.
    pub events: HashMap<DeliveryId, Vec<u8>>,
    /// Changes, each once: what is to be done on a change hangs here.
    pub changes: HashSet<StatusChanged>,
    /// The state of each investment, in whatever order its changes came.
    pub investments: HashMap<InvestmentId, StatusChanged>,
    /// Authentic, and new to this program: for a person to look at.
    pub unknown: HashSet<Vec<u8>>,
}

impl Receiver {
    /// A receiver with an empty inbox.
    pub fn new(verifier: Verifier, issuer: TokenIssuer) -> Self {
        Self { verifier, issuer, inbox: Mutex::default() }
    }

    /// What was recorded.
    pub fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The older generation: signed; it waits two seconds, and never comes again.
    pub fn signed(&self, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
        let Ok(verified) = self.verifier.verify(headers, body) else {
            return empty(StatusCode::UNAUTHORIZED);
        };
        self.inbox().events.entry(verified.delivery_id()).or_insert_with(|| body.to_vec());
        empty(StatusCode::OK)
    }

    /// The newer generation: Cashlink shows a token that it got from us, and repeats until it gets a 2xx.
    pub fn authenticated(&self, now: Now, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
        let delivery = match self.issuer.authenticate(now, headers, body) {
            Ok(delivery) => delivery,
            Err(refused) => return refused.response(),
        };
        let mut inbox = self.inbox();
        match delivery.notice() {
            Ok(Notice::StatusChanged(changed)) => {
                let state = inbox.investments.entry(changed.investment_id).or_insert_with(|| changed.clone());
                if changed.supersedes(state) {
                    state.clone_from(&changed);
                }
                inbox.changes.insert(changed);
            }
            _ => _ = inbox.unknown.insert(body.to_vec()),
        }
        empty(StatusCode::OK)
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

/// The secrets of a receiver, as a program gets them from its environment.
///
/// # Errors
/// When one is missing, empty or too short; which one is said.
pub fn from_environment() -> Result<Receiver, Box<dyn std::error::Error>> {
    use cashlink_ureq::core::webhook::{TokenKey, WebhookSecret};

    #[expect(clippy::disallowed_methods, reason = "a program may ask its environment")]
    let secret = |name| std::env::var(name).map(Secret::new).map_err(|_| format!("set {name}"));
    let verifier = Verifier::new(WebhookSecret::new(&secret("CASHLINK_WEBHOOK_SECRET")?)?);
    let key = TokenKey::new(&secret("CASHLINK_TOKEN_KEY")?)?;
    let issuer = TokenIssuer::new("cashlink", &secret("CASHLINK_CLIENT_SECRET")?, key)?;
    Ok(Receiver::new(verifier, issuer))
}
