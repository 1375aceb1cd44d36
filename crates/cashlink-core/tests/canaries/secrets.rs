//! Who calls: credentials, tokens, clients, and the requests that they are written into.

use std::time::Duration;

use cashlink_core::body::Body;
use cashlink_core::flow::{Look, TokenQueue, TokenSlot, Waiter};
use cashlink_core::http::Request;
use cashlink_core::partner::{Partner, distributor::GetInvestor};
use cashlink_core::payments::{CashlinkType, CreateCashlink, RegisterBusiness};
use cashlink_core::{
    AppKey, Bearer, Client, Credential, Error, Grant, Operation, Personal, Policy, Secret, Step, UserKey,
};

use crate::gallery::Gallery;
use crate::scene::{self, NOW, bearer, call, outgoing, partner, payments, platform, sent, token};
use crate::search::{SECRET, TOLD, secret, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    credentials(gallery);
    tokens(gallery);
    requests(gallery);
    token_requests(gallery);
}

fn credentials(gallery: &mut Gallery) {
    show!(gallery, Secret::new(secret("secret")));
    show!(gallery, Personal::new(told("personal")));
    show!(gallery, UserKey::new(Secret::new(secret("key"))).unwrap());
    show!(gallery, AppKey::new(Secret::new(secret("key"))).unwrap());
    show!(gallery, bearer());
    show!(gallery, bearer().by_http_basic());
    show!(gallery, Client::builder(Partner::demo(), bearer()).application("web-shop/2.1").unwrap());
    show!(gallery, partner());
    show!(gallery, payments());
    show!(gallery, platform());
}

/// A token call that ends so.
fn granted(body: String) -> Step<Grant> {
    let Step::Authorize(mut need) = partner().start(&investor(), NOW, [0; 16]) else {
        panic!("a token first")
    };
    sent(need.request(NOW)).into_parts().1.respond(NOW, scene::answer(200, body))
}

pub(crate) fn investor() -> GetInvestor {
    GetInvestor::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap())
}

fn tokens(gallery: &mut Gallery) {
    show!(gallery, token());
    show!(gallery, token().id());
    let body = format!(
        r#"{{"access_token":"{}","expires_in":60,"scope":"{}","more":"{}"}}"#,
        secret("token"),
        told("scope"),
        told("more")
    );
    let step = granted(body);
    show!(gallery, step);
    let Step::Done(Ok(reply)) = step else { panic!("a token") };
    assert!(reply.value.scope().unwrap().contains(TOLD));
    show!(gallery, reply);
    show!(gallery, reply.value);

    let refused =
        granted(format!(r#"{{"access_token":"{}","token_type":"{}"}}"#, secret("token"), told("type")));
    let Step::Done(Err(error)) = refused else { panic!("no bearer token") };
    show!(gallery, error);
    slot(gallery, &reply.value, &error);
}

fn anybody() -> Waiter {
    Waiter::new(Duration::MAX)
}

fn slot(gallery: &mut Gallery, grant: &Grant, error: &Error) {
    let mut slot = TokenSlot::new(&Policy::default());
    let look = slot.look(NOW, &mut anybody());
    show!(gallery, look);
    let Look::Lead(lead) = look else { panic!("nobody else is at it") };
    show!(gallery, lead);
    let mut waiter = anybody();
    show!(gallery, slot.look(NOW, &mut waiter));
    show!(gallery, waiter);
    slot.land(lead, Err(error));
    show!(gallery, slot);
    show!(gallery, slot.look(NOW, &mut waiter));
    let Look::Lead(lead) = slot.look(NOW, &mut anybody()) else { panic!("nobody is at it") };
    slot.land(lead, Ok(grant));
    show!(gallery, slot);
    show!(gallery, slot.look(NOW, &mut anybody()));

    let mut queue = TokenQueue::new(&Policy::default());
    let (Look::Lead(lead), None) = queue.look(NOW, &mut anybody(), || "waker") else {
        panic!("nobody is at it")
    };
    assert!(queue.land(lead, Ok(grant)).next().is_none());
    show!(gallery, queue);
}

/// Every header that authenticates, in the debug form of the whole request; `carries` says that it is there.
fn request(gallery: &mut Gallery, request: &Request<Body>, carries: &str) {
    let value = request.headers().get(carries).unwrap_or_else(|| panic!("no {carries}"));
    assert!(value.is_sensitive(), "{carries}");
    gallery.text("http::Request", &format!("{request:?} {request:#?}"), &[SECRET, TOLD]);
    gallery.text(
        "http::HeaderMap",
        &format!("{:?} {:#?}", request.headers(), request.headers()),
        &[SECRET, TOLD],
    );
    gallery.text("http::HeaderValue", &format!("{value:?} {:?}", Some(value)), &[SECRET]);
}

fn first_request<O: Operation>(client: &Client<O::Credential>, operation: &O) -> Request<Body>
where
    O::Credential: Credential,
{
    outgoing(client, &call(operation)).into_parts().0
}

fn requests(gallery: &mut Gallery) {
    let sent = first_request(&partner(), &investor());
    assert!(sent.headers()["authorization"].to_str().unwrap().contains(SECRET));
    request(gallery, &sent, "authorization");

    let create =
        CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse().unwrap(), told("subject"));
    let sent = first_request(&payments(), &create);
    assert!(sent.headers()["x-api-key"].to_str().unwrap().contains(SECRET));
    request(gallery, &sent, "x-api-key");

    let sent = first_request(&platform(), &RegisterBusiness::individual(told("email"), told("name")));
    assert!(sent.headers()["x-api-key"].to_str().unwrap().contains(SECRET));
    request(gallery, &sent, "x-api-key");
}

fn token_requests(gallery: &mut Gallery) {
    let token_request = |bearer: Bearer| {
        let client = Client::new(Partner::demo(), bearer);
        let Step::Authorize(mut need) = client.start(&investor(), NOW, [0; 16]) else {
            panic!("a token first")
        };
        sent(need.request(NOW))
    };
    let by_form = token_request(bearer());
    show!(gallery, by_form);
    let (by_form, pending) = by_form.into_parts();
    show!(gallery, pending);
    assert_eq!(scene::carried(by_form.body()), 2, "id and secret are in the form");
    gallery.text("http::Request", &format!("{by_form:?} {by_form:#?}"), &[SECRET, TOLD]);

    let by_header = token_request(bearer().by_http_basic()).into_parts().0;
    let text = by_header.headers()["authorization"].to_str().unwrap();
    assert!(crate::search::find(text, &[SECRET]).is_some_and(|found| found.contains("base64")), "{text}");
    request(gallery, &by_header, "authorization");
    assert_eq!(pending.timeouts(NOW).total, Duration::from_secs(20));
}
