//! A token request, read: RFC 6749 §4.4.2, with the client's credentials in the form or in HTTP Basic (§2.3.1).

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::json;

/// What was asked for, and by whom.
pub(super) struct Asked {
    /// Id and secret, in each way in which they may be meant.
    pub(super) credentials: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) is_client_credentials: bool,
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Method,
    Request,
    GrantType,
    Client,
}

impl Refusal {
    pub(super) fn response(self) -> Response<Bytes> {
        let (status, error) = match self {
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "invalid_request"),
            Self::Request => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::Client => (StatusCode::UNAUTHORIZED, "invalid_client"),
        };
        let mut response = json(status, alloc::format!(r#"{{"error":"{error}"}}"#));
        let headers = response.headers_mut();
        match self {
            Self::Client => {
                let challenge = HeaderValue::from_static(r#"Basic realm="webhooks", charset="UTF-8""#);
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::Method => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Self::Request | Self::GrantType => {}
        }
        response
    }
}

/// The parameters that this server knows; others are ignored (RFC 6749 §3.2), but none of these may come twice.
#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Asked, Refusal> {
    let form = form(headers, body)?;
    let credentials = match (authorization(headers)?, form.client_id, form.client_secret) {
        (None, Some(id), Some(secret)) => Vec::from([(id.into_bytes(), secret.into_bytes())]),
        (None, _, _) => return Err(Refusal::Client),
        (Some(basic), id, None) => {
            let mut credentials = by_basic(basic).ok_or(Refusal::Client)?;
            // An id alone is no second way of authenticating: it says who it is (§3.2.1), and must not say otherwise.
            credentials.retain(|(shown, _)| id.as_ref().is_none_or(|id| id.as_bytes() == shown));
            credentials
        }
        // More than one way of authenticating is an error (§2.3).
        (Some(_), _, Some(_)) => return Err(Refusal::Request),
    };
    let grant_type = form.grant_type.ok_or(Refusal::Request)?;
    Ok(Asked { credentials, is_client_credentials: grant_type == "client_credentials" })
}

fn form(headers: &HeaderMap, body: &[u8]) -> Result<Form, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::Request);
    }
    let mut form = Form::default();
    for (name, value) in form_urlencoded::parse(body) {
        let place = match &*name {
            "grant_type" => &mut form.grant_type,
            "scope" => &mut form.scope,
            "client_id" => &mut form.client_id,
            "client_secret" => &mut form.client_secret,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(Refusal::Request);
        }
    }
    // A parameter without a value is treated as if it were not there (§3.2).
    let valued = |value: Option<String>| value.filter(|text| !text.is_empty());
    Ok(Form {
        grant_type: valued(form.grant_type),
        scope: form.scope,
        client_id: valued(form.client_id),
        client_secret: valued(form.client_secret),
    })
}

/// The one `Authorization` header, if there is any.
fn authorization(headers: &HeaderMap) -> Result<Option<&[u8]>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        _ => Err(Refusal::Request),
    }
}

/// Id and secret of HTTP Basic. RFC 6749 has both form-encoded first, and many clients leave that out; which of them Cashlink's
/// is, isn't known. So both readings are tried: neither lets anybody in who doesn't know the secret.
fn by_basic(value: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let (scheme, encoded) = value.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some([(decoded(id), decoded(secret)), (id.into(), secret.into())].into())
}

/// One form-encoded value. What it decodes to need not be text: it may have been sent raw, and only look encoded.
fn decoded(text: &str) -> Vec<u8> {
    // As the value of a parameter: `&` and `=` in it would have been encoded, so they are kept as they are.
    percent_encoding::percent_decode_str(&text.replace('+', " ")).collect()
}
