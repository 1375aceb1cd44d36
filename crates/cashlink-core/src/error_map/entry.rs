//! What is asked of an [`ErrorMap`]'s content: its entries and the OAuth error.

use core::fmt;
use core::iter::FusedIterator;
use core::slice;

use super::escape::Escaped;
use super::{ErrorMap, FieldPath, Leaf, OAuthText};

/// One message of an [`ErrorMap`]. Displayed as `path: message (code)`, with control characters escaped.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    map: &'a ErrorMap,
    leaf: &'a Leaf,
}

impl<'a> Entry<'a> {
    /// What the message is about; the root for the request as a whole.
    #[must_use]
    pub const fn path(&self) -> FieldPath<'a> {
        FieldPath::new(self.map, self.leaf.node)
    }

    /// The message as the server wrote it: it may hold any character, also such that steer a terminal or forge a line of
    /// a log. The `Display` forms escape them.
    #[must_use]
    pub fn message(&self) -> &'a str {
        self.map.text(&self.leaf.message)
    }

    /// The machine-readable code that came with the message, if one did.
    #[must_use]
    pub fn code(&self) -> Option<&'a str> {
        self.leaf.code.as_ref().map(|code| self.map.text(code))
    }
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message();
        if !self.path().is_root() {
            write!(f, "{}: ", self.path())?;
        }
        write!(f, "{}", Escaped(message))?;
        match self.code() {
            Some(code) if code != message => write!(f, " ({})", Escaped(code)),
            _ => Ok(()),
        }
    }
}

/// Nothing that the server wrote (T11).
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entry(…)")
    }
}

/// The entries of an [`ErrorMap`] in the order of the body; made by [`ErrorMap::iter`].
#[derive(Clone)]
pub struct Entries<'a> {
    map: &'a ErrorMap,
    leaves: slice::Iter<'a, Leaf>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(map: &'a ErrorMap) -> Self {
        Self { map, leaves: map.leaves.iter() }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        self.leaves.next().map(|leaf| Entry { map: self.map, leaf })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.leaves.size_hint()
    }
}

impl ExactSizeIterator for Entries<'_> {}
impl FusedIterator for Entries<'_> {}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entries({} left)", self.leaves.len())
    }
}

/// The error of an OAuth server (RFC 6749 §5.2), as [`ErrorMap::oauth`] found it. The texts are the server's own, not
/// escaped.
#[derive(Clone, Copy)]
pub struct OAuthError<'a> {
    map: &'a ErrorMap,
    text: &'a OAuthText,
}

impl<'a> OAuthError<'a> {
    pub(super) const fn new(map: &'a ErrorMap, text: &'a OAuthText) -> Self {
        Self { map, text }
    }

    /// `error`: for example `invalid_client` or `invalid_scope`. Visible ASCII, not empty.
    #[must_use]
    pub fn code(&self) -> &'a str {
        self.map.text(&self.text.code)
    }

    /// `error_description`, if it is a string.
    #[must_use]
    pub fn description(&self) -> Option<&'a str> {
        self.text.description.as_ref().map(|text| self.map.text(text))
    }

    /// `error_uri`, if it is a string: a page about the error. It comes from the server; don't follow it unseen.
    #[must_use]
    pub fn uri(&self) -> Option<&'a str> {
        self.text.uri.as_ref().map(|text| self.map.text(text))
    }
}

/// Nothing that the server wrote (T11).
impl fmt::Debug for OAuthError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OAuthError(…)")
    }
}
