//! What comes back well: values, the answers behind them, and pages, all full of a server's text.

use cashlink_core::answer::{Answer, Json};
use cashlink_core::body::Inbound;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Response};
use cashlink_core::page::{Bookmark, List, Page, Turning, Walk};
use cashlink_core::partner::{
    Document, InvestmentStatus,
    distributor::{CreateInvestment, ListInvestments},
};
use cashlink_core::payments::{AllocatePublicId, CashlinkType, CreateCashlink, RegisterBusiness};
use cashlink_core::{Call, Client, Credential, Effect, Policy, Raw, Reply, Step, UserKey};

use crate::gallery::Gallery;
use crate::scene::{self, Brings, NOW, answer, call, end, key, partner, payments, platform};
use crate::search::{SECRET, TOLD, find, secret, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    coming(gallery);
    values(gallery);
    raw_values(gallery);
    steps(gallery);
    pages(gallery);
}

/// The reply to a call that is answered so.
fn reply<T, C: Credential>(client: &Client<C>, call: &Call<T, C>, body: String) -> Reply<T> {
    let Step::Done(Ok(reply)) = end(client, call, || Brings::Answer(answer(200, body.clone()))) else {
        panic!("a good answer")
    };
    reply
}

/// An answer that is still on its way in.
fn coming(gallery: &mut Gallery) {
    let answer = Response::builder().header("x-request-id", told("id")).body(()).unwrap();
    let coming = Inbound::new(answer.into_parts().0, 99);
    show!(gallery, coming.and(told("body").as_bytes()).unwrap());
}

fn values(gallery: &mut Gallery) {
    let id = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    let invest = CreateInvestment::web_based(key(), id.parse().unwrap(), id.parse().unwrap(), 40);
    let body = format!(
        r#"{{"id":"{id}","status":"{}","start_url":"https://{}.example","{}":"{}"}}"#,
        told("status"),
        told("host"),
        told("name"),
        told("value")
    );
    let invested = reply(&partner(), &call(&invest), body);
    let status: InvestmentStatus = invested.value.status.clone().unwrap();
    assert!(
        status.as_str().contains(TOLD) && invested.value.start_url.as_ref().unwrap().expose().contains(TOLD)
    );
    assert!(invested.meta.request_id().unwrap().contains(TOLD) && invested.meta.api_version().is_some());
    show!(gallery, status);
    show!(gallery, invested);
    show!(gallery, invested.value);
    show!(gallery, invested.meta);

    let register = RegisterBusiness::individual(told("email"), told("name"));
    let body = format!(
        r#"{{"public_id":"u","api_key":"{}","hmac_secret":"{}"}}"#,
        secret("api key"),
        secret("hmac secret")
    );
    let registered = reply(&platform(), &call(&register), body);
    assert!(registered.value.hmac_secret.as_ref().unwrap().expose().contains(SECRET));
    show!(gallery, registered);
    show!(gallery, registered.value);

    let amount = "EUR 12.34".parse().unwrap();
    let create = CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, "subject");
    let body =
        format!(r#"{{"public_id":"u","url":"https://{}/","whatsapp_url":"{}"}}"#, told("host"), told("url"));
    let created = reply(&payments(), &call(&create), body);
    assert!(created.value.url.as_ref().unwrap().contains(TOLD));
    show!(gallery, created);
    show!(gallery, created.value);
    let body = format!(
        r#"{{"public_id":"u","signature":"{}","url":"{}","whatsapp_url":"{}"}}"#,
        secret("signature"),
        told("url"),
        told("url")
    );
    let allocated = reply(&payments(), &call(&AllocatePublicId::new()), body);
    assert!(allocated.value.signature.secret().expose().contains(SECRET));
    show!(gallery, allocated.value);
    let investor = reply(
        &partner(),
        &call(&crate::secrets::investor()),
        format!(r#"{{"id":"{id}","name":"{}"}}"#, told("name")),
    );
    assert!(investor.meta.field::<String>(&["name"]).unwrap().unwrap().contains(TOLD));
    show!(gallery, investor);
    show!(gallery, investor.value);
    show!(gallery, Document::fixture(id.parse().unwrap()));
}

fn raw_values(gallery: &mut Gallery) {
    let body = || format!(r#"{{"{}":"{}"}}"#, told("name"), told("value"));
    let raw = || Raw::<UserKey>::new(Method::GET, "v2/things/", Effect::Safe);
    let bytes: Reply<Bytes> = reply(&payments(), &call(&raw()), body());
    assert!(find(&format!("{:?}", bytes.value), &[TOLD]).is_some());
    show!(gallery, bytes);
    let json = reply(&payments(), &call(&raw().read_as::<Json<serde_json::Value>>()), body());
    assert!(find(&json.value.0.to_string(), &[TOLD]).is_some());
    show!(gallery, json);
    show!(gallery, json.value);
    show!(gallery, json.map(|value| value.0));

    let erased = reply(&payments(), &call(&raw()).erased(), body());
    show!(gallery, erased);
    show!(gallery, erased.value);
    let response = answer(200, body());
    show!(gallery, Answer::new(&response));
}

/// A call at each of its steps.
fn steps(gallery: &mut Gallery) {
    let list = Raw::<cashlink_core::Bearer>::new(Method::GET, &format!("v2/{}/", told("path")), Effect::Safe)
        .query(&told("name"), &told("value"));
    let call = call(&list).header("x-trace", &told("header")).unwrap();
    let step = partner().perform(&call, NOW, scene::ENTROPY_CANARY);
    show!(gallery, step);
    let Step::Authorize(need) = step else { panic!("a token first") };
    show!(gallery, need);
    let step = need.with(scene::token(), NOW);
    show!(gallery, step);
    let outgoing = scene::sent(step);
    show!(gallery, outgoing);
    let (request, pending) = outgoing.into_parts();
    assert!(request.uri().path().contains(TOLD) && request.uri().query().unwrap().contains(TOLD));
    gallery.text("http::Request", &format!("{request:?} {request:#?}"), &[SECRET]);
    show!(gallery, pending);
    let step = pending.respond(NOW, answer(401, told("body")));
    show!(gallery, step);
    let Step::Authorize(need) = step else { panic!("a new token") };
    show!(gallery, need);
    let pending = scene::sent(need.with(scene::token(), NOW)).into_parts().1;
    let step = pending.respond(NOW, answer(503, told("body")));
    show!(gallery, step);
    let Step::Wait(delay) = step else { panic!("once more, later") };
    show!(gallery, delay);
    let pending = scene::sent(delay.wake(NOW)).into_parts().1;
    let step = pending.respond(NOW, answer(200, told("body")));
    assert!(matches!(step, Step::Done(Ok(_))));
    show!(gallery, step);
}

/// One page, whose items and links are canaries.
fn page() -> Page<ListInvestments> {
    let link = |name| {
        format!("https://demo.cashlink.de/api/external/distributor/v2/investments/?cursor={}", told(name))
    };
    let body = format!(
        r#"{{"count":7,"next":"{}","previous":"{}","results":[{{"id":"i-1","status":"{}","start_url":"{}","x":"{}"}}]}}"#,
        link("next"),
        link("previous"),
        told("status"),
        told("url"),
        told("unknown")
    );
    reply(&partner(), &call(&ListInvestments::new()), body).value
}

fn pages(gallery: &mut Gallery) {
    let page = page();
    show!(gallery, page);
    let (next, previous) = (page.next().unwrap().unwrap(), page.previous().unwrap().unwrap());
    show!(gallery, next);
    show!(gallery, previous);
    show!(gallery, page.this().unwrap());
    let call = Call::new(&next).unwrap();
    show!(gallery, call);
    assert!(scene::outgoing(&partner(), &call).into_parts().0.uri().query().unwrap().contains(TOLD));

    let mut walk = Walk::new(&ListInvestments::new(), &Policy::default()).unwrap();
    show!(gallery, walk);
    walk.turn(&page).unwrap();
    show!(gallery, walk);
    show!(gallery, Turning::new(walk.clone()));
    let mut bookmark = Bookmark::after(&page, &cashlink_core::Policy::default()).unwrap();
    show!(gallery, bookmark);
    let stored = [to_json(&next), to_json(&previous), to_json(&walk), to_json(&bookmark)];
    let fresh = bookmark.advance(&page).unwrap();
    show!(gallery, fresh);
    assert_eq!(ListInvestments::id(&page.items[0]), "i-1");

    // What is stored needs the link's query, and neither a credential nor a place to send it to.
    for stored in stored {
        gallery.text("what is stored", &stored, &[SECRET]);
        assert!(!stored.contains("cashlink.de"), "{stored}");
    }
    assert!(to_json(&next).contains(TOLD));
}

fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}
