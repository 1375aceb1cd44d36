//! Nobody adds a third API: it would decide where credentials go.
use cashlink_core::{Api, Client, Credential};

pub trait Described {}

pub struct Elsewhere;

impl Api for Elsewhere {}

pub fn client<C: Credential>(api: C::Api, credential: C) -> Client<C> {
    Client::new(api, credential)
}

fn main() {}
