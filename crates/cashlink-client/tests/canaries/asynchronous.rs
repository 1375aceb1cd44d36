//! The async world.

use std::future::{Future, poll_fn, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use cashlink_client::Limits;
use cashlink_client::asynchronous::{Client, Exchange, Outbound, ReadPayload, Source, Timer, Transport};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_client::core::partner::distributor::ListInvestments;
use cashlink_client::core::{Bearer, Failure, Now, Timeouts};
use futures_core::Stream;
use futures_executor::block_on;
use http_body::Body as _;

use crate::gallery::Gallery;
use crate::search::{TOLD, told};
use crate::{NOW, Server, protocol, upload};

/// The same server for all clones of a client.
struct Shared(Arc<Server<Outbound>>);

impl Transport for Shared {
    fn send(
        &self,
        request: Request<Outbound>,
        _: Limits,
    ) -> impl Future<Output = Result<Response<Bytes>, Failure>> + Send {
        ready(self.0.answer(request))
    }
}

/// Time stands still.
#[derive(Debug)]
struct Still;

impl Timer for Still {
    fn now(&self) -> Now {
        NOW
    }

    fn sleep(&self, _: Duration) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// A payload that is given piece by piece, or fails.
struct Payload(io::Result<Vec<u8>>);

impl ReadPayload for Payload {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let left = match &mut self.0 {
            Ok(left) => left,
            Err(error) => return Poll::Ready(Err(io::Error::other(error.to_string()))),
        };
        let count = left.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(left.drain(..count)) {
            *place = byte;
        }
        Poll::Ready(Ok(count))
    }
}

fn client(server: Server<Outbound>) -> Client<Bearer, Shared, Still> {
    Client::with_timer(protocol(), Shared(Arc::new(server)), Still)
}

fn next<S: Stream + Unpin>(stream: &mut S) -> S::Item {
    block_on(poll_fn(|context| Pin::new(&mut *stream).poll_next(context))).expect("there is one")
}

pub(crate) fn show_all(gallery: &mut Gallery) {
    lists(gallery);
    uploads(gallery);
}

fn lists(gallery: &mut Gallery) {
    let reading = client(Server::with_a_page());
    show!(gallery, reading);
    let mut pages = reading.pages(&ListInvestments::new()).unwrap();
    show!(gallery, pages);
    show!(gallery, next(&mut pages));
    show!(gallery, pages);
    let mut items = reading.items(&ListInvestments::new()).unwrap();
    let item = next(&mut items).unwrap();
    assert!(item.start_url.as_ref().unwrap().expose().contains(TOLD));
    show!(gallery, item);
    show!(gallery, items);
    let refused = client(Server::new(400, format!(r#"{{"{}":["{}"]}}"#, told("field"), told("message"))));
    show!(gallery, block_on(refused.call(&ListInvestments::new())).unwrap_err());
}

fn uploads(gallery: &mut Gallery) {
    let sending = client(Server::new(200, r#"{"id":"d-1"}"#.into()));
    let length = told("payload").len() as u64;
    let source = Source::new(|| ready(Ok(Payload(Ok(told("payload").into_bytes())))));
    show!(gallery, source);
    show!(gallery, block_on(sending.upload(&upload(length), &source)).unwrap());
    let mut outbound = sending.transport().0.kept();
    show!(gallery, outbound);
    show!(gallery, outbound.trace());
    let mut sent = Vec::new();
    while let Some(frame) = frame(&mut outbound) {
        sent.extend_from_slice(frame.unwrap().data_ref().unwrap());
        show!(gallery, outbound);
    }
    let sent = String::from_utf8(sent).unwrap();
    assert!(sent.matches(TOLD).count() == 2, "the file's name, and the payload: {sent}");
    exchange(gallery, outbound);

    let broken = Source::new(|| ready(Ok(Payload(Err(io::Error::other(told("path")))))));
    block_on(sending.upload(&upload(length), &broken)).unwrap();
    let mut outbound = sending.transport().0.kept();
    let error = loop {
        if let Err(error) = frame(&mut outbound).expect("it never ends well") {
            break error;
        }
    };
    show!(gallery, error);
}

fn exchange(gallery: &mut Gallery, outbound: Outbound) {
    let mut request = Request::post(told("/target")).header("x", told("header")).body(outbound).unwrap();
    let limits = Limits::new(Timeouts::new(Duration::ZERO, Duration::ZERO), 0);
    let exchange = Exchange::new(&Still, limits, &mut request);
    show!(gallery, exchange);
    let failed =
        exchange.run(ready(Err::<Response<Outbound>, _>(told("error"))), |_| Failure::maybe_sent("failed"));
    show!(gallery, block_on(failed).unwrap_err());
}

fn frame(
    outbound: &mut Outbound,
) -> Option<Result<http_body::Frame<Bytes>, cashlink_client::core::body::PayloadFault>> {
    block_on(poll_fn(|context| Pin::new(&mut *outbound).poll_frame(context)))
}
