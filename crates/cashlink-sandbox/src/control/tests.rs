use crate::scene::{Ask, CASHLINK, INVESTORS, Scene, TOKEN, investor};
use serde_json::json;

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
