//! The way of a call from one message to the next: the loop around [`Step`], with the world on the other side of it.
#![forbid(unsafe_code)]

use bytes::Bytes;
use cashlink_core::answer::Received;
use cashlink_core::flow::{Lead, Look, TokenSlot};
use cashlink_core::page::{PageCall, Walk};
use cashlink_core::partner::distributor::{CreateInvestor, Investor, ListInvestors};
use cashlink_core::partner::{NaturalPerson, Partner, scope};
use cashlink_core::{
    Bearer, Call, Client, Delay, Endpoint, Error, Failure, Grant, IdempotencyKey, NeedToken, Now, Outgoing,
    Pending, Reply, Secret, Step,
};
use http::Response;

use crate::message::{Refusal, Said, Told, Value, Wanted, pairs};

/// What happens between a message and the answer to it.
pub(crate) struct Machine {
    account: Option<Account>,
}

/// One account, and the call that is going on.
struct Account {
    client: Client<Bearer>,
    tokens: TokenSlot,
    running: Option<(Asked, At)>,
}

/// What a call wants, and how its answer will be read.
enum Asked {
    Create(Call<Investor, Bearer>),
    List(Walk<ListInvestors>, PageCall<ListInvestors>),
}

/// Where a call stands while the world has its turn: on its own way, or on that of the token that it needs.
enum At {
    Call(Paused<Received>),
    Token(Paused<Grant>, NeedToken<Received>, Lead),
}

/// A flow that waits for the world.
enum Paused<T> {
    Sent(Pending<T>),
    Waiting(Delay<T>),
}

/// What became of what the world had to do.
enum Event {
    Answer(Response<Bytes>),
    Failure(Failure),
    Woken,
}

/// How far a call came without the world.
enum Reached {
    Pause(At, Said, Bytes),
    End(Result<Reply<Received>, Error>),
}

type Spoken = (Said, Bytes);

impl Machine {
    pub(crate) const fn new() -> Self {
        Self { account: None }
    }

    /// A message comes in, the answer goes out.
    pub(crate) fn turn(&mut self, message: &[u8]) -> Vec<u8> {
        match self.hear(message) {
            Ok((said, body)) => said.write(&body),
            Err(reason) => Said::Refused { reason }.write(&[]),
        }
    }

    fn hear(&mut self, message: &[u8]) -> Result<Spoken, Refusal> {
        let (told, body) = Told::read(message)?;
        let account = self.account.as_mut().ok_or("the account is not known yet");
        match told {
            Told::Account { .. } if account.is_ok() => Err("the account is known already".into()),
            Told::Account { base_url, client_id, client_secret } => {
                self.account = Some(Account::new(&base_url, &client_id, client_secret)?);
                Ok((Said::Ready, Bytes::new()))
            }
            Told::Call { call, now, entropy } => account?.begin(call, now.into(), entropy),
            Told::Answer { head, now } => account?.go_on(Event::Answer(head.answer(body)?), now.into()),
            Told::Failure { failure, now } => account?.go_on(Event::Failure(failure.failure()?), now.into()),
            Told::Woken { now } => account?.go_on(Event::Woken, now.into()),
        }
    }
}

impl Account {
    fn new(base_url: &str, client_id: &str, client_secret: Secret) -> Result<Self, Refusal> {
        let base = match base_url.starts_with("http:") {
            true => Endpoint::on_loopback(base_url),
            false => Endpoint::new(base_url),
        };
        let bearer = Bearer::client_credentials(client_id, client_secret)
            .map_err(|error| error.to_string())?
            .scopes([scope::INVESTORS_READ, scope::INVESTORS_WRITE]);
        let client = Client::new(Partner::at(base.map_err(|error| error.to_string())?), bearer);
        Ok(Self { tokens: TokenSlot::new(client.policy()), client, running: None })
    }

    fn begin(&mut self, wanted: Wanted, now: Now, entropy: [u8; 16]) -> Result<Spoken, Refusal> {
        if self.running.is_some() {
            return Err("another call is going on".into());
        }
        let asked = match Asked::new(wanted, &self.client)? {
            Ok(asked) => asked,
            Err(error) => return Ok((Said::failed(&error), Bytes::new())),
        };
        let call = asked.erased();
        // Those of documents do, and of what is called here none is one.
        if call.body().as_bytes().is_none() {
            return Err("its body comes in several pieces".into());
        }
        let step = self.client.perform(&call, now, entropy);
        let reached = self.advance(step, now);
        Ok(self.settle(asked, reached))
    }

    /// The world has done what it was asked for.
    fn go_on(&mut self, event: Event, now: Now) -> Result<Spoken, Refusal> {
        let (asked, at) = self.running.take().ok_or("no call is going on")?;
        let stands = match at {
            At::Call(paused) => paused.hear(event, now).map(|step| self.advance(step, now)).map_err(At::Call),
            At::Token(paused, need, lead) => match paused.hear(event, now) {
                Ok(step) => Ok(self.obtain(step, need, lead, now)),
                Err(paused) => Err(At::Token(paused, need, lead)),
            },
        };
        match stands {
            Ok(reached) => Ok(self.settle(asked, reached)),
            Err(at) => {
                self.running = Some((asked, at));
                Err("the call waits for something else".into())
            }
        }
    }

    /// As far as the call itself comes without the world.
    fn advance(&mut self, step: Step<Received>, now: Now) -> Reached {
        match step {
            Step::Send(outgoing) => send(outgoing, now, At::Call),
            Step::Wait(delay) => wait(delay, At::Call),
            Step::Authorize(mut need) => match self.tokens.look(now, &mut need.waiter()) {
                Look::Use(token) => self.advance(need.with(token, now), now),
                Look::Lead(lead) => {
                    let step = need.request(now);
                    self.obtain(step, need, lead, now)
                }
                // Only where callers run beside each other; here there is one at a time.
                Look::Failed(error) => self.advance(need.fail(&error), now),
                Look::Join | Look::TooLate => self.advance(need.time_out(), now),
            },
            Step::Done(result) => Reached::End(result),
        }
    }

    /// As far as the request for a token comes without the world, and, when the token is there, the call.
    fn obtain(&mut self, step: Step<Grant>, need: NeedToken<Received>, lead: Lead, now: Now) -> Reached {
        match step {
            Step::Send(outgoing) => send(outgoing, now, |paused| At::Token(paused, need, lead)),
            Step::Wait(delay) => wait(delay, |paused| At::Token(paused, need, lead)),
            // What obtains tokens shows none.
            Step::Authorize(inner) => self.obtain(inner.time_out(), need, lead, now),
            Step::Done(outcome) => {
                self.tokens.land(lead, outcome.as_ref().map(|reply| &reply.value));
                let step = match outcome {
                    Ok(grant) => need.with(grant.value.token(), now),
                    Err(error) => need.fail(&error),
                };
                self.advance(step, now)
            }
        }
    }

    /// Keeps the call where it stands, or tells how it ended.
    fn settle(&mut self, asked: Asked, reached: Reached) -> Spoken {
        let result = match reached {
            Reached::Pause(at, said, body) => {
                self.running = Some((asked, at));
                return (said, body);
            }
            Reached::End(result) => result,
        };
        if let Some(token) = result.as_ref().err().and_then(Error::rejected_token) {
            self.tokens.reject(token);
        }
        let said = match result.and_then(|reply| asked.read(reply)) {
            Ok(said) => said,
            Err(error) => Said::failed(&error),
        };
        (said, Bytes::new())
    }
}

impl Asked {
    /// Encodes the call. The outer error is the host's mistake, the inner one an error like that of any other call.
    fn new(wanted: Wanted, client: &Client<Bearer>) -> Result<Result<Self, Error>, Refusal> {
        match wanted {
            Wanted::CreateInvestor { key, forename, surname, birth_date, citizenship } => {
                let key = IdempotencyKey::new(key).map_err(|error| error.to_string())?;
                let person = NaturalPerson::new()
                    .forename(forename)
                    .surname(surname)
                    .birth_date(birth_date)
                    .citizenship(citizenship);
                let create = CreateInvestor::natural_person(key, person, true);
                Ok(Call::new(&create).map(Self::Create))
            }
            Wanted::ListInvestors { walk: None } => Walk::new(&ListInvestors::new(), client.policy())
                .map_or_else(|error| Ok(Err(error)), Self::page),
            Wanted::ListInvestors { walk: Some(walk) } => {
                Self::page(serde_json::from_str(&walk).map_err(|_| "that is no walk")?)
            }
        }
    }

    fn page(walk: Walk<ListInvestors>) -> Result<Result<Self, Error>, Refusal> {
        match walk.call() {
            Ok(None) => Err("the walk is at its end".into()),
            Ok(Some(call)) => Ok(Ok(Self::List(walk, call))),
            Err(error) => Ok(Err(error)),
        }
    }

    fn erased(&self) -> Call<Received, Bearer> {
        match self {
            Self::Create(call) => call.erased(),
            Self::List(_, call) => call.erased(),
        }
    }

    fn read(self, reply: Reply<Received>) -> Result<Said, Error> {
        let (status, attempts) = (reply.meta.status().as_u16(), reply.meta.attempts());
        let value = match self {
            Self::Create(call) => Value::Investor { id: reply.decode(&call)?.value.id.to_string() },
            Self::List(mut walk, call) => {
                let page = reply.decode(&call)?.value;
                walk.turn(&page)?;
                let at_end = matches!(walk.call(), Ok(None));
                Value::Page {
                    ids: page.items.iter().map(|investor| investor.id.to_string()).collect(),
                    walk: if at_end { None } else { serde_json::to_string(&walk).ok() },
                }
            }
        };
        Ok(Said::Done { status, attempts, value })
    }
}

impl<T> Paused<T> {
    /// The step after this, or the flow as it was where the event answers another question.
    fn hear(self, event: Event, now: Now) -> Result<Step<T>, Self> {
        match (self, event) {
            (Self::Sent(pending), Event::Answer(response)) => Ok(pending.respond(now, response)),
            (Self::Sent(pending), Event::Failure(failure)) => Ok(pending.fail(now, failure)),
            (Self::Waiting(delay), Event::Woken) => Ok(delay.wake(now)),
            (paused, _) => Err(paused),
        }
    }
}

fn send<T>(outgoing: Outgoing<T>, now: Now, at: impl FnOnce(Paused<T>) -> At) -> Reached {
    let (request, pending) = outgoing.into_parts();
    let said = Said::Send {
        method: request.method().to_string(),
        url: request.uri().to_string(),
        headers: pairs(request.headers()),
        timeout_millis: pending.timeouts(now).total.as_millis().try_into().unwrap_or(u64::MAX),
        largest_answer: pending.largest_answer(),
    };
    Reached::Pause(at(Paused::Sent(pending)), said, request.body().as_bytes().cloned().unwrap_or_default())
}

fn wait<T>(delay: Delay<T>, at: impl FnOnce(Paused<T>) -> At) -> Reached {
    let said = Said::Wait { micros: delay.duration().as_micros().try_into().unwrap_or(u64::MAX) };
    Reached::Pause(at(Paused::Waiting(delay)), said, Bytes::new())
}
