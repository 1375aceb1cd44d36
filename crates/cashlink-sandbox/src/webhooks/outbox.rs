//! Deliveries on their way: which is due, and what follows from how one went.

use super::{Credential, Mischief, SignedHook, Timing, Webhooks, moment};
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
    /// What it tells or asks, in two or three words without a person in them: `cashlink.paid`, `status change`, `token request`, or a
    /// `forged` one.
    pub what: &'static str,
    /// The request, with an absolute address.
    pub request: Request<Bytes>,
    /// How long its answer is waited for.
    pub timeout: Duration,
}

/// Only where it goes: the rest proves the sandbox (T11) and tells of a person (T12).
impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, what, request, timeout } = self;
        write!(f, "Delivery({id}, {what}, to {} within {timeout:?})", request.uri())
    }
}

/// How late a shuffled delivery may leave.
const LATEST: Duration = Duration::from_secs(1);

/// How much later than the truth a lie says it was.
const LEAD_OF_A_LIE: Duration = Duration::from_secs(86_400);

/// Everything that was said and has not arrived.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    seed: u64,
    waiting: Vec<Entry>,
    numbers: u64,
    /// Counted apart: where they take turns, every second event is of one kind, and mischief would only meet that one.
    signed_events: u32,
    status_events: u32,
    signed_repetitions: u32,
    token: Option<Token>,
    /// How many tokens there were.
    tokens: u64,
    /// The token request: when it may go out, and under which number it is out.
    token_due: Duration,
    asking: Option<u64>,
    /// How many token requests failed in a row.
    refusals: u32,
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

impl Entry {
    fn delivery(&self, request: http::request::Builder, timeout: Duration) -> Delivery {
        let what = match (&self.kind, self.is_forged) {
            (Kind::Signed { .. }, false) => "cashlink.paid",
            (Kind::Signed { .. }, true) => "forged cashlink.paid",
            (Kind::Status, false) => "status change",
            (Kind::Status, true) => "forged status change",
        };
        Delivery { id: self.number, what, request: body(request, self.body.clone()), timeout }
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
    /// An empty one, whose mischief this seed decides.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

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
        let request_id = mint.uuid("request id");
        let kind = |request_id| Kind::Signed { hook: hook.clone(), request_id };
        self.add(now, mischief, event.to_string(), false, kind(request_id.clone()));
        if again {
            self.signed_repetitions = self.signed_repetitions.wrapping_add(1);
            let is_another = self.signed_repetitions % 2 == 0;
            let request_id = if is_another { mint.uuid("request id") } else { request_id };
            self.add(now, mischief, event.to_string(), false, kind(request_id));
        }
        if forged {
            let mut lie = event.clone();
            lie["data"]["cashlink"]["amount"] = "0.01".into();
            self.add(now, mischief, lie.to_string(), true, kind(mint.uuid("request id")));
        }
    }

    /// A change of a status, of the newer API.
    pub(crate) fn tell(&mut self, now: Duration, mischief: Mischief, change: &Value) {
        let (again, forged) = count(&mut self.status_events, mischief);
        self.add(now, mischief, change.to_string(), false, Kind::Status);
        if again {
            self.add(now, mischief, change.to_string(), false, Kind::Status);
        }
        if forged {
            let mut lie = change.clone();
            lie["status"] = "FORGED".into();
            lie["changed_at"] = moment::utc(now.saturating_add(LEAD_OF_A_LIE)).into();
            self.add(now, mischief, lie.to_string(), true, Kind::Status);
        }
    }

    fn add(&mut self, now: Duration, mischief: Mischief, body: String, is_forged: bool, kind: Kind) {
        self.numbers += 1;
        let number = self.numbers;
        let late = if mischief.shuffle { lateness(self.seed, number) } else { Duration::ZERO };
        let due = now.saturating_add(late);
        self.waiting.push(Entry { number, due, attempts: 0, token: 0, is_out: false, is_forged, body, kind });
    }

    /// How many wait, those that are on their way included.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What is due and not on its way yet; from now on it is.
    pub(crate) fn due(&mut self, now: Duration, webhooks: &Webhooks) -> Vec<Delivery> {
        let Webhooks { partner, timing, .. } = webhooks;
        let partner = partner.as_ref();
        let mut due = Vec::new();
        let mut wants_token = false;
        let token = self.token.as_ref().filter(|token| now < token.ends).map(|token| token.text.clone());
        // Stable: what is due at the same time leaves in the order in which it happened.
        self.waiting.sort_by_key(|entry| entry.due);
        for entry in self.waiting.iter_mut().filter(|entry| entry.due <= now && !entry.is_out) {
            let delivery = match (&entry.kind, partner) {
                (Kind::Signed { hook, request_id }, _) => Some(signed(entry, hook, request_id, timing)),
                (Kind::Status, None) => None,
                (Kind::Status, Some(hook)) => {
                    let shown = match &hook.credential {
                        Credential::Bearer(token) => Some(token.clone()),
                        Credential::ClientCredentials { .. } => token.clone(),
                    };
                    wants_token |= shown.is_none();
                    shown.map(|token| status(entry, &hook.url, &token, timing))
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
        if wants_token && self.asking.is_none() && self.token_due <= now {
            due.extend(partner.and_then(|hook| self.token_request(&hook.credential, timing)));
        }
        due
    }

    fn token_request(&mut self, credential: &Credential, timing: &Timing) -> Option<Delivery> {
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
        let (id, what, timeout) = (self.numbers, "token request", timing.partner_timeout);
        Some(Delivery { id, what, request: body(request, form), timeout })
    }

    /// How a delivery went: the answer, or none. When it is tried again, if it is.
    pub(crate) fn delivered(
        &mut self,
        now: Duration,
        timing: Timing,
        id: u64,
        answer: Option<&Response<Bytes>>,
    ) -> Option<Duration> {
        if self.asking == Some(id) {
            self.asking = None;
            self.token = answer.and_then(|answer| token(now, answer));
            self.tokens += u64::from(self.token.is_some());
            // After a success too: a token that ends at once must not be asked for at once.
            self.refusals = if self.token.is_some() { 0 } else { self.refusals.saturating_add(1) };
            self.token_due = now.saturating_add(timing.wait(self.refusals));
            return self.token.is_none().then_some(self.token_due);
        }
        let place = self.waiting.iter().position(|entry| entry.number == id && entry.is_out)?;
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
            entry.due = now.saturating_add(timing.wait(entry.attempts));
            entry.is_out = false;
            return Some(entry.due);
        }
        self.waiting.remove(place);
        self.delivered += u64::from(arrived);
        self.failed += u64::from(!arrived);
        None
    }
}

/// A part of a second, that looks like chance and isn't.
fn lateness(seed: u64, number: u64) -> Duration {
    let digest = Sha256::digest([seed, number].map(u64::to_be_bytes).concat());
    let drawn = u16::from_be_bytes([digest[0], digest[1]]);
    LATEST * u32::from(drawn) / u32::from(u16::MAX)
}

/// One more event: whether it is repeated, and whether a lie goes beside it.
fn count(events: &mut u32, mischief: Mischief) -> (bool, bool) {
    *events = events.wrapping_add(1);
    let every = |number: u32| number > 0 && *events % number == 0;
    (every(mischief.repeat_every), every(mischief.forge_every))
}

/// "HMAC-SHA512(secret_key, request body)", in base64.
fn signed(entry: &Entry, hook: &SignedHook, request_id: &str, timing: &Timing) -> Delivery {
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
    entry.delivery(request, timing.signed_timeout)
}

/// The method is not documented; POST is inferred.
fn status(entry: &Entry, url: &str, token: &str, timing: &Timing) -> Delivery {
    let token = if entry.is_forged { "not-the-token" } else { token };
    let mut request = Request::post(url).header(CONTENT_TYPE, "application/json");
    if let (Some(headers), Ok(mut shown)) =
        (request.headers_mut(), HeaderValue::try_from(format!("Bearer {token}")))
    {
        shown.set_sensitive(true);
        headers.insert(AUTHORIZATION, shown);
    }
    entry.delivery(request, timing.partner_timeout)
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
