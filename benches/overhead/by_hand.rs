//! What the bare clients have in common, as a careful engineer would write it for this one program: the body, the headers, a
//! token that is kept until it is old, and what is made of an answer. No repetition, no error with a meaning: those are what
//! the library is for, and would cost this side something too.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cashlink_core::partner::NaturalPerson;
use cashlink_core::partner::distributor::Investor;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::work;

pub(crate) const USER_AGENT: &str = "cashlink-rust/0.1.0";
pub(crate) const JSON: &str = "application/json";
pub(crate) const KEY: &str = "x-idempotency-key";

/// The library's defaults, to the same effect.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);
pub(crate) const TOTAL: Duration = Duration::from_secs(20);
pub(crate) const UPLOAD_TOTAL: Duration = Duration::from_secs(15 * 60);
pub(crate) const UPLOAD_SILENCE: Duration = Duration::from_secs(30);
pub(crate) const LARGEST: usize = 8 * 1024 * 1024;

/// A token for all callers, and when it has to be renewed.
pub(crate) struct Token(Mutex<(HeaderValue, Instant)>);

impl Token {
    #[expect(clippy::disallowed_methods, reason = "a program reads the clock")]
    pub(crate) fn new() -> Self {
        let mut header = HeaderValue::from_static("Bearer t0k3n");
        header.set_sensitive(true);
        Self(Mutex::new((header, Instant::now() + Duration::from_secs(2880))))
    }

    #[expect(clippy::disallowed_methods, reason = "a program reads the clock")]
    pub(crate) fn header(&self) -> HeaderValue {
        let held = self.0.lock().expect("nobody panics in here");
        assert!(Instant::now() < held.1, "no measurement takes so long");
        held.0.clone()
    }
}

/// The request's body.
pub(crate) fn body() -> Vec<u8> {
    #[derive(Serialize)]
    struct Create {
        natural_person: NaturalPerson,
        is_beneficiary: bool,
    }
    serde_json::to_vec(&Create { natural_person: work::ada(), is_beneficiary: true }).expect("JSON")
}

pub(crate) fn url(base: &str) -> String {
    format!("{base}distributor/v2/investors/")
}

pub(crate) fn read(status: StatusCode, body: &[u8]) -> Investor {
    assert!(status.is_success(), "{status}");
    serde_json::from_slice(body).expect("an investor")
}

/// A document between its framing.
pub(crate) struct Framed {
    pub(crate) url: String,
    pub(crate) content_type: String,
    pub(crate) head: Bytes,
    pub(crate) tail: Bytes,
    pub(crate) length: u64,
}

impl Framed {
    pub(crate) fn new(base: &str, file: &Path) -> Self {
        // What the library makes of the same key.
        let boundary = "876847a4d257cf67dfbd3647ed46dcec";
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"contract.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let document = std::fs::metadata(file).expect("a file").len();
        Self {
            url: format!("{base}distributor/v2/documents/"),
            content_type: format!("multipart/form-data; boundary={boundary}"),
            length: (head.len() + tail.len()) as u64 + document,
            head: head.into(),
            tail: tail.into(),
        }
    }
}
