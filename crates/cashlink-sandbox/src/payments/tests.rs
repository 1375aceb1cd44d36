use crate::scene::{Ask, CASHLINK, REGISTER, Scene, golden};
use crate::store::Kind;
use expect_test::expect;
use serde_json::{Value, json};

const ALLOCATE: &str = "/business/api/v1/cashlink-public-id";

fn link() -> Value {
    json!({"type": "invoice", "amount": "12.34", "subject": "Invoice no. 12345"})
}

/// What is said to a link that is changed by `change`.
fn refused(change: impl FnOnce(&mut Value)) -> Value {
    let mut scene = Scene::new();
    let mut body = link();
    change(&mut body);
    let told = scene.user(Ask::post(CASHLINK).json(&body));
    assert_eq!((told.status, scene.sandbox.count(Kind::Cashlink)), (400, 0), "{}", told.text);
    told.json()
}

fn without(name: &str) -> Value {
    let mut body = link();
    body.as_object_mut().unwrap().remove(name);
    body
}

#[test]
fn a_created_link_has_an_id_of_twelve_characters_and_two_addresses() {
    let told = Scene::new().user(Ask::post(CASHLINK).header("host", "127.0.0.1:8080").json(&link()));
    assert_eq!(told.status, 201);
    golden(
        &told.json(),
        &expect![[r#"
        {
          "public_id": "yFWlI3wSECBr",
          "url": "http://127.0.0.1:8080/business/+yFWlI3wSECBr",
          "whatsapp_url": "http://127.0.0.1:8080/business/l/yFWlI3wSECBr"
        }"#]],
    );
    assert_eq!(told.json()["public_id"].as_str().unwrap().len(), 12);
}

#[test]
fn every_post_makes_a_new_link_for_there_are_no_keys_here() {
    let mut scene = Scene::new();
    let ids =
        [(); 2].map(|()| scene.user(Ask::post(CASHLINK).key("k").json(&link())).json()["public_id"].clone());
    assert_ne!(ids[0], ids[1]);
    assert_eq!((scene.sandbox.count(Kind::Cashlink), scene.sandbox.replays()), (2, 0));
}

#[test]
fn the_type_is_required_from_2018_01_15_on_which_is_the_default() {
    let mut scene = Scene::new();
    let required = json!({"type": ["This field is required."]});
    scene.user(Ask::post(CASHLINK).json(&without("type"))).is(400, required.clone());
    let newer = Ask::post(CASHLINK).header("x-api-version", "2018-01-15");
    scene.user(newer.json(&without("type"))).is(400, required);
    let older = || Ask::post(CASHLINK).header("x-api-version", "2017-10-01");
    assert_eq!(scene.user(older().json(&without("type"))).status, 201);
    assert_eq!(scene.user(older().json(&link())).status, 201);
    let mut wrong = link();
    wrong["type"] = json!("donation");
    scene.user(older().json(&wrong)).is(400, json!({"type": ["\"donation\" is not a valid choice."]}));
}

#[test]
fn an_unsupported_version_is_400() {
    for version in ["2016-01-01", "2018-01-16", "v1", ""] {
        let told = Scene::new().user(Ask::post(CASHLINK).header("x-api-version", version).json(&link()));
        told.is(400, json!({"detail": "The requested API version is not supported."}));
    }
}

#[test]
fn amount_and_subject_are_required() {
    let errors = refused(|body| *body = json!({"type": "invoice"}));
    assert_eq!(
        errors,
        json!({"amount": ["This field is required."], "subject": ["This field is required."]})
    );
    assert_eq!(
        refused(|body| body["subject"] = json!(" ")),
        json!({"subject": ["This field may not be blank."]})
    );
    assert_eq!(
        refused(|body| body["amount"] = json!(12.34)),
        json!({"amount": ["A valid number is required."]})
    );
}

#[test]
fn a_subscription_needs_a_plan_and_other_types_do_not() {
    assert_eq!(
        refused(|body| body["type"] = json!("subscription")),
        json!({"subscription_plan": ["This field is required."]})
    );
    let mut body = link();
    body["type"] = json!("subscription");
    body["subscription_plan"] = json!("monthly");
    assert_eq!(Scene::new().user(Ask::post(CASHLINK).json(&body)).status, 201);
}

#[test]
fn the_optional_fields_have_their_shapes() {
    let errors = refused(|body| {
        body["require_name"] = json!("yes");
        body["require_email"] = json!(null);
        body["require_address"] = json!(0);
        body["require_phone_number"] = json!([]);
        body["freetext_field_type"] = json!("medium");
        body["freetext_field_label"] = json!(7);
        body["freetext_field_required"] = json!({});
        body["public_id"] = json!("VX0GK5cvM1dO:forged");
    });
    golden(
        &errors,
        &expect![[r#"
        {
          "freetext_field_label": [
            "Not a valid string."
          ],
          "freetext_field_required": [
            "Must be a valid boolean."
          ],
          "freetext_field_type": [
            "\"medium\" is not a valid choice."
          ],
          "public_id": [
            "Invalid signature."
          ],
          "require_address": [
            "Must be a valid boolean."
          ],
          "require_email": [
            "This field may not be null."
          ],
          "require_name": [
            "Must be a valid boolean."
          ],
          "require_phone_number": [
            "Must be a valid boolean."
          ]
        }"#]],
    );
}

#[test]
fn an_allocated_id_becomes_a_link_once_and_only_with_its_signature() {
    let mut scene = Scene::new();
    let allocated = scene.user(Ask::post(ALLOCATE).json(&json!({})));
    assert_eq!(allocated.status, 201);
    let allocated = allocated.json();
    let (id, signature) =
        (allocated["public_id"].as_str().unwrap(), allocated["signature"].as_str().unwrap());
    assert_eq!(signature.split_once(':').map(|(own, signed)| (own, signed.len())), Some((id, 27)));
    let mut body = link();
    body["public_id"] = json!(format!("{id}:forged"));
    scene.user(Ask::post(CASHLINK).json(&body)).is(400, json!({"public_id": ["Invalid signature."]}));
    body["public_id"] = json!(signature);
    let told = scene.user(Ask::post(CASHLINK).json(&body));
    told.is(
        201,
        json!({"public_id": id, "url": allocated["url"], "whatsapp_url": allocated["whatsapp_url"]}),
    );
    scene
        .user(Ask::post(CASHLINK).json(&body))
        .is(400, json!({"public_id": ["This public ID is already in use."]}));
}

#[test]
fn a_registered_business_gets_a_key_that_makes_links_but_registers_nobody() {
    let mut scene = Scene::new();
    let told = scene.app(Ask::post(REGISTER).json(&json!({"email": "a@example.org", "business_name": "A"})));
    assert_eq!(told.status, 201);
    golden(
        &told.json(),
        &expect![[r#"
        {
          "api_key": "S7qbwMHV0DA1DL0ZXW99AXqAcQui1Rpl",
          "hmac_secret": "Ejt9CF96IeuUn3rvtSEl-ToTbthE5rOb0pBX0pKItfA",
          "public_id": "P3R5B9Zu47hE"
        }"#]],
    );
    let key = told.json()["api_key"].as_str().unwrap().to_owned();
    assert_eq!(scene.ask(Ask::post(CASHLINK).header("x-api-key", &key).json(&link())).status, 201);
    assert_eq!(scene.ask(Ask::post(REGISTER).header("x-api-key", &key).json(&json!({}))).status, 403);
}

#[test]
fn register_is_found_with_and_without_its_slash() {
    let mut scene = Scene::new();
    let business = |email: &str| json!({"email": email, "business_name": "A"});
    assert_eq!(scene.app(Ask::post(REGISTER).json(&business("a@example.org"))).status, 201);
    assert_eq!(
        scene.app(Ask::post("/business/api/v1/register").json(&business("b@example.org"))).status,
        201
    );
    assert_eq!(scene.sandbox.count(Kind::Business), 2);
}

#[test]
fn an_email_is_registered_once() {
    let mut scene = Scene::new();
    let business = json!({"email": "a@example.org", "business_name": "A"});
    assert_eq!(scene.app(Ask::post(REGISTER).json(&business)).status, 201);
    scene.app(Ask::post(REGISTER).json(&business)).is(400, json!({"email": ["This field must be unique."]}));
    assert_eq!(scene.sandbox.count(Kind::Business), 1);
}

#[test]
fn an_invalid_business_is_refused_field_by_field() {
    let body = json!({"business_type": "club", "owner_birthday": "1.1.1970", "payout_account": 7, "email": "a", "webhook_url": "not a url"});
    let told = Scene::new().app(Ask::post(REGISTER).json(&body));
    assert_eq!(told.status, 400);
    golden(
        &told.json(),
        &expect![[r#"
        {
          "business_name": [
            "This field is required."
          ],
          "business_type": [
            "\"club\" is not a valid choice."
          ],
          "email": [
            "Enter a valid email address."
          ],
          "owner_birthday": [
            "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
          ],
          "payout_account": [
            "Not a valid string."
          ],
          "webhook_url": [
            "Enter a valid URL."
          ]
        }"#]],
    );
}

#[test]
fn the_body_must_be_json() {
    let mut scene = Scene::new();
    scene.user(Ask::post(CASHLINK).form(&[("type", "invoice")])).is(
        415,
        json!({"detail": "Unsupported media type \"application/x-www-form-urlencoded\" in request."}),
    );
    scene
        .user(Ask::post(CASHLINK).json(&json!([])))
        .is(400, json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}));
}

#[test]
fn the_version_for_requests_that_name_none_can_be_the_older_one() {
    let config = crate::Config { version: crate::Version::V2017_10_01, ..crate::Config::default() };
    let mut scene = Scene::of(config);
    let without_type = json!({"amount": "12.34", "subject": "x"});
    assert_eq!(scene.user(Ask::post(CASHLINK).json(&without_type)).status, 201);
    let named = Ask::post(CASHLINK).header("x-api-version", "2018-01-15").json(&without_type);
    assert_eq!(scene.user(named).status, 400);
}
