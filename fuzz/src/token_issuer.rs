//! Token requests that come to us, and the tokens that come with deliveries (T52, T57–T58).

use std::sync::LazyLock;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use cashlink_core::webhook::{TokenIssuer, TokenKey};
use cashlink_core::{Now, Secret};

use crate::flow::NOW;
use crate::json::{self, Reading};
use crate::webhook_verify::headers_and_body;

const ID: &str = "a b";
const SECRET: &str = "s+%";

static ISSUER: LazyLock<TokenIssuer> = LazyLock::new(|| {
    let key = TokenKey::new(&Secret::new("0123456789abcdef0123456789abcdef")).expect("32 bytes");
    TokenIssuer::new(ID, &Secret::new(SECRET), key).expect("id and secret")
});

/// A token is given only to who shows id and secret, once and in one way; and only a token that was given gets in.
///
/// The lines of the input up to an empty one are headers, `name: value`; behind that comes the body, of a POST. It is accepted
/// when it gets a token.
pub fn token_issuer(input: &[u8]) -> bool {
    let (lines, body) = headers_and_body(input);
    let mut request = Request::post("/").body(Bytes::copy_from_slice(body)).expect("a request");
    for line in lines {
        let Some(colon) = line.windows(2).position(|pair| pair == b": ") else { continue };
        let (name, value) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 2..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
    let authenticated = ISSUER.authenticate(NOW, request.headers(), body).is_ok();
    assert!(!authenticated, "nobody can guess a token");

    let answer = ISSUER.answer(NOW, [7; 16], &request);
    let Reading::Json(told) = json::read(answer.body()) else { panic!("{:?}", answer.body()) };
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    if answer.status() != 200 {
        let codes = ["invalid_request", "invalid_client", "unsupported_grant_type"];
        assert!(codes.contains(&told.all("error")[0].as_text().expect("a code")));
        assert_eq!(answer.headers().contains_key(header::WWW_AUTHENTICATE), answer.status() == 401);
        return false;
    }
    assert!(shows_the_secret(request.headers(), body), "{:?} {body:?}", request.headers());
    assert_gets_in_until_it_ends(told.all("access_token")[0].as_text().expect("a token"));
    true
}

/// Whether the secret, in any spelling, stands anywhere in what was shown: who doesn't know it gets nothing.
fn shows_the_secret(headers: &HeaderMap, body: &[u8]) -> bool {
    let spellings = ["s%2B%25", "s%2b%25", "%73%2B%25", "s+%"];
    let in_form = percent_decoded(body).windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    let in_header = headers.get(header::AUTHORIZATION).is_some_and(|value| {
        let encoded = value.as_bytes().get(6..).unwrap_or_default();
        let text = unbase64(encoded);
        spellings.iter().any(|spelling| text.ends_with(spelling.as_bytes()))
            || percent_decoded(&text).ends_with(SECRET.as_bytes())
    });
    in_form || in_header
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (first, byte.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                rest = &behind[2..];
            }
            _ => {
                decoded.push(*first);
                rest = behind;
            }
        }
    }
    decoded
}

/// Base64 as simple as it can be, for texts that are canonical.
fn unbase64(text: &[u8]) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text {
        let Some(value) = alphabet.iter().position(|letter| letter == byte) else { break };
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

fn assert_gets_in_until_it_ends(token: &str) {
    let gets_in = |token: &str, wall| {
        let value = HeaderValue::try_from(format!("Bearer {token}")).expect("a token is a header value");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        ISSUER.authenticate(Now { wall, ..NOW }, &headers, b"{}").is_ok()
    };
    // 15 minutes, and the minute by which clocks may be apart.
    assert!(gets_in(token, NOW.wall) && gets_in(token, NOW.wall + 959));
    assert!(!gets_in(token, NOW.wall + 960));
    for end in 0..token.len() {
        assert!(!gets_in(&token[..end], NOW.wall), "cut at {end}");
    }
}
