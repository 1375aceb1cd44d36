//! Whatever else comes from outside, at its deepest and its longest: webhooks, token requests, headers, links, stored intents. Reading
//! it takes a small stack, and ends in a value or an error, also in a program without optimisation. `depth.rs` does so for answers.

use std::error::Error as _;
use std::iter;
use std::thread;
use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use cashlink_core::intent::{Account, Intent, replay};
use cashlink_core::page::Next;
use cashlink_core::partner::{Partner, distributor::ListInvestments};
use cashlink_core::time::{Date, Timestamp};
use cashlink_core::webhook::{BearerTokens, Signer, TokenIssuer, TokenKey, Verifier, WebhookSecret};
use cashlink_core::{
    Bearer, Call, Certainty, Client, Effect, Endpoint, ErrorKind, Grant, IdempotencyKey, Money, Now,
    Operation as _, Raw, Secret, Step,
};
use serde_json::json;

/// Half of what is promised (1 MiB).
const STACK: usize = 512 * 1024;

/// More than any server sends: what is read recursively, by level or by part, would need more than the stack has.
const LONG: usize = 1 << 18;

const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

/// A stack that is too small ends the whole process, so that coming back is the proof.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(STACK).spawn(test).unwrap().join().unwrap();
}

fn client() -> Client<Bearer> {
    Client::new(Partner::demo(), Bearer::client_credentials("id", Secret::new("secret")).unwrap())
}

fn raw() -> Raw<Bearer> {
    Raw::new(Method::GET, "v2/things/", Effect::Safe)
}

/// What the call comes to with a token, before anything goes out.
fn sent<T>(call: &Call<T, Bearer>) -> Step<T> {
    let Step::Authorize(need) = client().perform(call, NOW, [0; 16]) else { panic!("a token first") };
    need.with(Grant::new(Secret::new("t0k3n")).unwrap().token(), NOW)
}

/// Up to serde_json's limit of 128 levels and around it, and far beyond, whole and cut.
fn deep_values() -> impl Iterator<Item = String> {
    let shapes = [("[", "]"), ("{\"a\":", "}"), ("{\"data\":", "}"), ("[{\"amount\":", "}]")];
    let depths = [1, 31, 63, 64, 126, 127, 128, 3_000, LONG / 16];
    shapes.into_iter().flat_map(move |(open, close)| {
        depths.into_iter().flat_map(move |depth| {
            let (begin, end) = (open.repeat(depth), close.repeat(depth));
            [[&begin, "0", &end].concat(), begin]
        })
    })
}

#[test]
fn t21_the_deepest_webhooks_are_read_on_a_stack_of_512_kib() {
    on_a_small_stack(|| {
        let secret = WebhookSecret::new(&Secret::new("known")).unwrap();
        let (verifier, signer) = (Verifier::new(secret.clone()), Signer::new(secret));
        let tokens = BearerTokens::new(&Secret::new("t0k3n")).unwrap();
        let shown = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static("Bearer t0k3n"))]);
        let (mut events, mut notices) = (0, 0);
        for deep in deep_values() {
            let event = r#"{"event":"cashlink.new","business":"b","timestamp":"2017-10-09T13:11:03","data":"#;
            for body in [deep.clone(), format!("{event}{deep}}}")] {
                let headers = signer.headers(body.as_bytes());
                let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
                if let Ok(event) = verified.event() {
                    events += 1;
                    assert!(event.data_json().unwrap() == deep && !format!("{event:?}").is_empty());
                    assert_eq!(
                        event.data::<serde_json::Value>().is_ok(),
                        serde_json::from_str::<serde_json::Value>(&deep).is_ok()
                    );
                }
                notices += u32::from(tokens.authenticate(&shown, body.as_bytes()).unwrap().notice().is_ok());
            }
        }
        assert!(events > 10 && notices > 10, "{events} events and {notices} notices were read");
    });
}

#[test]
fn t21_the_longest_token_requests_are_answered_on_a_stack_of_512_kib() {
    on_a_small_stack(|| {
        let key = TokenKey::new(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap();
        let issuer = TokenIssuer::new("id", &Secret::new("secret"), key).unwrap();
        for piece in ["&", "=", "%", "+", "%41", "a=b&", "client_id=x&", "(", "\"", "\u{e9}"] {
            let long = piece.repeat(LONG / piece.len());
            for form in [long.clone(), format!("grant_type=client_credentials&{long}")] {
                for value in ["Basic ", "Bearer ", "", "Basic Og=="].map(|scheme| scheme.to_owned() + &long) {
                    let request = Request::post("/token")
                        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                        .header(header::AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap())
                        .body(Bytes::from(form.clone()))
                        .unwrap();
                    assert!(issuer.answer(NOW, [7; 16], &request).status().is_client_error());
                    assert!(issuer.authenticate(NOW, request.headers(), b"{}").is_err());
                }
            }
        }
    });
}

#[test]
fn t21_the_longest_headers_of_an_answer_are_read_on_a_stack_of_512_kib() {
    on_a_small_stack(|| {
        for piece in [
            "1",
            ".",
            ",",
            "Bearer ",
            "error=\"",
            "\\",
            "\"",
            "Bearer error=x,",
            "Wed, 18 Nov",
            "[",
            "\u{e9}",
        ] {
            let value = HeaderValue::from_bytes(piece.repeat(LONG / piece.len()).as_bytes()).unwrap();
            for status in [200, 201, 307, 400, 401, 404, 429, 503] {
                let Step::Send(outgoing) = sent(&Call::new(&raw()).unwrap()) else { panic!("it goes out") };
                let mut answer = Response::new(Bytes::from_static(b"{}"));
                *answer.status_mut() = status.try_into().unwrap();
                for name in [
                    header::WWW_AUTHENTICATE,
                    header::RETRY_AFTER,
                    header::DATE,
                    header::LOCATION,
                    header::CONTENT_TYPE,
                ] {
                    answer.headers_mut().insert(name, value.clone());
                }
                for name in ["x-request-id", "x-api-version"] {
                    answer.headers_mut().insert(name, value.clone());
                }
                match outgoing.into_parts().1.respond(NOW, answer) {
                    Step::Done(Ok(reply)) => {
                        assert!(reply.meta.date().is_none() && !format!("{:?}", reply.meta).is_empty())
                    }
                    Step::Done(Err(error)) => assert!(!format!("{error} {error:?}").is_empty()),
                    Step::Authorize(_) => assert_eq!(status, 401),
                    Step::Wait(delay) => assert!(delay.duration() <= Duration::from_secs(60)),
                    Step::Send(_) => panic!("not without a wait"),
                }
            }
        }
    });
}

#[test]
fn t21_the_longest_texts_are_values_or_errors_on_a_stack_of_512_kib() {
    on_a_small_stack(|| {
        let mut followed = 0;
        for piece in
            ["a", "/", "../", "%2e", ":", "@", "[", "1", "-", ".", "9", "EUR ", "T", "\u{e9}", "?", "#"]
        {
            let long = piece.repeat(LONG / piece.len());
            for text in [
                long.clone(),
                format!("https://{long}/"),
                format!("https://a/{long}"),
                format!("EUR {long}"),
                format!("2020-11-18T12:00:00.{long}Z"),
            ] {
                let refused = [
                    Endpoint::new(&text).is_err(),
                    text.parse::<Money>().is_err(),
                    text.parse::<Timestamp>().is_err(),
                    text.parse::<Date>().is_err(),
                    IdempotencyKey::new(&*text).is_err(),
                ];
                assert!(refused.contains(&true));
                for [path, query] in [[&*text, ""], ["v2/things/", &*text]] {
                    let link = json!({"operation": ListInvestments::NAME, "path": path, "query": query, "given": true});
                    if let Ok(next) = serde_json::from_value::<Next<ListInvestments>>(link) {
                        assert!(Call::new(&next).is_ok());
                        followed += 1;
                    }
                }
            }
        }
        assert!(followed > 0, "some are links");
    });
}

#[test]
fn t21_the_longest_stored_intents_are_read_on_a_stack_of_512_kib() {
    on_a_small_stack(|| {
        let call = Call::new(&raw()).unwrap();
        let bytes = Intent::new(&client(), &Account::new("a").unwrap(), &call).unwrap().encode();
        for filling in [0, 1, 4, b'a', 0xFF] {
            for length in [0, 1, bytes.len(), Intent::LARGEST] {
                // Each place, and with the longest of fillings some of them: a megabyte each.
                for kept in (0..=bytes.len()).step_by(if length > bytes.len() { 8 } else { 1 }) {
                    let forged: Vec<u8> =
                        bytes[..kept].iter().copied().chain(iter::repeat_n(filling, length)).collect();
                    assert!(Intent::decode(&forged).map_or(true, |intent| intent.encode() == forged));
                }
            }
        }
    });
}

/// Whoever obtains tokens by calls that need tokens themselves, and hands on why there was none, makes a chain of errors.
#[test]
fn a_token_error_that_is_handed_on_for_ever_does_not_grow() {
    on_a_small_stack(|| {
        let call = Call::new(&raw()).unwrap();
        let nowhere = Raw::<Bearer>::new(Method::GET, "v2/../things/", Effect::Safe);
        let mut error = Call::new(&nowhere).unwrap_err();
        for _ in 0..100_000 {
            let Step::Authorize(need) = client().perform(&call, NOW, [0; 16]) else {
                panic!("a token first")
            };
            let Step::Done(Err(next)) = need.fail(&error) else { panic!("nothing can be sent") };
            error = next;
        }
        assert_eq!(error.kind(), ErrorKind::Token);
        assert!(error.to_string().len() < 200 && format!("{error:?}").len() < 1_000);
        assert!(error.source().unwrap().source().is_none_or(|cause| cause.source().is_none()));
    });
}

/// `http`'s own map panics at the first header for which it has no room; where that is, the call says.
#[test]
fn more_headers_than_a_map_can_hold_are_an_error_and_never_a_panic() {
    let header = |call: Call<_, _>, number: u32| call.header(&format!("x{number}"), "");
    let call = || Call::new(&raw()).unwrap();
    let mut most = 0;
    let refused = (0..40_000).try_fold(call(), |call, number| header(call, number).inspect(|_| most += 1));
    assert_eq!(refused.unwrap_err().to_string(), "headers: must be fewer");

    // With as many as there can be, there is no room for the credential.
    let full = (0..most).try_fold(call(), header).unwrap();
    let intent = Intent::new(&client(), &Account::new("a").unwrap(), &full).unwrap();
    let stored = replay::call(&Intent::decode(&intent.encode()).unwrap(), &client()).unwrap();
    let (Step::Done(Err(of_call)), Step::Done(Err(of_stored))) = (sent(&full), sent(&stored)) else {
        panic!("nothing can be sent")
    };
    assert_eq!([of_call.kind(), of_stored.kind()], [ErrorKind::InvalidRequest; 2]);
    assert_eq!([of_call.certainty(), of_stored.certainty()], [Certainty::NotApplied; 2]);
    let one_less = (0..most - 4).try_fold(call(), header).unwrap();
    assert!(matches!(sent(&one_less), Step::Send(_)));
}
