use alloc::vec;
use alloc::vec::Vec;

use bytes::Bytes;
use core::time::Duration;
use http::Response;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::format;

use super::*;
use crate::body::{BoundarySeed, FileName, MediaType, Payload};
use crate::partner::distributor::{CreateInvestor, UploadDocument};
use crate::partner::{NaturalPerson, Partner};
use crate::payments::{CashlinkType, CreateCashlink, Payments};
use crate::{AppKey, Bearer, Endpoint, Honoured, Money, Now, Operation, Raw, Secret, Step, Token, UserKey};

fn partner() -> Client<Bearer> {
    let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t-canary")).unwrap();
    Client::new(Partner::demo(), bearer)
}

fn payments() -> Client<UserKey> {
    Client::new(Payments::production(), UserKey::new(Secret::new("key-canary")).unwrap())
}

fn account() -> Account {
    Account::new("distributor").unwrap()
}

fn key() -> IdempotencyKey {
    IdempotencyKey::new("investor-17").unwrap()
}

fn investor(name: &str) -> Call<<CreateInvestor as Operation>::Output, Bearer> {
    let ada = NaturalPerson::new().forename(name).surname("Lovelace");
    Call::new(&CreateInvestor::natural_person(key(), ada, true)).unwrap()
}

fn create(name: &str) -> Intent {
    Intent::new(&partner(), &account(), &investor(name)).unwrap()
}

fn upload(payload: impl Into<Payload>) -> Result<Intent, InvalidValue> {
    let (seed, name) = (BoundarySeed::new([7; 16]), FileName::new("id.pdf").unwrap());
    let call = Call::new(&UploadDocument::new(key(), seed, name, MediaType::PDF, payload)).unwrap();
    Intent::new(&partner(), &account(), &call)
}

fn link() -> Intent {
    let amount: Money = "EUR 12.34".parse().unwrap();
    let call =
        Call::new(&CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, "Invoice no. 1")).unwrap();
    Intent::new(&payments(), &account(), &call).unwrap()
}

/// What was written by earlier versions stays readable: these files never change, new ones are added.
#[test]
fn every_version_that_was_ever_written_is_read_and_written_the_same() {
    let document = Bytes::from_static(b"%PDF-1.7");
    let referred = PayloadRef::new(8).with_sha256(Sha256::digest(&document).into());
    let golden: [(&[u8], Intent); 4] = [
        (include_bytes!("golden/v1-investors-create.bin"), create("Ada")),
        (include_bytes!("golden/v1-documents-upload.bin"), upload(document).unwrap()),
        (include_bytes!("golden/v1-documents-upload-referred.bin"), upload(referred).unwrap()),
        (include_bytes!("golden/v1-cashlinks-create.bin"), link()),
    ];
    for (stored, intent) in golden {
        assert!(intent.encode() == stored, "{intent:?} is written in another way than before");
        assert_eq!(Intent::decode(stored).unwrap().encode(), stored);
    }
}

/// The request of a call, ready to be sent with the token `t`.
fn request<T>(client: &Client<Bearer>, call: &Call<T, Bearer>) -> http::Request<crate::body::Body> {
    let now = Now::new(1, Duration::ZERO);
    let Step::Authorize(need) = client.perform(call, now, [0; 16]) else { panic!("a bearer call") };
    let Step::Send(outgoing) = need.with(Token::new(&Secret::new("t")).unwrap(), now) else {
        panic!("a token")
    };
    outgoing.into_parts().0
}

#[test]
fn a_stored_call_sends_the_very_bytes_that_were_meant() {
    let call = investor("Ada").header("x-correlation", "7").unwrap();
    let intent = Intent::new(&partner(), &account(), &call).unwrap();
    let stored = Intent::decode(&intent.encode()).unwrap();
    let meant = request(&partner(), &call);
    let sent = request(&partner(), &replay::call(&stored, &partner()).unwrap());
    assert_eq!((sent.method(), sent.uri(), sent.headers()), (meant.method(), meant.uri(), meant.headers()));
    assert_eq!(sent.body().as_bytes(), meant.body().as_bytes());
    assert_eq!(stored.effect(), intent.effect());
}

#[test]
fn t11_no_credential_is_stored() {
    for stored in [create("Ada").encode(), link().encode()] {
        let text = std::string::String::from_utf8_lossy(&stored);
        assert!(!text.contains("canary") && !text.to_lowercase().contains("authorization"), "{text}");
    }
}

#[test]
fn what_a_journal_shows_of_an_intent_is_what_was_meant() {
    let read = |intent: &Intent| Intent::decode(&intent.encode()).unwrap();
    let (create, link) = (read(&create("Ada")), read(&link()));
    let told = |intent: &Intent| {
        let (account, operation) = (intent.account().to_string(), intent.operation().to_string());
        (account, operation, intent.api(), intent.base().to_string(), intent.method().to_string())
    };
    let expected = |operation: &str, api, base: &str| {
        ("distributor".to_string(), operation.to_string(), api, base.to_string(), "POST".to_string())
    };
    assert_eq!(
        told(&create),
        expected("investors.create", "partner", "https://demo.cashlink.de/api/external/")
    );
    assert_eq!(create.key(), Some(&key()));
    assert_eq!(create.body_len(), create.body().as_bytes().unwrap().len() as u64);
    let base = "https://cashlink.de/business/api/v1/";
    assert_eq!(told(&link), expected("cashlinks.create", "payments with a user key", base));
    assert_eq!((link.key(), link.payload()), (None, None));
    let referred = PayloadRef::new(8).with_sha256([7; 32]);
    assert_eq!(read(&upload(referred).unwrap()).payload(), Some(referred));
    let fingerprint = create.fingerprint();
    assert_eq!(Fingerprint::new(*fingerprint.as_bytes()), fingerprint);
}

#[test]
fn every_effect_and_every_credential_is_kept() {
    let keyed = |honoured| Effect::Keyed { key: &KEY, honoured };
    static KEY: std::sync::LazyLock<IdempotencyKey> = std::sync::LazyLock::new(key);
    let effects = [
        Effect::Safe,
        Effect::Idempotent,
        keyed(Honoured::Documented),
        keyed(Honoured::Assumed),
        Effect::Once,
    ];
    for effect in effects {
        let raw = Raw::new(http::Method::POST, "v2/things/", effect);
        let intent = Intent::new(&partner(), &account(), &Call::new(&raw).unwrap()).unwrap();
        assert_eq!(Intent::decode(&intent.encode()).unwrap().effect(), effect);
        let raw = Raw::new(http::Method::POST, "v2/things/", effect);
        let app = Client::new(Payments::production(), AppKey::new(Secret::new("key")).unwrap());
        let intent = Intent::new(&app, &account(), &Call::new(&raw).unwrap()).unwrap();
        let read = Intent::decode(&intent.encode()).unwrap();
        assert_eq!((read.effect(), read.api()), (effect, "payments with an app key"));
    }
}

#[test]
fn bytes_that_are_none_say_why() {
    let stored = create("Ada").encode();
    let why = |bytes: &[u8]| Intent::decode(bytes).unwrap_err().to_string();
    assert_eq!(why(b"CLI\x02"), "no stored intent, or one of a newer version of this library");
    assert_eq!(why(&stored[..stored.len() - 1]), "the stored intent ends early");
    assert_eq!(why(&[&stored[..], b"x"].concat()), "the stored intent goes on behind its end");
    assert_eq!(why(b"CLI\x01\x01\0\0\0/").split(':').next(), Some("stored intent"));
}

#[test]
fn whoever_may_see_it_is_told_target_and_body() {
    let read = Intent::decode(&create("Ada").encode()).unwrap();
    assert_eq!(read.target(), "distributor/v2/investors/");
    let body = read.body().as_bytes().unwrap();
    assert!(body.starts_with(br#"{"natural_person":{"forename":"Ada""#), "{body:?}");
    assert!(link().body().as_bytes().is_some() && !format!("{:?}", link().body()).contains("Invoice"));
}

#[test]
fn t12_an_intent_shows_neither_target_nor_body() {
    assert_eq!(
        format!("{:?}", create("Ada")),
        "Intent { account: Account(distributor), operation: \"investors.create\", key: Some(IdempotencyKey(investor-17)), .. }"
    );
}

#[test]
fn t40_another_payload_has_another_fingerprint_and_the_same_one_the_same() {
    assert_eq!(create("Ada").fingerprint(), create("Ada").fingerprint());
    assert_ne!(create("Ada").fingerprint(), create("Bea").fingerprint());
    let document = Bytes::from_static(b"%PDF-1.7");
    let referred = PayloadRef::new(8).with_sha256(Sha256::digest(&document).into());
    let (here, there) = (upload(document).unwrap(), upload(referred).unwrap());
    assert_eq!(
        here.fingerprint(),
        there.fingerprint(),
        "wherever a document is kept, the server sees the same"
    );
    assert_ne!(here.fingerprint(), upload(referred.with_sha256([0; 32])).unwrap().fingerprint());
}

#[test]
fn the_version_of_the_client_is_the_intents_too() {
    let api = Payments::production().version(crate::ApiVersion::V2017_10_01);
    let client = Client::new(api, UserKey::new(Secret::new("key")).unwrap());
    let call = Call::new(&Raw::<UserKey>::new(http::Method::GET, "cashlinks", Effect::Safe)).unwrap();
    let intent = Intent::new(&client, &account(), &call).unwrap();
    assert_eq!(intent.encoded.version, Some(crate::ApiVersion::V2017_10_01));
}

#[test]
fn t47_a_request_that_is_too_large_or_has_no_hash_is_refused() {
    let bytes = |len| Bytes::from(vec![b'x'; len]);
    assert!(upload(bytes(Intent::LARGEST - 1_000)).is_ok());
    assert!(upload(bytes(Intent::LARGEST)).is_err());
    assert_eq!(upload(PayloadRef::new(8)).unwrap_err().what(), "payload");
}

#[test]
fn an_intent_goes_only_where_it_was_meant_to_go() {
    let elsewhere = Partner::at(Endpoint::new("https://api.example.org/api/external").unwrap());
    let bearer = Bearer::client_credentials("my-client", Secret::new("s")).unwrap();
    assert_eq!(replay::call(&create("Ada"), &Client::new(elsewhere, bearer)).unwrap_err().what(), "client");
    let app = Client::new(Payments::production(), AppKey::new(Secret::new("key")).unwrap());
    assert!(replay::call(&link(), &app).is_err(), "a user key's call");
    assert!(replay::call(&link(), &payments()).is_ok());
}

#[test]
fn a_stored_answer_is_decoded_by_another_process() {
    let call = replay::call(&create("Ada"), &partner()).unwrap();
    let answer = || Response::new(Bytes::from_static(br#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#));
    let reply = replay::reply(&call, &partner(), answer(), 3).decode_as::<CreateInvestor>().unwrap();
    assert_eq!((reply.value.id.as_str(), reply.meta.attempts()), ("3fa85f64-5717-4562-b3fc-2c963f66afa6", 3));
    let other = replay::reply(&call, &partner(), answer(), 3).decode_as::<UploadDocument>().unwrap_err();
    assert_eq!(other.operation(), "investors.create");
}

#[test]
fn whoever_writes_into_the_table_gains_no_other_request() {
    let stored = create("Ada").encode();
    let with = |from: &[u8], to: &[u8]| -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let at = stored.windows(from.len()).position(|window| window == from).unwrap();
        let mut changed = stored.clone();
        changed[at..at + to.len()].copy_from_slice(to);
        changed
    };
    for changed in [
        with(b"v2/investors/", b"v2/../vestor/"),
        with(b"v2/investors/", b"v2//nvestors/"),
        with(b"accept", b"cookie"),
        with(b"POST", b"P ST"),
        with(b"x-idempotency-key", b"x-idempotency-kez"),
        with(b"CLI\x01", b"CLI\x02"),
    ] {
        assert!(Intent::decode(&changed).is_err());
    }
    let mut other_key = stored.clone();
    let at = other_key.windows(11).rposition(|window| window == b"investor-17").unwrap();
    other_key[at] = b'j';
    assert!(Intent::decode(&other_key).is_err(), "the header is the key's");
}

/// What no call could have written: each would be a request that can't be sent, or a second spelling of one that can (T40).
#[test]
fn t40_t47_what_no_call_could_have_written_is_no_intent() {
    let stored = link().encode();
    let accept = [&6_u32.to_le_bytes()[..], b"accept", &16_u32.to_le_bytes(), b"application/json"].concat();
    let body = br#"{"type":"invoice","amount":"12.34","subject":"Invoice no. 1"}"#;
    let (head, tail) = body.split_at(10);
    let replace = |from: &[u8], to: &[u8]| -> Vec<u8> {
        let at = stored.windows(from.len()).position(|window| window == from).unwrap();
        [&stored[..at], to, &stored[at + from.len()..]].concat()
    };
    let text = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat();
    let in_two = [text(head), vec![0], text(tail)].concat();
    let one_header_fewer = {
        let count = [&2_u32.to_le_bytes()[..], &accept].concat();
        replace(&count, &1_u32.to_le_bytes())
    };
    let query = |query: &[u8]| {
        replace(&[&text(b"cashlink")[..], &text(b"")].concat(), &[text(b"cashlink"), text(query)].concat())
    };
    assert!(Intent::decode(&query(b"a=1&b=%20")).is_ok());
    for refused in [
        replace(&[&text(body)[..], &[0], &text(b"")].concat(), &in_two),
        one_header_fewer,
        query(b"a=\"1\""),
        query(b"a=<1>"),
        query(b"a=1#b"),
        replace(&text(body), &text(&vec![b' '; Intent::LARGEST])),
    ] {
        assert!(Intent::decode(&refused).is_err());
    }
}

#[test]
fn cut_anywhere_or_with_a_rest_it_is_an_error() {
    for stored in
        [create("Ada").encode(), upload(Bytes::from_static(b"%PDF")).unwrap().encode(), link().encode()]
    {
        for end in 0..stored.len() {
            assert!(Intent::decode(&stored[..end]).is_err(), "cut at {end}");
        }
        assert!(Intent::decode(&[&stored[..], b"\0"].concat()).is_err());
    }
}

proptest! {
    /// One way to write each intent: what is read back is written the same, whatever was flipped in it.
    #[test]
    fn what_is_read_is_written_the_same(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for mut stored in [create("Ada").encode(), link().encode()] {
            let at = at.index(stored.len());
            stored[at] = byte;
            if let Ok(intent) = Intent::decode(&stored) {
                prop_assert_eq!(intent.encode(), stored);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Intent::decode(&[&b"CLI\x01"[..], &bytes].concat());
        let _ = Intent::decode(&bytes);
    }
}

#[test]
fn an_account_is_a_plain_name() {
    assert!(Account::new("distributor-2.eu_west").is_ok());
    for name in ["", "two words", "a/b", "ä", &"a".repeat(65)] {
        assert!(Account::new(name).is_err(), "{name}");
    }
}
