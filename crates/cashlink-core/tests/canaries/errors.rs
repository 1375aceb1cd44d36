//! What comes back badly: every kind of error, with canaries in all that it keeps.

use std::collections::BTreeSet;
use std::time::Duration;

use cashlink_core::answer::Json;
use cashlink_core::body::{BoundarySeed, FileName, MediaType, PayloadFault, PayloadRef};
use cashlink_core::error_map::{ErrorMap, Segment};
use cashlink_core::http::Method;
use cashlink_core::page::Walk;
use cashlink_core::partner::distributor::{ListInvestments, UploadDocument};
use cashlink_core::{Bearer, Call, Effect, Error, Failure, Policy, Prior, Raw, Step, UserKey};

use crate::gallery::Gallery;
use crate::scene::{self, Brings, ENTROPY_CANARY, NOW, answer, call, end, head, key, partner, payments};
use crate::search::{SECRET, TOLD, find, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    every_kind(gallery);
    error_maps(gallery);
}

fn body() -> String {
    format!(r#"{{"{}":["{}"]}}"#, told("field"), told("message"))
}

fn get() -> Call<Json<Vec<u8>>, UserKey> {
    call(&Raw::<UserKey>::new(Method::GET, "v2/things/", Effect::Safe).read_as())
}

fn once() -> Call<(), UserKey> {
    call(&Raw::<UserKey>::new(Method::POST, "v2/things/", Effect::Once).json(&told("json")).read_as::<()>())
}

fn error<T>(step: Step<T>) -> Error {
    let Step::Done(Err(error)) = step else { panic!("an error, not {step:?}") };
    error
}

fn answered(status: u16) -> Error {
    error(end(&payments(), &get(), || Brings::Answer(answer(status, body()))))
}

fn failed(failure: impl Fn() -> Failure) -> Error {
    error(end(&payments(), &get(), || Brings::Failure(failure())))
}

fn every_kind(gallery: &mut Gallery) {
    let mut errors: Vec<Error> = [302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503].map(answered).into();
    errors.push(answered(200)); // undecodable
    let mut packed = answer(200, body());
    packed.headers_mut().insert("content-encoding", told("coding").parse().unwrap());
    errors.push(error(end(&payments(), &get(), move || Brings::Answer(packed.clone()))));
    errors.push(error(end(&payments(), &get(), || Brings::Answer(answer(404, told("html"))))));
    for status in [201, 302, 400, 500] {
        errors.push(failed(|| Failure::cut(head(status), "the connection ended")));
        errors.push(failed(|| Failure::too_large(head(status))));
    }
    errors.push(failed(|| Failure::maybe_sent("no answer")));
    errors.push(failed(|| Failure::not_sent("no connection")));
    errors.push(unsendable());
    errors.push(too_late());
    errors.push(error(payments().resume(&once(), Prior::new(1, true), NOW, ENTROPY_CANARY)));
    errors.push(bad_payload());
    errors.push(without_token(gallery));
    errors.extend(page_errors());

    let kinds: BTreeSet<String> = errors.iter().map(|error| format!("{:?}", error.kind())).collect();
    assert_eq!(kinds.len(), 15, "a kind of error is missing: {kinds:?}");
    let keeping = errors.iter().filter(|error| error.body().is_some_and(|body| find_in(body)));
    assert!(keeping.count() > 10, "the canaries are in the bodies");
    for error in errors {
        if let Some(failure) = error.failure() {
            show!(gallery, *failure);
        }
        show!(gallery, error);
        let boxed: Box<dyn std::error::Error + Send + Sync> = error.into();
        gallery.text("Box<dyn Error>", &format!("{boxed} {boxed:?} {boxed:#?}"), &[SECRET, TOLD]);
    }
}

fn find_in(body: &[u8]) -> bool {
    find(&String::from_utf8_lossy(body), &[TOLD]).is_some()
}

fn unsendable() -> Error {
    let raw = Raw::<UserKey>::new(Method::GET, &format!("{}/../", told("path")), Effect::Safe);
    Call::new(&raw).unwrap_err()
}

fn too_late() -> Error {
    error(payments().perform(&get().deadline(Duration::ZERO), NOW, ENTROPY_CANARY))
}

fn bad_payload() -> Error {
    let upload = UploadDocument::new(
        key(),
        BoundarySeed::new(ENTROPY_CANARY),
        FileName::new(told("name")).unwrap(),
        MediaType::PDF,
        PayloadRef::new(7),
    );
    error(end(&partner(), &call(&upload), || Brings::Failure(Failure::payload(PayloadFault::TooShort))))
}

/// The token endpoint refuses, and says canaries in each of its fields.
fn without_token(gallery: &mut Gallery) -> Error {
    let Step::Authorize(mut need) = partner().start(&ListInvestments::new(), NOW, [0; 16]) else {
        panic!("a token first")
    };
    let pending = scene::sent(need.request(NOW)).into_parts().1;
    let oauth = format!(
        r#"{{"error":"{}","error_description":"{}","error_uri":"{}"}}"#,
        told("code"),
        told("description"),
        told("uri")
    );
    let refused = error(pending.respond(NOW, answer(400, oauth)));
    let map = refused.error_map();
    let oauth = map.oauth().unwrap();
    assert!(
        [oauth.code(), oauth.description().unwrap(), oauth.uri().unwrap()]
            .iter()
            .all(|text| text.contains(TOLD))
    );
    show!(gallery, oauth);
    show!(gallery, refused);
    error(need.fail(&refused))
}

fn page_errors() -> [Error; 4] {
    let list = ListInvestments::new();
    let page = |next: &str| {
        let body = format!(r#"{{"next":"{next}","results":[]}}"#);
        let step = end(&partner(), &call(&list), || Brings::Answer(answer(200, body.clone())));
        let Step::Done(Ok(reply)) = step else { panic!("a page, not {step:?}") };
        reply.value
    };
    let link =
        |query: &str| format!("https://demo.cashlink.de/api/external/distributor/v2/investments/?{query}");
    let mut policy = Policy::default();
    policy.pages = 1;
    let mut walk = Walk::new(&list, &policy).unwrap();
    let foreign = walk.turn(&page(&format!("https://{}.example/", told("host")))).unwrap_err();
    let good = page(&link(&told("cursor")));
    let vanished = call(&good.next().unwrap().unwrap());
    let vanished = error(end(&partner(), &vanished, || Brings::Answer(answer(404, body()))));
    walk.turn(&good).unwrap();
    let too_many = walk.call().unwrap_err();
    let looped = walk.turn(&good).unwrap_err();
    [foreign, vanished, too_many, looped]
}

fn error_maps(gallery: &mut Gallery) {
    let bearer = call(&Raw::<Bearer>::new(Method::GET, "v2/things/", Effect::Safe));
    let nested = format!(
        r#"{{"{}":[{{"message":"{}","code":"{}"}}],"detail":"{}","list":[{{}},{{"{}":["{}"]}}]}}"#,
        told("key"),
        told("message"),
        told("code"),
        told("detail"),
        told("inner"),
        told("leaf")
    );
    for body in
        [body(), nested, format!("\"{}\"", told("text")), format!("[\"{}\"]", told("item")), told("html")]
    {
        let error = error(end(&partner(), &bearer, || Brings::Answer(answer(400, body.clone()))));
        let map: ErrorMap = error.error_map();
        assert_eq!(map.to_string().contains(TOLD), map.is_readable(), "the explicit display shows it");
        show!(gallery, map);
        show!(gallery, map.iter());
        for entry in &map {
            show!(gallery, entry);
            show!(gallery, entry.path());
            for segment in entry.path().segments() {
                show!(gallery, segment);
            }
        }
    }
    show!(gallery, Segment::from(TOLD));
}
