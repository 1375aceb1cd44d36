//! A signed webhook: proved, and proved and read.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cashlink_core::Secret;
use cashlink_core::webhook::{Content, Signer, Verifier, WebhookSecret};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha512;

use super::Row;

const SECRET: &str = "hook-s3cr3t-of-the-business";
const HEADER: &str = "hook-hmac";

pub fn rows() -> Vec<Row> {
    vec![verify("verify a webhook, 420 B", 420), verify("verify a webhook, 4 KiB", 4096), event()]
}

/// The vendor's sample, with a subject that makes it so long.
fn body(length: usize) -> &'static [u8] {
    let of = |subject: &str| {
        format!(
            r#"{{"event": "cashlink.paid", "timestamp": "2017-10-09T13:11:03.661620", "business": "utqztAwTcQKB", "data": {{"is_test": false, "public_id": "wxnfqAVVPWwZ", "cashlink": {{"type": "invoice", "public_id": "VX0GK5cvM1dO", "subject": "{subject}", "amount": "12.34", "amount_currency": "EUR"}}}}}}"#
        )
    };
    let room = length - of("").len();
    let body = of(&"Invoice no. 12345 ".repeat(room / 18 + 1)[..room]);
    assert_eq!(body.len(), length);
    body.into_bytes().leak()
}

/// What came: the headers as a server hands them over, and the body.
fn signed(body: &[u8]) -> HeaderMap {
    let mut headers = Signer::new(secret()).headers(body);
    headers.insert("content-type", "application/json".parse().expect("a value"));
    headers.insert("x-request-id", "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().expect("a value"));
    headers
}

fn secret() -> WebhookSecret {
    WebhookSecret::new(&Secret::new(SECRET)).expect("a secret")
}

/// The signature that the headers name, and how long it is.
fn signature(headers: &HeaderMap) -> ([u8; 66], usize) {
    let mut room = [0; 66];
    let text = headers.get(HEADER).expect("a signature");
    let length = STANDARD.decode_slice(text, &mut room).expect("base64");
    (room, length)
}

/// A key that is set up once, and cloned for each body.
struct Floor(Hmac<Sha512>);

impl Floor {
    fn new() -> Self {
        Self(Hmac::new_from_slice(SECRET.as_bytes()).expect("any length"))
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let (signature, length) = signature(headers);
        self.0.clone().chain_update(body).verify_slice(&signature[..length]).is_ok()
    }
}

fn verify(name: &str, length: usize) -> Row {
    let body = body(length);
    let (headers, verifier, floor) = (signed(body), Verifier::new(secret()), Floor::new());
    assert!(verifier.verify(&headers, body).is_ok() && floor.verify(&headers, body));
    assert!(verifier.verify(&headers, &body[1..]).is_err() && !floor.verify(&headers, &body[1..]));

    let given = headers.clone();
    let row = Row::new(name)
        .side("ours", move || verifier.verify(black_box(&given), black_box(body)).is_ok())
        .side("floor", {
            let headers = headers.clone();
            move || floor.verify(black_box(&headers), black_box(body))
        });
    #[cfg(feature = "peers")]
    let row = peers::verify(row, &headers, body);
    row
}

fn event() -> Row {
    let body = body(420);
    let (headers, verifier, floor) = (signed(body), Verifier::new(secret()), Floor::new());
    let read = move |headers: &HeaderMap, body: &[u8]| {
        let event = verifier.verify(headers, body).expect("signed").event().expect("an event");
        matches!(event.content, Content::Paid(_))
    };
    assert!(read(&headers, body));
    let given = headers.clone();
    Row::new("verify and read its event")
        .side("ours", move || read(black_box(&given), black_box(body)))
        .side("floor", move || floor.verify(black_box(&headers), black_box(body)))
}

#[cfg(feature = "peers")]
mod peers {
    use super::*;

    pub fn verify(row: Row, headers: &HeaderMap, body: &'static [u8]) -> Row {
        let (ring_key, aws_key) = (
            ring::hmac::Key::new(ring::hmac::HMAC_SHA512, SECRET.as_bytes()),
            aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA512, SECRET.as_bytes()),
        );
        let by_ring = move |headers: &HeaderMap, body: &[u8]| {
            let (signature, length) = signature(headers);
            ring::hmac::verify(&ring_key, body, &signature[..length]).is_ok()
        };
        let by_aws = move |headers: &HeaderMap, body: &[u8]| {
            let (signature, length) = signature(headers);
            aws_lc_rs::hmac::verify(&aws_key, body, &signature[..length]).is_ok()
        };
        let openssl_key = openssl::pkey::PKey::hmac(SECRET.as_bytes()).expect("a key");
        let by_openssl = move |headers: &HeaderMap, body: &[u8]| {
            let (signature, length) = signature(headers);
            let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha512(), &openssl_key)
                .expect("HMAC");
            let mut mac = [0; 64];
            signer.sign_oneshot(&mut mac, body).expect("a MAC");
            length == mac.len() && openssl::memcmp::eq(&mac, &signature[..length])
        };
        assert!(by_ring(headers, body) && by_aws(headers, body) && by_openssl(headers, body));
        let [one, two, three] = [(); 3].map(|()| headers.clone());
        row.side("ring", move || by_ring(black_box(&one), black_box(body)))
            .side("aws-lc-rs", move || by_aws(black_box(&two), black_box(body)))
            .side("openssl", move || by_openssl(black_box(&three), black_box(body)))
    }
}
