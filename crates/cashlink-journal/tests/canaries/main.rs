//! T11–T12 in the journal: neither what is staged nor what is known of it shows a secret, personal data or a server's text. The search
//! is the core's own; what it covers is compared with this crate's public types (`scripts/public-types.py`).
#![cfg(feature = "sqlite")]

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

mod claims;
mod plain;
mod scene;
mod webhooks;
mod workers;

use gallery::{Gallery, Reasons};

const EXEMPT: Reasons = &[
    ("payloads::asynchronous::NoPayloads", "has no field"),
    ("payloads::blocking::NoPayloads", "has no field"),
    ("payloads::asynchronous::Payloads", "a trait"),
    ("payloads::blocking::Payloads", "a trait"),
    ("store::asynchronous::Operate", "a trait"),
    ("store::asynchronous::Store", "a trait"),
    ("store::blocking::Operate", "a trait"),
    ("store::blocking::Store", "a trait"),
    ("worker::observer::Observer", "a trait"),
];

#[test]
fn t11_t12_every_public_type_is_shown_or_exempt_for_a_reason() {
    let mut gallery = Gallery::default();
    plain::show_all(&mut gallery);
    claims::show_all(&mut gallery);
    webhooks::show_all(&mut gallery);
    let gallery = workers::show_all(gallery);
    gallery.assert_clean(400);
    gallery.assert_complete(include_str!("public-types.txt"), EXEMPT);
}
