//! Path and query of a request, relative to the API's base. Both are built by writers that can't be talked into leaving
//! the base (T16).

use alloc::string::String;
use core::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Id, InvalidValue};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes the path of an operation, below the API's base and without a leading slash: `v2/investors/`.
///
/// It remembers the first bad piece, and encoding the operation then fails with it; so writing needs no error handling.
///
/// ```
/// use cashlink_core::Path;
///
/// let mut path = Path::new();
/// path.literal("v2/things/").segment("a/b ..").literal("/parts/");
/// assert_eq!(path.finish()?, "v2/things/a%2Fb%20../parts/");
///
/// let mut path = Path::new();
/// assert!(path.literal("v2/things/").segment("..").literal("/").clone().finish().is_err());
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Default)]
pub struct Path {
    text: String,
    fault: Option<InvalidValue>,
}

impl Path {
    /// An empty path: the base itself.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fixed text with its slashes, as the documentation writes it; a trailing slash stays (T2). Unreserved characters
    /// and single slashes only, no leading slash, no `.` or `..`.
    pub fn literal(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// An id as one segment.
    pub fn id<R>(&mut self, id: &Id<R>) -> &mut Self {
        self.text.push_str(id.as_str());
        self
    }

    /// Free text as one segment, percent-encoded. Empty text, `.` and `..` are refused: they would change the path.
    pub fn segment(&mut self, text: &str) -> &mut Self {
        if matches!(text, "" | "." | "..") {
            self.refuse(InvalidValue::new("path segment", "must not be empty, '.' or '..'"));
        }
        self.text.extend(utf8_percent_encode(text, RESERVED));
        self
    }

    /// A path that comes as one text: segments between slashes, each percent-encoded and checked as by
    /// [`Path::segment`]; a trailing slash stays, a leading one is refused.
    pub fn segments(&mut self, text: &str) -> &mut Self {
        let (inner, slash) = match text.strip_suffix('/') {
            Some(inner) => (inner, "/"),
            None => (text, ""),
        };
        if text.is_empty() {
            return self;
        }
        for (place, segment) in inner.split('/').enumerate() {
            if place > 0 {
                self.literal("/");
            }
            self.segment(segment);
        }
        self.literal(slash)
    }

    /// A path that was encoded before; checked when the path is finished.
    pub(crate) fn written(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn refuse(&mut self, fault: InvalidValue) {
        self.fault.get_or_insert(fault);
    }

    /// The finished path.
    ///
    /// # Errors
    /// The first piece that was refused; or a path that isn't plain segments between single slashes.
    pub fn finish(self) -> Result<String, InvalidValue> {
        match self.fault {
            Some(fault) => Err(fault),
            None if is_relative_path(&self.text) => Ok(self.text),
            None => Err(InvalidValue::new(
                "path",
                "must be segments between single slashes, without a leading slash, '.' and '..'",
            )),
        }
    }
}

/// A path may hold ids of people (T12).
impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Path(…)")
    }
}

/// Segments of unreserved characters and percent escapes, none of them `.` or `..` in any spelling.
pub(crate) fn is_relative_path(path: &str) -> bool {
    let mut before = b'/';
    path.bytes().enumerate().all(|(at, byte)| {
        let is_fine = match (before, byte) {
            (b'/', b'/') => false,
            // Only what begins like this can be dots.
            (b'/', b'.' | b'%') => !begins_with_dots(path.get(at..).unwrap_or_default()),
            _ => IN_PATHS.get(usize::from(byte)) == Some(&true),
        };
        before = byte;
        is_fine
    })
}

/// By byte: one look for each of a path, where the ranges of letters and digits are several.
#[allow(clippy::indexing_slicing, reason = "the compiler does it, and would refuse a place that isn't there")]
static IN_PATHS: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        bytes[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~' | b'%');
        byte += 1;
    }
    bytes
};

fn begins_with_dots(path: &str) -> bool {
    let segment = path.split('/').next().unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(segment);
    decoded.clone().eq(b".".iter().copied()) || decoded.eq(b"..".iter().copied())
}

/// Writes the query of an operation: names and values, form-encoded (a space becomes `+`).
///
/// ```
/// use cashlink_core::Query;
///
/// let mut query = Query::new();
/// query.pair("product_id", "a&b").pair("units", "1 000");
/// assert_eq!(query.as_str(), "product_id=a%26b&units=1+000");
/// ```
#[derive(Clone, Default)]
pub struct Query {
    text: String,
}

impl Query {
    /// No query.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `name=value`.
    pub fn pair(&mut self, name: &str, value: &str) -> &mut Self {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        self.text.extend(form_urlencoded::byte_serialize(name.as_bytes()));
        self.text.push('=');
        self.text.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        self
    }

    /// A query that was encoded before, by us or in a checked page link.
    pub(crate) fn written(&mut self, query: &str) {
        self.text.push_str(query);
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The query so far, without a question mark.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A query may say anything, also about people (T12).
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Query(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    enum Thing {}

    #[test]
    fn t16_a_path_never_leaves_its_base() {
        let refused: [fn(&mut Path); 9] = [
            |path| {
                path.segment("");
            },
            |path| {
                path.segment(".");
            },
            |path| {
                path.segment("..");
            },
            |path| {
                path.literal("/v2/");
            },
            |path| {
                path.literal("v2//investors");
            },
            |path| {
                path.literal("v2/../x");
            },
            |path| {
                path.literal("v2/?x");
            },
            |path| {
                path.segments("/v2/");
            },
            |path| {
                path.segments("a//b");
            },
        ];
        for (number, write) in refused.iter().enumerate() {
            let mut path = Path::new();
            write(&mut path);
            assert!(path.finish().is_err(), "case {number}");
        }
        let mut encoded_dots = Path::new();
        encoded_dots.segment("%2e%2e");
        assert_eq!(encoded_dots.finish().unwrap(), "%252e%252e");
        assert!(!is_relative_path("v2/%2e%2e/x") && !is_relative_path("%2E/"));
    }

    /// The rule, segment by segment.
    fn is_relative_path_by_the_rule(path: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
        let inner = path.strip_suffix('/').unwrap_or(path);
        path.is_empty()
            || inner.split('/').all(|segment| {
                let decoded: Vec<u8> = percent_encoding::percent_decode_str(segment).collect();
                !segment.is_empty() && segment.bytes().all(plain) && decoded != b"." && decoded != b".."
            })
    }

    proptest! {
        #[test]
        fn t16_a_path_is_judged_segment_by_segment(path in "(/|[.]|%2[eE]|[a-z%é?]){0,6}") {
            prop_assert_eq!(is_relative_path(&path), is_relative_path_by_the_rule(&path));
        }

        #[test]
        fn t16_the_segment_count_is_the_templates_and_a_segment_decodes_to_its_text(text in any::<String>()) {
            let mut path = Path::new();
            path.literal("v2/things/").segment(&text).literal("/parts/");
            match path.finish() {
                Ok(path) => {
                    let segments: Vec<_> = path.split('/').collect();
                    prop_assert_eq!(segments.len(), 5);
                    let decoded = percent_encoding::percent_decode_str(segments[2]).decode_utf8().unwrap();
                    prop_assert_eq!(decoded, &*text);
                }
                Err(_) => prop_assert!(matches!(&*text, "" | "." | "..")),
            }
        }

        #[test]
        fn t16_an_id_stands_in_the_path_as_it_is(text in "[A-Za-z0-9_-]{1,64}") {
            let mut path = Path::new();
            path.literal("v2/things/").id(&text.parse::<Id<Thing>>().unwrap()).literal("/");
            prop_assert_eq!(path.finish().unwrap(), alloc::format!("v2/things/{text}/"));
        }

        #[test]
        fn a_query_decodes_to_what_was_written(pairs in prop::collection::vec((any::<String>(), any::<String>()), 0..5)) {
            let mut query = Query::new();
            for (name, value) in &pairs {
                query.pair(name, value);
            }
            let decoded: Vec<_> = form_urlencoded::parse(query.as_str().as_bytes())
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect();
            // An entirely empty pair is `=`, which the decoder keeps as well.
            prop_assert_eq!(decoded, pairs);
        }
    }

    #[test]
    fn a_path_that_comes_as_one_text_is_written_segment_by_segment() {
        for (text, written) in
            [("", ""), ("a", "a"), ("a/", "a/"), ("a/b c/..d", "a/b%20c/..d"), ("é/", "%C3%A9/")]
        {
            let mut path = Path::new();
            path.segments(text);
            assert_eq!(path.finish().unwrap(), written, "{text}");
        }
    }

    #[test]
    fn the_first_piece_that_was_refused_is_what_is_said() {
        let mut path = Path::new();
        path.literal("/").segment("..").literal("x");
        let fault = path.finish().unwrap_err().to_string();
        assert_eq!(fault, "path segment: must not be empty, '.' or '..'");
        let mut path = Path::new();
        path.literal("/v2");
        assert!(path.finish().unwrap_err().to_string().starts_with("path: must be segments"));
    }

    #[test]
    fn neither_a_path_nor_a_query_is_shown() {
        let (mut path, mut query) = (Path::new(), Query::new());
        path.segment("canary");
        query.pair("canary", "canary");
        assert_eq!(alloc::format!("{path:?} {query:?}"), "Path(…) Query(…)");
    }
}
