//! T11–T12 over hyper: neither the transport nor a failure shows a secret, personal data or a server's text. The search is
//! the core's own; what it covers is compared with this crate's public types (`scripts/public-types.py`).
#![cfg(feature = "rustls-ring")]

#[macro_use]
#[path = "../../../cashlink-core/tests/canaries/gallery.rs"]
mod gallery;
#[path = "../../../cashlink-core/tests/canaries/search.rs"]
mod search;
#[path = "../../../cashlink-ureq/tests/canaries/wire.rs"]
mod wire;

/// Shows a value in the gallery, in all its forms.
macro_rules! show {
    ($gallery:expr, $value:expr) => {
        forms!($gallery, $value, &[])
    };
}

use cashlink_hyper::{Hyper, TokioTimer, core};
use gallery::{Gallery, Reasons};
use search::{secret, told};

const EXEMPT: Reasons = &[("tls::NoClient", "what rustls says of settings that are the crate's own")];

#[test]
fn t11_t12_every_public_type_is_shown_and_no_failure_says_what_was_sent_or_answered() {
    let mut gallery = Gallery::default();
    // All three may be the user's own, and may tell what they like.
    show!(gallery, Hyper::new(secret("service"), secret("failure"), told("timer")));
    show!(gallery, TokioTimer::default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let call = |protocol, raw: &_| {
        runtime.block_on(async { cashlink_hyper::client(protocol).unwrap().call(raw).await }).unwrap_err()
    };
    for error in wire::errors(call) {
        show!(gallery, error);
    }
    gallery.assert_clean(50);
    gallery.assert_complete(include_str!("public-types.txt"), EXEMPT);
}
