//! `multipart/form-data` with one file (RFC 7578): strict about what a name may be, so that no server's parser reads
//! another part than the one that was written (T17–T19).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest, Sha256};

use super::{Body, Parts, Payload};
use crate::{IdempotencyKey, InvalidValue};

/// The entropy from which an upload's boundary is made, together with its idempotency key.
///
/// The same seed and the same key always give the same bytes, which is what a repeated request needs. So either draw 16
/// random bytes per upload and store them beside its key, or draw them once per installation and keep them as a secret:
/// the boundary is a hash of both, so keys keep boundaries apart.
///
/// Who knows the seed can craft a document that ends its own part early (T19): keep it from whoever supplies documents.
#[derive(Clone)]
pub struct BoundarySeed([u8; 16]);

impl BoundarySeed {
    /// 16 random bytes, which is 128 bits.
    #[must_use]
    pub const fn new(entropy: [u8; 16]) -> Self {
        Self(entropy)
    }

    /// The 16 bytes, to be stored beside the key. Whoever calls this answers for where they go.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// 32 hexadecimal digits: half a SHA-256 over seed and key.
    fn boundary(&self, key: &IdempotencyKey) -> String {
        let mut hash = Sha256::new();
        hash.update(b"cashlink multipart boundary\0");
        hash.update(self.0);
        hash.update(key.as_str());
        let mut boundary = String::with_capacity(32);
        for byte in hash.finalize().into_iter().take(16) {
            for digit in [byte >> 4, byte & 0xF] {
                if let Some(digit) = char::from_digit(digit.into(), 16) {
                    boundary.push(digit);
                }
            }
        }
        boundary
    }
}

impl fmt::Debug for BoundarySeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoundarySeed(…)")
    }
}

/// The name of an uploaded file: 1 to 100 characters, no control, no `"`, `\` or `/`, not `.` or `..` (T17–T18). It goes
/// out as it is, in UTF-8; `filename*` is never written (RFC 7578 §4.2).
///
/// A `;` is accepted: within quotes it is text (RFC 2183 §2). Parsers that split there all the same exist, and would take
/// `a; name=b.pdf` for another field; keep it out of names that strangers choose.
///
/// ```
/// use cashlink_core::body::FileName;
///
/// assert!(FileName::new("Gründungsurkunde.pdf").is_ok());
/// assert!(FileName::new("a\"; name=\"evil").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// # Errors
    /// When the name breaks the rule above.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidValue> {
        let name = name.into();
        let harmless = |character: char| {
            !character.is_control() && !matches!(character, '"' | '\\' | '/' | '\u{2028}' | '\u{2029}')
        };
        let fits = matches!(name.chars().take(101).count(), 1..=100);
        if fits && !matches!(&*name, "." | "..") && name.chars().all(harmless) {
            Ok(Self(name))
        } else {
            Err(InvalidValue::new(
                "file name",
                "must be 1 to 100 characters without controls, '\"', '\\' and '/', and not '.' or '..'",
            ))
        }
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// File names tell of people (`passport-lovelace.pdf`), so they are not shown (T12).
impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileName(…)")
    }
}

/// A media type: `type/subtype`, each a token, with parameters whose values are tokens (T18).
///
/// ```
/// use cashlink_core::body::MediaType;
///
/// assert_eq!(MediaType::PDF.as_str(), "application/pdf");
/// assert!(MediaType::new("text/plain; charset=utf-8").is_ok());
/// assert!(MediaType::new("text/plain\r\nX-Evil: 1").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType(alloc::borrow::Cow<'static, str>);

impl MediaType {
    /// `application/pdf`, as in the vendor's samples.
    pub const PDF: Self = Self(alloc::borrow::Cow::Borrowed("application/pdf"));
    /// `application/json`.
    pub const JSON: Self = Self(alloc::borrow::Cow::Borrowed("application/json"));

    /// The media type that the ending of a file's name tells, where the vendor's samples show it: `.pdf`, in whichever case.
    /// Everything else is for the caller to say.
    ///
    /// ```
    /// use cashlink_core::body::{FileName, MediaType};
    ///
    /// assert_eq!(MediaType::of(&FileName::new("contract.pdf")?), Some(MediaType::PDF));
    /// assert_eq!(MediaType::of(&FileName::new("passport.png")?), None);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn of(name: &FileName) -> Option<Self> {
        let (_, ending) = name.as_str().rsplit_once('.')?;
        ending.eq_ignore_ascii_case("pdf").then_some(Self::PDF)
    }

    /// # Errors
    /// When it is not a media type of tokens.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        if is_media_type(&text) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidValue::new(
                "media type",
                "must be type/subtype, perhaps with ; name=value, all of them tokens",
            ))
        }
    }

    /// The media type's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        // Tokens, spaces, `/`, `;` and `=` are always a header value; the other arm is never reached.
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("application/octet-stream"))
    }
}

fn is_media_type(text: &str) -> bool {
    let mut pieces = text.split(';');
    let kind = pieces.next().and_then(|kind| kind.split_once('/'));
    kind.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && pieces.all(|parameter| {
            let parameter = parameter.strip_prefix(' ').unwrap_or(parameter).split_once('=');
            parameter.is_some_and(|(name, value)| is_token(name) && is_token(value))
        })
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// One file as the part `file`, the only part that the samples show.
pub(crate) fn file(
    seed: &BoundarySeed,
    key: &IdempotencyKey,
    name: &FileName,
    media_type: &MediaType,
    payload: &Payload,
) -> Result<Body, InvalidValue> {
    let boundary = seed.boundary(key);
    let document = match payload {
        Payload::Bytes(bytes) => &**bytes,
        Payload::Ref(_) => &[],
    };
    // In a name or a type it doesn't begin a line; but there are readers that don't ask for that.
    let pieces = [document, name.as_str().as_bytes(), media_type.as_str().as_bytes()];
    let finder = memchr::memmem::Finder::new(&boundary);
    if pieces.iter().any(|piece| finder.find(piece).is_some()) {
        return Err(InvalidValue::new(
            "boundary seed",
            "must be drawn anew: the document, its name or its type contains the boundary",
        ));
    }
    let head = alloc::format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        name.as_str(),
        media_type.as_str()
    );
    let content_type = HeaderValue::from_str(&alloc::format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| InvalidValue::new("boundary", "must be a header value"))?;
    Ok(Body::from(Parts {
        content_type: Some(content_type),
        head: Bytes::from(head),
        payload: Some(payload.clone()),
        tail: Bytes::from(Vec::from(alloc::format!("\r\n--{boundary}--\r\n"))),
    }))
}

#[cfg(test)]
mod tests;
