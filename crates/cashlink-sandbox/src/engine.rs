//! The engine: one request in, one answer out, and nothing else.

use crate::config::Config;
use crate::control;
use crate::drf::Refusal;
use crate::faults::{Armed, Faults, Outcome, Plan, Queue};
use crate::gate;
use crate::oauth;
use crate::statistics::Statistics;
use crate::store::{Kind, Object};
use crate::webhooks::{self, Delivery, NotAdvanced, NotPaid, Payer, Webhooks};
use crate::world::World;
use bytes::Bytes;
use http::header::DATE;
use http::{HeaderValue, Request, Response, StatusCode};
use std::time::{Duration, UNIX_EPOCH};

/// Both generations of the API as one value. It reads no clock, opens no socket and draws no random number: time comes in with
/// every request, and every id is derived from the [seed](Config::seed).
///
/// ```
/// use bytes::Bytes;
/// use cashlink_sandbox::{Config, Sandbox, demo};
/// use std::time::Duration;
///
/// let mut sandbox = Sandbox::new(Config::default());
/// let request = http::Request::post("/business/api/v1/cashlink")
///     .header("X-Api-Key", demo::USER_KEY)
///     .header("Content-Type", "application/json")
///     .body(Bytes::from(r#"{"type": "invoice", "amount": "12.34"}"#))
///     .unwrap();
/// let answer = sandbox.handle(Duration::from_secs(1_700_000_000), request);
/// assert_eq!(answer.status(), 400);
/// assert_eq!(answer.body(), r#"{"subject":["This field is required."]}"#);
/// ```
#[derive(Debug)]
pub struct Sandbox {
    world: World,
    armed: Queue,
    statistics: Statistics,
}

impl Sandbox {
    /// A new world. It holds the [seeded investment](crate::demo::INVESTMENT_ID) and nothing else.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { world: World::new(config), armed: Queue::default(), statistics: Statistics::default() }
    }

    /// What it was built from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.world.config
    }

    /// Answers one request at a time `now` since the epoch. Never panics, whatever the request.
    ///
    /// The address may be a path, with the host in `Host`, or absolute. What the answer's extensions say about its delivery
    /// ([`Disruption`](crate::Disruption), [`Delay`](crate::Delay)) is for the caller to honour; the answer itself is always
    /// whole, also where nobody is to see it.
    pub fn handle(&mut self, now: Duration, request: Request<Bytes>) -> Response<Bytes> {
        let mut response = if request.uri().path().starts_with(control::PREFIX) {
            control::answer(self, now, &request)
        } else {
            self.statistics.saw(&request);
            self.faulty(now, &request)
        };
        // By the time that came in, not by the carrier's: `Retry-After` as a date is measured against it.
        response.headers_mut().extend(HeaderValue::try_from(http_date(now)).ok().map(|date| (DATE, date)));
        response
    }

    /// The APIs, with whatever was asked to go wrong.
    fn faulty(&mut self, now: Duration, request: &Request<Bytes>) -> Response<Bytes> {
        let plan = match Faults::from_headers(request.headers()) {
            Ok(Some(faults)) => Plan::from(faults),
            Ok(None) => {
                let armed = self.armed.take(request.method(), request.uri().path());
                armed.map(Plan::from).unwrap_or_default()
            }
            Err(error) => return Refusal::bad_request(format!("X-Sandbox-Fault is {error}")).into(),
        };
        if let (true, Some(token)) = (plan.expire_token, oauth::bearer(request.headers())) {
            self.world.tokens.expire(token);
        }
        let mut response = match &plan.outcome {
            Outcome::Handled | Outcome::ResponseDropped => gate::answer(&mut self.world, now, request),
            Outcome::RequestDropped => {
                let mut nothing = Response::new(Bytes::new());
                *nothing.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                nothing
            }
            Outcome::Replaced(status) => {
                if status.after_effect {
                    gate::answer(&mut self.world, now, request);
                }
                status.response(now)
            }
        };
        plan.disrupt(&mut response);
        response
    }

    /// After how many bytes of its body this request's connection is to be closed, if at all. It is asked when only the head has come,
    /// and takes the fault: what was armed for this request must not meet another one meanwhile. The request counts as asked.
    #[cfg(feature = "server")]
    pub(crate) fn upload_drops_after(&mut self, head: &Request<()>) -> Option<u64> {
        let (method, path) = (head.method(), head.uri().path());
        if path.starts_with(control::PREFIX) {
            return None;
        }
        // Where the header is wrong, the engine says so once the request is there.
        let brought = Faults::from_headers(head.headers()).ok()?;
        let after = brought.as_ref().or_else(|| self.armed.peek(method, path))?.upload_drops_after()?;
        let plan = Plan::from(brought.or_else(|| self.armed.take(method, path))?);
        if let (true, Some(token)) = (plan.expire_token, oauth::bearer(head.headers())) {
            self.world.tokens.expire(token);
        }
        self.statistics.saw(head);
        Some(after)
    }

    /// Lets these faults wait for the next requests that fit them, behind those armed before. A request that brings faults of
    /// its own in `X-Sandbox-Fault` takes none of them.
    pub fn arm(&mut self, armed: Armed) {
        self.armed.arm(armed);
    }

    /// Takes back all faults that still wait; the number of entries.
    pub fn disarm(&mut self) -> usize {
        self.armed.clear()
    }

    /// The faults that still wait, in the order in which they were armed.
    pub fn armed(&self) -> impl Iterator<Item = &Armed> {
        self.armed.iter()
    }

    /// Expires every bearer token given out so far; how many there were.
    pub fn expire_tokens(&mut self) -> usize {
        self.world.tokens.expire_all()
    }

    /// Forgets every idempotency key, as a server does that keeps them for a while only (T44); how many there were.
    pub fn forget_keys(&mut self) -> usize {
        self.world.replies.forget()
    }

    /// Gives a transfer another status, as the ledger would: `succeeded`, `success` in an older spelling, `failed`, `unknown`, or
    /// one that no page knows. Whether there is such a transfer.
    pub fn settle_transfer(&mut self, id: &str, status: &str) -> bool {
        let transfer = self.world.store.by_uuid_mut(Kind::Transfer, id);
        transfer.map(|transfer| transfer.set_status(status)).is_some()
    }

    /// Pays a payment link, and tells its business by webhook; the payment's id.
    ///
    /// # Errors
    /// [`NotPaid`], with the reason.
    pub fn pay(&mut self, now: Duration, link: &str, payer: &Payer) -> Result<String, NotPaid> {
        self.world.pay(now, link, payer)
    }

    /// Whether somebody is told when this link is paid.
    pub(crate) fn tells_of_payments(&self, link: &str) -> bool {
        self.world.tells_of_payments(link)
    }

    /// Gives an investment the next status of the vendor's table, or the one that is named, whatever it is; its webhook follows.
    /// The status that it has then.
    ///
    /// # Errors
    /// [`NotAdvanced`]: there is no such investment, or no next status.
    pub fn advance(
        &mut self,
        now: Duration,
        investment: &str,
        status: Option<&str>,
    ) -> Result<String, NotAdvanced> {
        let held = self.world.store.by_uuid(Kind::Investment, investment);
        let has = held.ok_or(NotAdvanced::NoSuchInvestment)?.status().unwrap_or_default();
        let next = || webhooks::ORDER.iter().skip_while(|own| **own != has).nth(1).copied();
        let status =
            status.or_else(next).ok_or_else(|| NotAdvanced::NoNextStatus(has.to_owned()))?.to_owned();
        self.world.change_status(now, investment, &status);
        Ok(status)
    }

    /// The webhooks that are due: carry them, and report each by [`Sandbox::delivered`]. Where the receiver is a token server, a
    /// token request may be among them.
    pub fn due(&mut self, now: Duration) -> Vec<Delivery> {
        let World { config, outbox, .. } = &mut self.world;
        outbox.due(now, &config.webhooks)
    }

    /// How a delivery went: its answer, or `None` where none came in its time. When it is tried again, since the epoch; `None` where it
    /// isn't.
    pub fn delivered(
        &mut self,
        now: Duration,
        id: u64,
        answer: Option<&Response<Bytes>>,
    ) -> Option<Duration> {
        let World { config, outbox, .. } = &mut self.world;
        outbox.delivered(now, config.webhooks.timing, id, answer)
    }

    /// Switches an API key to production (`true`) or back to test mode, as the vendor may; whether there is such a key. Links, and
    /// businesses that were registered, keep the mode in which they were made.
    pub fn set_live(&mut self, key: &str, is_live: bool) -> bool {
        self.world.set_live(key, is_live)
    }

    /// Where webhooks go, from now on.
    pub fn set_webhooks(&mut self, webhooks: Webhooks) {
        self.world.config.webhooks = webhooks;
    }

    /// How many webhooks have not arrived yet.
    #[must_use]
    pub fn waiting_webhooks(&self) -> usize {
        self.world.outbox.waiting()
    }

    /// How many webhooks arrived, how many never will, and how many attempts all of them took.
    #[must_use]
    pub fn webhooks_sent(&self) -> (u64, u64, u64) {
        let outbox = &self.world.outbox;
        (outbox.delivered, outbox.failed, outbox.attempts)
    }

    /// How many bearer tokens are accepted at this time since the epoch.
    #[must_use]
    pub fn live_tokens(&self, now: Duration) -> usize {
        self.world.tokens.live(now)
    }

    /// How many idempotency keys are remembered.
    #[must_use]
    pub fn stored_keys(&self) -> usize {
        self.world.replies.count()
    }

    /// How many requests got the first answer to their key again.
    #[must_use]
    pub fn replays(&self) -> u64 {
        self.world.replies.replays
    }

    /// How many of the [replays](Self::replays) came with another body than the first request: a mistake of the client.
    #[must_use]
    pub fn replays_of_other_bodies(&self) -> u64 {
        self.world.replies.replays_of_other_bodies
    }

    /// What was asked, and how often.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// All objects of a kind, oldest first.
    #[must_use]
    pub fn objects(&self, kind: Kind) -> &[Object] {
        self.world.store.all(kind)
    }

    /// The object of this id.
    #[must_use]
    pub fn object(&self, kind: Kind, id: &str) -> Option<&Object> {
        self.world.store.get(kind, id)
    }

    /// How many objects of a kind there are.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.objects(kind).len()
    }
}

/// A time since the epoch as an HTTP date. Beyond the year 9999 the format ends, and so does time.
pub(crate) fn http_date(since_epoch: Duration) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    httpdate::fmt_http_date(UNIX_EPOCH + since_epoch.min(LAST))
}

#[cfg(test)]
mod tests;
