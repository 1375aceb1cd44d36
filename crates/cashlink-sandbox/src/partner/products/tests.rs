use crate::demo;
use crate::scene::{Ask, Scene, Told};
use serde_json::{Value, json};

const ISSUERS: &str = "/api/external/issuer/v2/issuers/";
const PRODUCTS: &str = "/api/external/issuer/v2/products/";
const LISTINGS: &str = "/api/external/issuer/v2/listings/";
const PLATFORMS: &str = "/api/external/issuer/v2/distribution-platforms/";
const INVESTMENTS: &str = "/api/external/issuer/v2/investments/";

fn ask(scene: &mut Scene, ask: Ask) -> Told {
    let scopes = demo::ISSUER_SCOPES.join(" ");
    let token = scene.token_for(demo::ISSUER_CLIENT_ID, demo::ISSUER_CLIENT_SECRET, &scopes);
    scene.ask(ask.bearer(&token))
}

fn issuer() -> Value {
    json!({
        "legal_person": {"company_name": "Example GmbH", "country": "DEU"},
        "natural_person": {"forename": "Ada"},
        "bank_account": {"bic": "COBADEFFXXX", "iban": "DE89370400440532013000", "currency": "EUR"},
    })
}

#[test]
fn an_issuer_is_created_changed_and_read() {
    let mut scene = Scene::new();
    let created = ask(&mut scene, Ask::post(ISSUERS).key("k").json(&issuer()));
    assert_eq!(created.status, 201, "{}", created.text);
    let place = format!("{ISSUERS}{}/", created.id());
    let change = json!({"legal_person": {"city": "Bonn"}});
    let changed = ask(&mut scene, Ask::method("PATCH", &place).json(&change));
    let company = json!({"company_name": "Example GmbH", "country": "DEU", "city": "Bonn"});
    assert_eq!((changed.status, &changed.json()["legal_person"]), (200, &company));
    assert_eq!(ask(&mut scene, Ask::get(&place)).text, changed.text);
    assert_eq!(ask(&mut scene, Ask::get(ISSUERS)).json()["count"], 1);
    let nothing = ask(&mut scene, Ask::post(ISSUERS).key("l").json(&json!({})));
    assert_eq!((nothing.status, nothing.json().as_object().unwrap().len()), (400, 3), "all three are needed");
}

#[test]
fn a_product_needs_the_price_that_it_says_it_has() {
    let mut scene = Scene::new();
    let issuer = ask(&mut scene, Ask::post(ISSUERS).key("i").json(&issuer())).id();
    let required = json!(["This field is required."]);
    for (provided, price, other) in
        [(true, "nominal_value", "issuance_price"), (false, "issuance_price", "nominal_value")]
    {
        let mut body = json!({"issuer_id": issuer, "provide_nominal_value": provided, other: "100.00"});
        let refused = ask(&mut scene, Ask::post(PRODUCTS).key(&format!("{price}-missing")).json(&body));
        refused.is(400, json!({price: required}));
        body[price] = json!({"amount": "10000", "decimals": 2, "currency": "EUR"});
        body["network"] = json!("POLYGON-MAINNET");
        let created = ask(&mut scene, Ask::post(PRODUCTS).key(price).json(&body));
        assert_eq!(created.status, 201, "{}", created.text);
        let place = format!("{PRODUCTS}{}/", created.id());
        let changed = ask(&mut scene, Ask::method("PATCH", &place).json(&json!({"step_size": 10})));
        assert_eq!((changed.status, &changed.json()["step_size"]), (200, &json!(10)));
        assert_eq!(ask(&mut scene, Ask::get(&place)).text, changed.text);
    }
    assert_eq!(ask(&mut scene, Ask::get(PRODUCTS)).json()["count"], 3, "with the demo product");
}

#[test]
fn a_product_is_listed_where_the_platform_is_allowed() {
    let mut scene = Scene::new();
    let platforms = ask(&mut scene, Ask::get(PLATFORMS)).json();
    let allowed: Vec<&Value> =
        platforms["results"].as_array().unwrap().iter().map(|one| &one["is_allowed"]).collect();
    assert_eq!(allowed, [true, false]);
    let mut list = |platform: &str, key: &str| {
        let body = json!({"product_id": demo::PRODUCT_ID, "distribution_platform_id": platform});
        ask(&mut scene, Ask::post(LISTINGS).key(key).json(&body))
    };
    assert_eq!(list(demo::PLATFORM_ID, "a").status, 201);
    list(demo::OTHER_PLATFORM_ID, "b")
        .is(400, json!({"distribution_platform_id": ["This platform is not allowed."]}));
    assert_eq!(list(demo::PRODUCT_ID, "c").status, 400, "a product is no platform");
    assert_eq!(ask(&mut scene, Ask::get(LISTINGS)).json()["count"], 1);
    let one = ask(&mut scene, Ask::get(&format!("{PLATFORMS}{}/", demo::PLATFORM_ID)));
    assert_eq!(one.json()["platform_company_name"], "Demo Platform GmbH");
}

#[test]
fn the_investments_of_a_product_are_those_of_its_campaign() {
    let mut scene = Scene::new();
    let mut count =
        |query: &str| ask(&mut scene, Ask::get(&format!("{INVESTMENTS}{query}"))).json()["count"].clone();
    assert_eq!(count(""), 1);
    assert_eq!(count(&format!("?product_id={}", demo::PRODUCT_ID)), 1);
    assert_eq!(count(&format!("?product_id={}", demo::PLATFORM_ID)), 0);
}
