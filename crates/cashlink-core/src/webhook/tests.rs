//! The signature against public vectors and the seed's own sample, and everything that must not pass for one.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::Secret;

/// The body of the seed's webhook sample, as it is printed there.
pub(super) const SAMPLE: &str = r#"{
  "event": "cashlink.paid",
  "timestamp": "2017-10-09T13:11:03.661620",
  "business": "utqztAwTcQKB",
  "data": {
    "is_test": false,
    "public_id": "wxnfqAVVPWwZ",
    "cashlink": {
      "type": "invoice",
      "public_id": "VX0GK5cvM1dO",
      "subject": "Invoice no. 12345",
      "amount": "12.34",
      "amount_currency": "EUR"
    }
  }
}"#;

pub(super) fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::new(&Secret::new(text)).unwrap()
}

pub(super) fn signed(signature: &str) -> HeaderMap {
    HeaderMap::from_iter([(
        http::HeaderName::from_static("hook-hmac"),
        HeaderValue::from_bytes(signature.as_bytes()).unwrap(),
    )])
}

/// The sample, its verifier and its signature.
pub(super) fn sample() -> (Verifier, String) {
    let secret = secret("hook-s3cr3t");
    (Verifier::new(secret.clone()), Signer::new(secret).signature(SAMPLE.as_bytes()))
}

fn passes(verifier: &Verifier, signature: &str) -> bool {
    verifier.verify(&signed(signature), SAMPLE.as_bytes()).is_ok()
}

#[test]
fn the_seeds_sample_is_signed_and_verified() {
    let (verifier, signature) = sample();
    // Calculated by Python: base64.b64encode(hmac.digest(b"hook-s3cr3t", body, "sha512"))
    assert_eq!(
        signature,
        "KIffVO+mOuo/zqeqM8FSn5Dua7w1URiUhpqTLeJqR3nrmnB4PC+Y9IuwWMl6h3yc98L22fkqyLZSSROiYO2KDg=="
    );
    let headers = signed(&signature);
    let verified = verifier.verify(&headers, SAMPLE.as_bytes()).unwrap();
    let event = verified.event().unwrap();
    assert_eq!((event.name(), event.business.as_str()), ("cashlink.paid", "utqztAwTcQKB"));
    assert_eq!(event.timestamp.as_str(), "2017-10-09T13:11:03.661620");
    assert!(!event.timestamp.has_offset());
    let Content::Paid(paid) = event.content else { panic!("a payment") };
    assert_eq!((paid.is_test, paid.public_id.as_str()), (false, "wxnfqAVVPWwZ"));
    assert_eq!((&paid.cashlink.kind, paid.cashlink.public_id.as_str()), (&LinkType::Invoice, "VX0GK5cvM1dO"));
    assert_eq!(paid.cashlink.subject.expose(), "Invoice no. 12345");
    assert_eq!(paid.cashlink.amount, "EUR 12.34".parse().unwrap());
    assert!(paid.payer.is_none() && paid.recurring_initial.is_none() && paid.cashlink.next_charge.is_none());
}

/// RFC 4231 §4.2 to §4.8: key and data in hex or as text, and HMAC-SHA-512. Case 5 prints only the first 128 bits.
const RFC_4231: [(&str, &[u8], &str); 7] = [
    ("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", b"Hi There", "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
    ("Jefe", b"what do ya want for nothing?", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
    ("aa*20", &[0xdd; 50], "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"),
    ("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19", &[0xcd; 50], "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"),
    ("\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c", b"Test With Truncation", "415fad6271580a531d4179bc891d87a6"),
    ("aa*131", b"Test Using Larger Than Block-Size Key - Hash Key First", "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"),
    ("aa*131", b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.", "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"),
];

#[test]
fn rfc_4231_in_full() {
    for (number, (key, data, expected)) in (1..).zip(RFC_4231) {
        // A `Secret` is a text, and 0xAA alone is none: those cases are calculated one level below.
        let mac = match key.strip_prefix("aa*") {
            Some(count) => WebhookSecret::keyed(&[0xAA; 131][..count.parse().unwrap()]).unwrap().mac(data),
            None => secret(key).mac(data),
        };
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hex.starts_with(expected), "case {number}");
        assert_eq!(hex == expected, number != 5, "case {number}: only case 5 is cut in the RFC");
    }
}

#[test]
fn t48_rfc_4231_case_5_a_truncated_mac_is_refused() {
    let (_, data, _) = RFC_4231[4];
    let verifier = Verifier::new(secret(RFC_4231[4].0));
    let mac = STANDARD.decode(Signer::new(secret(RFC_4231[4].0)).signature(data)).unwrap();
    assert!(verifier.verify(&signed(&STANDARD.encode(&mac)), data).is_ok());
    for length in 0..64 {
        assert!(verifier.verify(&signed(&STANDARD.encode(&mac[..length])), data).is_err(), "{length} bytes");
    }
    assert!(verifier.verify(&signed(&STANDARD.encode([&mac[..], &mac[..]].concat())), data).is_err());
    assert!(verifier.verify(&signed(&STANDARD.encode([&mac[..], &[0]].concat())), data).is_err());
}

#[test]
fn t48_t51_without_exactly_one_whole_signature_nothing_passes() {
    let (verifier, signature) = sample();
    assert!(passes(&verifier, &signature));
    assert!(verifier.verify(&HeaderMap::new(), SAMPLE.as_bytes()).is_err(), "none");
    assert!(!passes(&verifier, ""), "empty");
    let mut doubled = signed(&signature);
    doubled.append("hook-hmac", HeaderValue::from_str(&signature).unwrap());
    assert!(verifier.verify(&doubled, SAMPLE.as_bytes()).is_err(), "two headers, both right");
    assert!(!passes(&verifier, &format!("{signature},{signature}")));
    assert!(!passes(&verifier, &format!("sha512={signature}")));
    for end in 0..signature.len() {
        assert!(!passes(&verifier, &signature[..end]), "cut at {end}");
    }
}

#[test]
fn rfc_4648_section_10_by_the_decoder_that_reads_signatures() {
    for (text, encoded) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(STANDARD.encode(text), encoded);
        assert_eq!(STANDARD.decode(encoded).unwrap(), text.as_bytes());
    }
}

#[test]
fn t50_no_other_spelling_of_a_signature_passes() {
    let (verifier, signature) = sample();
    let mac = STANDARD.decode(&signature).unwrap();
    let hex = |upper: bool| -> String {
        mac.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
    };
    // The last character before the padding has 4 unused bits: 15 other characters mean the same 64 bytes.
    let last = signature.as_bytes()[85];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = alphabet.iter().position(|&byte| byte == last).unwrap();
    let mut spellings: Vec<String> =
        (1..16).map(|bits| format!("{}{}==", &signature[..85], char::from(alphabet[value | bits]))).collect();
    spellings.extend([
        STANDARD_NO_PAD.encode(&mac),
        URL_SAFE.encode(&mac),
        URL_SAFE_NO_PAD.encode(&mac),
        hex(false),
        hex(true),
        format!("{signature}="),
        format!("={signature}"),
        format!(" {signature}"),
        format!("{signature} "),
        format!("\t{signature}"),
        format!("{} {}", &signature[..44], &signature[44..]),
        format!("\"{signature}\""),
        signature.replace("==", "%3D%3D"),
        signature.replace("==", "=\u{a0}"),
    ]);
    let (refused, total) =
        (spellings.iter().filter(|text| !passes(&verifier, text)).count(), spellings.len());
    assert_eq!(refused, total, "of {total} spellings");
    assert!(total > 10);
}

#[test]
fn t52_an_empty_secret_cannot_be_made() {
    let refused = WebhookSecret::new(&Secret::new("")).unwrap_err();
    assert_eq!(refused.to_string(), "webhook secret: must not be empty");
    assert!(WebhookSecret::new(&Secret::new("x")).is_ok(), "its length is the vendor's choice");
}

#[test]
fn a_secret_of_any_rank_matches_and_says_which() {
    let body = SAMPLE.as_bytes();
    let verifier = Verifier::new(secret("a")).or(secret("b")).or(secret("c")).or(secret("b"));
    for (name, index) in [("a", 0), ("b", 1), ("c", 2)] {
        let headers = Signer::new(secret(name)).headers(body);
        assert_eq!(verifier.verify(&headers, body).unwrap().secret_index(), index, "{name}");
    }
    assert!(verifier.verify(&Signer::new(secret("d")).headers(body), body).is_err());
}

/// That no comparison ends early is measured elsewhere; that no secret is skipped is shown here: each of them decides, and each
/// is tried whichever matches.
#[test]
fn t49_the_first_secret_is_no_shortcut() {
    let body = SAMPLE.as_bytes();
    let names = ["a", "b", "c", "d"];
    let verifier = names[1..].iter().fold(Verifier::new(secret("a")), |all, name| all.or(secret(name)));
    for (index, name) in names.into_iter().enumerate() {
        let headers = Signer::new(secret(name)).headers(body);
        let before = calculations();
        assert_eq!(verifier.verify(&headers, body).unwrap().secret_index(), index);
        assert_eq!(calculations() - before, names.len());
        // One wrong bit, wherever it is, and none of them matches.
        let mac = STANDARD.decode(Signer::new(secret(name)).signature(body)).unwrap();
        for bit in 0..512 {
            let mut wrong = mac.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!passes(&verifier, &STANDARD.encode(&wrong)), "secret {name}, bit {bit}");
        }
    }
}

#[test]
fn t53_the_event_is_read_from_the_very_slice_that_was_verified() {
    let (verifier, signature) = sample();
    let body = SAMPLE.as_bytes().to_vec();
    let verified = verifier.verify(&signed(&signature), &body).unwrap();
    assert_eq!(verified.body().as_ptr_range(), body.as_ptr_range());
    let event = verified.event().unwrap();
    let Content::Paid(paid) = &event.content else { panic!("a payment") };
    assert!(body.as_ptr_range().contains(&paid.cashlink.subject.expose().as_ptr()));
    assert!(body.as_ptr_range().contains(&event.data_json().unwrap().as_ptr()));
}

#[test]
fn t55_a_delivery_is_known_again_by_its_mac_whatever_its_request_id() {
    let (verifier, signature) = sample();
    let id = |request_id: &str, body: &str| {
        let mut headers = Signer::new(secret("hook-s3cr3t")).headers(body.as_bytes());
        headers.insert("x-request-id", HeaderValue::from_str(request_id).unwrap());
        verifier.verify(&headers, body.as_bytes()).unwrap().delivery_id()
    };
    let first = id("7518ca89-3eb1-4884-ac28-ff81531d2fd8", SAMPLE);
    assert_eq!(first, id("00000000-0000-0000-0000-000000000000", SAMPLE));
    assert_ne!(first, id("7518ca89-3eb1-4884-ac28-ff81531d2fd8", &SAMPLE.replace("12.34", "12.35")));
    assert_eq!(STANDARD.encode(first.as_bytes()), signature);
}

#[test]
fn t58_no_mac_is_calculated_for_a_body_that_is_too_large_or_without_a_signatures_shape() {
    let (verifier, signature) = sample();
    let verifier = verifier.or(secret("b")).max_body(SAMPLE.len());
    let macs = |headers: &HeaderMap, body: &str| {
        let before = calculations();
        let _ = verifier.verify(headers, body.as_bytes()).is_ok();
        calculations() - before
    };
    assert_eq!(macs(&signed(&signature), SAMPLE), 2, "they are counted");
    assert_eq!(macs(&signed(&signature), &format!("{SAMPLE} ")), 0);
    assert_eq!((macs(&HeaderMap::new(), SAMPLE), macs(&signed("x"), SAMPLE)), (0, 0));
    let large = " ".repeat(1024 * 1024 + 1);
    let before = calculations();
    assert!(verify_for_business(&signed(&signature), &large.into_bytes(), |_| Some(&verifier)).is_err());
    assert_eq!(calculations(), before);
}

#[test]
fn t58_a_large_body_is_refused_before_its_mac_and_all_refusals_are_the_same() {
    let (verifier, signature) = sample();
    let length = SAMPLE.len();
    assert!(passes(&verifier.clone().max_body(length), &signature));
    let too_large = verifier.clone().max_body(length - 1).verify(&signed(&signature), SAMPLE.as_bytes());
    let forged = verifier.verify(&signed(&STANDARD.encode([0; 64])), SAMPLE.as_bytes());
    let missing = verifier.verify(&HeaderMap::new(), SAMPLE.as_bytes());
    let texts = [too_large, forged, missing].map(|result| result.unwrap_err().to_string());
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    let megabyte = " ".repeat(1024 * 1024 + 1);
    let headers = Signer::new(secret("hook-s3cr3t")).headers(megabyte.as_bytes());
    assert!(verifier.verify(&headers, megabyte.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn only_the_signed_bytes_pass(body in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let verifier = Verifier::new(secret("other")).or(secret("s"));
        let headers = Signer::new(secret("s")).headers(&body);
        prop_assert_eq!(verifier.verify(&headers, &body).unwrap().secret_index(), 1);
        let mut changed = body.clone();
        if !changed.is_empty() {
            changed[at.index(body.len())] ^= 1 << bit;
            prop_assert!(verifier.verify(&headers, &changed).is_err());
        }
        changed.push(0);
        prop_assert!(verifier.verify(&headers, &changed).is_err());
        // Whatever is signed, reading it never panics.
        let _ = verifier.verify(&headers, &body).unwrap().event().is_ok();
    }
}

#[test]
fn a_signed_body_of_a_mebibyte_is_looked_at_and_one_byte_more_is_not() {
    let patient = Verifier::new(secret("s")).max_body(usize::MAX);
    for (length, passes) in [(1_048_576, true), (1_048_577, false)] {
        let body = format!("{SAMPLE}{}", " ".repeat(length - SAMPLE.len()));
        let headers = Signer::new(secret("s")).headers(body.as_bytes());
        assert_eq!(Verifier::new(secret("s")).verify(&headers, body.as_bytes()).is_ok(), passes, "{length}");
        assert!(patient.verify(&headers, body.as_bytes()).is_ok());
        let asked = core::cell::Cell::new(false);
        let verified = verify_for_business(&headers, body.as_bytes(), |_| {
            asked.set(true);
            Some(&patient)
        });
        assert_eq!((verified.is_ok(), asked.get()), (passes, passes), "{length}");
    }
}

#[test]
fn a_signer_sends_the_headers_that_the_seed_shows() {
    let headers = Signer::new(secret("hook-s3cr3t")).headers(SAMPLE.as_bytes());
    let value = |name: &str| headers[name].to_str().unwrap();
    assert_eq!((value("user-agent"), value("content-type")), ("cashlink", "application/json"));
    assert_eq!((value("hook-hmac"), headers.len()), (&*sample().1, 3));
}

#[test]
fn what_is_proved_and_what_is_refused_say_so() {
    let (verifier, signature) = sample();
    let headers = signed(&signature);
    let either = Verifier::new(secret("other")).or(secret("hook-s3cr3t"));
    let verified = either.verify(&headers, SAMPLE.as_bytes()).unwrap();
    // The first 8 bytes of the signature that Python calculated.
    let id = "DeliveryId(2887df54efa63aea…)";
    let length = SAMPLE.len();
    let shown = format!("Verified {{ delivery_id: {id}, secret_index: 1, body_len: {length} }}");
    assert_eq!(format!("{verified:?}"), shown);
    let event = format!("{:?}", verified.event().unwrap());
    let parts = ["Event { business: ", "utqztAwTcQKB", "2017-10-09T13:11:03.661620", "content: Paid(Paid {"];
    assert!(event.starts_with(parts[0]) && parts.iter().all(|part| event.contains(part)), "{event}");
    assert_eq!(format!("{:?}", secret("x")), "WebhookSecret(…)");
    let refused = verifier.verify(&HeaderMap::new(), b"{}").unwrap_err();
    let text = "the webhook is not proved to come from Cashlink; answer 401 and don't read it";
    assert_eq!(refused.to_string(), text);
}
