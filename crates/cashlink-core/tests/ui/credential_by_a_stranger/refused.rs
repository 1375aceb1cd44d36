//! Nobody adds a kind of credential: it would decide what goes into the headers.
use cashlink_core::Credential;
use cashlink_core::payments::Payments;

pub trait Described {
    type Api;
}

pub struct Cookie;

impl Credential for Cookie {
    type Api = Payments;
}

pub fn known<C: Credential>(_: C) {}

fn main() {}
