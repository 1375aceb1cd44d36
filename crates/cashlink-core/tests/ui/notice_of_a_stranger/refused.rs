//! Only who checked the sender says that a body is Cashlink's.
use cashlink_core::webhook::{Authenticated, BearerTokens};

pub fn receive<'a>(_: &BearerTokens, _: &cashlink_core::http::HeaderMap, body: &'a [u8]) -> Authenticated<'a> {
    Authenticated { body, credential_index: 0 }
}

fn main() {}
