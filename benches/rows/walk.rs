//! A list, page after page, beside the same pages only parsed.

use std::hint::black_box;

use bytes::Bytes;
use cashlink_core::answer::Answer;
use cashlink_core::page::{Page, Walk};
use cashlink_core::partner::distributor::ListInvestments;
use cashlink_core::{Bearer, Client, Grant, Operation as _, Policy, Secret, Step, Token};
use http::Response;

use super::post::NOW;
use super::{Row, page};

/// As many as one count takes; each costs the same, which `walk` in `count` shows of 1,000.
const PAGES: usize = 20;

/// A server's answers: a page of 100 for every cursor.
pub struct Pages(Vec<Bytes>);

impl Pages {
    pub fn new(pages: usize) -> Self {
        let body = |number| page::body(100, Some(number + 1).filter(|next| *next < pages)).into();
        Self((0..pages).map(body).collect())
    }

    fn answer(&self, number: usize) -> Response<Bytes> {
        Response::new(self.0[number].clone())
    }

    pub fn only_parsed(&self) -> usize {
        let items = |number| {
            let page = ListInvestments::decode(&Answer::new(&self.answer(number))).expect("a page");
            black_box(page).items.len()
        };
        (0..self.0.len()).map(items).sum()
    }
}

/// The library, set up.
pub struct Ours {
    client: Client<Bearer>,
    token: Token,
}

impl Ours {
    pub fn new() -> Self {
        let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).expect("credentials");
        let client = Client::new(cashlink_core::partner::Partner::demo(), bearer);
        Self { client, token: Grant::new(Secret::new("t0k3n")).expect("a token").token() }
    }

    pub fn walked(&self, pages: &Pages) -> usize {
        let mut walk = Walk::new(&ListInvestments::new(), &Policy::default()).expect("a list");
        let (mut items, mut number) = (0, 0);
        while let Some(call) = walk.call().expect("a page") {
            let Step::Authorize(need) = self.client.perform(&call, NOW, [0; 16]) else { panic!("a token") };
            let Step::Send(outgoing) = need.with(self.token.clone(), NOW) else { panic!("a request") };
            let (request, pending) = outgoing.into_parts();
            black_box(request);
            let Step::Done(Ok(reply)) = pending.respond(NOW, pages.answer(number)) else { panic!("a page") };
            let page: Page<ListInvestments> = reply.value;
            walk.turn(&page).expect("the next page");
            (items, number) = (items + page.items.len(), number + 1);
        }
        items
    }
}

pub fn row() -> Row {
    let (ours, pages): (_, &'static Pages) = (Ours::new(), Box::leak(Box::new(Pages::new(PAGES))));
    assert_eq!((ours.walked(pages), pages.only_parsed()), (100 * PAGES, 100 * PAGES));
    Row::new(format!("walk {PAGES} pages of 100"))
        .side("ours", move || ours.walked(black_box(pages)))
        .side("only parsed", move || black_box(pages).only_parsed())
}
