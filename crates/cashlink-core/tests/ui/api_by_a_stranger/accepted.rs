//! Nobody adds a third API: it would decide where credentials go.
use cashlink_core::{Client, Credential};

pub trait Described {}

pub struct Elsewhere;

impl Described for Elsewhere {}

pub fn client<C: Credential>(api: C::Api, credential: C) -> Client<C> {
    Client::new(api, credential)
}

fn main() {}
