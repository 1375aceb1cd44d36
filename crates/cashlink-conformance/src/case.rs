//! What a case is, and what comes of one.

use std::fmt;

use crate::cases;
use crate::scene::Scene;

/// One case: something that a server, a network or a payload may do, and what must come of it.
#[derive(Clone, Copy)]
pub struct Case {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) rows: &'static [&'static str],
    pub(crate) http2: bool,
    pub(crate) run: fn(&Scene<'_>) -> Result<(), Finding>,
}

impl Case {
    /// All cases, in the order in which they run.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        cases::ALL.iter().copied().flatten()
    }

    /// Its name: what a [`Declared`](crate::Declared) names.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What is expected, and why.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The rows of the project's threat model that it belongs to; none, where it is about the API and no threat.
    #[must_use]
    pub fn rows(&self) -> &'static [&'static str] {
        self.rows
    }

    /// Whether it needs a transport that speaks HTTP/2.
    #[must_use]
    pub fn needs_http2(&self) -> bool {
        self.http2
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

/// What was otherwise than it must be, in words for the adapter's author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding(String);

impl Finding {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same, with the variant of the case in front.
    pub(crate) fn of(self, variant: impl fmt::Display) -> Self {
        Self(format!("{variant}: {}", self.0))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Finding {
    fn from(error: std::io::Error) -> Self {
        Self(format!("not to be arranged here: {error}"))
    }
}

/// What must be equal, and is named in case that it isn't.
pub(crate) fn equal<T: PartialEq + fmt::Debug>(what: &str, is: T, wanted: T) -> Result<(), Finding> {
    holds(is == wanted, || format!("{what}: {is:?}, not {wanted:?}"))
}

/// What must be so.
pub(crate) fn holds(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), Finding> {
    if is_so { Ok(()) } else { Err(Finding(otherwise())) }
}
