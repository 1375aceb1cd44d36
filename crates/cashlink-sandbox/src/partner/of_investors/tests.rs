use crate::scene::{Ask, INVESTORS, Scene, Told};
use crate::store::Kind;
use serde_json::{Value, json};

fn post(scene: &mut Scene, investor: &str, what: &str, key: &str, body: Option<&Value>) -> Told {
    let ask = Ask::post(&format!("{INVESTORS}{investor}/{what}/")).key(key);
    scene.distributor(match body {
        Some(body) => ask.json(body),
        None => ask,
    })
}

#[test]
fn an_identification_is_checked_and_kept() {
    let mut scene = Scene::new();
    let investor = scene.investor("i");
    let body = json!({
        "document_type": "IDCARD", "document_id": "L01X00T47", "document_issuer": "Stadt Bonn",
        "document_valid_from": "2020-02-01", "document_valid_to": "2030-01-31", "identity_provider": "POSTIDENT",
        "legitimation_process_id": "p-1", "verified_at": "2020-12-11T14:59:46.716Z", "new": 1,
    });
    let told = post(&mut scene, &investor, "identifications", "k", Some(&body));
    assert_eq!((told.status, &told.json()["new"]), (201, &json!(1)));
    let wrong =
        json!({"document_valid_to": "31.01.2030", "legitimation_protocol_id": "x", "verified_at": "now"});
    let told = post(&mut scene, &investor, "identifications", "l", Some(&wrong));
    assert_eq!((told.status, told.json().as_object().unwrap().len()), (400, 3), "{}", told.text);
    assert_eq!(scene.sandbox.count(Kind::Identification), 1);
}

#[test]
fn an_address_belongs_to_one_investor() {
    let mut scene = Scene::new();
    let (one, other) = (scene.investor("i"), scene.investor("j"));
    let wallet = json!({"address": "0xC0FFEE", "receiving_enabled": true});
    assert_eq!(post(&mut scene, &one, "wallets/eth-generic", "a", Some(&wallet)).status, 201);
    assert_eq!(post(&mut scene, &one, "wallets/eth-generic", "b", Some(&wallet)).status, 201);
    let same = json!({"address": "0xc0ffee"});
    post(&mut scene, &other, "wallets/eth-generic", "c", Some(&same))
        .is(400, json!({"address": ["This address belongs to another investor."]}));
    post(&mut scene, &other, "wallets/eth-generic", "d", Some(&json!({})))
        .is(400, json!({"address": ["This field is required."]}));
}

#[test]
fn a_managed_wallet_needs_no_body_and_there_is_one() {
    let mut scene = Scene::new();
    let investor = scene.investor("i");
    let first = post(&mut scene, &investor, "wallets/eth-managed", "a", None);
    assert_eq!(first.status, 201);
    assert_eq!(
        post(&mut scene, &investor, "wallets/eth-managed", "a", None).text,
        first.text,
        "the key repeats it"
    );
    assert_eq!(post(&mut scene, &investor, "wallets/eth-managed", "b", None).status, 400);
    assert_eq!(scene.sandbox.count(Kind::Wallet), 1);
}

#[test]
fn whatever_is_known_of_a_benefiting_person_is_kept() {
    let mut scene = Scene::new();
    let investor = scene.investor("i");
    let told = post(&mut scene, &investor, "benefiting-persons", "k", Some(&json!({"a": {"b": 1}})));
    assert_eq!((told.status, &told.json()["a"]), (201, &json!({"b": 1})));
    for what in ["identifications", "benefiting-persons", "wallets/eth-generic", "wallets/eth-managed"] {
        let nobody = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
        let told = post(&mut scene, nobody, what, what, Some(&json!({"address": "x"})));
        assert_eq!(told.status, 404, "{what}");
    }
}
