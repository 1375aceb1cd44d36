//! Deliveries on their way: which is due, and what follows from how one went.

use super::{
    Credential, FIRST_RETRY, LONGEST_RETRY, Mischief, PARTNER_TIMEOUT, PartnerHook, SIGNED_TIMEOUT,
    SignedHook,
};
use crate::mint::Mint;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};
use std::time::Duration;

/// A request that somebody has to carry, and then to say by [`Sandbox::delivered`](crate::Sandbox::delivered) how it went.
#[non_exhaustive]
pub struct Delivery {
    /// By what to report it.
    pub id: u64,
    /// The request, with an absolute address.
    pub request: Request<Bytes>,
    /// How long its answer is waited for.
    pub timeout: Duration,
}

/// Only where it goes: the rest proves the sandbox (T11) and tells of a person (T12).
impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Delivery({} to {} within {:?})", self.id, self.request.uri(), self.timeout)
    }
}

/// Everything that was said and has not arrived.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Vec<Entry>,
    numbers: u64,
    /// Counted apart: where they take turns, every second event is of one kind, and mischief would only meet that one.
    signed_events: u32,
    status_events: u32,
    token: Option<Token>,
    /// How many tokens there were.
    tokens: u64,
    /// The token request: when it may go out, and under which number it is out.
    token_due: Duration,
    asking: Option<u64>,
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) attempts: u64,
}

struct Entry {
    number: u64,
    due: Duration,
    attempts: u32,
    /// Which token it went out with; 0 for none.
    token: u64,
    is_out: bool,
    is_forged: bool,
    body: String,
    kind: Kind,
}

/// Without the body, which tells of a person (T12).
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({}, due {:?}, attempts {})", self.number, self.due, self.attempts)
    }
}

enum Kind {
    Signed { hook: SignedHook, request_id: String },
    Status,
}

struct Token {
    text: String,
    ends: Duration,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Outbox {
    /// A signed event of the older API.
    pub(crate) fn sign(
        &mut self,
        now: Duration,
        mint: &mut Mint,
        mischief: Mischief,
        hook: &SignedHook,
        event: &Value,
    ) {
        let (again, forged) = count(&mut self.signed_events, mischief);
        let mut add = |body: &Value, is_forged| {
            let kind = Kind::Signed { hook: hook.clone(), request_id: mint.uuid("request id") };
            self.add(now, body.to_string(), is_forged, kind);
        };
        add(event, false);
        if again {
            add(event, false);
        }
        if forged {
            let mut lie = event.clone();
            lie["data"]["cashlink"]["amount"] = "0.01".into();
            add(&lie, true);
        }
    }

    /// A change of a status, of the newer API.
    pub(crate) fn tell(&mut self, now: Duration, mischief: Mischief, change: &Value) {
        let (again, forged) = count(&mut self.status_events, mischief);
        self.add(now, change.to_string(), false, Kind::Status);
        if again {
            self.add(now, change.to_string(), false, Kind::Status);
        }
        if forged {
            let mut lie = change.clone();
            lie["status"] = "DELIVERED".into();
            self.add(now, lie.to_string(), true, Kind::Status);
        }
    }

    fn add(&mut self, due: Duration, body: String, is_forged: bool, kind: Kind) {
        self.numbers += 1;
        let number = self.numbers;
        self.waiting.push(Entry { number, due, attempts: 0, token: 0, is_out: false, is_forged, body, kind });
    }

    /// How many wait, those that are on their way included.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What is due and not on its way yet; from now on it is.
    pub(crate) fn due(
        &mut self,
        now: Duration,
        partner: Option<&PartnerHook>,
        mischief: Mischief,
        seed: u64,
    ) -> Vec<Delivery> {
        let mut due = Vec::new();
        let mut wants_token = false;
        let token = self.token.as_ref().filter(|token| now < token.ends).map(|token| token.text.clone());
        for entry in self.waiting.iter_mut().filter(|entry| entry.due <= now && !entry.is_out) {
            let delivery = match (&entry.kind, partner) {
                (Kind::Signed { hook, request_id }, _) => Some(signed(entry, hook, request_id)),
                (Kind::Status, None) => None,
                (Kind::Status, Some(hook)) => {
                    let shown = match &hook.credential {
                        Credential::Bearer(token) => Some(token.clone()),
                        Credential::ClientCredentials { .. } => token.clone(),
                    };
                    wants_token |= shown.is_none();
                    shown.map(|token| status(entry, &hook.url, &token))
                }
            };
            if let Some(delivery) = delivery {
                entry.is_out = true;
                entry.attempts += 1;
                entry.token = if matches!(entry.kind, Kind::Status) { self.tokens } else { 0 };
                self.attempts += 1;
                due.push(delivery);
            }
        }
        if mischief.shuffle {
            due.sort_by_cached_key(|delivery| {
                <[u8; 32]>::from(Sha256::digest([seed, delivery.id].map(u64::to_be_bytes).concat()))
            });
        }
        if wants_token && self.asking.is_none() && self.token_due <= now {
            due.extend(partner.and_then(|hook| self.token_request(&hook.credential)));
        }
        due
    }

    fn token_request(&mut self, credential: &Credential) -> Option<Delivery> {
        let Credential::ClientCredentials { token_url, client_id, client_secret } = credential else {
            return None;
        };
        self.numbers += 1;
        self.asking = Some(self.numbers);
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", client_secret),
        ];
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = Request::post(&**token_url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Some(Delivery { id: self.numbers, request: body(request, form), timeout: PARTNER_TIMEOUT })
    }

    /// How a delivery went: the answer, or none.
    pub(crate) fn delivered(&mut self, now: Duration, id: u64, answer: Option<&Response<Bytes>>) {
        if self.asking == Some(id) {
            self.asking = None;
            self.token = answer.and_then(|answer| token(now, answer));
            self.tokens += u64::from(self.token.is_some());
            self.token_due = now.saturating_add(FIRST_RETRY);
            return;
        }
        let Some(place) = self.waiting.iter().position(|entry| entry.number == id && entry.is_out) else {
            return;
        };
        let status = answer.map(Response::status);
        let arrived = status.is_some_and(|status| status.is_success());
        // A late answer says nothing of a newer token, and one to a signature or a lie nothing of any.
        let Entry { token, is_forged, .. } = self.waiting[place];
        if status == Some(StatusCode::UNAUTHORIZED) && token == self.tokens && token > 0 && !is_forged {
            self.token = None;
            self.token_due = now;
        }
        let entry = &mut self.waiting[place];
        let again = matches!(entry.kind, Kind::Status) && !arrived && !entry.is_forged;
        if again {
            let doubled =
                FIRST_RETRY.saturating_mul(1_u32.checked_shl(entry.attempts - 1).unwrap_or(u32::MAX));
            entry.due = now.saturating_add(doubled.min(LONGEST_RETRY));
            entry.is_out = false;
        } else {
            self.waiting.remove(place);
            self.delivered += u64::from(arrived);
            self.failed += u64::from(!arrived);
        }
    }
}

/// One more event: whether it is repeated, and whether a lie goes beside it.
fn count(events: &mut u32, mischief: Mischief) -> (bool, bool) {
    *events = events.wrapping_add(1);
    let every = |number: u32| number > 0 && *events % number == 0;
    (every(mischief.repeat_every), every(mischief.forge_every))
}

/// "HMAC-SHA512(secret_key, request body)", in base64.
fn signed(entry: &Entry, hook: &SignedHook, request_id: &str) -> Delivery {
    let secret = if entry.is_forged { "not the secret" } else { &hook.secret };
    // A key may have any length; without one there is no signature.
    let mac =
        Hmac::<Sha512>::new_from_slice(secret.as_bytes()).map(|mac| mac.chain_update(&entry.body).finalize());
    let signature = mac.map(|mac| STANDARD.encode(mac.into_bytes())).unwrap_or_default();
    let request = Request::post(&*hook.url)
        .header(USER_AGENT, "cashlink")
        .header(CONTENT_TYPE, "application/json")
        .header("hook-hmac", signature)
        .header("x-request-id", request_id);
    Delivery { id: entry.number, request: body(request, entry.body.clone()), timeout: SIGNED_TIMEOUT }
}

/// The method is not documented; POST is inferred.
fn status(entry: &Entry, url: &str, token: &str) -> Delivery {
    let token = if entry.is_forged { "not-the-token" } else { token };
    let mut request = Request::post(url).header(CONTENT_TYPE, "application/json");
    if let (Some(headers), Ok(mut shown)) =
        (request.headers_mut(), HeaderValue::try_from(format!("Bearer {token}")))
    {
        shown.set_sensitive(true);
        headers.insert(AUTHORIZATION, shown);
    }
    Delivery { id: entry.number, request: body(request, entry.body.clone()), timeout: PARTNER_TIMEOUT }
}

/// An address that can't be written makes a request that nobody can carry, which is a failed delivery. A token that can't be is left
/// out, and the receiver refuses.
fn body(request: http::request::Builder, body: String) -> Request<Bytes> {
    request.body(Bytes::from(body)).unwrap_or_default()
}

fn token(now: Duration, answer: &Response<Bytes>) -> Option<Token> {
    #[derive(Deserialize)]
    struct Grant {
        access_token: String,
        expires_in: Option<u64>,
    }
    let grant: Grant = serde_json::from_slice(answer.body()).ok().filter(|_| answer.status().is_success())?;
    let life = Duration::from_secs(grant.expires_in.unwrap_or(60));
    Some(Token { text: grant.access_token, ends: now.saturating_add(life) })
}
