//! `multipart/form-data` with one file (RFC 7578): strict about what a name may be, so that no server's parser reads
//! another part than the one that was written (T17–T19).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest, Sha256};

use super::{Body, Payload};
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
                boundary.extend(char::from_digit(digit.into(), 16));
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
    if pieces.iter().any(|piece| memchr::memmem::find(piece, boundary.as_bytes()).is_some()) {
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
    Ok(Body {
        content_type: Some(content_type),
        head: Bytes::from(head),
        payload: Some(payload.clone()),
        tail: Bytes::from(Vec::from(alloc::format!("\r\n--{boundary}--\r\n"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Want;

    fn upload(seed: u8, key: &str, payload: &'static str) -> Result<Body, InvalidValue> {
        let key = IdempotencyKey::new(key).unwrap();
        let name = FileName::new("id.pdf").unwrap();
        file(&BoundarySeed::new([seed; 16]), &key, &name, &MediaType::PDF, &Payload::Bytes(payload.into()))
    }

    fn bytes(body: &Body) -> Vec<u8> {
        let (mut cursor, mut all) = (body.cursor(), Vec::new());
        while let Ok(Want::Emit(bytes)) = cursor.want() {
            all.extend_from_slice(&bytes);
        }
        all
    }

    #[test]
    fn a_file_is_framed_as_rfc_7578_has_it() {
        let body = upload(1, "k", "%PDF").unwrap();
        let boundary =
            body.content_type().unwrap().to_str().unwrap().strip_prefix("multipart/form-data; boundary=");
        let boundary = boundary.unwrap();
        assert_eq!(boundary.len(), 32);
        let expected = alloc::format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"id.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n%PDF\r\n--{boundary}--\r\n"
        );
        assert_eq!(bytes(&body), expected.as_bytes());
        assert_eq!(body.len(), expected.len() as u64);
    }

    /// The lines of a part with this name and type, without the boundary's own.
    fn header_lines(name: &str, media_type: &str) -> Vec<String> {
        let (name, media_type) = (FileName::new(name).unwrap(), MediaType::new(media_type).unwrap());
        let key = IdempotencyKey::new("k").unwrap();
        let body = file(&BoundarySeed::new([1; 16]), &key, &name, &media_type, &Bytes::new().into()).unwrap();
        let text = String::from_utf8(bytes(&body)).unwrap();
        let (head, tail) = text.split_once("\r\n\r\n").unwrap();
        assert!(tail.starts_with("\r\n--"), "an empty document, then the delimiter's own line end");
        head.split("\r\n").skip(1).map(String::from).collect()
    }

    /// RFC 7578 §4.1, which leads to RFC 2046 §5.1.1: 1 to 70 of these characters, and no quotes where none are needed.
    #[test]
    fn rfc_7578_4_1_the_boundary_is_one_and_needs_no_quotes() {
        let body = upload(1, "k", "%PDF").unwrap();
        let content_type = body.content_type().unwrap().to_str().unwrap();
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(is_token(boundary) && boundary.len() <= 70, "{boundary}");
        assert!(bytes(&body).starts_with(alloc::format!("--{boundary}\r\n").as_bytes()), "no preamble");
        assert!(bytes(&body).ends_with(alloc::format!("\r\n--{boundary}--\r\n").as_bytes()));
    }

    /// RFC 7578 §4.2: `form-data` with a `name`, and `filename` for a file; `filename*` "MUST NOT be used". §4.7 and §4.8:
    /// no transfer encoding, and no header but the two. §4.3 is about several files, and there is one.
    #[test]
    fn rfc_7578_4_2_a_part_has_its_name_its_file_name_and_no_other_header() {
        for name in ["id.pdf", "Gründungsurkunde.pdf", "契約書.pdf", "a'b%20c;d=e.pdf", "filename*=utf-8''x"]
        {
            let disposition =
                alloc::format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
            let lines = header_lines(name, "application/pdf");
            assert_eq!(lines, [&*disposition, "Content-Type: application/pdf"]);
        }
    }

    /// RFC 7578 §4.4: a file "SHOULD" say its media type, which is the caller's word here: as it was given, parameters and
    /// case included, and never left out, for then it would be `text/plain`.
    #[test]
    fn rfc_7578_4_4_the_type_goes_out_as_it_was_given() {
        for media_type in ["application/octet-stream", "text/plain; charset=utf-8", "Image/PNG", "a/b;c=d"] {
            let lines = header_lines("a", media_type);
            assert_eq!(lines[1], alloc::format!("Content-Type: {media_type}"));
        }
    }

    /// RFC 7578 §5.1.1 wants field names in ASCII: ours is one constant. A file name beyond ASCII goes out as UTF-8, which §4.2
    /// calls typical. It would allow to percent-encode it too, but who reads `%C3%BC` can't tell whether a name is meant that
    /// has these six characters. For the same reason `"` and `\` are refused, and not written as `%22` or `\"`: readers differ
    /// in both (T17).
    #[test]
    fn rfc_7578_5_1_a_name_beyond_ascii_goes_out_as_utf_8_and_one_with_quotes_not_at_all() {
        let lines = header_lines("ü%C3%BC.pdf", "a/b");
        let bytes = b"Content-Disposition: form-data; name=\"file\"; filename=\"\xC3\xBC%C3%BC.pdf\"";
        assert_eq!(lines[0].as_bytes(), bytes);
        // Nobody composes or decomposes it, either.
        assert!(header_lines("u\u{308}", "a/b")[0].as_bytes().ends_with(b"\"u\xCC\x88\""));
        for quoted in ["a\"b", "\"a\"", "a\\\"b", "a\\b"] {
            assert!(FileName::new(quoted).is_err(), "{quoted}");
        }
    }

    #[test]
    fn the_same_key_and_seed_mean_the_same_bytes() {
        let body = |seed, key| bytes(&upload(seed, key, "x").unwrap());
        assert_eq!(body(1, "k"), body(1, "k"));
        assert_ne!(body(1, "k"), body(2, "k"));
        assert_ne!(body(1, "k"), body(1, "l"));
    }

    /// The only ending that the vendor's samples show; what the name says before it counts for nothing.
    #[test]
    fn a_name_tells_its_type_only_where_the_samples_show_it() {
        for (name, known) in [
            ("contract.pdf", true),
            ("CONTRACT.PDF", true),
            ("scan.png.pdf", true),
            (".pdf", true),
            ("contract.pdf.png", false),
            ("contract.pdf.", false),
            ("contract.pdf ", false),
            ("contractpdf", false),
            ("pdf", false),
            ("contract.json", false),
            ("contract.ｐｄｆ", false),
        ] {
            let told = MediaType::of(&FileName::new(name).unwrap());
            assert_eq!(told, known.then_some(MediaType::PDF), "{name}");
        }
    }

    #[test]
    fn t19_a_document_that_contains_the_boundary_is_refused() {
        let boundary = BoundarySeed::new([1; 16]).boundary(&IdempotencyKey::new("k").unwrap());
        let document = alloc::format!("abc{boundary}def");
        assert!(upload(1, "k", document.leak()).is_err());
    }

    #[test]
    fn t19_a_name_or_a_type_that_contains_the_boundary_is_refused() {
        let key = IdempotencyKey::new("k").unwrap();
        let seed = BoundarySeed::new([1; 16]);
        let boundary = seed.boundary(&key);
        for payload in [Bytes::from_static(b"%PDF").into(), Payload::Ref(crate::body::PayloadRef::new(4))] {
            let framed = |name: &str, media_type: &str| {
                let (name, media_type) = (FileName::new(name).unwrap(), MediaType::new(media_type).unwrap());
                file(&seed, &key, &name, &media_type, &payload)
            };
            assert!(framed(&alloc::format!("a--{boundary}--"), "a/b").is_err());
            assert!(framed("a", &alloc::format!("a/b;c={boundary}")).is_err());
            assert!(framed(&boundary[..31], &alloc::format!("a/{}", &boundary[1..])).is_ok());
        }
    }

    #[test]
    fn t17_t18_names_that_some_parser_reads_otherwise_are_refused() {
        for refused in [
            "",
            ".",
            "..",
            "a\"b",
            "a\\b",
            "a/b",
            "a\rb",
            "a\nb",
            "a\0b",
            "a\u{7f}b",
            "a\u{85}b",
            "a\u{2028}b",
        ] {
            assert!(FileName::new(refused).is_err(), "{refused:?}");
        }
        assert!(FileName::new("é".repeat(100)).is_ok());
        assert!(FileName::new("é".repeat(101)).is_err());
        for refused in [
            "",
            "pdf",
            "a/",
            "/b",
            "a/b/c",
            "a/b\r\nX: y",
            "a/b; c",
            "a/b; c=\"d\"",
            "a b/c",
            "a/b ;c=d",
            "ä/b",
        ] {
            assert!(MediaType::new(refused).is_err(), "{refused:?}");
        }
    }
}
