//! One request goes out per attempt.
use cashlink_core::{Outgoing, Pending, body::Body, http::Request};

pub fn send<T>(outgoing: Outgoing<T>) -> Vec<(Request<Body>, Pending<T>)> {
    vec![outgoing.into_parts(), outgoing.into_parts()]
}

fn main() {}
