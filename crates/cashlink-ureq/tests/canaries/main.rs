//! T11–T12 over ureq: neither the transport nor a failure shows a secret, personal data or a server's text. The search is
//! the core's own; what it covers is compared with this crate's public types (`scripts/public-types.py`).

#[macro_use]
#[path = "../../../cashlink-core/tests/canaries/gallery.rs"]
mod gallery;
#[path = "../../../cashlink-core/tests/canaries/search.rs"]
mod search;
mod wire;

/// Shows a value in the gallery, in all its forms.
macro_rules! show {
    ($gallery:expr, $value:expr) => {
        forms!($gallery, $value, &[])
    };
}

use cashlink_ureq::ureq::{Agent, Proxy};
use cashlink_ureq::{Ureq, core};
use gallery::Gallery;
use search::secret;

#[test]
fn t11_t12_every_public_type_is_shown_and_no_failure_says_what_was_sent_or_answered() {
    let mut gallery = Gallery::default();
    let proxy = format!("http://{}:{}@127.0.0.1:9", secret("user"), secret("password"));
    let agent: Agent = Agent::config_builder().proxy(Some(Proxy::new(&proxy).unwrap())).build().into();
    show!(gallery, Ureq::new(agent));
    show!(gallery, Ureq::default());
    for error in wire::errors(|protocol, raw| cashlink_ureq::client(protocol).call(raw).unwrap_err()) {
        show!(gallery, error);
    }
    gallery.assert_clean(50);
    gallery.assert_complete(include_str!("public-types.txt"), &[]);
}
