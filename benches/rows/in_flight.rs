//! Flows whose requests are on their way, all at once: what each of them holds.

use cashlink_core::Pending;
use cashlink_core::partner::distributor::Investor;

use bytes::Bytes;
use http::Request;

use super::post::{Floor, Ours, whole};

/// So many flows, whose requests have gone.
pub fn flows(count: usize) -> Vec<Pending<Investor>> {
    let ours = Ours::new();
    let mut flows = Vec::with_capacity(count);
    flows.extend((0..count).map(|_| ours.request().1));
    flows
}

/// The same requests, by hand.
pub fn built(count: usize) -> Vec<Request<Bytes>> {
    let floor = Floor::new();
    let mut requests = Vec::with_capacity(count);
    requests.extend((0..count).map(|_| floor.request()));
    requests
}

/// The bytes of one such request: its body, URL and headers.
pub fn request() -> usize {
    let (request, _) = Ours::new().request();
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    whole(request.body()).len() + request.uri().to_string().len() + headers
}
