//! T15: every byte at the beginning, in the middle and at the end of every value that ends up in a header. What is
//! accepted is there unchanged, and nothing else is.

use std::collections::BTreeSet;

use cashlink_core::body::{Body, MediaType};
use cashlink_core::http::{Method, Request};
use cashlink_core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
use cashlink_core::payments::{Payments, RegisterBusiness};
use cashlink_core::{
    AppKey, Bearer, Call, Client, Effect, IdempotencyKey, Raw, Secret, Step, Token, UserKey,
};

use crate::{NOW, outgoing, partner, payments, request, sent};

/// A value that is bound for a header.
struct Bound {
    name: &'static str,
    /// A value that is accepted, as beginning and end; bytes are put before, between and behind.
    around: (&'static str, &'static str),
    /// The request with this value; `None` where it is refused.
    make: fn(&str) -> Option<Request<Body>>,
    header: &'static str,
    /// What the header's value must be.
    expected: fn(&str) -> String,
    /// Whether the byte is allowed at this place, by the rule in the documents and not by the code.
    allowed: fn(u8, Place) -> bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Begin,
    Middle,
    End,
}

fn visible(byte: u8) -> bool {
    (0x21..=0x7E).contains(&byte)
}

/// RFC 9110 §5.6.2.
fn tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn plain(text: &str) -> String {
    text.into()
}

fn get<C: cashlink_core::Credential>() -> Raw<C> {
    Raw::new(Method::GET, "v2/things/", Effect::Safe)
}

const BOUND: [Bound; 8] = [
    Bound {
        name: "idempotency key",
        around: ("order", "4711"),
        make: |value| {
            let create =
                CreateInvestor::natural_person(IdempotencyKey::new(value).ok()?, NaturalPerson::new(), true);
            request(&partner(), &create)
        },
        header: "x-idempotency-key",
        expected: plain,
        allowed: |byte, _| visible(byte),
    },
    Bound {
        name: "user key",
        around: ("live", "0123"),
        make: |value| {
            let key = UserKey::new(Secret::new(value)).ok()?;
            request(&Client::new(Payments::production(), key), &get::<UserKey>())
        },
        header: "x-api-key",
        expected: plain,
        allowed: |byte, _| visible(byte),
    },
    Bound {
        name: "app key",
        around: ("live", "0123"),
        make: |value| {
            let key = AppKey::new(Secret::new(value)).ok()?;
            request(
                &Client::new(Payments::production(), key),
                &RegisterBusiness::individual("a@b.example", "B"),
            )
        },
        header: "x-api-key",
        expected: plain,
        allowed: |byte, _| visible(byte),
    },
    Bound {
        name: "bearer token",
        around: ("t0", "k3n"),
        make: |value| {
            let token = Token::new(&Secret::new(value)).ok()?;
            let Step::Authorize(need) = partner().start(&get::<Bearer>(), NOW, [0; 16]) else { return None };
            Some(outgoing(need.with(token, NOW)))
        },
        header: "authorization",
        expected: |value| format!("Bearer {value}"),
        // RFC 6750 §2.1: padding at the end only.
        allowed: |byte, place| {
            byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte) || (byte == b'=' && place == Place::End)
        },
    },
    Bound {
        name: "API version",
        around: ("2018-", "01-15"),
        make: |value| {
            let api = Payments::production().version(value.parse().ok()?);
            let key = UserKey::new(Secret::new("key")).ok()?;
            request(&Client::new(api, key), &get::<UserKey>())
        },
        header: "x-api-version",
        expected: plain,
        // A date has no place for another byte.
        allowed: |_, _| false,
    },
    Bound {
        name: "application name",
        around: ("web", "shop/2.1"),
        make: |value| {
            let key = UserKey::new(Secret::new("key")).ok()?;
            let client = Client::builder(Payments::production(), key).application(value).ok()?.build();
            request(&client, &get::<UserKey>())
        },
        header: "user-agent",
        expected: |value| format!("cashlink-rust/{} {value}", env!("CARGO_PKG_VERSION")),
        allowed: |byte, place| visible(byte) || (byte == b' ' && place == Place::Middle),
    },
    Bound {
        name: "header of a call",
        around: ("trace", "0123"),
        make: |value| {
            let call = Call::new(&get::<UserKey>()).ok()?.header("X-Trace", value).ok()?;
            Some(sent(&payments(), &call))
        },
        header: "x-trace",
        expected: plain,
        allowed: |byte, _| (0x20..=0x7E).contains(&byte),
    },
    Bound {
        name: "media type",
        around: ("te", "xt/plain"),
        make: |value| {
            let media_type = MediaType::new(value).ok()?;
            request(&payments(), &get::<UserKey>().body(Body::new(&media_type, "x")))
        },
        header: "content-type",
        expected: plain,
        allowed: |byte, _| tchar(byte),
    },
];

fn names(request: &Request<Body>) -> BTreeSet<&str> {
    request.headers().keys().map(|name| name.as_str()).collect()
}

/// No header of any request has a byte that ends a line, or one that some reader takes for such.
fn assert_harmless(request: &Request<Body>, of: &str) {
    for (name, value) in request.headers() {
        assert!(name.as_str().bytes().all(tchar), "{of}: {name}");
        assert!(value.as_bytes().iter().all(|byte| (0x20..=0x7E).contains(byte)), "{of}: {name}");
    }
}

#[test]
fn t15_a_byte_that_is_accepted_goes_out_unchanged_and_adds_no_header() {
    for Bound { name, around: (begin, end), make, header, expected, allowed } in BOUND {
        let innocent = make(&format!("{begin}{end}")).expect(name);
        let mut accepted = 0;
        for byte in 0..=255 {
            let character = char::from(byte);
            for (place, value) in [
                (Place::Begin, format!("{character}{begin}{end}")),
                (Place::Middle, format!("{begin}{character}{end}")),
                (Place::End, format!("{begin}{end}{character}")),
            ] {
                let request = make(&value);
                assert_eq!(request.is_some(), allowed(byte, place), "{name} {value:?}");
                let Some(request) = request else { continue };
                accepted += 1;
                assert_harmless(&request, name);
                assert_eq!(names(&request), names(&innocent), "{name} {value:?}");
                let values: Vec<_> = request.headers().get_all(header).iter().collect();
                assert_eq!(values.len(), 1, "{name} {value:?}");
                assert_eq!(values[0].as_bytes(), expected(&value).as_bytes(), "{name} {value:?}");
                assert_eq!(request.uri(), innocent.uri(), "{name} {value:?}");
            }
        }
        assert!(accepted > 0 || name == "API version", "{name}");
    }
}

#[test]
fn t15_a_line_break_in_any_spelling_is_refused_everywhere() {
    for Bound { name, around: (begin, end), make, .. } in BOUND {
        // Behind those that end a line: characters whose low byte does, which some readers cut out of them.
        for evil in [
            "\r\nX-Evil: 1",
            "\nX-Evil: 1",
            "\rX-Evil: 1",
            "\r\n\r\nbody",
            "\r\n folded",
            "\0",
            "\u{85}",
            "\u{2028}",
            "\u{10d}\u{10a}",
            "\u{560a}",
        ] {
            for value in
                [format!("{begin}{evil}{end}"), format!("{evil}{begin}{end}"), format!("{begin}{end}{evil}")]
            {
                assert!(make(&value).is_none(), "{name} {value:?}");
            }
        }
        assert!(make("").is_none() || name == "header of a call", "{name}: empty");
    }
}

#[test]
fn t15_a_header_name_is_a_token_and_none_of_the_librarys_own() {
    let call = || Call::new(&get::<UserKey>()).unwrap();
    let innocent = sent(&payments(), &call());
    for byte in 0..=255_u8 {
        let character = char::from(byte);
        for name in [format!("{character}x-a"), format!("x-{character}a"), format!("x-a{character}")] {
            let with = call().header(&name, "value");
            assert_eq!(with.is_ok(), tchar(byte), "{name:?}");
            let Ok(with) = with else { continue };
            let request = sent(&payments(), &with);
            let added: Vec<_> =
                names(&request).difference(&names(&innocent)).map(|name| (*name).to_owned()).collect();
            assert_eq!(added, [name.to_ascii_lowercase()]);
            assert_harmless(&request, &name);
        }
    }
    for own in innocent.headers().keys().filter(|name| *name != "accept") {
        for spelled in [own.as_str().to_owned(), own.as_str().to_uppercase()] {
            assert!(call().header(&spelled, "forged").is_err(), "{spelled}");
        }
    }
    for own in
        ["Authorization", "X-Idempotency-Key", "Host", "Content-Length", "Transfer-Encoding", "Cookie", "Te"]
    {
        assert!(call().header(own, "forged").is_err(), "{own}");
    }
}

#[test]
fn t15_a_key_has_1_to_255_bytes_and_a_long_one_goes_out_whole() {
    let make = BOUND[0].make;
    let longest = "k".repeat(255);
    assert_eq!(make(&longest).unwrap().headers()["x-idempotency-key"], longest);
    assert!(make(&"k".repeat(256)).is_none() && make("").is_none());
}

#[test]
fn t15_the_same_holds_where_a_token_is_asked_for() {
    // The token call has its own headers: here only the name that the application gives itself is a caller's.
    let client = Client::builder(Partner::demo(), crate::bearer("id", "secret").unwrap())
        .application("web-shop/2.1")
        .unwrap()
        .build();
    let Step::Authorize(mut need) = client.start(&get::<Bearer>(), NOW, [0; 16]) else {
        panic!("a token first")
    };
    let request = outgoing(need.request(NOW));
    assert_harmless(&request, "token call");
    assert_eq!(names(&request), ["accept", "content-type", "user-agent"].into());
}
