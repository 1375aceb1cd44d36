//! An authenticated POST of JSON, built until nothing is left to do but to send it: an investor is created, under a token that is
//! there already.

use std::hint::black_box;

use bytes::Bytes;
use cashlink_core::body::{Body, Want};
use cashlink_core::partner::NaturalPerson;
use cashlink_core::partner::distributor::{CreateInvestor, Investor};
use cashlink_core::{Bearer, Client, Grant, Now, Pending, Secret, Step, Token};
use http::{HeaderValue, Method, Request};
use serde::Serialize;

use super::{Row, work};

pub const NOW: Now = Now::new(1_605_700_800, std::time::Duration::ZERO);
const USER_AGENT: &str = concat!("cashlink-rust/", env!("CARGO_PKG_VERSION_MAJOR"), ".1.0");
const JSON: &str = "application/json";

/// The library, set up.
pub struct Ours {
    client: Client<Bearer>,
    create: CreateInvestor,
    token: Token,
}

impl Ours {
    pub fn new() -> Self {
        Self {
            client: work::protocol(&work::base("1")),
            create: work::create(17),
            token: Grant::new(Secret::new("t0k3n")).expect("a token").token(),
        }
    }

    pub fn request(&self) -> (Request<Body>, Pending<Investor>) {
        let Step::Authorize(need) = self.client.start(&self.create, NOW, [0; 16]) else { panic!("a token") };
        let Step::Send(outgoing) = need.with(self.token.clone(), NOW) else { panic!("a request") };
        outgoing.into_parts()
    }
}

/// The same by hand.
pub struct Floor {
    base: String,
    key: String,
    create: Create,
    token: HeaderValue,
}

#[derive(Serialize)]
pub struct Create {
    natural_person: NaturalPerson,
    is_beneficiary: bool,
}

impl Floor {
    pub fn new() -> Self {
        let mut token = HeaderValue::from_static("Bearer t0k3n");
        token.set_sensitive(true);
        let create = Create { natural_person: work::ada(), is_beneficiary: true };
        Self { base: work::base("1"), key: work::key(17), create, token }
    }

    pub fn request(&self) -> Request<Bytes> {
        let body = serde_json::to_vec(&self.create).expect("JSON");
        Request::builder()
            .method(Method::POST)
            .uri(format!("{}distributor/v2/investors/", self.base))
            .header("accept", JSON)
            .header("content-type", JSON)
            .header("x-idempotency-key", &self.key)
            .header("user-agent", USER_AGENT)
            .header("authorization", self.token.clone())
            .body(body.into())
            .expect("a request")
    }
}

pub fn row() -> Row {
    let (ours, floor) = (Ours::new(), Floor::new());
    agree(&ours.request().0, &floor.request());
    let row = Row::new("an authenticated JSON POST")
        .side("ours", move || black_box(&ours).request())
        .side("floor", move || black_box(&floor).request());
    #[cfg(feature = "peers")]
    let row = peers::post(row);
    row
}

fn agree(ours: &Request<Body>, floor: &Request<Bytes>) {
    assert_eq!((ours.method(), ours.uri()), (floor.method(), floor.uri()));
    assert_eq!(ours.headers(), floor.headers());
    assert_eq!(whole(ours.body()), **floor.body());
}

/// A body in memory.
pub fn whole(body: &Body) -> Vec<u8> {
    let (mut cursor, mut bytes) = (body.cursor(), Vec::new());
    while let Want::Emit(piece) = cursor.want().expect("a body in memory") {
        bytes.extend_from_slice(&piece);
    }
    bytes
}

#[cfg(feature = "peers")]
mod peers {
    use super::*;

    /// ureq's builder has no end but sending: what it is given last stands beside it.
    pub fn post(row: Row) -> Row {
        let (client, floor) =
            (reqwest::Client::builder().user_agent(USER_AGENT).build().expect("a client"), Floor::new());
        let by_reqwest = move || {
            client
                .post(format!("{}distributor/v2/investors/", floor.base))
                .header("accept", JSON)
                .header("x-idempotency-key", &floor.key)
                .header("authorization", floor.token.clone())
                .json(&floor.create)
                .build()
                .expect("a request")
        };
        let (agent, floor) = (ureq::Agent::new_with_defaults(), Floor::new());
        let by_ureq = move || {
            let request = agent
                .post(format!("{}distributor/v2/investors/", floor.base))
                .header("accept", JSON)
                .header("content-type", JSON)
                .header("user-agent", USER_AGENT)
                .header("x-idempotency-key", &floor.key)
                .header("authorization", floor.token.clone());
            (request, serde_json::to_vec(&floor.create).expect("JSON"))
        };
        let request = by_reqwest();
        assert_eq!(request.body().and_then(|body| body.as_bytes()), Some(&**Floor::new().request().body()));
        row.side("reqwest", by_reqwest).side("ureq", by_ureq)
    }
}
