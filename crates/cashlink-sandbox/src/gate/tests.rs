use crate::config::Config;
use crate::demo;
use crate::scene::{Ask, CASHLINK, DOCUMENTS, INVESTMENTS, INVESTORS, REGISTER, Scene, investor};
use crate::store::Kind;
use serde_json::json;

#[test]
fn an_unknown_path_is_djangos_own_page() {
    for path in ["/", "/api/external/nothing/", "/business/api/v1/cashlink/", "/api/external/oauth/token/"] {
        let told = Scene::new().ask(Ask::get(path));
        assert_eq!(
            (told.status, told.header("content-type")),
            (404, Some("text/html; charset=utf-8")),
            "{path}"
        );
    }
}

#[test]
fn a_missing_slash_is_a_redirect_whatever_the_method_and_has_no_effect() {
    let mut scene = Scene::new();
    let token = scene.token();
    for ask in [
        Ask::get("/api/external/distributor/v2/investors?page=2"),
        Ask::get("/api/external/distributor/v2/investors?page=2").bearer(&token),
    ] {
        let told = scene.ask(ask);
        assert_eq!(told.status, 301);
        assert_eq!(told.header("location"), Some("/api/external/distributor/v2/investors/?page=2"));
    }
    let told =
        scene.distributor(Ask::post("/api/external/distributor/v2/investors").key("k").json(&investor()));
    assert_eq!((told.status, told.header("location")), (301, Some(INVESTORS)));
    assert_eq!(scene.sandbox.count(Kind::Investor), 0);
    let one = format!("{}{}", INVESTMENTS, demo::INVESTMENT_ID);
    assert_eq!(scene.ask(Ask::get(&one)).header("location"), Some(&*format!("{one}/")));
}

#[test]
fn a_scope_that_the_token_lacks_is_403_and_named() {
    let mut scene = Scene::new();
    let token =
        scene.token_for(demo::DISTRIBUTOR_CLIENT_ID, demo::DISTRIBUTOR_CLIENT_SECRET, "investors:read");
    let told = scene.ask(Ask::post(INVESTORS).bearer(&token).key("k").json(&investor()));
    told.is(403, json!({"detail": "You do not have permission to perform this action."}));
    assert_eq!(
        told.header("www-authenticate"),
        Some("Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"investors:write\"")
    );
    assert_eq!(scene.sandbox.count(Kind::Investor), 0);
}

#[test]
fn every_partner_endpoint_asks_for_its_own_scope() {
    let investors = format!("{INVESTORS}7/");
    let investments = format!("{INVESTMENTS}7/");
    let rows = [
        ("POST", DOCUMENTS, "documents:write"),
        ("POST", INVESTORS, "investors:write"),
        ("GET", INVESTORS, "investors:read"),
        ("GET", &investors, "investors:read"),
        ("POST", INVESTMENTS, "investments:write"),
        ("GET", INVESTMENTS, "investments:read"),
        ("GET", &investments, "investments:read"),
        ("POST", "/api/external/issuer/v2/documents/", "documents:write"),
        ("GET", "/api/external/issuer/v2/investments/7/", "investments:read"),
    ];
    for (method, path, scope) in rows {
        for granted in demo::DISTRIBUTOR_SCOPES {
            let mut scene = Scene::new();
            let token =
                scene.token_for(demo::DISTRIBUTOR_CLIENT_ID, demo::DISTRIBUTOR_CLIENT_SECRET, granted);
            let told = scene.ask(Ask::method(method, path).bearer(&token).key("k"));
            assert_eq!(
                told.status != 403,
                *granted == scope,
                "{method} {path} with {granted}: {}",
                told.status
            );
        }
    }
}

#[test]
fn another_method_is_405_after_the_credential_and_names_what_is_allowed() {
    let mut scene = Scene::new();
    for method in ["UPDATE", "PUT", "DELETE", "PATCH"] {
        assert_eq!(scene.ask(Ask::method(method, INVESTORS)).status, 401);
        let told = scene.distributor(Ask::method(method, INVESTORS));
        told.is(405, json!({"detail": format!("Method \"{method}\" not allowed.")}));
        assert_eq!(told.header("allow"), Some("POST, GET"));
        let told = scene.user(Ask::method(method, CASHLINK));
        told.is(405, json!({"detail": format!("Method \"{method}\" not allowed.")}));
        assert_eq!(told.header("allow"), Some("POST"));
    }
}

#[test]
fn a_request_that_accepts_no_json_is_406_in_both_apis() {
    let mut scene = Scene::new();
    let html = |ask: Ask| ask.header("accept", "text/html");
    let body = json!({"detail": "Could not satisfy the request Accept header."});
    scene.distributor(html(Ask::get(INVESTORS))).is(406, body.clone());
    scene.user(html(Ask::post(CASHLINK))).is(406, body);
}

#[test]
fn a_body_larger_than_the_limit_is_413() {
    let config = Config { body_limit: 10, ..Config::default() };
    let mut scene = Scene::of(config);
    assert_eq!(scene.user(Ask::post(CASHLINK).body("application/json", "{\"a\":\"bc\"}")).status, 400);
    assert_eq!(scene.user(Ask::post(CASHLINK).body("application/json", "{\"a\":\"bcd\"}")).status, 413);
}

#[test]
fn a_missing_or_wrong_api_key_is_403() {
    let mut scene = Scene::new();
    for path in [CASHLINK, REGISTER] {
        scene
            .ask(Ask::post(path))
            .is(403, json!({"detail": "Authentication credentials were not provided."}));
        scene.ask(Ask::post(path).header("x-api-key", "x")).is(403, json!({"detail": "Invalid API key."}));
        let twice = Ask::post(path).header("x-api-key", demo::USER_KEY).header("x-api-key", demo::APP_KEY);
        assert_eq!(scene.ask(twice).status, 403);
    }
}

#[test]
fn the_two_kinds_of_api_key_are_not_interchangeable() {
    let mut scene = Scene::new();
    let body = json!({"detail": "You do not have permission to perform this action."});
    scene.app(Ask::post(CASHLINK)).is(403, body.clone());
    scene.user(Ask::post(REGISTER)).is(403, body);
}
