//! The newer generation, the simple form: Cashlink shows a bearer token that it was given.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use super::notice::Authenticated;
use crate::{InvalidValue, Secret};

/// Larger than any notification that the documentation shows by three orders of magnitude.
pub(super) const MAX_BODY: usize = 1024 * 1024;

/// The bearer tokens that Cashlink may show: the one that it was given, and while it is exchanged, the next one.
///
/// Digests are compared, in constant time and all of them, so that an answer's time tells nothing of a token (T49, T57). No
/// token can be empty.
///
/// ```
/// use cashlink_core::Secret;
/// use cashlink_core::http::{HeaderMap, HeaderValue, header};
/// use cashlink_core::webhook::{BearerTokens, Notice};
///
/// let tokens = BearerTokens::new(&Secret::new("t0k3n-of-2020"))?.or(&Secret::new("t0k3n-of-2021"))?;
///
/// let body = br#"{"investment_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"ACCEPTED","changed_at":"2020-12-11T14:59:46.716Z"}"#;
/// let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static("Bearer t0k3n-of-2021"))]);
/// let Notice::StatusChanged(changed) = tokens.authenticate(&headers, body)?.notice()? else { panic!() };
/// assert_eq!(changed.status.as_str(), "ACCEPTED");
///
/// let refused = tokens.authenticate(&HeaderMap::new(), body).unwrap_err();
/// assert_eq!(refused.response().status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BearerTokens {
    digests: Vec<[u8; 32]>,
    max_body: usize,
}

impl BearerTokens {
    /// Accepts this token.
    ///
    /// # Errors
    /// When it isn't a bearer token of RFC 6750: letters, digits, `-._~+/`, and `=` at the end; not empty.
    pub fn new(token: &Secret) -> Result<Self, InvalidValue> {
        Self { digests: Vec::new(), max_body: MAX_BODY }.or(token)
    }

    /// Accepts this token as well.
    ///
    /// # Errors
    /// As for [`BearerTokens::new`].
    pub fn or(mut self, token: &Secret) -> Result<Self, InvalidValue> {
        if !is_token(token.expose().as_bytes()) {
            return Err(InvalidValue::new(
                "bearer token",
                "must be letters, digits and -._~+/, then perhaps =",
            ));
        }
        self.digests.push(digest(token.expose().as_bytes()));
        Ok(self)
    }

    /// Refuses larger bodies before anything is looked at (T58). 1 MiB.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Proves that the sender has one of the tokens.
    ///
    /// # Errors
    /// [`Unauthorized`], whatever was wrong: no `Authorization`, two of them, another scheme, more or less than one space, a
    /// token that isn't ours or has something before or behind it, a body that is too large.
    pub fn authenticate<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
    ) -> Result<Authenticated<'a>, Unauthorized> {
        let token = shown(headers, body, self.max_body)?;
        match index_of(&digest(token), &self.digests) {
            Some(index) => Ok(Authenticated::new(body, index)),
            None => Err(Unauthorized::REFUSED),
        }
    }
}

impl fmt::Debug for BearerTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BearerTokens({})", self.digests.len())
    }
}

pub(super) fn digest(text: &[u8]) -> [u8; 32] {
    #[cfg(test)]
    super::calculations::count();
    Sha256::digest(text).into()
}

/// The first of the digests that is the given one. All are compared.
pub(super) fn index_of(given: &[u8; 32], digests: &[[u8; 32]]) -> Option<usize> {
    let (mut found, mut index) = (Choice::from(0), 0_u32);
    for digest in digests {
        #[cfg(test)]
        super::calculations::count();
        found |= digest.ct_eq(given);
        // How many came before the first equal one.
        index = u32::saturating_add(index, (!found).unwrap_u8().into());
    }
    bool::from(found).then(|| usize::try_from(index).unwrap_or(usize::MAX))
}

/// The bearer token of a delivery whose body isn't too large: `Bearer`, in any case, one space, a token, and nothing else.
pub(super) fn shown<'h>(
    headers: &'h HeaderMap,
    body: &[u8],
    max_body: usize,
) -> Result<&'h [u8], Unauthorized> {
    if body.len() > max_body {
        return Err(Unauthorized::REFUSED);
    }
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Err(Unauthorized::WITHOUT_CREDENTIAL),
        (Some(value), None) => value.as_bytes(),
        (Some(_), Some(_)) => return Err(Unauthorized::REFUSED),
    };
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Unauthorized::WITHOUT_CREDENTIAL);
    }
    // Behind the scheme and its space.
    match value.get(7..) {
        Some(token) if is_token(token) => Ok(token),
        _ => Err(Unauthorized::REFUSED),
    }
}

/// `b64token` of RFC 6750 §2.1.
fn is_token(text: &[u8]) -> bool {
    let end = text.iter().rposition(|byte| *byte != b'=');
    let Some(significant) = end.and_then(|end| text.get(..=end)) else { return false };
    significant.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte))
}

/// A delivery whose sender didn't prove to be Cashlink. It doesn't say what was wrong (T58).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unauthorized {
    showed_credential: bool,
}

impl Unauthorized {
    pub(super) const WITHOUT_CREDENTIAL: Self = Self { showed_credential: false };
    pub(super) const REFUSED: Self = Self { showed_credential: true };

    /// What to answer: 401 with a challenge. By RFC 6750 §3.1 it names an error only where a credential of this scheme was
    /// shown; to a sender that got its token here, `invalid_token` says to obtain another one.
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        let challenge = if self.showed_credential {
            HeaderValue::from_static(r#"Bearer realm="webhooks", error="invalid_token""#)
        } else {
            HeaderValue::from_static(r#"Bearer realm="webhooks""#)
        };
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    }
}

impl fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the webhook's sender did not authenticate; answer 401 and don't read it")
    }
}

impl core::error::Error for Unauthorized {}
