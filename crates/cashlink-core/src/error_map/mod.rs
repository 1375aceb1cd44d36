//! What a server says is wrong with the input: messages, each at the path of the field that it is about.
//!
//! [`Error::error_map`](crate::Error::error_map) gives the [`ErrorMap`] of a refusal. Show all of it
//! ([`ErrorMap::iter`], or its `Display`), ask for what belongs to one input of a form ([`ErrorMap::at`],
//! [`ErrorMap::under`]), and put what belongs to none above it ([`ErrorMap::general`]).

// `read` walks over the JSON and tells `build` what it meets, which decides what each piece means. `entry` is what comes out,
// `path` where it belongs and how that is written, `escape` the harmless form of server text. Which answers have an error map,
// and what it means for the call, is decided elsewhere.

mod build;
mod entry;
mod escape;
mod path;
#[cfg(test)]
mod properties;
mod read;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

pub use self::entry::{Entries, Entry, OAuthError};
pub use self::path::{FieldPath, Segment};

/// The errors that a server reports, read from the body of its answer.
///
/// Nothing is documented of Cashlink's error bodies but "field name to list of error strings" (the seed
/// `payments-api-general.md`). The shape is that of Django REST framework, so every shape that its versions 3.12 to 3.18
/// write is read, and what OAuth token endpoints write (RFC 6749 §5.2); row E of THREAT_MODEL.md lists them.
///
/// | body | entries |
/// | --- | --- |
/// | `{"iban": ["m", "n"]}`, `{"iban": "m"}` | `iban: m`, `iban: n` |
/// | `{"person": {"name": ["m"]}}` | `person.name: m` |
/// | `{"items": [{}, {"sum": ["m"]}]}`, `{"items": {"1": {"sum": ["m"]}}}` | `items[1].sum: m` |
/// | `{"person": {"non_field_errors": ["m"]}}` | `person: m`: the name adds nothing, at any level |
/// | `{"detail": "m"}` at the top | `m`, general; a list or an object there is a field named `detail` |
/// | `["m"]`, `"m"` | `m`, general |
/// | `{"iban": [{"message": "m", "code": "c"}]}` | `iban: m` with the code `c`; so is any object of just these two strings |
/// | `{"error": "c", "error_description": "m"}` at the top | `m`, general, with the code `c`; see [`oauth`](Self::oauth) |
/// | `true`, `12.50` in the place of a message | its text as sent, never through a float (T24) |
/// | `null`, `{}`, `[]` | nothing; in lists they count as positions |
///
/// A list position and a key of the same digits are one [`Segment`], because the framework writes both. When a key comes
/// twice, both its entries are kept (T23). A sentence as `error` (with spaces) is a general message without a code.
///
/// A map takes memory in proportion to the body at most, and the [`Limits`] bound it further (T21–T22). It never panics.
/// Its `Display` form is for people, one line for each entry, with control characters escaped; its `Debug` form shows
/// nothing that the server wrote (T11–T12). Messages may repeat what was sent, so treat both as personal data.
///
/// ```
/// use cashlink_core::error_map::ErrorMap;
///
/// let errors = ErrorMap::read(br#"{
///     "natural_person": {"birth_date": ["Date has wrong format."]},
///     "non_field_errors": ["Unknown investor."]
/// }"#);
/// assert_eq!(errors.at("natural_person.birth_date").next(), Some("Date has wrong format."));
/// assert_eq!(errors.under("natural_person").count(), 1);
/// assert_eq!(errors.general().next(), Some("Unknown investor."));
/// assert_eq!(errors.to_string(), "natural_person.birth_date: Date has wrong format.\nUnknown investor.");
/// ```
#[derive(Clone)]
pub struct ErrorMap {
    form: Form,
    cut: bool,
    /// Keys and messages, one behind the other.
    text: String,
    /// The paths as a forest that only has what leads to an entry: each node is stored once, whatever hangs below it.
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
    oauth: Option<OAuthText>,
}

type Text = Range<usize>;

/// The parent of the outermost nodes, and the place of general messages: no node has this number.
const ROOT: usize = usize::MAX;

#[derive(Clone)]
struct Node {
    parent: usize,
    key: Key,
}

#[derive(Clone)]
enum Key {
    Field(Text),
    Index(usize),
}

#[derive(Clone)]
struct Leaf {
    node: usize,
    message: Text,
    code: Option<Text>,
}

#[derive(Clone)]
struct OAuthText {
    code: Text,
    description: Option<Text>,
    uri: Option<Text>,
}

/// What kind of body an [`ErrorMap`] was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// An object of fields; also an empty object.
    Fields,
    /// An object with a message for the whole request: the framework's `{"detail": "…"}`, a `{"message", "code"}` pair.
    /// Its other members are kept as fields.
    Detail,
    /// A list of messages or objects.
    List,
    /// A bare string, or another bare value (a bare `null` has no entry).
    Text,
    /// An error of an OAuth server (RFC 6749 §5.2). Members that the RFC doesn't know are kept as fields.
    OAuth,
    /// Not JSON as a whole: HTML, empty, cut short, with a byte order mark, not UTF-8, with lone surrogates (T28–T30).
    Unreadable,
}

/// How much of a body an [`ErrorMap`] keeps. What is beyond is left out, and the map then says
/// [`is_cut`](ErrorMap::is_cut) (T21–T22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most entries, in document order. 10,000 by default.
    pub leaves: usize,
    /// The most objects and lists inside each other. 32 by default; more than 100 counts as 100, because the
    /// reader's stack grows with it up to there.
    pub depth: usize,
}

impl Limits {
    /// The defaults, declared here and nowhere else.
    pub const DEFAULT: Self = Self { leaves: 10_000, depth: 32 };

    /// The same with another number of entries.
    #[must_use]
    pub const fn with_leaves(self, leaves: usize) -> Self {
        Self { leaves, ..self }
    }

    /// The same with another depth.
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl ErrorMap {
    /// Reads a body within the default [`Limits`]. A body that isn't JSON gives an empty map that says so
    /// ([`is_readable`](Self::is_readable)). Never panics.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        Self::read_within(body, Limits::DEFAULT)
    }

    /// Reads a body within other limits.
    ///
    /// ```
    /// use cashlink_core::error_map::{ErrorMap, Limits};
    ///
    /// let errors = ErrorMap::read_within(br#"["one", "two"]"#, Limits::DEFAULT.with_leaves(1));
    /// assert_eq!(errors.general().collect::<Vec<_>>(), ["one"]);
    /// assert!(errors.is_cut());
    /// ```
    #[must_use]
    pub fn read_within(body: &[u8], limits: Limits) -> Self {
        read::read(body, limits).unwrap_or_else(|| Self::new(Form::Unreadable))
    }

    const fn new(form: Form) -> Self {
        Self { form, cut: false, text: String::new(), nodes: Vec::new(), leaves: Vec::new(), oauth: None }
    }

    /// What kind of body it was.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The body was JSON. When it was not, the map is empty. What lies beyond a limit is only checked for syntax.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        !matches!(self.form, Form::Unreadable)
    }

    /// A [limit](Limits) left something out: an entry, or an object or list with content below the deepest level.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// There is no entry: the body named no error, or wasn't JSON.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// All entries, in the order of the body.
    #[must_use]
    pub fn iter(&self) -> Entries<'_> {
        Entries::new(self)
    }

    /// The messages at exactly this path, written as [`FieldPath`] says: `natural_person.birth_date`, `items[1].email`.
    /// Text that isn't a path matches nothing. Each call goes over all entries.
    pub fn at(&self, path: &str) -> impl Iterator<Item = &str> {
        let path = path::parse(path);
        self.iter()
            .filter(move |entry| path.as_deref().is_some_and(|path| entry.path().is(path)))
            .map(|e| e.message())
    }

    /// The messages at exactly this path, segment by segment: no character has a meaning, and a list position may be
    /// given as a number or as its digits.
    ///
    /// ```
    /// use cashlink_core::error_map::ErrorMap;
    ///
    /// let errors = ErrorMap::read(br#"{"parts": [{}, {"a.b": ["Too short."]}]}"#);
    /// assert_eq!(errors.at_segments(["parts", "1", "a.b"]).next(), Some("Too short."));
    /// assert_eq!(errors.at(r#"parts[1]["a.b"]"#).next(), Some("Too short."));
    /// ```
    pub fn at_segments<'q, S: Into<Segment<'q>>>(
        &self,
        path: impl IntoIterator<Item = S>,
    ) -> impl Iterator<Item = &str> {
        let path: Vec<Segment<'q>> = path.into_iter().map(|segment| segment.into().canonical()).collect();
        self.iter().filter(move |entry| entry.path().is(&path)).map(|entry| entry.message())
    }

    /// The entries at this path and everywhere below it. The empty path is above all.
    pub fn under(&self, path: &str) -> impl Iterator<Item = Entry<'_>> {
        let path = path::parse(path);
        self.iter().filter(move |entry| path.as_deref().is_some_and(|path| entry.path().starts_with(path)))
    }

    /// The messages about the request as a whole: those with the empty path.
    pub fn general(&self) -> impl Iterator<Item = &str> {
        self.iter().filter(|entry| entry.path().is_root()).map(|entry| entry.message())
    }

    /// The error as an OAuth server named it: when the body is an object whose `error` is a string without spaces.
    ///
    /// ```
    /// use cashlink_core::error_map::ErrorMap;
    ///
    /// let errors = ErrorMap::read(br#"{"error": "invalid_client", "error_description": "Unknown client."}"#);
    /// assert_eq!(errors.oauth().map(|error| error.code()), Some("invalid_client"));
    /// assert_eq!(errors.to_string(), "Unknown client. (invalid_client)");
    /// ```
    #[must_use]
    pub fn oauth(&self) -> Option<OAuthError<'_>> {
        self.oauth.as_ref().map(|text| OAuthError::new(self, text))
    }

    fn text(&self, range: &Text) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a ErrorMap {
    type Item = Entry<'a>;
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}

/// For people: one line for each entry, and one that says so when something was cut or nothing could be read.
impl fmt::Display for ErrorMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, entry) in self.iter().enumerate() {
            let end_of_last = if line == 0 { "" } else { "\n" };
            write!(f, "{end_of_last}{entry}")?;
        }
        match (self.is_readable(), self.cut) {
            (false, _) => f.write_str("(the body is not readable as JSON)"),
            (true, true) if self.is_empty() => f.write_str("(more than was kept)"),
            (true, true) => f.write_str("\n(and more than was kept)"),
            (true, false) => Ok(()),
        }
    }
}

/// Form and counts only: keys and messages may hold personal data (T11).
impl fmt::Debug for ErrorMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { form, cut, leaves, .. } = self;
        f.debug_struct("ErrorMap")
            .field("form", form)
            .field("entries", &leaves.len())
            .field("cut", cut)
            .finish()
    }
}
