//! T11–T12 over reqwest: neither the transport nor a failure shows a secret, personal data or a server's text. The search is
//! the core's own; what it covers is compared with this crate's public types (`scripts/public-types.py`).
#![cfg(feature = "rustls")]

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

use cashlink_reqwest::reqwest::header::{AUTHORIZATION, HeaderMap};
use cashlink_reqwest::reqwest::{Client, Proxy};
use cashlink_reqwest::{Reqwest, TokioTimer, builder, core};
use gallery::{Gallery, Reasons};
use search::{secret, told};

const EXEMPT: Reasons =
    &[("tls::NoClient", "what rustls or reqwest says of settings that are the crate's own")];

/// A client whose own form shows what it was given.
fn telling() -> Client {
    let proxy = Proxy::all(format!("http://{}.invalid", told("proxy"))).unwrap();
    let proxy = proxy.basic_auth(&secret("user"), &secret("password"));
    let headers = HeaderMap::from_iter([(AUTHORIZATION, secret("header").parse().unwrap())]);
    builder().unwrap().proxy(proxy).default_headers(headers).user_agent(told("agent")).build().unwrap()
}

#[test]
fn t11_t12_every_public_type_is_shown_and_no_failure_says_what_was_sent_or_answered() {
    let mut gallery = Gallery::default();
    assert!(search::find(&format!("{:?}", telling()), &[search::SECRET]).is_some(), "or this shows little");
    show!(gallery, Reqwest::new(telling()));
    show!(gallery, TokioTimer);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let call = |protocol, raw: &_| {
        runtime.block_on(async { cashlink_reqwest::client(protocol).unwrap().call(raw).await }).unwrap_err()
    };
    for error in wire::errors(call) {
        show!(gallery, error);
    }
    gallery.assert_clean(50);
    gallery.assert_complete(include_str!("public-types.txt"), EXEMPT);
}
