//! T15–T20: whatever a caller puts into a request stays where it was put. Every value goes through the public API, and is
//! looked for in the request that comes out, by readers that share no code with the library: http's own types, a
//! multipart parser of several servers, and Python's standard library.

mod forms;
mod headers;
mod multipart;
mod paths;
mod python;
mod uploads;

use std::time::Duration;

use cashlink_core::body::{Body, Want};
use cashlink_core::http::Request;
use cashlink_core::partner::Partner;
use cashlink_core::payments::Payments;
use cashlink_core::{Bearer, Call, Client, Credential, Grant, Now, Operation, Secret, Step, Token, UserKey};

const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

fn partner() -> Client<Bearer> {
    Client::new(Partner::demo(), bearer("id", "secret").unwrap())
}

fn bearer(id: &str, secret: &str) -> Option<Bearer> {
    Bearer::client_credentials(id, Secret::new(secret)).ok()
}

fn payments() -> Client<UserKey> {
    Client::new(Payments::production(), UserKey::new(Secret::new("key")).unwrap())
}

fn token() -> Token {
    Grant::new(Secret::new("t0k3n")).unwrap().token()
}

/// The request of an operation's first attempt; `None` where it can't be encoded.
fn request<O: Operation>(client: &Client<O::Credential>, operation: &O) -> Option<Request<Body>>
where
    O::Credential: Credential,
{
    Call::new(operation).ok().map(|call| sent(client, &call))
}

/// The request of a call's first attempt.
fn sent<T, C: Credential>(client: &Client<C>, call: &Call<T, C>) -> Request<Body> {
    match client.perform(call, NOW, [0; 16]) {
        Step::Authorize(need) => outgoing(need.with(token(), NOW)),
        step => outgoing(step),
    }
}

fn outgoing<T>(step: Step<T>) -> Request<Body> {
    let Step::Send(outgoing) = step else { panic!("a request goes out, not {step:?}") };
    outgoing.into_parts().0
}

/// All bytes of a body that is in memory.
fn bytes(body: &Body) -> Vec<u8> {
    let (mut cursor, mut all) = (body.cursor(), Vec::new());
    while let Ok(Want::Emit(bytes)) = cursor.want() {
        all.extend_from_slice(&bytes);
    }
    assert_eq!(all.len() as u64, body.len());
    all
}
