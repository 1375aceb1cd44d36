//! The set-up that the tests share: a sandbox, a time, and requests written in one line.

use crate::config::Config;
use crate::demo;
use crate::engine::Sandbox;
use bytes::Bytes;
use expect_test::Expect;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const INVESTORS: &str = "/api/external/distributor/v2/investors/";
pub(crate) const INVESTMENTS: &str = "/api/external/distributor/v2/investments/";
pub(crate) const DOCUMENTS: &str = "/api/external/distributor/v2/documents/";
pub(crate) const TOKEN: &str = "/api/external/oauth/token";
pub(crate) const CASHLINK: &str = "/business/api/v1/cashlink";
pub(crate) const REGISTER: &str = "/business/api/v1/register/";

/// 2023-11-14T22:13:20Z: some time.
pub(crate) const NOW: Duration = Duration::from_secs(1_700_000_000);

/// A request being written.
#[derive(Clone)]
pub(crate) struct Ask(Request<Bytes>);

impl Ask {
    pub(crate) fn method(method: &str, path: &str) -> Self {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        Self(Request::builder().method(method).uri(path).body(Bytes::new()).unwrap())
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::method("GET", path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::method("POST", path)
    }

    /// Adds a header, also beside one of the same name.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("x-idempotency-key", key)
    }

    pub(crate) fn fault(self, fault: &str) -> Self {
        self.header("x-sandbox-fault", fault)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn form(self, pairs: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    pub(crate) fn file(self, disposition: &str, data: &str) -> Self {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: application/pdf\r\n\r\n{data}\r\n--b--\r\n"
        );
        self.body("multipart/form-data; boundary=b", body)
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        *self.0.body_mut() = body.into();
        self.header("content-type", content_type)
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) extensions: http::Extensions,
    pub(crate) text: String,
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and body, to be compared with one written in the test.
    pub(crate) fn is(&self, status: u16, body: Value) {
        assert_eq!((self.status, self.json()), (status, body));
    }

    /// The member `id`.
    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text)).to_owned()
    }
}

/// A sandbox at a time.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) now: Duration,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of(Config::default())
    }

    pub(crate) fn of(config: Config) -> Self {
        Self { sandbox: Sandbox::new(config), now: NOW }
    }

    pub(crate) fn ask(&mut self, ask: Ask) -> Told {
        let response = self.sandbox.handle(self.now, ask.0);
        let (parts, body) = response.into_parts();
        Told {
            status: parts.status.as_u16(),
            headers: parts.headers,
            extensions: parts.extensions,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// A token of the demo distributor with all its scopes.
    pub(crate) fn token(&mut self) -> String {
        self.token_for(
            demo::DISTRIBUTOR_CLIENT_ID,
            demo::DISTRIBUTOR_CLIENT_SECRET,
            &demo::DISTRIBUTOR_SCOPES.join(" "),
        )
    }

    pub(crate) fn token_for(&mut self, id: &str, secret: &str, scope: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", scope),
        ];
        let told = self.ask(Ask::post(TOKEN).form(&form));
        told.json()["access_token"].as_str().unwrap_or_else(|| panic!("no token in {}", told.text)).to_owned()
    }

    /// Asks as the demo distributor, with a token of its own for this one request.
    pub(crate) fn distributor(&mut self, ask: Ask) -> Told {
        let token = self.token();
        self.ask(ask.bearer(&token))
    }

    /// Asks the payments API with the demo USERKEY.
    pub(crate) fn user(&mut self, ask: Ask) -> Told {
        self.ask(ask.header("x-api-key", demo::USER_KEY))
    }

    /// Asks the payments API with the demo APPKEY.
    pub(crate) fn app(&mut self, ask: Ask) -> Told {
        self.ask(ask.header("x-api-key", demo::APP_KEY))
    }

    /// The id of a new investor.
    pub(crate) fn investor(&mut self, key: &str) -> String {
        let told = self.distributor(Ask::post(INVESTORS).key(key).json(&investor()));
        assert_eq!(told.status, 201, "{}", told.text);
        told.id()
    }
}

/// An investor that nothing is wrong with.
pub(crate) fn investor() -> Value {
    json!({
        "natural_person": {
            "salutation": "MR", "forename": "Max", "surname": "Mustermann", "birth_date": "1980-03-12",
            "birth_place": "Frankfurt", "citizenship": "DEU", "street": "Hauptstr. 1", "city": "Frankfurt",
            "zip": "60311", "country": "DEU", "phone": "+49691234", "is_pep": false, "is_subject_to_us_tax": false,
        },
        "is_beneficiary": true,
    })
}

/// An investment of this investor that nothing is wrong with.
pub(crate) fn investment(investor: &str) -> Value {
    json!({
        "investor_id": investor,
        "campaign_id": demo::CAMPAIGN_ID,
        "units": 5,
        "signed_at": "2020-12-11T14:59:46.716Z",
    })
}

/// Compares a body, laid out for reading, with one written in the test.
pub(crate) fn golden(body: &Value, expected: &Expect) {
    expected.assert_eq(&serde_json::to_string_pretty(body).unwrap());
}
