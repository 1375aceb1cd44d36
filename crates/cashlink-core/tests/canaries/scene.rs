//! Clients whose every secret is a canary, and answers of a server that writes canaries wherever it can.

use std::time::Duration;

use cashlink_core::body::{Body, Want};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Response, response};
use cashlink_core::partner::{Partner, scope};
use cashlink_core::payments::Payments;
use cashlink_core::{
    AppKey, Bearer, Call, Client, Credential, Failure, Grant, IdempotencyKey, Now, Operation, Outgoing,
    Secret, Step, Token, UserKey,
};

use crate::search::{secret, told};

pub(crate) const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

/// Sixteen bytes of entropy that hold a secret's canary.
pub(crate) const ENTROPY_CANARY: [u8; 16] = *b"secret7d1f0c93-x";

/// Printable on purpose, so without a canary.
pub(crate) fn key() -> IdempotencyKey {
    IdempotencyKey::new("investor-17").unwrap()
}

pub(crate) fn bearer() -> Bearer {
    Bearer::client_credentials(secret("client id"), Secret::new(secret("client secret")))
        .unwrap()
        .scopes([scope::INVESTORS_READ])
}

pub(crate) fn partner() -> Client<Bearer> {
    Client::new(Partner::demo(), bearer())
}

pub(crate) fn payments() -> Client<UserKey> {
    Client::new(Payments::production(), UserKey::new(Secret::new(secret("user-key"))).unwrap())
}

pub(crate) fn platform() -> Client<AppKey> {
    Client::new(Payments::production(), AppKey::new(Secret::new(secret("app-key"))).unwrap())
}

pub(crate) fn token() -> Token {
    Grant::new(Secret::new(secret("token"))).unwrap().token()
}

pub(crate) fn call<O: Operation>(operation: &O) -> Call<O::Output, O::Credential> {
    Call::new(operation).unwrap()
}

/// The first request of a call, after a token where one is needed.
pub(crate) fn outgoing<T, C: Credential>(client: &Client<C>, call: &Call<T, C>) -> Outgoing<T> {
    match client.perform(call, NOW, ENTROPY_CANARY) {
        Step::Authorize(need) => sent(need.with(token(), NOW)),
        step => sent(step),
    }
}

pub(crate) fn sent<T>(step: Step<T>) -> Outgoing<T> {
    let Step::Send(outgoing) = step else { panic!("a request goes out, not {step:?}") };
    outgoing
}

/// An answer with canaries in every header that anybody reads, and in one that nobody knows.
pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status.try_into().unwrap();
    let headers = response.headers_mut();
    for name in [
        "x-request-id",
        "x-api-version",
        "location",
        "server",
        "date",
        "set-cookie",
        "link",
        "content-type",
        "retry-after",
        "x-unknown",
    ] {
        headers.insert(name, told(name).parse().unwrap());
    }
    let challenge = format!("Bearer realm=\"{0}\", error_description=\"{0}\"", told("challenge"));
    headers.insert("www-authenticate", challenge.parse().unwrap());
    response
}

/// The head of such an answer.
pub(crate) fn head(status: u16) -> response::Parts {
    answer(status, "").into_parts().0
}

/// What each attempt brings, until the call is over.
pub(crate) enum Brings {
    Answer(Response<Bytes>),
    Failure(Failure),
}

/// Performs a call, every attempt of which ends in the same way.
pub(crate) fn end<T, C: Credential>(
    client: &Client<C>,
    call: &Call<T, C>,
    mut bring: impl FnMut() -> Brings,
) -> Step<T> {
    let mut step = client.perform(call, NOW, ENTROPY_CANARY);
    loop {
        step = match step {
            Step::Authorize(need) => need.with(token(), NOW),
            Step::Wait(delay) => delay.wake(NOW),
            Step::Send(outgoing) => match bring() {
                Brings::Answer(answer) => outgoing.into_parts().1.respond(NOW, answer),
                Brings::Failure(failure) => outgoing.into_parts().1.fail(NOW, failure),
            },
            done @ Step::Done(_) => return done,
        }
    }
}

/// All bytes of a body that is in memory.
pub(crate) fn bytes(body: &Body) -> Vec<u8> {
    let (mut cursor, mut all) = (body.cursor(), Vec::new());
    while let Ok(Want::Emit(bytes)) = cursor.want() {
        all.extend_from_slice(&bytes);
    }
    all
}

/// How many canaries a body carries: they are there to be hidden.
pub(crate) fn carried(body: &Body) -> usize {
    let text = String::from_utf8_lossy(&bytes(body)).into_owned();
    text.matches(crate::search::TOLD).count() + text.matches(crate::search::SECRET).count()
}
