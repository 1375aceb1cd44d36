//! The token call: OAuth 2.0 client credentials (RFC 6749 §4.4), written and read.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::token::Token;
use crate::answer::{Answer, DecodeError};
use crate::body::Body;
use crate::encoded::{Encoded, OwnedEffect};
use crate::{Bearer, InvalidValue, Secret};

/// A token as the token endpoint granted it. Only `access_token` is certain: no known page shows any other field.
#[derive(Clone)]
pub struct Grant {
    token: Token,
    expires_in: Option<Duration>,
    scope: Option<String>,
}

impl Grant {
    /// The name of the call that obtains a token, where those of operations stand.
    pub const OPERATION: &'static str = NAME;

    /// A grant of unknown life: for tests, and for tokens that come from elsewhere.
    ///
    /// # Errors
    /// When the token is not a `b64token` of RFC 6750.
    #[expect(clippy::needless_pass_by_value, reason = "the token is handed over")]
    pub fn new(access_token: Secret) -> Result<Self, InvalidValue> {
        Ok(Self { token: Token::new(&access_token)?, expires_in: None, scope: None })
    }

    /// The same grant, good for this long.
    #[must_use]
    pub fn with_life(mut self, life: Duration) -> Self {
        self.expires_in = Some(life);
        self
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token.clone()
    }

    /// How long the token is good, where the server said so in a way that can be believed: a number of seconds above 0
    /// (as a number or as text). 0, negative and absurd values count as not said (T33).
    #[must_use]
    pub fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    /// The scopes that were granted, where the server said so.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// Reads the token endpoint's answer.
    pub(super) fn decode(answer: &Answer<'_>) -> Result<Self, DecodeError> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            access_token: Secret,
            #[serde(borrow)]
            expires_in: Option<&'a RawValue>,
            token_type: Option<String>,
            scope: Option<String>,
        }

        let wire: Wire<'_> = answer.json()?;
        // RFC 6749 §7.1: a token whose type isn't understood must not be used.
        if wire.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(DecodeError::new("token_type", "must be bearer"));
        }
        Ok(Self {
            token: Token::new(&wire.access_token)?,
            expires_in: wire.expires_in.and_then(|text| life(text.get())),
            scope: wire.scope,
        })
    }
}

/// A positive number of seconds, as a JSON number or string of digits.
fn life(json: &str) -> Option<Duration> {
    let digits = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or(json);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|seconds| plain && *seconds > 0).map(Duration::from_secs)
}

pub(crate) const NAME: &str = "oauth.token";

/// The token request, without its URL: the form in the body, id and secret in it or in the header.
pub(super) fn request(bearer: &Bearer) -> Result<Encoded, InvalidValue> {
    // Room at once: a text that grows leaves copies of the secret behind.
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(room(bearer)));
    form.append_pair("grant_type", "client_credentials");
    if !bearer.scopes.is_empty() {
        let scopes: alloc::vec::Vec<&str> = bearer.scopes.iter().map(crate::Scope::as_str).collect();
        form.append_pair("scope", &scopes.join(" "));
    }
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if bearer.in_header {
        headers.insert(header::AUTHORIZATION, basic(bearer)?);
    } else {
        form.append_pair("client_id", &bearer.client_id);
        form.append_pair("client_secret", bearer.client_secret.expose());
    }
    const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
    let body = Body::with_type(FORM, Bytes::from(form.finish()));
    if let Some(content_type) = body.content_type() {
        headers.insert(header::CONTENT_TYPE, content_type.clone());
    }
    Ok(Encoded {
        name: NAME.into(),
        method: Method::POST,
        path: String::new(),
        query: String::new(),
        headers,
        version: None,
        body,
        // A second token does no harm.
        effect: OwnedEffect::Idempotent,
        at_own_path: true,
        follows_link: false,
    })
}

/// What the form takes at most: of what isn't ours, each byte may become three.
fn room(bearer: &Bearer) -> usize {
    let scopes = bearer.scopes.iter().map(|scope| scope.as_str().len().saturating_add(1));
    let texts = [bearer.client_id.len(), bearer.client_secret.expose().len()];
    let given = scopes.chain(texts).fold(0_usize, usize::saturating_add);
    "grant_type=client_credentials&scope=&client_id=&client_secret="
        .len()
        .saturating_add(given.saturating_mul(3))
}

/// RFC 6749 §2.3.1: id and secret are form-encoded before they are joined; raw ones fail on awkward characters (T20).
fn basic(bearer: &Bearer) -> Result<HeaderValue, InvalidValue> {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let secret = Zeroizing::new(encode(bearer.client_secret.expose()));
    let pair = Zeroizing::new(alloc::format!("{}:{}", encode(&bearer.client_id), *secret));
    let header = Zeroizing::new(alloc::format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&header)
        .map_err(|_| InvalidValue::new("OAuth client secret", "must be printable ASCII"))?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expires_in {
            Some(life) => write!(f, "a bearer token for {} s", life.as_secs()),
            None => f.write_str("a bearer token"),
        }
    }
}

/// Without the scopes, which the server wrote (T11).
impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("token", &self.token)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use expect_test::expect;
    use http::Response;

    fn read(body: &'static str) -> Result<Grant, DecodeError> {
        Grant::decode(&Answer::new(&Response::new(Bytes::from_static(body.as_bytes()))))
    }

    fn bearer(secret: &str) -> Bearer {
        Bearer::client_credentials("my client", Secret::new(secret)).unwrap().scopes([
            crate::Scope::new("investors:read").unwrap(),
            crate::Scope::new("documents:write").unwrap(),
        ])
    }

    #[test]
    fn the_form_body_is_what_the_samples_send() {
        crate::vectors::token_request(
            bearer("a&b=c"),
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/oauth/token
            accept: application/json
            content-type: application/x-www-form-urlencoded
            user-agent: cashlink-rust/0.1.0

            grant_type=client_credentials&scope=investors%3Aread+documents%3Awrite&client_id=my+client&client_secret=a%26b%3Dc"#]],
        );
    }

    #[test]
    fn t20_every_printable_secret_survives_both_encodings() {
        for byte in 0x20..=0x7E_u8 {
            let secret = alloc::format!("a{}b", char::from(byte));
            let in_body = request(&bearer(&secret)).unwrap();
            let form: Vec<_> = form_urlencoded::parse(in_body.body.as_bytes().unwrap()).collect();
            assert_eq!(form.last().unwrap(), &("client_secret".into(), secret.as_str().into()));

            let in_header = request(&bearer(&secret).by_http_basic()).unwrap();
            let header = in_header.headers[header::AUTHORIZATION].to_str().unwrap();
            let pair = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
            let pair = String::from_utf8(pair).unwrap();
            let (id, encoded) = pair.split_once(':').unwrap();
            assert_eq!(id, "my+client");
            // One pair with an empty name: what follows `=` is the decoded secret.
            let decoded = alloc::format!("={encoded}");
            assert_eq!(form_urlencoded::parse(decoded.as_bytes()).next().unwrap().1, secret);
            let body = core::str::from_utf8(in_header.body.as_bytes().unwrap()).unwrap();
            assert!(!body.contains("client_id") && !body.contains("client_secret"), "{body}");
        }
    }

    #[test]
    fn only_the_access_token_is_needed() {
        assert!(read(r#"{"access_token":"t"}"#).is_ok());
        let whole =
            read(r#"{"access_token":"t","token_type":"Bearer","expires_in":60,"scope":"a b","x":[1]}"#)
                .unwrap();
        assert_eq!((whole.expires_in(), whole.scope()), (Some(Duration::from_secs(60)), Some("a b")));
        for refused in [
            "{}",
            "",
            "null",
            r#"{"access_token":null}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":"two words"}"#,
            r#"{"access_token":"t","access_token":"u"}"#,
            r#"{"access_token":"t","token_type":"mac"}"#,
        ] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn t29_a_cut_token_response_is_an_error_wherever_it_is_cut() {
        let whole = r#"{"access_token":"t","token_type":"Bearer","expires_in":60}"#;
        assert!(read(whole).is_ok());
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_err(), "cut at byte {end}");
        }
    }

    #[test]
    fn t33_an_absurd_life_counts_as_unknown() {
        let seconds = |json: &str| life(json).map(|life| life.as_secs());
        assert_eq!(seconds("3600"), Some(3600));
        assert_eq!(seconds("1"), Some(1));
        assert_eq!(seconds("\"3600\""), Some(3600));
        assert_eq!(seconds("9223372036854775808"), Some(1 << 63));
        for absurd in [
            "0",
            "-1",
            "\"\"",
            "\"-1\"",
            "1e9",
            "3600.5",
            "null",
            "true",
            "{}",
            "18446744073709551616",
            "\" 1\"",
            "\"+1\"",
        ] {
            assert_eq!(seconds(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn t11_no_part_of_the_token_call_shows_the_secret() {
        let request = request(&bearer("canary").by_http_basic()).unwrap();
        let shown = alloc::format!("{request:?} {:?}", self::request(&bearer("canary")).unwrap());
        assert!(!shown.contains("canary") && !shown.contains(&STANDARD.encode("canary")), "{shown}");
        let grant = Grant::new(Secret::new("canary")).unwrap();
        assert!(!alloc::format!("{grant:?} {grant}").contains("canary"));
    }

    /// A text that grows leaves copies of the secret behind.
    #[test]
    fn the_form_never_outgrows_its_room() {
        for (id, secret, scopes) in
            [("c", "s", 0), ("c", "s", 1), ("!!!!", "~~~~~~~~", 0), ("!", "~", 1), ("!~!~", "~!~!~!", 9)]
        {
            let scope = || crate::Scope::new("!!").unwrap();
            let bearer = Bearer::client_credentials(id, Secret::new(secret)).unwrap();
            let bearer = bearer.scopes((0..scopes).map(|_| scope()));
            let form = request(&bearer).unwrap().body.as_bytes().unwrap().len();
            assert!(form <= room(&bearer), "{form} bytes in room for {}", room(&bearer));
        }
    }

    #[test]
    fn a_grant_says_how_long_it_is_good_where_that_is_known() {
        let grant = Grant::new(Secret::new("t")).unwrap();
        assert_eq!(alloc::format!("{grant}"), "a bearer token");
        let grant = grant.with_life(Duration::from_millis(90_900));
        assert_eq!(alloc::format!("{grant}"), "a bearer token for 90 s");
        // By `printf t | sha256sum`.
        let shown = "Grant { token: Token(e3b98a4da31a127d), expires_in: Some(90.9s), .. }";
        assert_eq!(alloc::format!("{grant:?}"), shown);
    }
}
