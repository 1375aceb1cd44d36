//! Only a verifier says that a body is verified.
use cashlink_core::webhook::{Refused, Verified, Verifier};

pub fn verify<'a>(_: &Verifier, _: &cashlink_core::http::HeaderMap, body: &'a [u8]) -> Result<Verified<'a>, Refused> {
    Ok(Verified { body, mac: [0; 64], secret_index: 0 })
}

fn main() {}
