use crate::config::{Config, OAuthClient};
use crate::demo;
use crate::scene::{Ask, INVESTORS, Scene, TOKEN};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::time::Duration;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const ID: (&str, &str) = ("client_id", demo::DISTRIBUTOR_CLIENT_ID);
const SECRET: (&str, &str) = ("client_secret", demo::DISTRIBUTOR_CLIENT_SECRET);

/// The `error` of the answer to this form.
fn error(pairs: &[(&str, &str)]) -> (u16, String) {
    let told = Scene::new().ask(Ask::post(TOKEN).form(pairs));
    (told.status, told.json()["error"].as_str().unwrap().to_owned())
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

#[test]
fn a_token_is_given_for_the_scopes_that_were_asked_for_and_never_cached() {
    let form = [GRANT, ID, SECRET, ("scope", "investors:read investors:write")];
    let told = Scene::new().ask(Ask::post(TOKEN).form(&form));
    assert_eq!(told.status, 200);
    assert_eq!((told.header("cache-control"), told.header("pragma")), (Some("no-store"), Some("no-cache")));
    let mut body = told.json();
    // 32 bytes are 43 characters of unpadded base64.
    assert_eq!(body["access_token"].take().as_str().unwrap().len(), 43);
    assert_eq!(
        body,
        json!({"access_token": null, "token_type": "Bearer", "expires_in": 3600, "scope": "investors:read investors:write"})
    );
}

#[test]
fn without_a_scope_all_of_the_clients_are_granted() {
    for form in [&[GRANT, ID, SECRET][..], &[GRANT, ID, SECRET, ("scope", "")]] {
        let told = Scene::new().ask(Ask::post(TOKEN).form(form));
        assert_eq!(told.json()["scope"], demo::DISTRIBUTOR_SCOPES.join(" "));
    }
}

#[test]
fn a_scope_that_is_not_the_clients_is_refused() {
    for scope in
        ["issuers:read", "investors:read issuers:read", "investors:read  investors:write", "Investors:read"]
    {
        assert_eq!(
            error(&[GRANT, ID, SECRET, ("scope", scope)]),
            (400, "invalid_scope".to_owned()),
            "{scope}"
        );
    }
}

#[test]
fn a_wrong_or_missing_credential_is_an_invalid_client_and_a_challenge() {
    for form in [
        &[GRANT][..],
        &[GRANT, ID],
        &[GRANT, SECRET],
        &[GRANT, ID, ("client_secret", "x")],
        &[GRANT, ("client_id", "x"), SECRET],
    ] {
        assert_eq!(error(form), (401, "invalid_client".to_owned()), "{form:?}");
    }
    let told = Scene::new().ask(Ask::post(TOKEN).form(&[GRANT]));
    assert_eq!(told.header("www-authenticate"), Some("Basic realm=\"api\""));
    assert_eq!(told.header("cache-control"), Some("no-store"));
}

#[test]
fn one_clients_secret_does_not_open_another_client() {
    let form = [GRANT, ID, ("client_secret", demo::ISSUER_CLIENT_SECRET)];
    assert_eq!(error(&form), (401, "invalid_client".to_owned()));
}

#[test]
fn the_grant_must_be_client_credentials() {
    assert_eq!(error(&[ID, SECRET]), (400, "invalid_request".to_owned()));
    assert_eq!(error(&[ID, SECRET, ("grant_type", "")]), (400, "invalid_request".to_owned()));
    assert_eq!(error(&[ID, SECRET, ("grant_type", "password")]), (400, "unsupported_grant_type".to_owned()));
}

#[test]
fn a_parameter_given_twice_is_an_invalid_request() {
    let scope = ("scope", "investors:read");
    assert_eq!(error(&[GRANT, ID, SECRET, scope, scope]), (400, "invalid_request".to_owned()));
}

#[test]
fn the_body_must_be_a_form() {
    let body = json!({"grant_type": "client_credentials", "client_id": ID.1, "client_secret": SECRET.1});
    let told = Scene::new().ask(Ask::post(TOKEN).json(&body));
    assert_eq!((told.status, &told.json()["error"]), (400, &json!("invalid_request")));
}

#[test]
fn basic_credentials_are_form_decoded() {
    let config = Config {
        clients: vec![OAuthClient::new("p l+t:form").secret("a:b+c d%\u{e9}").scope("investors:read")],
        ..Config::default()
    };
    let mut scene = Scene::of(config);
    let encoded = basic("p+l%2Bt%3Aform:a%3Ab%2Bc+d%25%C3%A9");
    let told = scene.ask(Ask::post(TOKEN).form(&[GRANT]).header("authorization", &encoded));
    assert_eq!(told.status, 200, "{}", told.text);
    let raw = basic("p l+t:form:a:b+c d%\u{e9}");
    let told = scene.ask(Ask::post(TOKEN).form(&[GRANT]).header("authorization", &raw));
    assert_eq!((told.status, &told.json()["error"]), (401, &json!("invalid_client")));
}

#[test]
fn what_is_not_basic_is_an_invalid_client() {
    for header in ["Bearer x", "Basic", "Basic !", &basic("no colon"), &basic("a:%ff")] {
        let told = Scene::new().ask(Ask::post(TOKEN).form(&[GRANT]).header("authorization", header));
        assert_eq!((told.status, &told.json()["error"]), (401, &json!("invalid_client")), "{header}");
    }
}

#[test]
fn credentials_in_both_places_are_an_invalid_request() {
    let header = basic(&format!("{}:{}", ID.1, SECRET.1));
    let told = Scene::new().ask(Ask::post(TOKEN).form(&[GRANT, ID, SECRET]).header("authorization", &header));
    assert_eq!((told.status, &told.json()["error"]), (400, &json!("invalid_request")));
    let told = Scene::new().ask(Ask::post(TOKEN).form(&[GRANT, ID]).header("authorization", &header));
    assert_eq!(told.status, 200);
    let told = Scene::new()
        .ask(Ask::post(TOKEN).form(&[GRANT, ("client_id", "x")]).header("authorization", &header));
    assert_eq!(told.status, 400);
}

#[test]
fn only_post_gets_a_token() {
    let told = Scene::new().ask(Ask::get(TOKEN));
    assert_eq!((told.status, told.header("allow"), &*told.text), (405, Some("POST"), ""));
}

#[test]
fn a_token_ends_with_its_lifetime() {
    let config = Config { token_lifetime: Duration::from_secs(60), ..Config::default() };
    let mut scene = Scene::of(config);
    let token = scene.token();
    scene.now += Duration::from_secs(59);
    assert_eq!(scene.ask(Ask::get(INVESTORS).bearer(&token)).status, 200);
    assert_eq!(scene.sandbox.live_tokens(scene.now), 1);
    scene.now += Duration::from_secs(1);
    assert_eq!(scene.ask(Ask::get(INVESTORS).bearer(&token)).status, 401);
    assert_eq!(scene.sandbox.live_tokens(scene.now), 0);
}

#[test]
fn missing_unknown_and_expired_tokens_share_one_body() {
    let mut scene = Scene::new();
    let token = scene.token();
    assert_eq!(scene.sandbox.expire_tokens(), 1);
    let invalid = Some("Bearer realm=\"api\", error=\"invalid_token\"");
    let asks = [
        (Ask::get(INVESTORS), Some("Bearer realm=\"api\"")),
        (Ask::get(INVESTORS).header("authorization", "Basic eDp5"), Some("Bearer realm=\"api\"")),
        (Ask::get(INVESTORS).bearer("a").bearer("b"), Some("Bearer realm=\"api\"")),
        (Ask::get(INVESTORS).bearer("unknown"), invalid),
        (Ask::get(INVESTORS).bearer(&token), invalid),
    ];
    for (ask, challenge) in asks {
        let told = scene.ask(ask);
        told.is(401, json!({"detail": "Authentication credentials were not provided."}));
        assert_eq!(told.header("www-authenticate"), challenge);
    }
}

#[test]
fn the_scheme_of_a_bearer_token_is_read_in_any_case() {
    let mut scene = Scene::new();
    let token = scene.token();
    let told = scene.ask(Ask::get(INVESTORS).header("authorization", &format!("bEARER {token}")));
    assert_eq!(told.status, 200);
}
