//! T11–T12 in the loops: no client, body, payload or page shows a secret, personal data or a server's text. The search is
//! the core's own; what it covers is compared with this crate's public types (`scripts/public-types.py`).

#[macro_use]
#[path = "../../../cashlink-core/tests/canaries/gallery.rs"]
mod gallery;
#[path = "../../../cashlink-core/tests/canaries/search.rs"]
mod search;

/// Shows a value in the gallery, in all its forms.
macro_rules! show {
    ($gallery:expr, $value:expr) => {
        forms!($gallery, $value, &[])
    };
}

mod asynchronous;
mod blocking;

use std::sync::Mutex;
use std::time::Duration;

use cashlink_client::core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_client::core::partner::{Partner, distributor::UploadDocument};
use cashlink_client::core::{Bearer, Call, Client, Failure, IdempotencyKey, Now, Operation, Secret};
use gallery::{Gallery, Reasons};
use search::{secret, told};

const EXEMPT: Reasons = &[
    ("blocking::SystemTimer", "has no field"),
    ("asynchronous::Async", "has no value"),
    ("blocking::Blocking", "has no value"),
    ("pages::Fetches", "a trait"),
    ("asynchronous::Timer", "a trait"),
    ("asynchronous::Transport", "a trait"),
    ("outbound::ReadPayload", "a trait"),
    ("blocking::Timer", "a trait"),
    ("blocking::Transport", "a trait"),
];

const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

fn protocol() -> Client<Bearer> {
    let bearer = Bearer::client_credentials(secret("id"), Secret::new(secret("secret"))).unwrap();
    Client::new(Partner::demo(), bearer)
}

/// An upload whose name is personal, and whose payload is read from a source.
fn upload(length: u64) -> Call<<UploadDocument as Operation>::Output, Bearer> {
    let upload = UploadDocument::new(
        IdempotencyKey::new("passport-17").unwrap(),
        BoundarySeed::new(*b"secret7d1f0c93-x"),
        FileName::new(told("name")).unwrap(),
        MediaType::PDF,
        PayloadRef::new(length),
    );
    Call::new(&upload).unwrap()
}

/// A server in memory that writes canaries, and keeps the bodies that it gets. Its own debug form would show them.
#[derive(Debug)]
struct Server<B> {
    password: String,
    status: u16,
    body: String,
    bodies: Mutex<Vec<B>>,
}

impl<B> Server<B> {
    fn new(status: u16, body: String) -> Self {
        Self { password: secret("password"), status, body, bodies: Mutex::default() }
    }

    /// One page of one item, with no further page.
    fn with_a_page() -> Self {
        let item = format!(r#"{{"id":"i-1","status":"{}","start_url":"{}"}}"#, told("status"), told("url"));
        Self::new(200, format!(r#"{{"next":null,"results":[{item}],"{0}":"{0}"}}"#, told("unknown")))
    }

    fn answer(&self, request: Request<B>) -> Result<Response<Bytes>, Failure> {
        assert!(!self.password.is_empty());
        let (head, body) = request.into_parts();
        let (status, text) = if head.uri.path().ends_with("oauth/token") {
            (200, format!(r#"{{"access_token":"{}","scope":"{}"}}"#, secret("token"), told("scope")))
        } else {
            self.bodies.lock().unwrap().push(body);
            (self.status, self.body.clone())
        };
        let answer = Response::builder().status(status).header("x-request-id", told("id")).body(text.into());
        Ok(answer.unwrap())
    }

    fn kept(&self) -> B {
        self.bodies.lock().unwrap().pop().expect("a request came")
    }
}

#[test]
fn t11_t12_every_public_type_is_shown_or_exempt_for_a_reason() {
    let mut gallery = Gallery::default();
    blocking::show_all(&mut gallery);
    asynchronous::show_all(&mut gallery);
    gallery.assert_clean(100);
    gallery.assert_complete(include_str!("public-types.txt"), EXEMPT);
}
