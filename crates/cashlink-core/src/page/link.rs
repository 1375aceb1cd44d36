//! A link to a page, reduced to what may be used of it: the path that was asked for, and the link's query.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use http::Method;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{List, Page};
use crate::answer::{Answer, Asked, DecodeError};
use crate::encoded::Encoded;
use crate::endpoint::Absolute;
use crate::target::is_relative_path;
use crate::{Effect, InvalidValue, Operation, Path, Query};

/// Towards newer objects.
#[derive(Debug)]
pub enum Forward {}

/// Towards older objects.
#[derive(Debug)]
pub enum Backward {}

/// The next page of a list: an operation, with the list's own name and credential.
pub type Next<L> = PageLink<L, Forward>;

/// The previous page of a list.
pub type Previous<L> = PageLink<L, Backward>;

/// One page of the list `L`, as an operation.
///
/// It can be stored and taken up by another process: no host and no credential are in it, and it is checked again when
/// it is read back. Where it goes is decided by the client that performs it.
pub struct PageLink<L, D> {
    path: String,
    query: String,
    /// Whether a server gave it: a 404 then means that the list has changed.
    given: bool,
    names: PhantomData<fn() -> (L, D)>,
}

impl<L: List, D> PageLink<L, D> {
    /// What a server's link may be used for: it must name the host and the resource that were asked, and then its query
    /// counts, on the path that was asked (T3–T8).
    pub(super) fn checked(asked: Asked<'_>, url: &str) -> Option<Self> {
        let link = Absolute::parse(url).ok()?;
        let (base, path) = (&asked.settings.base, &asked.call.path);
        let same_resource = link.path.strip_prefix(base.path()) == Some(path);
        (same_resource && base.is_named_by(&link, asked.settings.links))
            .then(|| Self::new(path, link.query.unwrap_or_default(), true))
    }

    /// The page that was asked for itself.
    pub(super) fn this(asked: Asked<'_>) -> Self {
        Self::new(&asked.call.path, &asked.call.query, asked.call.follows_link)
    }

    /// The list's first page.
    pub(super) fn first(list: &Encoded) -> Result<Self, InvalidValue> {
        if list.is_plain_get() {
            Ok(Self::new(&list.path, &list.query, false))
        } else {
            Err(InvalidValue::new(
                "list",
                "must be a GET of a path and a query, without a version or headers of its own",
            ))
        }
    }

    fn new(path: &str, query: &str, given: bool) -> Self {
        Self { path: path.into(), query: query.into(), given, names: PhantomData }
    }

    /// What tells this page from others of the list.
    pub(super) fn place(&self) -> &str {
        &self.query
    }
}

impl<L: List, D> Operation for PageLink<L, D> {
    type Output = Page<L>;
    type Credential = L::Credential;
    const NAME: &'static str = L::NAME;

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.written(&self.path);
    }

    fn query(&self, query: &mut Query) {
        query.written(&self.query);
    }

    fn follows_link(&self) -> bool {
        self.given
    }

    fn decode(answer: &Answer<'_>) -> Result<Page<L>, DecodeError> {
        Page::decode(answer)
    }
}

impl<L, D> Clone for PageLink<L, D> {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), query: self.query.clone(), given: self.given, names: PhantomData }
    }
}

impl<L, D> PartialEq for PageLink<L, D> {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.query) == (&other.path, &other.query)
    }
}

impl<L, D> Eq for PageLink<L, D> {}

/// Without the query, which the server wrote.
impl<L: List, D> fmt::Debug for PageLink<L, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageLink({})", L::NAME)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    query: Cow<'a, str>,
    given: bool,
}

impl<L: List, D> Serialize for PageLink<L, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { path, query, given, .. } = self;
        Stored { operation: L::NAME.into(), path: path.into(), query: query.into(), given: *given }
            .serialize(serializer)
    }
}

impl<'de, L: List, D> Deserialize<'de> for PageLink<L, D> {
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        let Stored { operation, path, query, given } = Stored::deserialize(deserializer)?;
        if operation != L::NAME {
            return Err(serde::de::Error::custom("the page belongs to another list"));
        }
        // The query passes the same reader as a link's.
        let url = alloc::format!("https://host/?{query}");
        let legal_query = Absolute::parse(&url).is_ok();
        if !is_relative_path(&path) || !legal_query {
            return Err(serde::de::Error::custom("the page's path or query is not one that a list has"));
        }
        Ok(Self::new(&path, &query, given))
    }
}
