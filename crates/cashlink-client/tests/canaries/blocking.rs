//! The blocking world.

use std::io::{self, Read};
use std::sync::Arc;

use cashlink_client::Limits;
use cashlink_client::blocking::{Client, Outbound, Source, Transport};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_client::core::partner::distributor::ListInvestments;
use cashlink_client::core::{Bearer, Failure};

use crate::gallery::Gallery;
use crate::search::{SECRET, TOLD, told};
use crate::{Server, protocol, upload};

impl Transport for Server<Outbound> {
    fn send(&self, request: Request<Outbound>, _: Limits) -> Result<Response<Bytes>, Failure> {
        self.answer(request)
    }
}

fn client(server: Server<Outbound>) -> Client<Bearer, Arc<Server<Outbound>>> {
    Client::new(protocol(), Arc::new(server))
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
    show!(gallery, pages.next().unwrap());
    show!(gallery, pages);
    let mut items = reading.items(&ListInvestments::new()).unwrap();
    let item = items.next().unwrap().unwrap();
    assert!(item.start_url.as_ref().unwrap().expose().contains(TOLD));
    show!(gallery, item);
    show!(gallery, items);

    let refused = client(Server::new(400, format!(r#"{{"{}":["{}"]}}"#, told("field"), told("message"))));
    show!(gallery, refused.call(&ListInvestments::new()).unwrap_err());
}

fn uploads(gallery: &mut Gallery) {
    let sending = client(Server::new(200, format!(r#"{{"id":"d-1","{0}":"{0}"}}"#, told("unknown"))));
    let payload = told("payload");
    let length = payload.len() as u64;
    let source = Source::new(move || Ok(io::Cursor::new(payload.clone())));
    show!(gallery, source);
    show!(gallery, sending.upload(&upload(length), &source).unwrap());
    let mut outbound = sending.transport().kept();
    show!(gallery, outbound);
    show!(gallery, outbound.trace());
    let mut sent = String::new();
    outbound.read_to_string(&mut sent).unwrap();
    assert!(sent.matches(TOLD).count() == 2, "the file's name, and the payload: {sent}");
    show!(gallery, outbound);

    // What the operating system, or whoever opens the payload, says about it stays there.
    let broken = Source::new(|| Err::<io::Empty, _>(io::Error::other(told("path"))));
    sending.upload(&upload(length), &broken).unwrap();
    let error = sending.transport().kept().read_to_string(&mut sent).unwrap_err();
    show!(gallery, error);
    let missing = Source::file(format!("no-such-folder/{}", told("file"))).unwrap_err();
    gallery.text("Source::file", &format!("{missing} {missing:?}"), &[SECRET, TOLD]);
}
