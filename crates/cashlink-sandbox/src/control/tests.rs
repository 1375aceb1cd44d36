use crate::config::Config;
use crate::demo;
use crate::scene::{Ask, CASHLINK, INVESTORS, NOW, REGISTER, Scene, TOKEN, investor};
use crate::webhooks::SignedHook;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

#[test]
fn the_state_counts_objects_requests_tokens_and_keys() {
    let mut scene = Scene::new();
    scene.investor("k");
    scene.investor("k");
    scene.distributor(Ask::post(INVESTORS).key("k").json(&json!({})));
    scene.user(Ask::post(CASHLINK).json(&json!({"type": "product", "amount": "1", "subject": "x"})));
    scene.ask(Ask::get("/_sandbox/state")).is(
        200,
        json!({
            "objects": {
                "documents": 0, "investors": 1, "investments": 1, "identifications": 0, "benefiting_persons": 0,
                "wallets": 0, "transfers": 0, "issuers": 0, "products": 1, "distribution_platforms": 2, "listings": 0,
                "cashlinks": 1, "payments": 0, "public_ids": 0, "businesses": 0,
            },
            "documents": [],
            "requests": {
                format!("POST {INVESTORS}"): 3,
                format!("POST {TOKEN}"): 3,
                format!("POST {CASHLINK}"): 1,
            },
            "tokens": {"requests": 3, "live": 3},
            "keys": {"stored": 1, "replays": 2, "replays_of_other_bodies": 1},
            "webhooks": {"waiting": 0, "arrived": 0, "failed": 0, "attempts": 0},
            "faults": [],
        }),
    );
}

#[test]
fn faults_are_armed_shown_and_taken_back() {
    let mut scene = Scene::new();
    let armed = json!([{"fault": "drop-response,delay=5", "times": 2, "match": {"method": "POST", "path": "/business/"}}]);
    scene.ask(Ask::post("/_sandbox/faults").json(&armed[0])).is(201, armed.clone());
    assert_eq!(scene.ask(Ask::get("/_sandbox/state")).json()["faults"], armed);
    scene.ask(Ask::method("DELETE", "/_sandbox/faults")).is(200, json!({"disarmed": 1}));
    assert_eq!(scene.ask(Ask::get("/_sandbox/state")).json()["faults"], json!([]));
}

#[test]
fn a_fault_needs_no_more_than_its_name_and_then_meets_the_next_request() {
    let mut scene = Scene::new();
    scene
        .ask(Ask::post("/_sandbox/faults").json(&json!({"fault": "status=500"})))
        .is(201, json!([{"fault": "status=500", "times": 1, "match": {"method": null, "path": ""}}]));
    // A control call is no such request.
    assert_eq!(scene.ask(Ask::get("/_sandbox/state")).status, 200);
    assert_eq!(scene.ask(Ask::get("/")).status, 500);
    assert_eq!(scene.ask(Ask::get("/")).status, 404);
}

#[test]
fn what_is_no_fault_is_refused_and_nothing_armed() {
    let mut scene = Scene::new();
    for wrong in [
        json!({}),
        json!([]),
        json!({"fault": "drop"}),
        json!({"fault": "drop-request", "time": 2}),
        json!({"fault": "drop-request", "times": -1}),
        json!({"fault": "drop-request", "match": {"path prefix": "/"}}),
        json!({"fault": "drop-request", "match": {"method": "A B"}}),
    ] {
        let told = scene.ask(Ask::post("/_sandbox/faults").json(&wrong));
        assert_eq!(told.status, 400, "{wrong}");
        assert!(told.json()["detail"].is_string());
    }
    assert_eq!(scene.sandbox.armed().count(), 0);
}

#[test]
fn tokens_are_expired_and_keys_forgotten() {
    let mut scene = Scene::new();
    let token = scene.token();
    let create = || Ask::post(INVESTORS).key("k").json(&investor());
    let first = scene.ask(create().bearer(&token)).id();
    scene.ask(Ask::post("/_sandbox/forget-keys")).is(200, json!({"forgotten": 1}));
    assert_ne!(scene.ask(create().bearer(&token)).id(), first);
    scene.ask(Ask::post("/_sandbox/expire-tokens")).is(200, json!({"expired": 1}));
    assert_eq!(scene.ask(create().bearer(&token)).status, 401);
}

#[test]
fn other_control_calls_are_refused() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask(Ask::get("/_sandbox/")).status, 404);
    assert_eq!(scene.ask(Ask::get("/_sandbox/faults")).header("allow"), Some("POST, DELETE"));
    assert_eq!(scene.ask(Ask::post("/_sandbox/state")).status, 405);
    assert_eq!(scene.ask(Ask::get("/_sandbox/expire-tokens")).status, 405);
}

/// A sandbox whose signed events go somewhere.
fn told() -> Scene {
    let mut config = Config::default();
    config.webhooks.signed = Some(SignedHook { url: "http://127.0.0.1:1/x".into(), secret: "s".into() });
    Scene::of(config)
}

fn link(scene: &mut Scene, body: &Value) -> String {
    scene.user(Ask::post(CASHLINK).json(body)).json()["public_id"].as_str().unwrap().to_owned()
}

/// What the events say that are due.
fn events(scene: &mut Scene) -> Vec<Value> {
    let due = scene.sandbox.due(NOW);
    due.iter().map(|delivery| serde_json::from_slice(delivery.request.body()).unwrap()).collect()
}

#[test]
fn a_payment_has_every_field_that_the_call_names() {
    let mut scene = told();
    let link = link(
        &mut scene,
        &json!({
            "type": "subscription", "amount": "5.00", "subject": "Gym", "subscription_plan": "monthly",
            "require_address": true, "require_phone_number": true, "freetext_field_type": "short",
        }),
    );
    let payer = json!({
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "phone_number": "+44 1",
        "address": "London", "freetext": "size M",
    });
    let mut call = payer.clone();
    call["link"] = json!(link);
    call["iban"] = json!("DE89370400440532013000");
    call["next_charge"] = json!("2030-01-01T00:00:00.000000");
    call["recurring_initial"] = json!(false);
    assert_eq!(scene.ask(Ask::post("/_sandbox/pay").json(&call)).status, 200);
    let [event] = &events(&mut scene)[..] else { panic!("one event") };
    assert_eq!(event["data"]["payer"], payer);
    assert_eq!(event["data"]["cashlink"]["next_charge"], "2030-01-01T00:00:00.000000");
    assert_eq!(event["data"]["recurring_initial"], false);

    call["iban"] = json!("DE00000000000000000000");
    assert_eq!(scene.ask(Ask::post("/_sandbox/pay").json(&call)).status, 400, "not the test IBAN");
    call["firstname"] = json!("Ada");
    assert_eq!(scene.ask(Ask::post("/_sandbox/pay").json(&call)).status, 400, "no such field");
}

#[test]
fn what_no_webhook_tells_is_said_in_the_answer() {
    let product = json!({"type": "product", "amount": "5.00", "subject": "Shirt"});
    let none = json!("none configured");
    let mut scene = Scene::new();
    let id = link(&mut scene, &product);
    let paid = scene.ask(Ask::post("/_sandbox/pay").json(&json!({"link": id}))).json();
    assert_eq!((paid["payment"].is_string(), &paid["webhook"]), (true, &none));
    let advance = Ask::post("/_sandbox/advance").json(&json!({"investment": demo::INVESTMENT_ID}));
    scene.ask(advance).is(200, json!({"status": "PAID", "webhook": none}));

    let mut scene = told();
    let id = link(&mut scene, &product);
    let paid = scene.ask(Ask::post("/_sandbox/pay").json(&json!({"link": id}))).json();
    assert!(paid.get("webhook").is_none(), "{paid}");
    // A registered business is told where it said, and not where the subscription goes.
    for told in [false, true] {
        let mut business = json!({"email": format!("{told}@b.example"), "business_name": "B"});
        if told {
            business["webhook_url"] = json!("http://127.0.0.1:1/own");
        }
        let key = scene.app(Ask::post(REGISTER).json(&business)).json()["api_key"].clone();
        let made = Ask::post(CASHLINK).header("x-api-key", key.as_str().unwrap()).json(&product);
        let id = scene.ask(made).json()["public_id"].clone();
        let paid = scene.ask(Ask::post("/_sandbox/pay").json(&json!({"link": id}))).json();
        assert_eq!(paid.get("webhook").is_none(), told, "{paid}");
    }
}

#[test]
fn a_status_that_no_page_has_is_taken_and_said_to_be_one() {
    let mut scene = told();
    let mut advance = |status: Value| {
        let call = json!({"investment": demo::INVESTMENT_ID, "status": status});
        let told = scene.ask(Ask::post("/_sandbox/advance").json(&call));
        (told.status, told.json())
    };
    assert_eq!(
        advance(json!("paid")),
        (
            200,
            json!({"status": "paid", "webhook": "none configured", "warning": "\"paid\" is not a documented status"})
        )
    );
    assert_eq!(advance(Value::Null), (400, json!({"detail": "there is no next status after \"paid\""})));
    for status in ["KYC_PENDING", "PAYMENT_MISSING", "DELIVERED"] {
        assert_eq!(advance(json!(status)), (200, json!({"status": status, "webhook": "none configured"})));
    }
    assert_eq!(advance(Value::Null), (400, json!({"detail": "there is no next status after \"DELIVERED\""})));
    let call = json!({"investment": "x", "status": "PAID"});
    assert_eq!(scene.ask(Ask::post("/_sandbox/advance").json(&call)).status, 404);
}

#[test]
fn a_transfer_is_settled_as_succeeded_or_as_it_is_said() {
    let mut scene = Scene::new();
    let investor = scene.investor("i");
    let managed = Ask::post(&format!("{INVESTORS}{investor}/wallets/eth-managed/")).key("w");
    let wallet = scene.distributor(managed).id();
    let transfers = "/api/external/distributor/v2/transfers/";
    let body =
        json!({"product": demo::PRODUCT_ID, "source_wallet": wallet, "target_address": "0x0", "amount": 4});
    let id = scene.distributor(Ask::post(transfers).key("k").json(&body)).id();
    for (named, answer) in [
        (Value::Null, json!({"status": "succeeded"})),
        (json!("failed"), json!({"status": "failed"})),
        (json!("odd"), json!({"status": "odd", "warning": "\"odd\" is not a documented status"})),
    ] {
        let call = Ask::post("/_sandbox/settle").json(&json!({"transfer": id, "status": named}));
        scene.ask(call).is(200, answer.clone());
        let read = scene.distributor(Ask::get(&format!("{transfers}{id}/")));
        assert_eq!(read.json()["status"], answer["status"]);
    }
    assert_eq!(scene.ask(Ask::post("/_sandbox/settle").json(&json!({"transfer": "x"}))).status, 404);
}

#[test]
fn a_key_is_switched_to_production_and_back_and_links_keep_their_mode() {
    let mut scene = told();
    let product = json!({"type": "product", "amount": "5.00", "subject": "Shirt"});
    let mode = |scene: &mut Scene, key: &str, live: bool| {
        scene.ask(Ask::post("/_sandbox/mode").json(&json!({"key": key, "live": live})))
    };
    let first = link(&mut scene, &product);
    mode(&mut scene, demo::USER_KEY, true).is(200, json!({"live": true}));
    let second = link(&mut scene, &product);
    mode(&mut scene, demo::USER_KEY, false).is(200, json!({"live": false}));
    let third = link(&mut scene, &product);
    for id in [first, second, third] {
        assert_eq!(scene.ask(Ask::post("/_sandbox/pay").json(&json!({"link": id}))).status, 200);
    }
    let modes: Vec<Value> = events(&mut scene).iter().map(|event| event["data"]["is_test"].clone()).collect();
    assert_eq!(modes, [true, false, true]);

    // A business that was registered in test mode, and is let into production.
    let business = scene.app(Ask::post(REGISTER).json(
        &json!({"email": "a@b.example", "business_name": "B", "webhook_url": "http://127.0.0.1:1/own"}),
    ));
    let key = business.json()["api_key"].as_str().unwrap().to_owned();
    for live in [true, false] {
        assert_eq!(mode(&mut scene, &key, live).status, 200);
        let made = scene.ask(Ask::post(CASHLINK).header("x-api-key", &key).json(&product)).json();
        scene.ask(Ask::post("/_sandbox/pay").json(&json!({"link": made["public_id"]})));
        assert_eq!(events(&mut scene)[0]["data"]["is_test"], !live);
    }
    mode(&mut scene, "x", true).is(400, json!({"detail": "there is no such API key"}));
}

#[test]
fn the_secret_of_webhooks_is_exchanged_for_what_happens_from_then_on() {
    let mut scene = told();
    let id = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    let mut exchange = |secret: &str| {
        let pay = Ask::post("/_sandbox/pay").json(&json!({"link": id}));
        assert_eq!(scene.ask(pay).status, 200);
        let call = Ask::post("/_sandbox/webhook-secret").json(&json!({"secret": secret}));
        let told = scene.ask(call);
        // What was signed before is on its way as it is.
        let pay = Ask::post("/_sandbox/pay").json(&json!({"link": id}));
        assert_eq!(scene.ask(pay).status, 200);
        let due = scene.sandbox.due(NOW);
        let signed_with = |delivery: &crate::webhooks::Delivery| {
            let shown = &delivery.request.headers()["hook-hmac"];
            let is_of = |secret: &&str| signature(secret, delivery.request.body()) == *shown;
            ["s", "next", ""].into_iter().find(is_of).unwrap()
        };
        (told, due.iter().map(signed_with).collect::<Vec<_>>())
    };
    let (told, secrets) = exchange("next");
    told.is(200, json!({"exchanged": true}));
    assert_eq!(secrets, ["s", "next"]);
    let (told, secrets) = exchange("");
    told.is(400, json!({"detail": "a secret has at least one character"}));
    assert_eq!(secrets, ["next", "next"]);

    let mut scene = Scene::new();
    let call = || Ask::post("/_sandbox/webhook-secret").json(&json!({"secret": "next"}));
    scene.ask(call()).is(400, json!({"detail": "no signed webhooks are configured"}));
    assert_eq!(scene.ask(Ask::get("/_sandbox/webhook-secret")).header("allow"), Some("POST"));
}

fn signature(secret: &str, body: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mac = hmac::Hmac::<sha2::Sha512>::new_from_slice(secret.as_bytes()).unwrap();
    STANDARD.encode(mac.chain_update(body).finalize().into_bytes())
}

#[test]
fn mischief_is_what_was_named_last() {
    let mut scene = told();
    let id = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    for (call, sent) in [(json!({"repeat_every": 1}), 2), (json!({"forge_every": 1}), 2), (json!({}), 1)] {
        let told = scene.ask(Ask::post("/_sandbox/mischief").json(&call));
        assert_eq!((told.status, &told.json()["shuffle"]), (200, &json!(false)));
        scene.ask(Ask::post("/_sandbox/pay").json(&json!({"link": id})));
        assert_eq!(events(&mut scene).len(), sent, "{call}");
    }
    assert_eq!(scene.ask(Ask::post("/_sandbox/mischief").json(&json!({"repeat": 1}))).status, 400);
    assert_eq!(scene.ask(Ask::get("/_sandbox/mischief")).header("allow"), Some("POST"));
}
