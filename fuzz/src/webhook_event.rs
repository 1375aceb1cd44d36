//! The events of the older API, read from a body that was verified (T12, T23, T28, T30, T54).

use std::sync::LazyLock;

use cashlink_core::money::{Currency, Money};
use cashlink_core::time::Timestamp;
use cashlink_core::webhook::{Content, Event, Signer, Verifier, WebhookSecret};
use cashlink_core::{Id, Secret};

use crate::json::{self, Reading, Tree};

static KEYS: LazyLock<(Verifier, Signer)> = LazyLock::new(|| {
    let secret = WebhookSecret::new(&Secret::new("known")).expect("a secret");
    (Verifier::new(secret.clone()), Signer::new(secret))
});

/// An event is what the JSON says and nothing else, and its debug form shows none of its texts.
///
/// The input is a body, which is signed here. It is accepted when it is an event.
pub fn webhook_event(input: &[u8]) -> bool {
    let (verifier, signer) = &*KEYS;
    let headers = signer.headers(input);
    let verified = verifier.verify(&headers, input).expect("it was signed");
    let event = verified.event();
    match json::read(input) {
        Reading::Json(tree) => match reference(&tree) {
            Some(expected) => assert_says(event.as_ref().expect("an event"), &expected, input),
            None => assert!(event.is_err(), "{tree:?} is no event"),
        },
        Reading::NotJson => assert!(event.is_err()),
        // Whether it is skipped or read decides; it must only not panic.
        Reading::LoneSurrogate(_) | Reading::TooDeep => {}
    }
    event.is_ok()
}

/// An event, read slowly from the tree.
struct Expected<'a> {
    name: &'a str,
    business: &'a str,
    timestamp: &'a str,
    /// Subject and payer's texts, of a payment.
    paid: Option<Vec<&'a str>>,
}

fn one<'a>(tree: &'a Tree, name: &str) -> Option<&'a Tree> {
    match tree.all(name)[..] {
        [value] => Some(value),
        _ => None,
    }
}

fn text<'a>(tree: &'a Tree, name: &str) -> Option<&'a str> {
    one(tree, name)?.as_text()
}

fn id<'a>(tree: &'a Tree, name: &str) -> Option<&'a str> {
    text(tree, name).filter(|text| Id::<()>::new(text).is_ok())
}

fn moment<'a>(tree: &'a Tree, name: &str) -> Option<&'a str> {
    text(tree, name).filter(|text| text.parse::<Timestamp>().is_ok())
}

/// A member that may be missing or `null`; `None` when it is there, and isn't good.
fn optional<'a, T>(tree: &'a Tree, name: &str, read: impl Fn(&'a Tree) -> Option<T>) -> Option<Option<T>> {
    match tree.all(name)[..] {
        [] | [Tree::Null] => Some(None),
        [value] => read(value).map(Some),
        _ => None,
    }
}

fn reference(tree: &Tree) -> Option<Expected<'_>> {
    let (name, business) = (text(tree, "event")?, id(tree, "business")?);
    let timestamp = moment(tree, "timestamp")?;
    let data = one(tree, "data")?;
    let paid = if name == "cashlink.paid" { Some(paid(data)?) } else { None };
    Some(Expected { name, business, timestamp, paid })
}

fn paid(data: &Tree) -> Option<Vec<&str>> {
    let boolean =
        |tree: &Tree| matches!(tree, Tree::Scalar(text) if text == "true" || text == "false").then_some(());
    boolean(one(data, "is_test")?)?;
    optional(data, "recurring_initial", boolean)?;
    id(data, "public_id")?;
    let link = one(data, "cashlink")?;
    text(link, "type")?;
    id(link, "public_id")?;
    optional(link, "next_charge", |tree| tree.as_text().filter(|text| text.parse::<Timestamp>().is_ok()))?;
    let currency = Currency::new(text(link, "amount_currency")?).ok()?;
    Money::from_decimal(text(link, "amount")?, currency).ok()?;
    let mut texts = vec![text(link, "subject")?];
    let object = |tree| matches!(tree, &Tree::Object(_)).then_some(tree);
    if let Some(payer) = optional(data, "payer", object)? {
        for name in ["first_name", "last_name", "email", "phone_number", "address", "freetext"] {
            // Of any type; only texts are compared.
            if let Some(Tree::Text(text)) = optional(payer, name, Some)? {
                texts.push(text);
            }
        }
    }
    Some(texts)
}

fn assert_says(event: &Event<'_>, expected: &Expected<'_>, body: &[u8]) {
    assert_eq!(event.name(), expected.name);
    assert_eq!(event.business.as_str(), expected.business);
    assert_eq!(event.timestamp.as_str(), expected.timestamp);
    let data = event.data_json().expect("it is there");
    assert!(body.as_ptr_range().contains(&data.as_ptr()), "borrowed");
    let mut told = Vec::new();
    match (&event.content, &expected.paid) {
        (Content::Paid(paid), Some(_)) => {
            told.push(paid.cashlink.subject.expose().as_ref());
            if let Some(payer) = &paid.payer {
                let fields = [
                    &payer.first_name,
                    &payer.last_name,
                    &payer.email,
                    &payer.phone_number,
                    &payer.address,
                    &payer.freetext,
                ];
                told.extend(fields.into_iter().flatten().map(|text| text.expose().as_ref()));
            }
        }
        (Content::Unknown, None) => {}
        (content, _) => panic!("{content:?} of {}", expected.name),
    }
    for text in expected.paid.iter().flatten() {
        assert!(told.contains(text), "{text} was lost");
    }
    let shown = format!("{event:?}");
    for text in told.into_iter().filter(|text| text.len() > 12) {
        assert!(!shown.contains(text), "{shown}");
    }
}
