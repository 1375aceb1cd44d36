//! Golden vectors: what an operation puts on the wire, to the last header, and how it reads an answer. For the tests that
//! stand beside each operation.

mod kept;

use std::string::String;
use std::vec::Vec;
use std::{format, str};

use bytes::Bytes;
use core::time::Duration;
use expect_test::Expect;
use http::{Request, Response};

use crate::answer::{Answer, DecodeError};
use crate::body::{Body, Want};
use crate::partner::Partner;
use crate::payments::Payments;
use crate::{AppKey, Bearer, Client, Credential, Grant, Now, Operation, Secret, Step, UserKey};

pub(crate) const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

/// A client of each kind, made where it is needed.
pub(crate) struct Maker<C: Credential>(fn() -> Client<C>);

pub(crate) const USER_KEY: Maker<UserKey> =
    Maker(|| Client::new(Payments::production(), UserKey::new(Secret::new("user-key")).unwrap()));
pub(crate) const APP_KEY: Maker<AppKey> =
    Maker(|| Client::new(Payments::production(), AppKey::new(Secret::new("app-key")).unwrap()));
pub(crate) const BEARER: Maker<Bearer> = Maker(|| {
    Client::new(Partner::demo(), Bearer::client_credentials("client", Secret::new("client-secret")).unwrap())
});

impl<C: Credential> Maker<C> {
    pub(crate) fn client(&self) -> Client<C> {
        (self.0)()
    }
}

/// The whole request as it goes out, with every header in order of names, against the vector.
pub(crate) fn request<O: Operation>(maker: &Maker<O::Credential>, operation: &O, expected: &Expect) {
    let request = sent(maker.client().start(operation, NOW, [0; 16]));
    expected.assert_eq(&written(&request));
    kept::request(operation, &request);
}

/// The request for a token, against the vector.
pub(crate) fn token_request(bearer: Bearer, expected: &Expect) {
    let client = Client::new(Partner::demo(), bearer);
    let Step::Authorize(mut need) =
        client.start(&crate::partner::distributor::ListInvestors::new(), NOW, [0; 16])
    else {
        panic!("a token is needed")
    };
    let request = sent(need.request(NOW));
    expected.assert_eq(&written(&request));
    kept::token_request(&request);
}

/// The request of a step, after a token where one is needed.
pub(crate) fn sent<T>(step: Step<T>) -> Request<Body> {
    let step = match step {
        Step::Authorize(need) => need.with(Grant::new(Secret::new("t0k3n")).unwrap().token(), NOW),
        step => step,
    };
    match step {
        Step::Send(outgoing) => outgoing.into_parts().0,
        _ => panic!("a request goes out"),
    }
}

/// A request as text, carriage returns shown.
fn written(request: &Request<Body>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    let mut headers: Vec<_> = request.headers().iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        text += &format!("{name}: {}\n", str::from_utf8(value.as_bytes()).unwrap());
    }
    let body = bytes(request.body());
    if !body.is_empty() {
        text += &format!("\n{}", str::from_utf8(&body).unwrap().replace('\r', "\\r"));
    }
    text
}

/// An operation's body as text.
pub(crate) fn body(operation: &impl Operation) -> String {
    let body = bytes(&operation.body().unwrap());
    kept::body(operation, &body);
    String::from_utf8(body).unwrap()
}

pub(crate) fn bytes(body: &Body) -> Vec<u8> {
    let (mut cursor, mut all) = (body.cursor(), Vec::new());
    while let Ok(Want::Emit(bytes)) = cursor.want() {
        all.extend_from_slice(&bytes);
    }
    all
}

/// Reads a body as the operation does.
pub(crate) fn answer<O: Operation>(body: &str) -> Result<O::Output, DecodeError> {
    let read = O::decode(&Answer::new(&Response::new(Bytes::copy_from_slice(body.as_bytes()))));
    kept::answer::<O>(body, read.is_ok());
    read
}

/// Truncation at every byte is an error, never a shorter value (T29).
pub(crate) fn t29_cut_everywhere<O: Operation>(body: &str) {
    assert!(answer::<O>(body).is_ok(), "the whole vector is read");
    for end in 0..body.len() {
        let cut = Response::new(Bytes::copy_from_slice(&body.as_bytes()[..end]));
        assert!(O::decode(&Answer::new(&cut)).is_err(), "cut at byte {end}");
    }
}
