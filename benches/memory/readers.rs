//! Everything that reads an answer's body. What comes out is kept until the peak is known.

use std::any::Any;
use std::time::Duration;

use cashlink_core::answer::Json;
use cashlink_core::bytes::Bytes;
use cashlink_core::error_map::ErrorMap;
use cashlink_core::http::{Method, Response};
use cashlink_core::page::Bookmark;
use cashlink_core::partner::{
    Partner,
    distributor::{GetInvestment, ListInvestments, ListInvestors},
};
use cashlink_core::{
    Bearer, Call, Client, Effect, Grant, Money, Now, Operation, Pending, Policy, Raw, Secret, Step,
};
use serde::Deserialize;

pub struct Reader {
    pub name: &'static str,
    pub prepare: fn(&Bytes) -> Reading,
}

/// What is measured: the reading of a body that was prepared for it. Its result lives until the peak is known.
pub type Reading = Box<dyn FnOnce() -> Box<dyn Any>>;

pub const ALL: [Reader; 10] = [
    Reader { name: "error map", prepare: |body| reading(body, |body| ErrorMap::read(&body)) },
    Reader {
        name: "error",
        prepare: |body| {
            let pending = pending(&get());
            reading(body, |body| {
                let Step::Done(Err(error)) = respond(pending, 400, body) else { panic!("a refusal") };
                let map = error.error_map();
                (error.is_auth(), error, map)
            })
        },
    },
    Reader { name: "object", prepare: |body| answered(&get(), body) },
    Reader { name: "investors", prepare: |body| answered(&ListInvestors::new(), body) },
    Reader { name: "investments", prepare: |body| answered(&ListInvestments::new(), body) },
    Reader {
        name: "items' JSON",
        prepare: |body| {
            let page = value(pending(&ListInvestors::new()), body.clone());
            Box::new(move || Box::new(page.and_then(|page| page.items_json().ok().map(|items| items.len()))))
        },
    },
    Reader {
        name: "bookmark",
        prepare: |body| {
            let page = value(pending(&ListInvestors::new()), body.clone());
            Box::new(move || Box::new(page.and_then(|page| Bookmark::after(&page, &Policy::default()))))
        },
    },
    Reader {
        name: "raw JSON",
        prepare: |body| {
            let raw = Raw::<Bearer>::new(Method::GET, "v2/things/", Effect::Safe);
            answered(&raw.read_as::<Json<Thing>>(), body)
        },
    },
    Reader {
        name: "token",
        prepare: |body| {
            let Step::Authorize(mut need) = client().start(&get(), NOW, [0; 16]) else {
                panic!("a token first")
            };
            let Step::Send(outgoing) = need.request(NOW) else { panic!("a request") };
            let pending = outgoing.into_parts().1;
            reading(body, |body| value(pending, body))
        },
    },
    Reader {
        name: "field",
        prepare: |body| {
            let raw = Raw::<Bearer>::new(Method::GET, "v2/things/", Effect::Safe);
            let Step::Done(Ok(reply)) = respond(pending(&raw), 200, body.clone()) else {
                panic!("any body will do")
            };
            Box::new(move || {
                let field = |names: &[&str]| reply.meta.field::<Money>(names).is_ok();
                Box::new([field(&["absent"]), field(&[""]), field(&["results", "a"]), field(&[])])
            })
        },
    },
];

fn reading<T: 'static>(body: &Bytes, read: impl FnOnce(Bytes) -> T + 'static) -> Reading {
    let body = body.clone();
    Box::new(|| Box::new(read(body)))
}

/// An operation that is answered so.
fn answered<O: Operation<Credential = Bearer>>(operation: &O, body: &Bytes) -> Reading
where
    O::Output: 'static,
{
    let pending = pending(operation);
    reading(body, |body| value(pending, body))
}

/// A struct as users write them: it keeps what it knows. What a type of theirs takes beyond that is up to them.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is read for its memory")]
struct Thing {
    id: Option<String>,
    name: Option<String>,
}

const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

fn client() -> Client<Bearer> {
    let bearer = Bearer::client_credentials("id", Secret::new("secret")).expect("both are printable");
    Client::new(Partner::demo(), bearer)
}

fn get() -> GetInvestment {
    GetInvestment::new("i-1".parse().expect("it is an id"))
}

fn pending<O: Operation<Credential = Bearer>>(operation: &O) -> Pending<O::Output> {
    let call = Call::new(operation).expect("it can be encoded");
    let Step::Authorize(need) = client().perform(&call, NOW, [0; 16]) else { panic!("a token first") };
    let token = Grant::new(Secret::new("t0k3n")).expect("it is a token").token();
    let Step::Send(outgoing) = need.with(token, NOW) else { panic!("a request") };
    outgoing.into_parts().1
}

fn respond<T>(pending: Pending<T>, status: u16, body: Bytes) -> Step<T> {
    let mut response = Response::new(body);
    *response.status_mut() = status.try_into().expect("it is a status");
    pending.respond(NOW, response)
}

/// The value, where the body is one that the operation reads.
fn value<T>(pending: Pending<T>, body: Bytes) -> Option<T> {
    let Step::Done(result) = respond(pending, 200, body) else { panic!("nothing is left to do") };
    result.ok().map(|reply| reply.value)
}
