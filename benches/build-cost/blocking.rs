//! The blocking world.

use cashlink_client::Limits;
use cashlink_client::blocking::{self, Outbound, Transport};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_client::core::{Bearer, Failure, Operation};

pub type Client = blocking::Client<Bearer, Canned>;

pub struct Canned;

impl Transport for Canned {
    #[inline(always)]
    fn send(&self, request: Request<Outbound>, _: Limits) -> Result<Response<Bytes>, Failure> {
        crate::transport_is_called(request)
    }
}

pub fn client() -> Client {
    Client::new(crate::protocol(), Canned)
}

pub fn perform<O: Operation<Credential = Bearer>>(client: &Client, operation: &O) -> bool {
    std::hint::black_box(client.call(operation)).is_ok()
}
