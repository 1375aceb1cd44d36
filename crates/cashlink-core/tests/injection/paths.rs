//! T16: a value in the path is a segment of it, whatever it says.

use cashlink_core::answer::{Answer, DecodeError};
use cashlink_core::http::{Method, Uri};
use cashlink_core::partner::distributor::{GetInvestment, GetInvestor};
use cashlink_core::{Bearer, Call, Effect, Operation, Path, Raw, Step, UserKey};
use proptest::prelude::*;

use crate::{partner, payments, request, sent};

const PARTNER: &str = "https://demo.cashlink.de/api/external/";
const PAYMENTS: &str = "https://cashlink.de/business/api/v1/";

type Make = fn(&str) -> Option<Uri>;

/// The operations with an id in their path: how a request with this id is made, and the template.
const WITH_ID: [(Make, &str); 2] = [
    (|id| uri(&GetInvestor::new(id.parse().ok()?)), "distributor/v2/investors/{id}/"),
    (|id| uri(&GetInvestment::new(id.parse().ok()?)), "distributor/v2/investments/{id}/"),
];

fn uri(operation: &impl Operation<Credential = Bearer>) -> Option<Uri> {
    request(&partner(), operation).map(|request| request.uri().clone())
}

/// A raw operation on this path, and a call that is moved there: the same rule.
fn raw(path: &str) -> Option<Uri> {
    let uri = |call: &Call<_, UserKey>| sent(&payments(), call).uri().clone();
    let raw = Call::new(&Raw::<UserKey>::new(Method::GET, path, Effect::Safe)).ok().map(|call| uri(&call));
    let elsewhere = Call::new(&Raw::<UserKey>::new(Method::GET, "v2/things/", Effect::Safe)).unwrap();
    let moved = elsewhere.at_path(path).ok().map(|call| uri(&call));
    assert_eq!(raw, moved, "{path:?}");
    raw
}

/// The segments below the base, decoded by hand: `%XX` and nothing else.
fn below(base: &str, uri: &Uri) -> Vec<String> {
    let text = uri.to_string();
    let path = text.strip_prefix(base).unwrap_or_else(|| panic!("{text} left its base"));
    assert!(uri.query().is_none() && !path.contains(['?', '#', '\\']), "{text}");
    path.split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), segment.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        (bytes, rest) = match (byte, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |digit: u8| char::from(digit).to_digit(16).unwrap() as u8;
                bytes.push(digit(*high) << 4 | digit(*low));
                (bytes, after)
            }
            (byte, after) => {
                assert!(byte.is_ascii_alphanumeric() || b"-._~".contains(byte), "{segment}");
                bytes.push(*byte);
                (bytes, after)
            }
        };
    }
    String::from_utf8(bytes).unwrap()
}

/// An operation of a user's own, with free text as one segment.
struct Own(String);

impl Operation for Own {
    type Output = ();
    type Credential = UserKey;
    const NAME: &'static str = "things.get";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("v2/things/").segment(&self.0).literal("/parts/");
    }

    fn decode(_: &Answer<'_>) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The one segment of such an operation; `None` where it is refused.
fn own(text: &str) -> Option<String> {
    let request = request(&payments(), &Own(text.into()))?;
    let segments = below(PAYMENTS, request.uri());
    assert_eq!([&*segments[0], &*segments[1], &*segments[3], &*segments[4]], ["v2", "things", "parts", ""]);
    assert_eq!(segments.len(), 5, "{text:?}");
    Some(segments[2].clone())
}

#[test]
fn t16_every_byte_in_a_segment_is_its_text() {
    for byte in 0..=255_u8 {
        let character = char::from(byte);
        for text in [format!("{character}ab"), format!("a{character}b"), format!("ab{character}")] {
            assert_eq!(own(&text).as_ref(), Some(&text));
        }
    }
    for text in ["a/b", "../x", "/", "//", "..;", "%2e%2e", "...", "a?b#c", "\u{2025}"] {
        assert_eq!(own(text).as_deref(), Some(text));
    }
    for text in ["", ".", ".."] {
        assert_eq!(own(text), None);
    }
}

#[test]
fn t16_every_byte_in_an_id_is_kept_or_refused_before_there_is_a_url() {
    for (make, template) in WITH_ID {
        for byte in 0..=255_u8 {
            let character = char::from(byte);
            for id in [format!("{character}ab"), format!("a{character}b"), format!("ab{character}")] {
                let allowed = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                let uri = make(&id);
                assert_eq!(uri.is_some(), allowed, "{id:?}");
                if let Some(uri) = uri {
                    assert_eq!(uri.to_string(), format!("{PARTNER}{}", template.replace("{id}", &id)));
                }
            }
        }
        for id in ["", ".", "..", "%2e%2e", "a/b", "a%2Fb", "a?b", "a#b", "..;", "\u{ff0e}\u{ff0e}"] {
            assert!(make(id).is_none(), "{id:?}");
        }
        assert!(make(&"x".repeat(64)).is_some() && make(&"x".repeat(65)).is_none());
    }
}

#[test]
fn t16_hostile_paths_are_refused_or_become_text() {
    for refused in
        ["/", "/v2/", "//evil.example/", "a//b", "a//", ".", "..", "../", "a/./b", "a/../b", "a/..", "./a"]
    {
        assert_eq!(raw(refused), None, "{refused}");
    }
    // None of these is anything but the text of its segments.
    for text in [
        "%2e%2e",
        "%2E%2e/x",
        "..%2f",
        "...",
        "..;",
        "a;b=c",
        "x?y=z",
        "x#y",
        "@evil.example",
        "user:password@evil.example",
        ":99999",
        "\\evil.example\\",
        "https:evil",
        "a\tb",
        "a\r\nX-Evil: 1",
        "a\0b",
        "\u{ff0e}\u{ff0e}",
        "\u{2025}",
        "\u{202e}",
        "a b+c",
        "%",
        "%zz",
        "ä",
    ] {
        let uri = raw(text).unwrap_or_else(|| panic!("{text:?} is refused"));
        assert_eq!(below(PAYMENTS, &uri), text.split('/').collect::<Vec<_>>(), "{text:?}");
    }
    assert_eq!(raw("").unwrap(), PAYMENTS);
    assert_eq!(raw("v2/things/").unwrap(), *format!("{PAYMENTS}v2/things/"));
    assert_eq!(raw("v2/things").unwrap(), *format!("{PAYMENTS}v2/things"));
}

/// `http` counts in 16 bits where a path ends; before 1.5 it counted on from the beginning.
#[test]
fn t16_a_url_is_whole_or_refused_however_long_it_is() {
    let around = "/business/api/v1/v2/things//?q=x".len();
    for length in [65_534, 65_535, 65_536, 65_536 + around, 65_536 + 2 * around, 200_000] {
        let path = format!("v2/things/{}/", "a".repeat(length - around));
        let raw = Raw::<UserKey>::new(Method::DELETE, &path, Effect::Safe).query("q", "x");
        let call = Call::new(&raw).unwrap();
        match payments().perform(&call, crate::NOW, [0; 16]) {
            Step::Send(outgoing) => {
                let uri = outgoing.into_parts().0.uri().clone();
                assert_eq!((uri.path(), uri.query()), (&*format!("/business/api/v1/{path}"), Some("q=x")));
                assert!(length <= 65_534);
            }
            Step::Done(Err(error)) => {
                assert!(length > 65_534 && error.to_string().contains("65,534"), "{error}")
            }
            step => panic!("{step:?}"),
        }
    }
}

proptest! {
    #[test]
    fn t16_an_id_is_one_segment_of_the_template_and_decodes_to_itself(id in "[A-Za-z0-9_-]{1,64}") {
        for (make, template) in WITH_ID {
            let segments = below(PARTNER, &make(&id).unwrap());
            let expected: Vec<_> = template.split('/').map(|part| if part == "{id}" { &*id } else { part }).collect();
            prop_assert_eq!(segments, expected);
        }
    }

    #[test]
    fn t16_any_text_as_an_id_is_its_segment_or_refused(id in any::<String>()) {
        for (make, template) in WITH_ID {
            if let Some(uri) = make(&id) {
                let expected = template.replace("{id}", &id);
                prop_assert_eq!(below(PARTNER, &uri), expected.split('/').collect::<Vec<_>>());
                prop_assert_eq!(template.split('/').count(), expected.split('/').count());
            }
        }
    }

    #[test]
    fn t16_the_segments_of_a_raw_path_decode_to_what_was_written(
        segments in prop::collection::vec("[^/]{1,8}", 1..6),
        slash in any::<bool>(),
    ) {
        let path = segments.join("/") + if slash { "/" } else { "" };
        let dots = segments.iter().any(|segment| segment == "." || segment == "..");
        match raw(&path) {
            Some(uri) => {
                prop_assert!(!dots);
                prop_assert_eq!(below(PAYMENTS, &uri), path.split('/').collect::<Vec<_>>());
            }
            None => prop_assert!(dots, "{path:?} is refused"),
        }
    }

    #[test]
    fn t16_any_text_as_a_segment_is_that_segment(text in any::<String>()) {
        let allowed = !matches!(&*text, "" | "." | "..");
        prop_assert_eq!(own(&text), allowed.then_some(text));
    }

    #[test]
    fn t16_any_text_as_a_path_stays_below_the_base(path in any::<String>()) {
        if let Some(uri) = raw(&path) {
            prop_assert_eq!(below(PAYMENTS, &uri), path.split('/').collect::<Vec<_>>());
        }
    }

    #[test]
    fn t16_a_query_stays_a_query(pairs in prop::collection::vec((any::<String>(), any::<String>()), 1..4)) {
        let raw = pairs.iter().fold(Raw::<UserKey>::new(Method::GET, "v2/things/", Effect::Safe), |raw, (name, value)| {
            raw.query(name, value)
        });
        let uri = request(&payments(), &raw).unwrap().uri().clone();
        prop_assert_eq!(uri.path(), "/business/api/v1/v2/things/");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"*-._+%&=".contains(&byte);
        prop_assert!(uri.query().unwrap().bytes().all(plain));
    }
}
