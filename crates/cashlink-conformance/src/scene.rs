//! What a case has to work with: servers, clients over the transport that is tried, and questions about how it went.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use cashlink_client::core::answer::Received;
use cashlink_client::core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_client::core::http::Method;
use cashlink_client::core::partner::{Document, Partner, distributor::UploadDocument};
use cashlink_client::core::payments::Payments;
use cashlink_client::core::{
    Bearer, Call, Certainty, Client as Protocol, Credential, Effect, Endpoint, Error, ErrorKind, Honoured,
    IdempotencyKey, Policy, Raw, Reply, Secret, UserKey,
};

use crate::case::{equal, holds};
use crate::clock::Clock;
use crate::payload::Payload;
use crate::server::{Log, Script, Server};
use crate::{Case, Finding};

/// One world's way to perform calls over the transport that is tried. Each client has a transport of its own.
pub(crate) trait World {
    fn user<'a>(&'a self, protocol: Protocol<UserKey>, clock: Clock, http2: bool) -> Made<'a, UserKey>;
    fn bearer<'a>(&'a self, protocol: Protocol<Bearer>, clock: Clock, http2: bool) -> Made<'a, Bearer>;
}

/// A client, if there is a transport for it.
pub(crate) type Made<'a, C> = Option<Box<dyn Perform<C> + 'a>>;

/// A client of either world.
pub(crate) trait Perform<C> {
    fn perform(&self, call: &Call<Received, C>, payload: Option<&Payload>) -> Result<Reply<Received>, Error>;
}

/// Where one case is played.
pub(crate) struct Scene<'a> {
    world: &'a dyn World,
    http2: bool,
    clock: Clock,
    attempts: Cell<u32>,
    logs: RefCell<Vec<Arc<Log>>>,
}

/// What reached the servers of a case, and what the calls counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    pub(crate) token_requests: usize,
    pub(crate) attempts: u32,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(case: &Case, world: &'a dyn World) -> Self {
        Self {
            world,
            http2: case.http2,
            clock: Clock::default(),
            attempts: Cell::new(0),
            logs: RefCell::default(),
        }
    }

    pub(crate) fn server(&self, scripts: Vec<Script>) -> Result<Server, Finding> {
        let server = Server::start(scripts)?;
        self.logs.borrow_mut().push(Arc::clone(server.log()));
        Ok(server)
    }

    /// A client of the API that takes a key: no token comes first.
    pub(crate) fn user(&self, origin: &str, policy: Policy) -> Result<Caller<'_, UserKey>, Finding> {
        let protocol = protocol_of_user(origin, policy)?;
        self.caller(self.world.user(protocol, self.clock.clone(), self.http2))
    }

    /// A client of the API that takes a token.
    pub(crate) fn bearer(&self, origin: &str, policy: Policy) -> Result<Caller<'_, Bearer>, Finding> {
        let api = Partner::at(endpoint(origin)?);
        let bearer = Bearer::client_credentials("client", Secret::new("s3cr3t")).map_err(arranged)?;
        let protocol = Protocol::builder(api, bearer).policy(policy).build();
        self.caller(self.world.bearer(protocol, self.clock.clone(), self.http2))
    }

    fn caller<'s, C>(&'s self, made: Made<'s, C>) -> Result<Caller<'s, C>, Finding> {
        let client = made.ok_or_else(|| Finding::new("no transport that speaks HTTP/2 was given"))?;
        Ok(Caller { client, attempts: &self.attempts })
    }

    /// One call that must happen once, to a server with this script: its error, and no request that nobody counted.
    pub(crate) fn once(&self, script: Script, policy: Policy) -> Result<Ended, Finding> {
        let server = self.server(vec![script])?;
        let result = self.user(&server.origin(), policy)?.call(&post(Effect::Once));
        gave_up(!server.log().is_overdue())?;
        arrived(!server.requests().is_empty())?;
        Ok(Ended(result))
    }

    /// How long the calls so far have waited.
    pub(crate) fn waited(&self) -> Duration {
        self.clock.skipped()
    }

    /// What holds whatever the case is about: the servers, where there are any, saw no request that nobody counted (T38), and
    /// had not to hang up; and they saw one.
    pub(crate) fn close(&self) -> (Tally, Result<(), Finding>, Result<(), Finding>) {
        let logs = self.logs.borrow();
        let seen: Vec<_> = logs.iter().flat_map(|log| log.requests()).collect();
        let token_requests = seen.iter().filter(|seen| seen.is_for_a_token()).count();
        let requests = seen.len() - token_requests;
        let attempts = self.attempts.get();
        let any = arrived(logs.is_empty() || !seen.is_empty());
        let overdue = logs.iter().any(|log| log.is_overdue());
        let counted = holds(usize::try_from(attempts).is_ok_and(|attempts| requests <= attempts), || {
            format!("{requests} requests reached the server, and {attempts} attempts were counted")
        });
        (Tally { requests, token_requests, attempts }, counted.and(gave_up(!overdue)), any)
    }
}

fn arrived(any: bool) -> Result<(), Finding> {
    holds(any, || "no request reached the server".into())
}

fn gave_up(in_time: bool) -> Result<(), Finding> {
    holds(in_time, || "nobody gave up: in the end, the server hung up".into())
}

/// What can't be arranged is no fault of the transport's.
fn arranged(error: impl std::fmt::Display) -> Finding {
    Finding::new(format!("not to be arranged here: {error}"))
}

fn endpoint(origin: &str) -> Result<Endpoint, Finding> {
    Endpoint::on_loopback(&format!("{origin}/api/")).map_err(arranged)
}

/// What the core knows of a client of the API that takes a key.
pub(crate) fn protocol_of_user(origin: &str, policy: Policy) -> Result<Protocol<UserKey>, Finding> {
    let api = Payments::at(endpoint(origin)?);
    let key = UserKey::new(Secret::new("k3y")).map_err(arranged)?;
    Ok(Protocol::builder(api, key).policy(policy).build())
}

/// A client whose attempts are counted.
pub(crate) struct Caller<'a, C> {
    client: Box<dyn Perform<C> + 'a>,
    attempts: &'a Cell<u32>,
}

impl<C: Credential> Caller<'_, C> {
    pub(crate) fn call<O>(&self, operation: &O) -> Result<Reply<O::Output>, Error>
    where
        O: cashlink_client::core::Operation<Credential = C>,
    {
        self.perform(&Call::new(operation)?, None)
    }

    pub(crate) fn perform<T>(&self, call: &Call<T, C>, payload: Option<&Payload>) -> Result<Reply<T>, Error> {
        let reply = self.client.perform(&call.erased(), payload);
        let result = reply.and_then(|reply| reply.decode(call));
        let attempts = result.as_ref().map_or_else(Error::attempts, |reply| reply.meta.attempts());
        self.attempts.set(self.attempts.get() + attempts);
        result
    }
}

/// How a call ended, for questions.
pub(crate) struct Ended<T = cashlink_client::core::bytes::Bytes>(pub(crate) Result<Reply<T>, Error>);

impl<T> Ended<T> {
    pub(crate) fn reply(self) -> Result<Reply<T>, Finding> {
        self.0.map_err(|error| Finding::new(format!("no reply, but: {error}")))
    }

    pub(crate) fn error(self) -> Result<Error, Finding> {
        match self.0 {
            Err(error) => Ok(error),
            Ok(reply) => {
                Err(Finding::new(format!("no error, but a reply of status {}", reply.meta.status())))
            }
        }
    }

    /// An error of this kind, this certain, after so many attempts.
    pub(crate) fn failed(
        self,
        kind: ErrorKind,
        certainty: Certainty,
        attempts: u32,
    ) -> Result<Error, Finding> {
        let error = self.error()?;
        let told = error.failure().map_or_else(|| error.to_string(), ToString::to_string);
        let wanted = (kind, certainty, attempts);
        equal(
            &format!("kind, certainty, attempts ({told})"),
            (error.kind(), error.certainty(), error.attempts()),
            wanted,
        )?;
        Ok(error)
    }

    /// The answer never came, and nobody knows: the end of what must not be repeated.
    pub(crate) fn ambiguous(self) -> Result<(), Finding> {
        self.failed(ErrorKind::Transport, Certainty::Unknown, 1).map(drop)
    }
}

/// Nothing waits between attempts, and there are two of them.
pub(crate) fn quick() -> Policy {
    let mut policy = Policy::default();
    policy.attempts = 2;
    policy.backoff = Duration::ZERO;
    policy
}

/// The same, and nobody waits for an answer for longer than this.
pub(crate) fn impatient() -> Policy {
    let mut policy = quick();
    policy.attempt_timeout = Duration::from_millis(200);
    policy
}

pub(crate) fn get() -> Raw<UserKey> {
    Raw::new(Method::GET, "things/", Effect::Safe)
}

pub(crate) fn post(effect: Effect<'_>) -> Raw<UserKey> {
    Raw::new(Method::POST, "things/", effect).json(&["a", "thing"])
}

pub(crate) fn key() -> Result<IdempotencyKey, Finding> {
    IdempotencyKey::new("order-4711").map_err(arranged)
}

/// The effect of a request whose key the server is known to honour.
pub(crate) fn documented(key: &IdempotencyKey) -> Effect<'_> {
    Effect::Keyed { key, honoured: Honoured::Documented }
}

/// A document that is announced with so many bytes.
pub(crate) fn upload(length: u64) -> Result<Call<Document, Bearer>, Finding> {
    let name = FileName::new("id.pdf").map_err(arranged)?;
    let seed = BoundarySeed::new([7; 16]);
    let payload = PayloadRef::new(length);
    Call::new(&UploadDocument::new(key()?, seed, name, MediaType::PDF, payload)).map_err(arranged)
}

/// An answer with this head and body, its length announced.
pub(crate) fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub(crate) fn created() -> Vec<u8> {
    answer("201 Created", r#"{"id":"17"}"#)
}

pub(crate) fn token(token: &str) -> Vec<u8> {
    answer("200 OK\r\nContent-Type: application/json", &format!(r#"{{"access_token":"{token}"}}"#))
}
