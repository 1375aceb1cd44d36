//! What is measured: each check of the webhooks that compares what somebody shows with a secret.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{HeaderName, HeaderValue, Request, header};
use cashlink_core::webhook::{BearerTokens, Signer, TokenIssuer, TokenKey, Verifier, WebhookSecret};
use cashlink_core::{Now, Secret};

/// Where what is shown differs from what is right: the two classes.
#[derive(Clone, Copy)]
pub enum Wrong {
    Early,
    Late,
}

/// The right text, and where it is made wrong.
struct Texts {
    right: String,
    places: [usize; 2],
}

impl Texts {
    /// The first letter or digit from `early` on, and the last one up to `late`.
    fn new(right: String, early: usize, late: usize) -> Self {
        let alphanumeric = |place: &usize| right.as_bytes()[*place].is_ascii_alphanumeric();
        let places = [(early..=late).find(alphanumeric), (early..=late).rfind(alphanumeric)];
        Self { places: places.map(|place| place.expect("a letter or a digit")), right }
    }

    /// A wrong text. Both classes read and write the same places in memory, in the same order, and a letter becomes another one of
    /// its kind: how long it takes to read a text may depend on the text, which whoever shows it knows. What must not be told is
    /// how much of it is right.
    fn wrong(&self, wrong: Wrong) -> String {
        let mut text = self.right.clone().into_bytes();
        for (index, place) in self.places.into_iter().enumerate() {
            let changed = u8::from(index == wrong as usize);
            text[place] ^= (text[place] ^ next_of_its_kind(text[place])) * changed;
        }
        String::from_utf8(text).expect("ASCII")
    }
}

fn next_of_its_kind(letter: u8) -> u8 {
    match letter {
        b'Z' | b'z' => letter - 25,
        b'9' => b'0',
        letter => letter + 1,
    }
}

/// A check of the library, of which somebody knows all but the secret.
pub struct Check {
    pub name: &'static str,
    texts: Texts,
    right: Request<Bytes>,
    request: fn(&str) -> Request<Bytes>,
    passes: Box<Passes>,
    /// Where the secret is, in what was shown.
    compared: fn(&Request<Bytes>) -> &[u8],
}

impl Check {
    fn new(
        name: &'static str,
        texts: Texts,
        (request, compared): Shown,
        passes: impl Fn(&Request<Bytes>) -> bool + 'static,
    ) -> Self {
        let right = request(&texts.right);
        assert!(passes(&right), "{name}: what is right is refused");
        Self { name, texts, right, request, passes: Box::new(passes), compared }
    }

    /// What comes over the wire: a new copy each time, made in the same way for both classes, so that nothing but the one letter
    /// tells them apart, and not where it lies in memory either.
    pub fn show(&self, wrong: Wrong) -> Request<Bytes> {
        (self.request)(&self.texts.wrong(wrong))
    }

    /// The library's answer.
    pub fn passes(&self, shown: &Request<Bytes>) -> bool {
        (self.passes)(shown)
    }

    /// What a naive receiver would do instead: compare byte by byte, up to the first difference.
    #[inline(never)]
    pub fn naively_passes(&self, shown: &Request<Bytes>) -> bool {
        (self.compared)(shown).iter().zip((self.compared)(&self.right)).all(|(one, other)| one == other)
    }
}

/// All of them. Of two secrets the second is the one that is shown.
pub fn all() -> [Check; 9] {
    let webhook = |secret| WebhookSecret::new(&Secret::new(secret)).expect("not empty");
    let signer = Signer::new(webhook(SIGNING));
    let bearer = BearerTokens::new(&Secret::new(TOKEN)).expect("a token");
    let second_bearer = BearerTokens::new(&Secret::new("another-token"))
        .and_then(|tokens| tokens.or(&Secret::new(TOKEN)))
        .expect("tokens");
    let issuer = issuer(CLIENT_SECRET, KEY);
    let second_secret =
        self::issuer("another secret", KEY).or_client_secret(&Secret::new(CLIENT_SECRET)).expect("not empty");
    let second_key = self::issuer(CLIENT_SECRET, "fedcba9876543210fedcba9876543210").or_key(key(KEY));
    let token = given(&issuer);
    [
        signature("signature", &signer, Verifier::new(webhook(SIGNING))),
        signature("second signature", &signer, Verifier::new(webhook("another")).or(webhook(SIGNING))),
        bearer_token("bearer token", bearer),
        bearer_token("second bearer token", second_bearer),
        client_secret("client secret", FORM, issuer.clone()),
        client_secret("client secret by Basic", BASIC, issuer.clone()),
        client_secret("second client secret", FORM, second_secret),
        token_of_ours("token of ours", &token, issuer),
        token_of_ours("token of the second key", &token, second_key),
    ]
}

const SIGNING: &str = "a secret of Cashlink's";
const KEY: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "mF_9.B5f-4.1JqMmF_9.B5f-4.1JqMmF_9.B5f-4.1J";
const CLIENT_SECRET: &str = "gX1fBat3bVgX1fBat3bVgX1fBat3bVgX1fBat3bV";
const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);
const HOOK_HMAC: HeaderName = HeaderName::from_static("hook-hmac");
const EVENT: &[u8] = br#"{"event":"cashlink.paid","timestamp":"2017-10-09T13:11:03.661620","data":{}}"#;

type Passes = dyn Fn(&Request<Bytes>) -> bool;

/// How a secret is shown, and where it is then.
type Shown = (fn(&str) -> Request<Bytes>, fn(&Request<Bytes>) -> &[u8]);

const HOOK: Shown =
    (|signature| with_header(HOOK_HMAC, signature, EVENT), |shown| shown.headers()[HOOK_HMAC].as_bytes());
const BEARER: Shown = (
    |token| with_header(header::AUTHORIZATION, &["Bearer ", token].concat(), b"{}"),
    |shown| shown.headers()[header::AUTHORIZATION].as_bytes(),
);
const FORM: Shown = (
    |secret| asks(None, &[GRANT, "&client_id=s6BhdRkqt3&client_secret=", secret].concat()),
    |shown| shown.body(),
);
const BASIC: Shown = (
    |secret| {
        let pair = STANDARD.encode(["s6BhdRkqt3:", secret].concat());
        asks(Some(&["Basic ", &pair].concat()), GRANT)
    },
    |shown| shown.headers()[header::AUTHORIZATION].as_bytes(),
);
const GRANT: &str = "grant_type=client_credentials";

fn with_header(name: HeaderName, value: &str, body: &'static [u8]) -> Request<Bytes> {
    let value = HeaderValue::try_from(value).expect("a header's value");
    Request::post("/").header(name, value).body(Bytes::from_static(body)).expect("a request")
}

fn asks(authorization: Option<&str>, form: &str) -> Request<Bytes> {
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    let mut request = Request::post("/token").header(header::CONTENT_TYPE, form_type);
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    request.body(Bytes::from(form.to_owned())).expect("a request")
}

fn whole(secret: &str) -> Texts {
    Texts::new(secret.into(), 0, secret.len() - 1)
}

fn signature(name: &'static str, signer: &Signer, verifier: Verifier) -> Check {
    // 64 bytes are 86 letters and two `=`; the last letter has bits that must be zero.
    let texts = Texts::new(signer.signature(EVENT), 0, 84);
    Check::new(name, texts, HOOK, move |shown| verifier.verify(shown.headers(), shown.body()).is_ok())
}

fn bearer_token(name: &'static str, tokens: BearerTokens) -> Check {
    Check::new(name, whole(TOKEN), BEARER, move |shown| tokens.authenticate(shown.headers(), b"{}").is_ok())
}

fn client_secret(name: &'static str, shown: Shown, issuer: TokenIssuer) -> Check {
    Check::new(name, whole(CLIENT_SECRET), shown, move |shown| {
        issuer.answer(NOW, [7; 16], shown).status() == 200
    })
}

/// The signature in a token.
fn token_of_ours(name: &'static str, token: &str, issuer: TokenIssuer) -> Check {
    // The last 32 bytes are the signature, 43 letters of which one begins before it; the last may have bits that must be zero.
    let texts = Texts::new(token.into(), token.len() - 42, token.len() - 2);
    Check::new(name, texts, BEARER, move |shown| issuer.authenticate(NOW, shown.headers(), b"{}").is_ok())
}

fn given(issuer: &TokenIssuer) -> String {
    let answer = issuer.answer(NOW, [7; 16], &FORM.0(CLIENT_SECRET));
    let answer: serde_json::Value = serde_json::from_slice(answer.body()).expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
}

fn key(text: &str) -> TokenKey {
    TokenKey::new(&Secret::new(text)).expect("32 bytes")
}

fn issuer(client_secret: &str, key: &str) -> TokenIssuer {
    TokenIssuer::new("s6BhdRkqt3", &Secret::new(client_secret), self::key(key)).expect("id and secret")
}
