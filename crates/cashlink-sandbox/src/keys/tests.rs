use super::*;
use crate::demo;
use crate::scene::{Ask, DOCUMENTS, INVESTMENTS, INVESTORS, Scene, Told, investment, investor};
use crate::store::Kind;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

fn headers(keys: &[&str]) -> HeaderMap {
    keys.iter()
        .map(|key| ("x-idempotency-key".parse().unwrap(), HeaderValue::from_str(key).unwrap()))
        .collect()
}

fn status(result: Result<Option<String>, Refusal>) -> StatusCode {
    Response::from(result.unwrap_err()).status()
}

#[test]
fn a_required_key_is_missed_and_an_honoured_one_is_not() {
    assert_eq!(status(key_of(KeyRule::Required, &headers(&[]))), 400);
    assert_eq!(key_of(KeyRule::Honoured, &headers(&[])).unwrap(), None);
    assert_eq!(key_of(KeyRule::Ignored, &headers(&["k"])).unwrap(), None);
}

#[test]
fn a_key_is_1_to_255_visible_ascii_characters_and_given_once() {
    let longest = "k".repeat(255);
    for key in ["k", "!~", "9f1c2d3e4b5a6978", &longest] {
        assert_eq!(key_of(KeyRule::Required, &headers(&[key])).unwrap().as_deref(), Some(key));
    }
    for wrong in ["", "a b", "k\u{e9}", &"k".repeat(256)] {
        assert_eq!(status(key_of(KeyRule::Required, &headers(&[wrong]))), 400, "{wrong:?}");
    }
    assert_eq!(status(key_of(KeyRule::Honoured, &headers(&["a", "a"]))), 400);
}

#[test]
fn a_kept_answer_comes_back_for_the_same_use_only() {
    let usage = |client: &str, path: &str, key: &str| Use {
        client: client.to_owned(),
        method: "POST".to_owned(),
        path: path.to_owned(),
        key: key.to_owned(),
    };
    let mut replies = Replies::default();
    let (body, other_body) = ([1; 32], [2; 32]);
    replies.keep(usage("c", "/p", "k"), body, &Response::new(Bytes::from_static(b"first")));
    assert_eq!(replies.replay(&usage("c", "/p", "k"), body).unwrap().body(), "first");
    for other in [usage("d", "/p", "k"), usage("c", "/q", "k"), usage("c", "/p", "l")] {
        assert!(replies.replay(&other, body).is_none(), "{other:?}");
    }
    assert_eq!((replies.replays, replies.replays_of_other_bodies), (1, 0));
    assert_eq!(replies.replay(&usage("c", "/p", "k"), other_body).unwrap().body(), "first");
    assert_eq!((replies.replays, replies.replays_of_other_bodies), (2, 1));
    assert_eq!(replies.forget(), 1);
    assert!(replies.replay(&usage("c", "/p", "k"), body).is_none());
}

// Over whole requests

fn create(scene: &mut Scene, body: &Value) -> Told {
    scene.distributor(Ask::post(INVESTORS).key("k").json(body))
}

#[test]
fn a_key_is_required_where_the_samples_show_one_and_not_elsewhere() {
    let mut scene = Scene::new();
    let missing = json!({"detail": "The header X-Idempotency-Key is required here."});
    scene.distributor(Ask::post(INVESTORS).json(&investor())).is(400, missing.clone());
    scene
        .distributor(Ask::post(DOCUMENTS).file("name=\"file\"; filename=\"id.pdf\"", "abc"))
        .is(400, missing);
    assert_eq!((scene.sandbox.count(Kind::Investor), scene.sandbox.count(Kind::Document)), (0, 0));
    let id = scene.investor("k");
    for _ in 0..2 {
        assert_eq!(scene.distributor(Ask::post(INVESTMENTS).json(&investment(&id))).status, 201);
    }
    // The seeded one, and one for each call: without a key, every call counts.
    assert_eq!(scene.sandbox.count(Kind::Investment), 3);
}

#[test]
fn a_repeated_key_gets_the_first_answer_with_another_token_too() {
    let mut scene = Scene::new();
    let id = scene.investor("k");
    assert_eq!(scene.investor("k"), id);
    assert_ne!(scene.investor("other"), id);
    assert_eq!(scene.sandbox.count(Kind::Investor), 2);
}

#[test]
fn an_investment_with_a_key_is_made_once() {
    let mut scene = Scene::new();
    let id = scene.investor("k");
    let create = || Ask::post(INVESTMENTS).key("k").json(&investment(&id));
    assert_eq!(scene.distributor(create()).text, scene.distributor(create()).text);
    assert_eq!(scene.sandbox.count(Kind::Investment), 2);
}

#[test]
fn another_body_under_the_same_key_gets_the_first_answer_and_is_counted() {
    let mut scene = Scene::new();
    let first = create(&mut scene, &investor());
    let second = create(&mut scene, &json!({"is_beneficiary": false}));
    assert_eq!((second.status, second.text), (201, first.text));
    assert_eq!((scene.sandbox.replays(), scene.sandbox.replays_of_other_bodies()), (1, 1));
}

#[test]
fn errors_in_the_input_are_kept_too() {
    let mut scene = Scene::new();
    assert_eq!(create(&mut scene, &json!({})).status, 400);
    create(&mut scene, &investor()).is(400, json!({"is_beneficiary": ["This field is required."]}));
}

#[test]
fn what_was_said_before_the_endpoint_is_not_kept() {
    let mut scene = Scene::new();
    let reading =
        scene.token_for(demo::DISTRIBUTOR_CLIENT_ID, demo::DISTRIBUTOR_CLIENT_SECRET, "investors:read");
    let ask = || Ask::post(INVESTORS).key("k").json(&investor());
    assert_eq!(scene.ask(ask()).status, 401);
    assert_eq!(scene.ask(ask().bearer(&reading)).status, 403);
    assert_eq!(scene.distributor(ask()).status, 201);
}

#[test]
fn a_key_belongs_to_one_client_and_one_path() {
    let mut scene = Scene::new();
    let upload = |path: &str| Ask::post(path).key("k").file("name=\"file\"; filename=\"id.pdf\"", "abc");
    let issuer = scene.token_for(demo::ISSUER_CLIENT_ID, demo::ISSUER_CLIENT_SECRET, "documents:write");
    let issuer_path = "/api/external/issuer/v2/documents/";
    let ids = [
        scene.distributor(upload(DOCUMENTS)).id(),
        scene.ask(upload(DOCUMENTS).bearer(&issuer)).id(),
        scene.ask(upload(issuer_path).bearer(&issuer)).id(),
        scene.investor("k"),
    ];
    for (place, id) in ids.iter().enumerate() {
        assert!(!ids[..place].contains(id));
    }
}
