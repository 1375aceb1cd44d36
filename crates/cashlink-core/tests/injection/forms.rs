//! T20: client id and secret survive both ways of sending them, and a query its own; read back by Python.

use cashlink_core::body::Body;
use cashlink_core::http::{Method, Request};
use cashlink_core::partner::Partner;
use cashlink_core::{Bearer, Client, Effect, Raw, Scope, Step, UserKey};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::python::read_back;
use crate::{NOW, bearer, bytes, outgoing, payments, request};

fn token_request(bearer: Bearer) -> Request<Body> {
    let client = Client::new(Partner::demo(), bearer);
    let get = Raw::<Bearer>::new(Method::GET, "v2/things/", Effect::Safe);
    let Step::Authorize(mut need) = client.start(&get, NOW, [0; 16]) else { panic!("a token first") };
    outgoing(need.request(NOW))
}

fn form(request: &Request<Body>) -> Value {
    json!({"form": String::from_utf8(bytes(request.body())).unwrap()})
}

fn basic(request: &Request<Body>) -> Value {
    let header = request.headers()["authorization"].to_str().unwrap();
    json!({"basic": header.strip_prefix("Basic ").unwrap()})
}

/// Every printable character alone, around, and all of them; then pairs that mean something to some decoder.
fn texts() -> Vec<String> {
    let printable = || (0x20..=0x7E_u8).map(char::from);
    let mut texts: Vec<String> = printable().map(String::from).collect();
    texts.extend(printable().map(|character| format!("{character}a{character}")));
    texts.push(printable().collect());
    texts.extend(
        [
            "a+b c",
            "%41",
            "%",
            "%%",
            "a&b=c",
            ":",
            "a:b:c",
            "&client_id=evil",
            "=",
            "+",
            " ",
            "a%20b",
            "%00",
            "%0d%0a",
        ]
        .map(Into::into),
    );
    texts
}

#[test]
fn t20_every_printable_id_and_secret_is_read_back_from_form_and_header() {
    let texts = texts();
    let pairs: Vec<(&String, &String)> = texts.iter().zip(texts.iter().rev()).collect();
    let mut questions = Vec::new();
    for (id, secret) in &pairs {
        let in_form = token_request(bearer(id, secret).unwrap());
        assert!(!in_form.headers().contains_key("authorization"));
        let in_header = token_request(bearer(id, secret).unwrap().by_http_basic());
        questions.extend([form(&in_form), form(&in_header), basic(&in_header)]);
    }
    let answers = read_back(&questions);
    for ((id, secret), answers) in pairs.iter().zip(answers.chunks(3)) {
        let grant = json!(["grant_type", "client_credentials"]);
        assert_eq!(answers[0], json!([grant, ["client_id", id], ["client_secret", secret]]));
        assert_eq!(answers[1], json!([grant]), "nothing of them is in the form as well");
        assert_eq!(answers[2], json!([id, secret]));
    }
}

#[test]
fn t15_t20_every_byte_in_id_and_secret_is_refused_or_goes_out_as_itself() {
    let mut questions = Vec::new();
    let mut expected = Vec::new();
    for byte in 0..=255_u8 {
        let character = char::from(byte);
        for text in [format!("{character}ab"), format!("a{character}b"), format!("ab{character}")] {
            let allowed = (0x20..=0x7E).contains(&byte);
            assert_eq!(bearer(&text, "secret").is_some(), allowed, "id {text:?}");
            assert_eq!(bearer("id", &text).is_some(), allowed, "secret {text:?}");
            if !allowed {
                continue;
            }
            let request = token_request(bearer(&text, &text).unwrap().by_http_basic());
            assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
            let names: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
            assert_eq!(names.len(), 4, "{names:?}");
            questions.push(basic(&request));
            expected.push(json!([text, text]));
        }
    }
    assert_eq!(read_back(&questions), expected);
    assert!(bearer("", "secret").is_none() && bearer("id", "").is_none());
}

#[test]
fn t15_a_scope_is_one_word_of_the_form_whatever_byte_it_holds() {
    let (mut questions, mut expected) = (Vec::new(), Vec::new());
    for byte in 0..=255_u8 {
        let character = char::from(byte);
        for text in [format!("{character}ab"), format!("a{character}b"), format!("ab{character}")] {
            // RFC 6749 §3.3.
            let allowed = matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
            let scope = Scope::new(&*text);
            assert_eq!(scope.is_ok(), allowed, "{text:?}");
            if let Ok(scope) = scope {
                let other = Scope::new("documents:write").unwrap();
                questions.push(form(&token_request(bearer("id", "s").unwrap().scopes([scope, other]))));
                expected.push(json!([
                    ["grant_type", "client_credentials"],
                    ["scope", format!("{text} documents:write")],
                    ["client_id", "id"],
                    ["client_secret", "s"],
                ]));
            }
        }
    }
    assert_eq!(read_back(&questions), expected);
}

#[test]
fn t20_a_query_is_read_back_pair_by_pair() {
    let mut runner = TestRunner::deterministic();
    let pairs = prop::collection::vec((any::<String>(), any::<String>()), 1..4);
    let (mut questions, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..300 {
        let pairs = pairs.new_tree(&mut runner).unwrap().current();
        let raw = Raw::<UserKey>::new(Method::GET, "v2/things/", Effect::Safe);
        let raw = pairs.iter().fold(raw, |raw, (name, value)| raw.query(name, value));
        let request = request(&payments(), &raw).unwrap();
        questions.push(json!({"form": request.uri().query().unwrap()}));
        expected.push(json!(pairs));
    }
    assert_eq!(read_back(&questions), expected);
}
