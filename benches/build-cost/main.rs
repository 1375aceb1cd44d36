//! What `scripts/build-cost` makes its programs of: this, beside one of the worlds, and its number of operations. It is no program of
//! this workspace: the script lays all of it into a package of its own, so that nothing else has a share in what it measures.

mod operations;
mod world;

use cashlink_client::core::body::{BoundarySeed, FileName};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_client::core::partner::Partner;
use cashlink_client::core::{Bearer, Client as Protocol, Failure, Id, IdempotencyKey, Secret};

/// A token, and whatever any of the operations reads.
const ANSWER: &str = r#"{"access_token":"t0k3n","id":"a","status":"PAID","units":40,"accrued_interest":"1","communication":{},
    "start_url":"https://demo.cashlink.de/start","platform_company_name":"x","is_allowed":true,
    "count":1,"next":null,"previous":null,"results":[{"id":"a","platform_company_name":"x","is_allowed":true,
    "status":"PAID","units":40,"accrued_interest":"1","communication":{}}]}"#;

/// The only way to the network. It is never inlined, so that each loop of the program has one call of it, wherever that loop was
/// inlined itself: the script counts those calls.
#[inline(never)]
fn transport_is_called<B>(request: Request<B>) -> Result<Response<Bytes>, Failure> {
    drop(std::hint::black_box(request));
    Ok(Response::new(Bytes::from_static(ANSWER.as_bytes())))
}

fn protocol() -> Protocol<Bearer> {
    let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).expect("credentials");
    Protocol::new(Partner::demo(), bearer)
}

#[allow(dead_code, reason = "what reads has none")]
fn key() -> IdempotencyKey {
    IdempotencyKey::new("investor-17").expect("a key")
}

#[allow(dead_code, reason = "a list has none")]
fn id<R>(text: &str) -> Id<R> {
    text.parse().expect("an id")
}

#[allow(dead_code, reason = "few operations upload")]
fn seed() -> BoundarySeed {
    BoundarySeed::new([7; 16])
}

#[allow(dead_code, reason = "few operations upload")]
fn name() -> FileName {
    FileName::new("id.pdf").expect("a name")
}

fn main() {
    println!("{}", operations::all(&world::client()));
}
