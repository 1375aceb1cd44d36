//! Only a verifier says that a body is verified.
use cashlink_core::webhook::{Refused, Verified, Verifier};

pub fn verify<'a>(it: &Verifier, of: &cashlink_core::http::HeaderMap, body: &'a [u8]) -> Result<Verified<'a>, Refused> {
    it.verify(of, body)
}

fn main() {}
