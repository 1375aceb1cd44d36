//! What Cashlink tells us unasked, all of it full of canaries, and the secrets that prove it.

use cashlink_core::Secret;
use cashlink_core::http::HeaderMap;
use cashlink_core::webhook::{Content, Signer, Verifier, WebhookSecret};

use crate::gallery::Gallery;
use crate::search::{TOLD, secret, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    signed(gallery);
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
