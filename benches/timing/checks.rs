//! What is measured: each check of the webhooks that compares what somebody shows with a secret.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use cashlink_core::webhook::{BearerTokens, Signer, TokenIssuer, TokenKey, Verifier, WebhookSecret};
use cashlink_core::{Now, Secret};

/// Where what is shown differs from what is right: the two classes.
#[derive(Clone, Copy)]
pub enum Wrong {
    Early,
    Late,
}

/// The right text, and where it is made wrong.
pub struct Texts {
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

    /// What the controls do with the text at the end of what was shown: compare byte by byte, up to the first difference.
    #[inline(never)]
    fn naively_equal(&self, shown: &[u8]) -> bool {
        let start = shown.len() - self.right.len();
        shown[start..].iter().zip(self.right.as_bytes()).all(|(one, other)| one == other)
    }
}

fn next_of_its_kind(letter: u8) -> u8 {
    match letter {
        b'Z' | b'z' => letter - 25,
        b'9' => b'0',
        letter => letter + 1,
    }
}

/// A check of the library.
pub trait Check {
    const NAME: &'static str;
    type Shown;

    /// What comes over the wire: a new copy each time, made in the same way for both classes, so that nothing but the one letter
    /// tells them apart, and not where it lies in memory either.
    fn show(&self, wrong: Wrong) -> Self::Shown;

    /// The library's answer.
    fn passes(&self, shown: &Self::Shown) -> bool;

    /// What a naive receiver would do instead.
    fn naively_passes(&self, shown: &Self::Shown) -> bool;
}

fn headers(name: HeaderName, value: &[&str]) -> HeaderMap {
    let value = HeaderValue::try_from(value.concat()).expect("a header's value");
    HeaderMap::from_iter([(name, value)])
}

pub struct Signature {
    verifier: Verifier,
    body: Vec<u8>,
    texts: Texts,
}

impl Signature {
    const HEADER: HeaderName = HeaderName::from_static("hook-hmac");

    pub fn new() -> Self {
        let secret = WebhookSecret::new(&Secret::new("a secret of Cashlink's")).expect("not empty");
        let body =
            br#"{"event":"cashlink.paid","timestamp":"2017-10-09T13:11:03.661620","data":{}}"#.to_vec();
        // 64 bytes are 86 letters and two `=`; the last letter has bits that must be zero.
        let texts = Texts::new(Signer::new(secret.clone()).signature(&body), 0, 84);
        Self { verifier: Verifier::new(secret), body, texts }
    }
}

impl Check for Signature {
    const NAME: &'static str = "signature";
    type Shown = HeaderMap;

    fn show(&self, wrong: Wrong) -> HeaderMap {
        headers(Self::HEADER, &[&self.texts.wrong(wrong)])
    }

    fn passes(&self, shown: &HeaderMap) -> bool {
        self.verifier.verify(shown, &self.body).is_ok()
    }

    fn naively_passes(&self, shown: &HeaderMap) -> bool {
        self.texts.naively_equal(shown[Self::HEADER].as_bytes())
    }
}

pub struct Bearer {
    tokens: BearerTokens,
    texts: Texts,
}

impl Bearer {
    pub fn new() -> Self {
        let token = "mF_9.B5f-4.1JqMmF_9.B5f-4.1JqMmF_9.B5f-4.1J";
        let tokens = BearerTokens::new(&Secret::new(token)).expect("a token");
        Self { tokens, texts: Texts::new(token.into(), 0, token.len() - 1) }
    }
}

impl Check for Bearer {
    const NAME: &'static str = "bearer token";
    type Shown = HeaderMap;

    fn show(&self, wrong: Wrong) -> HeaderMap {
        headers(header::AUTHORIZATION, &["Bearer ", &self.texts.wrong(wrong)])
    }

    fn passes(&self, shown: &HeaderMap) -> bool {
        self.tokens.authenticate(shown, b"{}").is_ok()
    }

    fn naively_passes(&self, shown: &HeaderMap) -> bool {
        self.texts.naively_equal(shown[header::AUTHORIZATION].as_bytes())
    }
}

const CLIENT_SECRET: &str = "gX1fBat3bVgX1fBat3bVgX1fBat3bVgX1fBat3bV";
const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

fn issuer() -> TokenIssuer {
    let key = TokenKey::new(&Secret::new("0123456789abcdef0123456789abcdef")).expect("32 bytes");
    TokenIssuer::new("s6BhdRkqt3", &Secret::new(CLIENT_SECRET), key).expect("id and secret")
}

fn asks(client_secret: &str) -> Request<Bytes> {
    let form = ["grant_type=client_credentials&client_id=s6BhdRkqt3&client_secret=", client_secret].concat();
    Request::post("/token")
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
        .body(Bytes::from(form))
        .expect("a request")
}

pub struct ClientSecret {
    issuer: TokenIssuer,
    texts: Texts,
}

impl ClientSecret {
    pub fn new() -> Self {
        let texts = Texts::new(CLIENT_SECRET.into(), 0, CLIENT_SECRET.len() - 1);
        Self { issuer: issuer(), texts }
    }
}

impl Check for ClientSecret {
    const NAME: &'static str = "client secret";
    type Shown = Request<Bytes>;

    fn show(&self, wrong: Wrong) -> Request<Bytes> {
        asks(&self.texts.wrong(wrong))
    }

    fn passes(&self, shown: &Request<Bytes>) -> bool {
        self.issuer.answer(NOW, [7; 16], shown).status() == 200
    }

    fn naively_passes(&self, shown: &Request<Bytes>) -> bool {
        self.texts.naively_equal(shown.body())
    }
}

/// A token that was given by us: the signature in it.
pub struct Token {
    issuer: TokenIssuer,
    texts: Texts,
}

impl Token {
    pub fn new() -> Self {
        let issuer = issuer();
        let answer = issuer.answer(NOW, [7; 16], &asks(CLIENT_SECRET));
        let answer: serde_json::Value = serde_json::from_slice(answer.body()).expect("JSON");
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        // The last 32 bytes are the signature, 43 letters of which one begins before it; the last may have bits that must be zero.
        let (early, late) = (token.len() - 42, token.len() - 2);
        Self { issuer, texts: Texts::new(token, early, late) }
    }
}

impl Check for Token {
    const NAME: &'static str = "token of ours";
    type Shown = HeaderMap;

    fn show(&self, wrong: Wrong) -> HeaderMap {
        headers(header::AUTHORIZATION, &["Bearer ", &self.texts.wrong(wrong)])
    }

    fn passes(&self, shown: &HeaderMap) -> bool {
        self.issuer.authenticate(NOW, shown, b"{}").is_ok()
    }

    fn naively_passes(&self, shown: &HeaderMap) -> bool {
        self.texts.naively_equal(shown[header::AUTHORIZATION].as_bytes())
    }
}
