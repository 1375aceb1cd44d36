//! Where an error belongs: a way through objects and lists, and how it is written down.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::iter;

use super::escape::Quoted;
use super::{ErrorMap, Key, Node};

/// The path of an [`Entry`](super::Entry): from the whole request (the root, no segment) inwards.
///
/// Its `Display` form is what [`ErrorMap::at`] takes, one text for each path:
///
/// | segment | written |
/// | --- | --- |
/// | a key of ASCII letters, digits, `_` and `-` | `name`, after a dot unless it comes first |
/// | a position in a list, and a key of the same digits | `[1]` |
/// | any other key, also the empty one | `["a.b"]`: a JSON string, with control characters escaped |
///
/// So `natural_person.birth_date`, `items[1].email`, `["first name"]`; the root is the empty text. Read back, a name may
/// also have any other characters but `.` and `[` (`first name`, `straße`), and a position may be a name (`items.1.email`).
///
/// Its `Debug` form shows nothing that the server wrote (T11).
#[derive(Clone, Copy)]
pub struct FieldPath<'a> {
    map: &'a ErrorMap,
    node: usize,
}

impl<'a> FieldPath<'a> {
    pub(super) const fn new(map: &'a ErrorMap, node: usize) -> Self {
        Self { map, node }
    }

    /// It is the request as a whole.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.inside_out().next().is_none()
    }

    /// The segments, outermost first.
    ///
    /// ```
    /// use cashlink_core::error_map::{ErrorMap, Segment};
    ///
    /// let errors = ErrorMap::read(br#"{"items": [{}, {"email": ["Enter a valid email address."]}]}"#);
    /// let path = errors.iter().next().unwrap().path();
    /// assert_eq!(path.segments().collect::<Vec<_>>(), ["items".into(), Segment::Index(1), "email".into()]);
    /// ```
    pub fn segments(&self) -> impl ExactSizeIterator<Item = Segment<'a>> + use<'a> {
        let mut nodes: Vec<&'a Node> = self.inside_out().collect();
        nodes.reverse();
        let map = self.map;
        nodes.into_iter().map(move |node| match &node.key {
            Key::Field(name) => Segment::Field(Cow::Borrowed(map.text(name))),
            Key::Index(index) => Segment::Index(*index),
        })
    }

    fn inside_out(&self) -> impl Iterator<Item = &'a Node> + use<'a> {
        let nodes = &self.map.nodes;
        iter::successors(nodes.get(self.node), |node| nodes.get(node.parent))
    }

    /// Both have the same segments. `path` must be canonical.
    pub(super) fn is(&self, path: &[Segment<'_>]) -> bool {
        let same = |node: &Node, segment: &Segment<'_>| match (&node.key, segment) {
            (Key::Field(name), Segment::Field(wanted)) => self.map.text(name) == wanted,
            (Key::Index(index), Segment::Index(wanted)) => index == wanted,
            _ => false,
        };
        let mut wanted = path.iter().rev();
        self.inside_out().all(|node| wanted.next().is_some_and(|segment| same(node, segment)))
            && wanted.next().is_none()
    }

    /// Its first segments are these. `path` must be canonical.
    pub(super) fn starts_with(&self, path: &[Segment<'_>]) -> bool {
        let Some(below) = self.inside_out().count().checked_sub(path.len()) else { return false };
        let top =
            iter::successors(Some(self.node), |&node| self.map.nodes.get(node).map(|n| n.parent)).nth(below);
        top.is_some_and(|node| Self { map: self.map, node }.is(path))
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |name: &str| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        };
        self.segments().enumerate().try_for_each(|(place, segment)| match segment {
            Segment::Index(index) => write!(f, "[{index}]"),
            Segment::Field(name) if !is_plain(&name) => write!(f, "[{}]", Quoted(&name)),
            Segment::Field(name) if place == 0 => f.write_str(&name),
            Segment::Field(name) => write!(f, ".{name}"),
        })
    }
}

impl fmt::Debug for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldPath({} segments)", self.inside_out().count())
    }
}

/// One step of a [`FieldPath`].
///
/// Made from text with `From`, the digits of a list position become that position: the framework writes errors of list
/// items both as a list and as an object with such keys, and means the same.
///
/// ```
/// use cashlink_core::error_map::Segment;
///
/// assert_eq!(Segment::from("1"), Segment::Index(1));
/// assert_eq!(Segment::from("01"), Segment::Field("01".into()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Segment<'a> {
    /// A key of an object.
    Field(Cow<'a, str>),
    /// A position in a list, from 0.
    Index(usize),
}

impl Segment<'_> {
    pub(super) fn canonical(self) -> Self {
        match self {
            Self::Field(name) => list_index(&name).map_or(Self::Field(name), Self::Index),
            Self::Index(_) => self,
        }
    }
}

impl<'a> From<&'a str> for Segment<'a> {
    fn from(text: &'a str) -> Self {
        Self::Field(Cow::Borrowed(text)).canonical()
    }
}

impl From<usize> for Segment<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Shows the kind and a position, but no key (T11).
impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(_) => f.write_str("Field(…)"),
            Self::Index(index) => write!(f, "Index({index})"),
        }
    }
}

/// The position that these digits write, if they write it as a program would: `0`, `10`, not `01` or `+1`.
pub(super) fn list_index(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'0'] => Some(0),
        [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => text.parse().ok(),
        _ => None,
    }
}

/// Reads what [`FieldPath`] writes, and the spellings that it allows besides. `None` is for text that isn't a path. All
/// segments are canonical.
pub(super) fn parse(text: &str) -> Option<Vec<Segment<'_>>> {
    let mut path = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (segment, after) = match rest.strip_prefix('[') {
            Some(bracket) => parse_bracket(bracket)?,
            None if path.is_empty() => parse_name(rest)?,
            None => parse_name(rest.strip_prefix('.')?)?,
        };
        path.push(segment);
        rest = after;
    }
    Some(path)
}

fn parse_name(text: &str) -> Option<(Segment<'_>, &str)> {
    let (name, after) = text.split_at_checked(text.find(['.', '[']).unwrap_or(text.len()))?;
    (!name.is_empty()).then(|| (Segment::from(name), after))
}

/// After the opening bracket: a position or a JSON string, and the closing bracket.
fn parse_bracket(text: &str) -> Option<(Segment<'_>, &str)> {
    if !text.starts_with('"') {
        let (digits, after) = text.split_once(']')?;
        return Some((Segment::Index(list_index(digits)?), after));
    }
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let name = strings.next()?.ok()?;
    let after = text.get(strings.byte_offset()..)?.strip_prefix(']')?;
    Some((Segment::Field(Cow::Owned(name)).canonical(), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_path_is_read_in_all_its_spellings() {
        let items_1_email = || Some(vec![Segment::from("items"), Segment::Index(1), Segment::from("email")]);
        for (text, path) in [
            ("", Some(vec![])),
            ("items[1].email", items_1_email()),
            ("items.1.email", items_1_email()),
            (r#"["items"]["1"]["email"]"#, items_1_email()),
            (r#"items[1]["email"]"#, items_1_email()),
            ("[0][10]", Some(vec![Segment::Index(0), Segment::Index(10)])),
            ("first name", Some(vec![Segment::from("first name")])),
            ("01", Some(vec![Segment::Field("01".into())])),
            (r#"["a.b[\"]\u00e9"]"#, Some(vec![Segment::Field("a.b[\"]é".into())])),
            (r#"[""].x"#, Some(vec![Segment::from(""), Segment::from("x")])),
        ] {
            assert!(parse(text) == path, "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            ".",
            ".a",
            "a.",
            "a..b",
            "a[",
            "a[]",
            "a[1",
            "a[x]",
            "a[01]",
            "a[-1]",
            "a[1]b",
            r#"["a"#,
            r#"["a"x]"#,
            r#"["\ud800"]"#,
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
