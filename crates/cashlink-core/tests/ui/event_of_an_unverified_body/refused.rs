//! An event is read from a verified body, and from no other.
use cashlink_core::webhook::{Event, Refused, Verifier};

pub fn receive<'a>(_: &Verifier, _: &cashlink_core::http::HeaderMap, body: &'a [u8]) -> Result<Event<'a>, Refused> {
    Ok(Event::read(body).unwrap())
}

fn main() {}
