//! The token server against the RFCs' own examples, and everything that must not get in.

use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use proptest::prelude::*;

use super::*;
use crate::webhook::calculations;

const FORM: &str = "application/x-www-form-urlencoded";
/// RFC 6749 §4.4.2 and §2.3.1: the client and the header of its examples.
const RFC_BASIC: &str = "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW";

fn key(text: &str) -> TokenKey {
    TokenKey::new(&Secret::new(format!("{text:-<32}"))).unwrap()
}

fn issuer() -> TokenIssuer {
    TokenIssuer::new("s6BhdRkqt3", &Secret::new("gX1fBat3bV"), key("k")).unwrap()
}

fn at(seconds: u64) -> Now {
    Now::new(seconds, Duration::ZERO)
}

fn request(authorization: Option<&str>, body: &str) -> Request<Bytes> {
    let mut request = Request::post("/token").header("content-type", FORM);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

/// Status and error of the answer; what every answer has, is checked here.
fn answered(issuer: &TokenIssuer, request: &Request<Bytes>) -> (u16, String) {
    let answer = issuer.answer(at(1_000), [7; 16], request);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["pragma"], "no-cache");
    assert_eq!(answer.headers()["content-type"], "application/json");
    let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap());
    let expected = (answer.status() == 401).then_some(r#"Basic realm="webhooks", charset="UTF-8""#);
    assert_eq!(challenge, expected);
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    let error = body["error"].as_str().unwrap_or_default().to_string();
    assert_eq!(error.is_empty(), answer.status() == 200);
    (answer.status().as_u16(), error)
}

fn error(status: u16, code: &str) -> (u16, String) {
    (status, code.into())
}

fn token(issuer: &TokenIssuer, now: Now) -> String {
    let answer = issuer.answer(now, [7; 16], &request(Some(RFC_BASIC), "grant_type=client_credentials"));
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    body["access_token"].as_str().unwrap().to_string()
}

fn passes(issuer: &TokenIssuer, now: Now, token: &str) -> bool {
    let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
    issuer.authenticate(now, &HeaderMap::from_iter([(header::AUTHORIZATION, value)]), b"{}").is_ok()
}

#[test]
fn the_requests_of_rfc_6749_are_answered_with_a_token() {
    let granted = (200, String::new());
    assert_eq!(answered(&issuer(), &request(Some(RFC_BASIC), "grant_type=client_credentials")), granted);
    let in_form =
        "grant_type=client_credentials&client_id=s6BhdRkqt3&client_secret=gX1fBat3bV&scope=a+b&new=x";
    assert_eq!(answered(&issuer(), &request(None, in_form)), granted);

    // §3.2: a parameter without a value is as good as none. §3.2.1: beside Basic, `client_id` only says who it is.
    for body in ["client_id=&client_secret=", "client_id=s6BhdRkqt3"] {
        let request = request(Some(RFC_BASIC), &format!("grant_type=client_credentials&scope=&{body}"));
        assert_eq!(answered(&issuer(), &request), granted, "{body}");
    }

    let answer = issuer().answer(at(1_000), [7; 16], &request(None, in_form));
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&"Bearer".into(), &900.into()));
}

#[test]
fn what_is_wrong_is_answered_as_rfc_6749_has_it() {
    let issuer = issuer();
    let credentials = "client_id=s6BhdRkqt3&client_secret=gX1fBat3bV";
    let grant = "grant_type=client_credentials";
    for (authorization, body, expected) in [
        (None, String::new(), error(401, "invalid_client")),
        (None, grant.into(), error(401, "invalid_client")),
        (None, format!("{grant}&client_id=s6BhdRkqt3"), error(401, "invalid_client")),
        (None, format!("{grant}&client_id=s6BhdRkqt3&client_secret="), error(401, "invalid_client")),
        (None, format!("{grant}&client_id=other&client_secret=gX1fBat3bV"), error(401, "invalid_client")),
        (
            None,
            format!("{grant}&client_id=s6BhdRkqt3&client_secret=gX1fBat3bVx"),
            error(401, "invalid_client"),
        ),
        (None, credentials.into(), error(400, "invalid_request")),
        (None, format!("grant_type=password&{credentials}"), error(400, "unsupported_grant_type")),
        (None, format!("{grant}&{grant}&{credentials}"), error(400, "invalid_request")),
        (None, format!("{grant}&{credentials}&client_id=s6BhdRkqt3"), error(400, "invalid_request")),
        (Some(RFC_BASIC), format!("{grant}&{credentials}"), error(400, "invalid_request")),
        (Some(RFC_BASIC), format!("{grant}&client_secret=gX1fBat3bV"), error(400, "invalid_request")),
        (Some(RFC_BASIC), format!("{grant}&client_id=other"), error(401, "invalid_client")),
        (Some(RFC_BASIC), format!("{grant}&client_secret=&client_secret="), error(400, "invalid_request")),
        (Some(RFC_BASIC), format!("{grant}&scope=a&scope=a"), error(400, "invalid_request")),
        (Some(RFC_BASIC), "grant_type=".into(), error(400, "invalid_request")),
        (Some("Basic eHg="), grant.into(), error(401, "invalid_client")),
        (Some("Basic ???"), grant.into(), error(401, "invalid_client")),
        (Some("Basic"), grant.into(), error(401, "invalid_client")),
        (Some("Bearer x"), grant.into(), error(401, "invalid_client")),
        (Some(RFC_BASIC), "grant_type=password".into(), error(400, "unsupported_grant_type")),
    ] {
        assert_eq!(answered(&issuer, &request(authorization, &body)), expected, "{authorization:?} {body}");
    }
    let mut twice = request(Some(RFC_BASIC), grant);
    twice.headers_mut().append("authorization", HeaderValue::from_static(RFC_BASIC));
    assert_eq!(answered(&issuer, &twice), error(400, "invalid_request"));
    let mut json = request(Some(RFC_BASIC), grant);
    json.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    assert_eq!(answered(&issuer, &json), error(400, "invalid_request"));
    let mut get = request(Some(RFC_BASIC), grant);
    *get.method_mut() = Method::GET;
    assert_eq!(answered(&issuer, &get), error(405, "invalid_request"));
    assert_eq!(issuer.answer(at(0), [0; 16], &get).headers()["allow"], "POST");
}

#[test]
fn t58_a_large_token_request_is_refused_before_it_is_read() {
    let padding = "x".repeat(MAX_REQUEST);
    let large = request(Some(RFC_BASIC), &format!("grant_type=client_credentials&new={padding}"));
    let (issuer, before) = (issuer(), calculations());
    assert_eq!(answered(&issuer, &large), error(400, "invalid_request"));
    assert_eq!(calculations(), before);
}

#[test]
fn t57_a_token_ends_and_any_change_to_it_is_refused() {
    let issuer = issuer();
    let token = token(&issuer, at(1_000));
    // By the clock of the receiver that checks, which may be a minute behind or ahead of the one that gave it.
    for (clock, taken) in [
        (0, false),
        (939, false),
        (940, true),
        (1_000, true),
        (1_959, true),
        (1_960, false),
        (u64::MAX, false),
    ] {
        assert_eq!(passes(&issuer, at(clock), &token), taken, "at {clock}");
    }

    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!passes(&issuer, at(1_000), &URL_SAFE_NO_PAD.encode(changed)), "bit {bit}");
    }
    for length in 1..bytes.len() {
        assert!(!passes(&issuer, at(1_000), &URL_SAFE_NO_PAD.encode(&bytes[..length])), "{length} bytes");
    }
    for other in
        [format!("{token}="), format!("{token}A"), URL_SAFE_NO_PAD.encode([&bytes[..], &[0]].concat())]
    {
        assert!(!passes(&issuer, at(1_000), &other), "{other}");
    }
    // No other spelling of the same bytes: none of the bits that the last letter has to spare may be set.
    let last = bytes.len() * 8 % 6;
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (start, end) = token.split_at(token.len() - 1);
    let place = letters.iter().position(|letter| end.as_bytes()[0] == *letter).unwrap();
    assert!(last != 0 && place % (1 << (6 - last)) == 0, "there are bits to spare");
    for spare in 1..1 << (6 - last) {
        let other = format!("{start}{}", char::from(letters[place + spare]));
        assert!(!passes(&issuer, at(1_000), &other), "{other}");
    }
    let foreign = TokenIssuer::new("s6BhdRkqt3", &Secret::new("gX1fBat3bV"), key("other")).unwrap();
    assert!(!passes(&foreign, at(1_000), &token));
}

#[test]
fn t57_receivers_whose_clocks_are_a_minute_apart_take_a_token_for_its_whole_life() {
    for life in [1, 2, 900] {
        let issuer = issuer().life(Duration::from_secs(life));
        let (given, skew) = (1_000, 60);
        let token = token(&issuer, at(given));
        for clock in given - skew..given + life + skew {
            assert!(passes(&issuer, at(clock), &token), "a life of {life}, at {clock}");
        }
        // The bounds: from a receiver that is further behind, and to one that is further ahead, it comes at a wrong time.
        for clock in [given - skew - 1, given + life + skew] {
            assert!(!passes(&issuer, at(clock), &token), "a life of {life}, at {clock}");
        }
    }
}

#[test]
fn keys_and_secrets_are_exchanged_without_a_gap() {
    let (old, new) = (issuer(), TokenIssuer::new("s6BhdRkqt3", &Secret::new("new"), key("new")).unwrap());
    let both = new.clone().or_key(key("k")).or_client_secret(&Secret::new("gX1fBat3bV")).unwrap();
    let (of_old, of_both) = (token(&old, at(0)), token(&both, at(0)));
    assert!(passes(&both, at(0), &of_old) && passes(&both, at(0), &of_both));
    assert!(passes(&new, at(0), &of_both) && !passes(&old, at(0), &of_both), "the first key signs");
    let value = HeaderValue::try_from(format!("Bearer {of_old}")).unwrap();
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    assert_eq!(both.authenticate(at(0), &headers, b"").unwrap().credential_index(), 1);
}

/// That no comparison ends early is measured by `scripts/timing`; that none is skipped is shown here: each of them decides, and
/// each is compared or calculated whichever matches.
#[test]
fn t49_the_first_client_secret_and_the_first_key_are_no_shortcuts() {
    let names = ["gX1fBat3bV", "second", "third"];
    let issuer = names[1..]
        .iter()
        .fold(issuer(), |all, name| all.or_client_secret(&Secret::new(*name)).unwrap().or_key(key(name)));
    for (index, name) in names.into_iter().enumerate() {
        let form = format!("grant_type=client_credentials&client_id=s6BhdRkqt3&client_secret={name}");
        let before = calculations();
        assert_eq!(issuer.check(&request(None, &form)), Ok(()), "{name}");
        assert_eq!(calculations() - before, (1 + 1) + (1 + names.len()), "the id, and the secret");
        for letter in 0..name.len() {
            let mut wrong = form.clone();
            let place = form.len() - name.len() + letter;
            wrong.replace_range(place..=place, "X");
            assert_eq!(answered(&issuer, &request(None, &wrong)).0 == 200, wrong == form, "{wrong}");
        }
        let signs = if index == 0 { key("k") } else { key(name) };
        let alone = TokenIssuer::new("s6BhdRkqt3", &Secret::new("gX1fBat3bV"), signs).unwrap();
        let value = HeaderValue::try_from(format!("Bearer {}", token(&alone, at(0)))).unwrap();
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        let before = calculations();
        assert_eq!(issuer.authenticate(at(0), &headers, b"").unwrap().credential_index(), index);
        assert_eq!(calculations() - before, names.len());
    }
}

#[test]
fn a_life_is_at_least_a_second_and_as_long_as_it_says() {
    for (life, says) in [(Duration::ZERO, 1), (Duration::from_millis(2_900), 2), (Duration::MAX, u64::MAX)] {
        let issuer = issuer().life(life);
        let answer =
            issuer.answer(at(5), [7; 16], &request(Some(RFC_BASIC), "grant_type=client_credentials"));
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(body["expires_in"], says);
        // The minute by which clocks may be apart comes on top of what is told.
        let (token, ends) = (body["access_token"].as_str().unwrap(), 65_u64.saturating_add(says));
        assert!(passes(&issuer, at(ends - 1), token) && !passes(&issuer, at(ends), token), "{life:?}");
    }
}

#[test]
fn a_secret_that_looks_encoded_gets_in_as_it_is() {
    // Sent raw in Basic, it is no UTF-8 when it is decoded as a form.
    let issuer = TokenIssuer::new("id", &Secret::new("%a0+"), key("k")).unwrap();
    for basic in ["id:%a0+", "id:%25a0%2B"] {
        let basic = format!("Basic {}", STANDARD.encode(basic));
        assert_eq!(
            answered(&issuer, &request(Some(&basic), "grant_type=client_credentials")).0,
            200,
            "{basic}"
        );
    }
}

#[test]
fn t52_nothing_empty_or_short_makes_an_issuer() {
    assert!(TokenKey::new(&Secret::new("x".repeat(31))).is_err());
    assert!(TokenIssuer::new("", &Secret::new("s"), key("k")).is_err());
    assert!(TokenIssuer::new("id", &Secret::new(""), key("k")).is_err());
    assert!(issuer().or_client_secret(&Secret::new("")).is_err());
}

proptest! {
    #[test]
    fn every_secret_gets_in_by_the_form_and_by_basic_in_both_spellings(
        id in "[ -9;-~äß€]{1,12}",
        secret in "[ -~äß€]{1,20}",
    ) {
        let issuer = TokenIssuer::new(&id, &Secret::new(&*secret), key("k")).unwrap();
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (encoded_id, encoded_secret) = (encode(&id), encode(&secret));
        let form = format!("grant_type=client_credentials&client_id={encoded_id}&client_secret={encoded_secret}");
        prop_assert_eq!(answered(&issuer, &request(None, &form)).0, 200);
        for basic in [format!("{encoded_id}:{encoded_secret}"), format!("{id}:{secret}")] {
            let basic = format!("Basic {}", STANDARD.encode(basic));
            prop_assert_eq!(answered(&issuer, &request(Some(&basic), "grant_type=client_credentials")).0, 200);
        }
    }

    #[test]
    fn no_bytes_make_it_panic_or_get_in(
        header in prop::collection::vec(0x20_u8..0x7F, 0..60),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let issuer = issuer();
        let mut request = request(None, "");
        request.headers_mut().insert("authorization", HeaderValue::from_bytes(&header).unwrap());
        *request.body_mut() = Bytes::from(body.clone());
        prop_assert_ne!(answered(&issuer, &request).0, 200);
        prop_assert!(issuer.authenticate(at(0), request.headers(), &body).is_err());
        let texts: Vec<String> = [b"Bearer ", b"Basic  "].map(|scheme| {
            String::from_utf8([&scheme[..], &header[..]].concat()).unwrap()
        }).into();
        for text in texts {
            request.headers_mut().insert("authorization", HeaderValue::try_from(text).unwrap());
            prop_assert_ne!(answered(&issuer, &request).0, 200);
        }
    }
}

#[test]
fn t58_deliveries_with_a_token_are_as_large_as_was_said_and_no_larger() {
    let asked = issuer().answer(at(0), [7; 16], &request(Some(RFC_BASIC), "grant_type=client_credentials"));
    let told: serde_json::Value = serde_json::from_slice(asked.body()).unwrap();
    let mut headers = http::HeaderMap::new();
    headers.insert(
        "authorization",
        format!("Bearer {}", told["access_token"].as_str().unwrap()).parse().unwrap(),
    );
    let issuer = issuer().max_body(3);
    assert!(issuer.authenticate(at(0), &headers, b"{ }").is_ok_and(|delivery| delivery.body() == b"{ }"));
    assert!(issuer.authenticate(at(0), &headers, b"{  }").is_err());
}

#[test]
fn token_requests_of_16_kibibytes_and_deliveries_of_a_mebibyte_are_read_and_no_larger_ones() {
    for (length, status) in [(16_384, 200), (16_385, 400)] {
        let body = format!("{:x<length$}", "grant_type=client_credentials&new=");
        assert_eq!(answered(&issuer(), &request(Some(RFC_BASIC), &body)).0, status, "{length}");
    }
    let value = HeaderValue::try_from(format!("Bearer {}", token(&issuer(), at(0)))).unwrap();
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    for (length, taken) in [(1_048_576, true), (1_048_577, false)] {
        let body = " ".repeat(length);
        assert_eq!(issuer().authenticate(at(0), &headers, body.as_bytes()).is_ok(), taken, "{length}");
    }
}

#[test]
fn an_issuer_says_how_long_its_tokens_are_good() {
    assert_eq!(format!("{:?} {:?}", issuer(), key("k")), "TokenIssuer { life: 900s, .. } TokenKey(…)");
}
