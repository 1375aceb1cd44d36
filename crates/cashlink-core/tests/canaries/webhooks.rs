//! What Cashlink tells us unasked, all of it full of canaries, and the secrets that prove it.

use cashlink_core::Secret;
use cashlink_core::http::{HeaderMap, HeaderValue, Request, header};
use cashlink_core::webhook::{
    BearerTokens, Content, Notice, Signer, TokenIssuer, TokenKey, Verifier, WebhookSecret,
};

use crate::gallery::Gallery;
use crate::scene::NOW;
use crate::search::{TOLD, secret, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    signed(gallery);
    authenticated(gallery);
}

fn signed(gallery: &mut Gallery) {
    let key = WebhookSecret::new(&Secret::new(secret("hook"))).unwrap();
    let (verifier, signer) = (Verifier::new(key.clone()).or(key.clone()), Signer::new(key.clone()));
    show!(gallery, key);
    show!(gallery, verifier);
    show!(gallery, signer);
    show!(gallery, verifier.verify(&HeaderMap::new(), told("body").as_bytes()).unwrap_err());

    let event = |name: &str| {
        let payer = ["first_name", "last_name", "email", "phone_number", "address", "freetext"]
            .map(|field| format!(r#""{field}":"{}""#, told(field)))
            .join(",");
        format!(
            r#"{{"event":"{name}","timestamp":"2017-10-09T13:11:03","business":"b","data":{{"is_test":false,"public_id":"p",
            "payer":{{{payer}}},"cashlink":{{"type":"{}","public_id":"l","subject":"{}","amount":"1","amount_currency":"EUR"}}}}}}"#,
            told("type"),
            told("subject")
        )
    };
    for name in ["cashlink.paid", &told("name")] {
        let body = event(name);
        let headers = signer.headers(body.as_bytes());
        let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
        show!(gallery, verified);
        show!(gallery, verified.delivery_id());
        let event = verified.event().unwrap();
        show!(gallery, event);
        show!(gallery, event.content);
        if let Content::Paid(paid) = event.content {
            assert!(paid.cashlink.subject.expose().contains(TOLD));
            show!(gallery, paid);
            show!(gallery, paid.cashlink);
            show!(gallery, paid.cashlink.kind);
            show!(gallery, paid.payer.unwrap());
        }
    }
    let unreadable = told("body");
    let headers = signer.headers(unreadable.as_bytes());
    show!(gallery, verifier.verify(&headers, unreadable.as_bytes()).unwrap().event().unwrap_err());
}

fn authenticated(gallery: &mut Gallery) {
    let tokens = BearerTokens::new(&Secret::new(secret("token"))).unwrap();
    show!(gallery, tokens);
    let key = TokenKey::new(&Secret::new(secret("a key of at least 32 bytes"))).unwrap();
    show!(gallery, key);
    let issuer = TokenIssuer::new(&secret("id"), &Secret::new(secret("client")), key).unwrap();
    show!(gallery, issuer);
    let form = format!("grant_type=client_credentials&client_id={}&client_secret=x", secret("id"));
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    let refusal = issuer.answer(NOW, *b"secret7d1f0c93-x", &request);
    gallery.text("the refusal of a token request", &format!("{refusal:?} {:?}", refusal.body()), &[TOLD]);

    let shown = |token: String| {
        HeaderMap::from_iter([(
            header::AUTHORIZATION,
            HeaderValue::try_from(format!("Bearer {token}")).unwrap(),
        )])
    };
    let refused = tokens.authenticate(&shown(told("token")), b"{}").unwrap_err();
    show!(gallery, refused);
    gallery.text("what a stranger is told", &format!("{:?}", refused.response()), &[TOLD]);
    let body = format!(
        r#"{{"investment_id":"x-1","status":"{}","changed_at":"2020-12-11T14:59:46Z","{}":1}}"#,
        told("status"),
        told("name")
    );
    let headers = shown(secret("token"));
    let delivery = tokens.authenticate(&headers, body.as_bytes()).unwrap();
    show!(gallery, delivery);
    let notice = delivery.notice().unwrap();
    show!(gallery, notice);
    let Notice::StatusChanged(changed) = notice else { panic!("a status") };
    assert!(changed.status.as_str().contains(TOLD));
    show!(gallery, changed);
    let unreadable = told("body");
    show!(gallery, tokens.authenticate(&headers, unreadable.as_bytes()).unwrap().notice().unwrap_err());
}
