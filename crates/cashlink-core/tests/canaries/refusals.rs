//! What is said of values that are refused: the rule, and never the value. By constructors, and by serde.

use std::error::Error;
use std::fmt::Debug;

use cashlink_core::answer::DecodeError;
use cashlink_core::body::{FileName, MediaType};
use cashlink_core::http::Method;
use cashlink_core::money::Currency;
use cashlink_core::partner::{
    InvestmentStatus,
    distributor::{Investor, ListInvestments},
};
use cashlink_core::payments::{FreetextType, SubscriptionPlan};
use cashlink_core::time::{Date, Timestamp};
use cashlink_core::{
    ApiVersion, Bearer, Client, Effect, Endpoint, Grant, Id, IdempotencyKey, InvalidValue, Money, Path,
    Personal, Raw, Scope, Secret, Token, UserKey, partner::Partner,
};
use serde::de::DeserializeOwned;

use crate::gallery::Gallery;
use crate::scene::{bearer, call};
use crate::search::{SECRET, TOLD, secret, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    constructors(gallery);
    parsers(gallery);
    readers(gallery);
}

fn constructors(gallery: &mut Gallery) {
    // A space, a control or a slash besides the canary, whichever the rule forbids.
    let (spaced, slashed, control) =
        (format!("{} x", told("a")), format!("{}/", told("a")), format!("{}\n", told("a")));
    let secret_control = || Secret::new(format!("{}\n", secret("a")));
    let raw = || call(&Raw::<Bearer>::new(Method::GET, "v2/things/", Effect::Safe));
    let mut path = Path::new();
    path.segments(&format!("{}/../", told("a")));
    let refused: Vec<InvalidValue> = vec![
        IdempotencyKey::new(&spaced).unwrap_err(),
        Id::<Investor>::new(&slashed).unwrap_err(),
        spaced.parse::<ApiVersion>().unwrap_err(),
        UserKey::new(secret_control()).unwrap_err(),
        cashlink_core::AppKey::new(secret_control()).unwrap_err(),
        Token::new(&secret_control()).unwrap_err(),
        Grant::new(secret_control()).unwrap_err(),
        Bearer::client_credentials(format!("{}\n", secret("id")), Secret::new("s")).unwrap_err(),
        Bearer::client_credentials("id", secret_control()).unwrap_err(),
        Scope::new(&*spaced).unwrap_err(),
        FileName::new(&*slashed).unwrap_err(),
        MediaType::new(&*spaced).unwrap_err(),
        Endpoint::new(&format!("https://{}@demo.example/", secret("user"))).unwrap_err(),
        Endpoint::new(&format!("http://{}/", told("host"))).unwrap_err(),
        Endpoint::on_loopback(&format!("http://{}/", told("host"))).unwrap_err(),
        Client::builder(Partner::demo(), bearer()).application(&control).unwrap_err(),
        raw().header(&spaced, "x").unwrap_err(),
        raw().header("x", &control).unwrap_err(),
        raw().header("authorization", &told("token")).unwrap_err(),
        raw().at_path(&format!("../{}", told("path"))).unwrap_err(),
        path.finish().unwrap_err(),
    ];
    for refused in refused {
        show!(gallery, refused);
        show!(gallery, DecodeError::from(refused));
    }
}

fn parsers(gallery: &mut Gallery) {
    let text = told("text");
    show!(gallery, text.parse::<Money>().unwrap_err());
    show!(gallery, Money::from_decimal(&text, Currency::EUR).unwrap_err());
    show!(gallery, Currency::new(&text).unwrap_err());
    show!(gallery, text.parse::<Timestamp>().unwrap_err());
    show!(gallery, text.parse::<Date>().unwrap_err());
}

/// The types that read one value are used in users' own structs, where serde's errors are shown as they are: also there
/// they repeat nothing (T12).
fn readers(gallery: &mut Gallery) {
    refuses::<Secret>(gallery, false);
    refuses::<Personal<String>>(gallery, false);
    refuses::<Personal<Date>>(gallery, true);
    refuses::<Id<Investor>>(gallery, true);
    refuses::<IdempotencyKey>(gallery, true);
    refuses::<InvestmentStatus>(gallery, false);
    refuses::<SubscriptionPlan>(gallery, false);
    refuses::<FreetextType>(gallery, false);
    refuses::<Money>(gallery, true);
    refuses::<Currency>(gallery, true);
    refuses::<Timestamp>(gallery, true);
    refuses::<Date>(gallery, true);

    let of_another_list =
        format!(r#"{{"operation":"{0}","path":"{0}","query":"{0}","given":true}}"#, told("x"));
    let error =
        serde_json::from_str::<cashlink_core::page::Next<ListInvestments>>(&of_another_list).unwrap_err();
    shown(gallery, "Next", &error);
    let elsewhere =
        of_another_list.replacen(&told("x"), "investments.list", 1).replacen(&told("x"), "../x", 1);
    let error = serde_json::from_str::<cashlink_core::page::Next<ListInvestments>>(&elsewhere).unwrap_err();
    assert!(error.to_string().contains("path"), "{error}");
    shown(gallery, "Next", &error);
}

/// What stands where a text belongs: the digits are a canary of their own, since a number can't hold the others.
fn refuses<T: DeserializeOwned + Debug>(gallery: &mut Gallery, texts_too: bool) {
    const DIGITS: &str = "73577357";
    let of = std::any::type_name::<T>();
    let text = format!("\"{}/ {}\"", told("text"), secret("text"));
    let mut wrong = vec![
        DIGITS.to_owned(),
        format!("-{DIGITS}"),
        format!("{DIGITS}.5"),
        format!("[\"{TOLD}\"]"),
        format!("{{\"{TOLD}\":\"{SECRET}\"}}"),
        format!("\"{TOLD}"),
        "true".to_owned(),
    ];
    wrong.extend(texts_too.then_some(text));
    for json in wrong {
        let read = serde_json::from_str::<T>(&json);
        let error = read.err().unwrap_or_else(|| panic!("{of} takes {json}"));
        shown(gallery, of, &error);
        assert!(!error.to_string().contains(DIGITS), "{of}: {error}");
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&json) {
            let error = serde_json::from_value::<T>(value).unwrap_err();
            shown(gallery, of, &error);
            assert!(!error.to_string().contains(DIGITS), "{of}: {error}");
        }
    }
}

fn shown(gallery: &mut Gallery, of: &str, error: &dyn Error) {
    gallery.text(of, &format!("{error} {error:?} {error:#?}"), &[SECRET, TOLD]);
}
