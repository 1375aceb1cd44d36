//! How Django REST framework says no, and what it says before anyone has looked at the content.
//!
//! The vendor documents its errors only as "field name to list of strings" (payments API) or not at all (partner API); the
//! trailing slashes, the shape of pages and that field map are the framework's, so its other shapes are used throughout.
//! The checks of single fields live in [`fields`](crate::fields).

use crate::store::Members;
use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    // What the sandbox writes are maps with string keys, which always can be written.
    let mut response = Response::new(Bytes::from(serde_json::to_vec(body).unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A page of Django itself, from before the framework was asked.
pub(crate) fn html(status: StatusCode, title: &str, text: &str) -> Response<Bytes> {
    let body = format!(
        "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>{title}</title>\n</head>\n<body>\n  <h1>{title}</h1><p>{text}</p>\n</body>\n</html>\n"
    );
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// A request that is not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// 400 with errors by field.
    Fields(Errors),
    /// Any status with `{"detail": …}`, and perhaps a header that goes with it.
    Detail { status: StatusCode, detail: Cow<'static, str>, header: Option<(HeaderName, HeaderValue)> },
}

impl Refusal {
    pub(crate) fn detail(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Detail { status, detail: detail.into(), header: None }
    }

    pub(crate) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::detail(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn not_found() -> Self {
        Self::detail(StatusCode::NOT_FOUND, "Not found.")
    }

    /// 401, which RFC 6750 section 3 wants together with a challenge.
    pub(crate) fn unauthorized(challenge: &'static str) -> Self {
        Self::Detail {
            status: StatusCode::UNAUTHORIZED,
            detail: Cow::Borrowed("Authentication credentials were not provided."),
            header: Some((WWW_AUTHENTICATE, HeaderValue::from_static(challenge))),
        }
    }

    pub(crate) fn method_not_allowed(method: &str, allowed: &str) -> Self {
        Self::Detail {
            status: StatusCode::METHOD_NOT_ALLOWED,
            detail: format!("Method \"{method}\" not allowed.").into(),
            header: HeaderValue::from_str(allowed).ok().map(|allowed| (ALLOW, allowed)),
        }
    }
}

impl From<Refusal> for Response<Bytes> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fields(errors) => json(StatusCode::BAD_REQUEST, &errors.0),
            Refusal::Detail { status, detail, header } => {
                let mut response = json(status, &json!({ "detail": detail }));
                response.headers_mut().extend(header);
                response
            }
        }
    }
}

/// Errors by field name: a list of strings, or nested errors.
#[derive(Debug, Default)]
pub(crate) struct Errors(Map<String, Value>);

impl Errors {
    /// Errors that belong to no field.
    pub(crate) fn of_none(message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add("non_field_errors", json!([message.into()]));
        errors
    }

    pub(crate) fn add(&mut self, field: &str, error: Value) {
        self.0.insert(field.to_owned(), error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// 406 when the request accepts no JSON. No `Accept` accepts everything (RFC 9110 section 12.5.1).
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut accepted = headers.get_all(ACCEPT).iter().peekable();
    let ranges = |value: &HeaderValue| value.to_str().map(str::to_ascii_lowercase).unwrap_or_default();
    let fits = |range: &str| {
        let essence = range.split(';').next().unwrap_or_default().trim();
        matches!(essence, "*/*" | "application/*" | "application/json")
    };
    if accepted.peek().is_none() || accepted.any(|value| ranges(value).split(',').any(fits)) {
        return Ok(());
    }
    Err(Refusal::detail(StatusCode::NOT_ACCEPTABLE, "Could not satisfy the request Accept header."))
}

/// 415 unless the content type's essence is this one. The answer is the whole content type, parameters included.
pub(crate) fn content_type<'a>(request: &'a Request<Bytes>, wanted: &str) -> Result<&'a str, Refusal> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(given);
    }
    Err(Refusal::detail(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("Unsupported media type \"{given}\" in request."),
    ))
}

/// A JSON body, twice: as values to check, and as it came, to keep.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) values: Map<String, Value>,
    pub(crate) members: Members,
}

/// Reads the JSON object in a body. An empty body is an empty object whatever its content type says, as in the framework.
pub(crate) fn input(request: &Request<Bytes>) -> Result<Input, Refusal> {
    let body = request.body();
    if body.is_empty() {
        return Ok(Input { values: Map::new(), members: Members::default() });
    }
    content_type(request, "application/json")?;
    let parse_error = |error: serde_json::Error| Refusal::bad_request(format!("JSON parse error - {error}"));
    match serde_json::from_slice(body).map_err(parse_error)? {
        Value::Object(values) => {
            Ok(Input { values, members: serde_json::from_slice(body).map_err(parse_error)? })
        }
        other => Err(Refusal::Fields(Errors::of_none(not_an_object(&other)))),
    }
}

/// What the framework says to anything that should have been an object. It names Python's types.
pub(crate) fn not_an_object(value: &Value) -> String {
    let python = match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    };
    format!("Invalid data. Expected a dictionary, but got {python}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(content_type: &str, body: &'static str) -> Request<Bytes> {
        Request::post("/").header(CONTENT_TYPE, content_type).body(Bytes::from(body)).unwrap()
    }

    fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (u16, String) {
        let response = Response::from(result.unwrap_err());
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    #[test]
    fn a_body_that_is_not_json_is_a_parse_error() {
        let (status, body) = refused(input(&request("application/json", "{\"a\": }")));
        assert_eq!(status, 400);
        assert!(body.starts_with(r#"{"detail":"JSON parse error - "#), "{body}");
    }

    #[test]
    fn a_parse_error_does_not_echo_the_body() {
        let (_, body) = refused(input(&request("application/json", "{\"iban\": DE89370400440532013000}")));
        assert!(!body.contains("DE8937"), "{body}");
    }

    #[test]
    fn json_that_is_no_object_is_named_by_its_python_type() {
        for (given, python) in
            [("[]", "list"), ("\"x\"", "str"), ("null", "NoneType"), ("1", "int"), ("1.5", "float")]
        {
            let (status, body) = refused(input(&request("application/json", given)));
            assert_eq!(status, 400);
            assert_eq!(
                body,
                format!(
                    r#"{{"non_field_errors":["Invalid data. Expected a dictionary, but got {python}."]}}"#
                )
            );
        }
    }

    #[test]
    fn another_content_type_is_415_but_parameters_and_case_do_not_matter() {
        let (status, body) = refused(input(&request("text/plain", "{}")));
        assert_eq!(
            (status, &*body),
            (415, r#"{"detail":"Unsupported media type \"text/plain\" in request."}"#)
        );
        assert!(input(&request("Application/JSON; charset=utf-8", "{}")).is_ok());
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert!(input(&request("text/plain", "")).unwrap().values.is_empty());
    }

    #[test]
    fn a_request_that_accepts_no_json_is_406() {
        let accepting = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_str(value).unwrap());
            negotiate(&headers)
        };
        assert!(accepting("application/json").is_ok());
        assert!(accepting("text/html;q=0.9, Application/*").is_ok());
        assert!(accepting("text/html, */*;q=0.1").is_ok());
        assert!(negotiate(&HeaderMap::new()).is_ok());
        assert_eq!(refused(accepting("text/html")).0, 406);
    }
}
