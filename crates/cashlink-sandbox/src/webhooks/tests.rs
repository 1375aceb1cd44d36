use super::*;
use crate::config::Config;
use crate::demo;
use crate::scene::{Ask, CASHLINK, INVESTMENTS, NOW, REGISTER, Scene, investment};
use crate::store::Kind;
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

const SIGNED: &str = "http://127.0.0.1:1/payments";
const PARTNER: &str = "http://127.0.0.1:1/partner";

fn scene(credential: Credential, mischief: Mischief) -> Scene {
    let mut config = Config::default();
    config.webhooks.signed = Some(SignedHook { url: SIGNED.to_owned(), secret: "hook-s3cr3t".to_owned() });
    config.webhooks.partner = Some(PartnerHook { url: PARTNER.to_owned(), credential });
    config.webhooks.mischief = mischief;
    Scene::of(config)
}

fn bearer() -> Scene {
    scene(Credential::Bearer("t0k3n".to_owned()), Mischief::default())
}

fn link(scene: &mut Scene, body: &Value) -> String {
    let told = scene.user(Ask::post(CASHLINK).json(body));
    told.json()["public_id"].as_str().unwrap_or_else(|| panic!("{}", told.text)).to_owned()
}

fn invoice() -> Value {
    json!({"type": "invoice", "amount": "12.34", "subject": "Invoice no. 12345"})
}

fn answer(status: u16) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::new()).unwrap()
}

/// The one delivery that is due.
fn one(scene: &mut Scene) -> Delivery {
    let mut due = scene.sandbox.due(scene.now);
    assert_eq!(due.len(), 1);
    due.remove(0)
}

fn body(delivery: &Delivery) -> Value {
    serde_json::from_slice(delivery.request.body()).unwrap()
}

fn header<'a>(delivery: &'a Delivery, name: &str) -> &'a str {
    delivery.request.headers()[name].to_str().unwrap()
}

#[test]
fn a_payment_is_told_once_and_signed() {
    let mut scene = bearer();
    let id = link(&mut scene, &invoice());
    let payment = scene.sandbox.pay(NOW, &id, &Payer::default()).unwrap();
    let delivery = one(&mut scene);
    assert_eq!(delivery.request.uri(), SIGNED);
    assert_eq!((delivery.request.method().as_str(), delivery.timeout), ("POST", Duration::from_secs(2)));
    assert_eq!(header(&delivery, "user-agent"), "cashlink");
    assert_eq!(header(&delivery, "content-type"), "application/json");
    assert!(uuid::Uuid::try_parse(header(&delivery, "x-request-id")).is_ok());
    assert_eq!(
        body(&delivery),
        json!({
            "event": "cashlink.paid",
            "timestamp": "2023-11-14T22:13:20.000000",
            "business": demo::BUSINESS_ID,
            "data": {
                "is_test": true,
                "public_id": payment,
                "cashlink": {
                    "type": "invoice", "public_id": id, "subject": "Invoice no. 12345", "amount": "12.34",
                    "amount_currency": "EUR",
                },
            },
        })
    );
    assert_eq!(header(&delivery, "hook-hmac").len(), 88);
    assert!(scene.sandbox.due(scene.now).is_empty(), "it is on its way");

    // Whatever becomes of it, it never comes again.
    scene.sandbox.delivered(scene.now, delivery.id, None);
    scene.now += Duration::from_secs(1_000_000);
    assert!(scene.sandbox.due(scene.now).is_empty());
    assert_eq!(scene.sandbox.webhooks_sent(), (0, 1, 1));
    assert_eq!(scene.sandbox.pay(NOW, &id, &Payer::default()), Err(NotPaid::AlreadyPaid));
    assert_eq!(scene.sandbox.pay(NOW, "x", &Payer::default()), Err(NotPaid::NoSuchLink));
    assert_eq!(scene.sandbox.count(Kind::Payment), 1);
}

#[test]
fn the_signature_is_what_another_language_calculates() {
    let hook = SignedHook { url: SIGNED.to_owned(), secret: "Jefe".to_owned() };
    let mut outbox = Outbox::default();
    let mut mint = crate::mint::Mint::new(0);
    // Python: base64.b64encode(hmac.digest(b"Jefe", body, "sha512"))
    outbox.sign(NOW, &mut mint, Mischief::default(), &hook, &json!("what do ya want for nothing?"));
    let due = outbox.due(NOW, &Webhooks::default());
    assert_eq!(&due[0].request.body()[..], br#""what do ya want for nothing?""#);
    assert_eq!(
        header(&due[0], "hook-hmac"),
        "AN36OEDbPhGUq1YgNwTZLosA4S2ED2PQeDZCA+sFaCRkmqJEGFds4fliSJDf3e1fMaGcP5O7xbF+OcoRZiCHUg=="
    );
}

#[test]
fn in_test_mode_only_the_test_iban_pays_and_in_production_anybody() {
    let mut scene = bearer();
    let stranger = Payer { iban: "DE00000000000000000000".to_owned(), ..Payer::default() };
    let id = link(&mut scene, &invoice());
    assert_eq!(scene.sandbox.pay(NOW, &id, &stranger), Err(NotPaid::NotTheTestIban));
    assert!(scene.sandbox.due(NOW).is_empty());

    let mut config = Config::default();
    config.live_keys.push(demo::USER_KEY.to_owned());
    config.webhooks.signed = Some(SignedHook { url: SIGNED.to_owned(), secret: "s".to_owned() });
    let mut live = Scene::of(config);
    let id = link(&mut live, &invoice());
    live.sandbox.pay(NOW, &id, &stranger).unwrap();
    assert_eq!(body(&one(&mut live))["data"]["is_test"], false);
}

#[test]
fn what_a_link_asks_for_is_told_and_a_subscription_says_when_it_goes_on() {
    let mut scene = bearer();
    let subscription = json!({
        "type": "subscription", "amount": "5.00", "subject": "Gym", "subscription_plan": "monthly",
        "require_address": true, "require_phone_number": true, "freetext_field_type": "short",
    });
    let id = link(&mut scene, &subscription);
    for initial in [true, false] {
        scene.sandbox.pay(NOW, &id, &Payer::default()).unwrap();
        let told = body(&one(&mut scene));
        assert_eq!(told["data"]["recurring_initial"], initial);
        assert_eq!(told["data"]["cashlink"]["next_charge"], "2023-12-14T22:13:20.000000");
        let fields: Vec<&String> = told["data"]["payer"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["address", "email", "first_name", "freetext", "last_name", "phone_number"]);
    }
    let product = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    scene.sandbox.pay(NOW, &product, &Payer::default()).unwrap();
    scene.sandbox.pay(NOW, &product, &Payer::default()).unwrap();
    assert_eq!(scene.sandbox.due(NOW).len(), 2, "payable many times");
}

#[test]
fn a_registered_business_is_told_at_its_own_url_with_its_own_secret() {
    let mut scene = bearer();
    let register =
        json!({"email": "a@b.example", "business_name": "B", "webhook_url": "http://127.0.0.1:1/own"});
    let business = scene.app(Ask::post(REGISTER).json(&register)).json();
    let key = business["api_key"].as_str().unwrap();
    let told = scene.ask(Ask::post(CASHLINK).header("x-api-key", key).json(&invoice())).json();
    scene.sandbox.pay(NOW, told["public_id"].as_str().unwrap(), &Payer::default()).unwrap();
    let delivery = one(&mut scene);
    assert_eq!(delivery.request.uri(), "http://127.0.0.1:1/own");
    assert_eq!(body(&delivery)["business"], business["public_id"]);
}

fn investment_of(scene: &mut Scene) -> String {
    let investor = scene.investor("i");
    scene.distributor(Ask::post(INVESTMENTS).key("v").json(&investment(&investor))).id()
}

#[test]
fn every_change_of_a_status_is_told_until_it_arrives() {
    let mut scene = bearer();
    let id = investment_of(&mut scene);
    assert!(scene.sandbox.due(scene.now).is_empty(), "its first status is no change");
    assert_eq!(scene.sandbox.advance(scene.now, &id, None).as_deref(), Ok("REVIEW_PENDING"));
    assert_eq!(
        scene.sandbox.advance(scene.now, &id, Some("REVIEW_PENDING")).as_deref(),
        Ok("REVIEW_PENDING")
    );
    let mut waits = Vec::new();
    for _ in 0..8 {
        let delivery = one(&mut scene);
        assert_eq!(header(&delivery, "authorization"), "Bearer t0k3n");
        assert_eq!(
            body(&delivery),
            json!({"investment_id": id, "status": "REVIEW_PENDING", "changed_at": "2023-11-14T22:13:20.000Z"})
        );
        scene.sandbox.delivered(scene.now, delivery.id, Some(&answer(503)));
        let mut waited = 0;
        while scene.sandbox.due(scene.now + Duration::from_secs(waited)).is_empty() {
            waited += 1;
        }
        waits.push(waited);
        scene.now += Duration::from_secs(waited);
        // It was taken out by looking: that attempt is lost, and the next one comes.
        scene.sandbox.delivered(scene.now, delivery.id, None);
        scene.now += Duration::from_secs(60);
    }
    assert_eq!(waits, [1, 4, 16, 60, 60, 60, 60, 60]);
    let delivery = one(&mut scene);
    scene.sandbox.delivered(scene.now, delivery.id, Some(&answer(204)));
    assert_eq!((scene.sandbox.waiting_webhooks(), scene.sandbox.webhooks_sent().0), (0, 1));
}

#[test]
fn what_a_patch_says_is_a_change_too_and_never_backwards() {
    let mut scene = bearer();
    let id = investment_of(&mut scene);
    let patch = |scene: &mut Scene, key: &str, body: Value| {
        let told =
            scene.distributor(Ask::method("PATCH", &format!("{INVESTMENTS}{id}/")).key(key).json(&body));
        assert_eq!(told.status, 200, "{}", told.text);
        told.json()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(patch(&mut scene, "a", json!({"accepted_at": "2020-12-11T14:59:46Z"})), "ACCEPTED");
    assert_eq!(patch(&mut scene, "b", json!({"paid_at": "2020-12-11T14:59:46Z"})), "PAID");
    assert_eq!(patch(&mut scene, "c", json!({"accepted_at": "2020-12-11T14:59:46Z"})), "PAID");
    assert_eq!(scene.sandbox.due(scene.now).len(), 2);
}

fn client_credentials() -> Scene {
    let credential = Credential::ClientCredentials {
        token_url: "http://127.0.0.1:1/token".to_owned(),
        client_id: "cashlink".to_owned(),
        client_secret: "a b".to_owned(),
    };
    scene(credential, Mischief::default())
}

fn grants(scene: &mut Scene, token: &str) {
    let delivery = one(scene);
    assert_eq!(delivery.request.uri(), "http://127.0.0.1:1/token");
    let form = "grant_type=client_credentials&client_id=cashlink&client_secret=a+b";
    assert_eq!(delivery.request.body(), form);
    let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": 100}).to_string();
    scene.sandbox.delivered(scene.now, delivery.id, Some(&Response::new(body.into())));
}

#[test]
fn a_token_is_obtained_from_the_receiver_and_used_until_it_ends_or_is_refused() {
    let mut scene = client_credentials();
    let id = investment_of(&mut scene);
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    grants(&mut scene, "t1");
    let first = one(&mut scene);
    assert_eq!(header(&first, "authorization"), "Bearer t1");
    scene.sandbox.delivered(scene.now, first.id, Some(&answer(200)));

    scene.now += Duration::from_secs(99);
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    let second = one(&mut scene);
    assert_eq!(header(&second, "authorization"), "Bearer t1", "it is used again");
    scene.sandbox.delivered(scene.now, second.id, Some(&answer(401)));
    scene.now += Duration::from_secs(1);
    grants(&mut scene, "t2");
    let again = one(&mut scene);
    assert_eq!((again.id, header(&again, "authorization")), (second.id, "Bearer t2"));
    scene.sandbox.delivered(scene.now, again.id, Some(&answer(200)));

    scene.now += Duration::from_secs(100);
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    let delivery = one(&mut scene);
    assert_eq!(delivery.request.uri(), "http://127.0.0.1:1/token", "the second one has ended");
    scene.sandbox.delivered(scene.now, delivery.id, None);
    assert!(scene.sandbox.due(scene.now).is_empty(), "a token endpoint that is down is not stormed");
    scene.now += Duration::from_secs(1);
    grants(&mut scene, "t3");
    assert_eq!(header(&one(&mut scene), "authorization"), "Bearer t3");
}

#[test]
fn t11_no_secret_of_a_subscription_is_ever_printed() {
    let scene = client_credentials();
    let mut config = Config::default();
    config.webhooks.signed = Some(SignedHook { url: "u".to_owned(), secret: "canary-1".to_owned() });
    let credential = Credential::Bearer("canary-2".to_owned());
    config.webhooks.partner = Some(PartnerHook { url: "u".to_owned(), credential });
    let printed = format!("{config:?} {config:#?} {:?}", scene.sandbox);
    assert!(!printed.contains("canary") && !printed.contains("a b"), "{printed}");
}

#[test]
fn t11_t12_no_delivery_prints_its_proof_or_what_it_tells() {
    let mut scene = client_credentials();
    let id = investment_of(&mut scene);
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    let fetch = format!("{:?}", scene.sandbox.due(scene.now));
    assert!(fetch.contains("/token") && !fetch.contains("client_secret"), "{fetch}");

    let mut scene = bearer();
    let id = investment_of(&mut scene);
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    let product = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    scene.sandbox.pay(NOW, &product, &Payer::default()).unwrap();
    let due = scene.sandbox.due(scene.now);
    let printed = format!("{due:?}");
    assert!(printed.contains(PARTNER) && printed.contains(SIGNED), "{printed}");
    assert!(!printed.contains("t0k3n") && !printed.contains("Erika"), "{printed}");
    let shown = due.iter().filter_map(|delivery| delivery.request.headers().get("authorization"));
    assert_eq!(shown.map(http::HeaderValue::is_sensitive).collect::<Vec<_>>(), [true]);
}

#[test]
fn only_a_401_to_the_token_in_use_ends_it() {
    let mut scene = client_credentials();
    scene.sandbox = {
        let mut config = scene.sandbox.config().clone();
        config.webhooks.signed = Some(SignedHook { url: SIGNED.to_owned(), secret: "s".to_owned() });
        crate::Sandbox::new(config)
    };
    let id = investment_of(&mut scene);
    for _ in 0..2 {
        scene.sandbox.advance(scene.now, &id, None).unwrap();
    }
    grants(&mut scene, "t1");
    let old = scene.sandbox.due(scene.now);
    scene.sandbox.delivered(scene.now, old[0].id, Some(&answer(401)));
    scene.now += Duration::from_secs(1);
    grants(&mut scene, "t2");
    // Late, and about the first token.
    scene.sandbox.delivered(scene.now, old[1].id, Some(&answer(401)));
    // About a signature, which is no token at all.
    let product = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    scene.sandbox.pay(scene.now, &product, &Payer::default()).unwrap();
    let due = scene.sandbox.due(scene.now);
    let signed = due.iter().find(|delivery| delivery.request.uri() == SIGNED).unwrap();
    scene.sandbox.delivered(scene.now, signed.id, Some(&answer(401)));

    scene.now += Duration::from_secs(1);
    assert_eq!(header(&one(&mut scene), "authorization"), "Bearer t2");
}

mod mischief;
mod timing;
