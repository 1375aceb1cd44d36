//! Lists, page by page: oldest first, in pages that link to each other (seed, *Getting started*).
//!
//! A link that a server writes is data, not a destination: it has to name the place that it came from, and then only its
//! *query* is used, on our own base (T3–T5). [`Walk`] follows the links to the end and can be put away and taken up
//! again; [`Bookmark`] reads only what is new.

mod bookmark;
mod cycle;
mod items;
mod link;
mod turning;
mod walk;

pub use bookmark::{Bookmark, Fresh};
pub use link::{Backward, Forward, Next, PageLink, Previous};
pub use turning::Turning;
pub use walk::Walk;

/// The call that brings one page of a list.
pub type PageCall<L> = Call<Page<L>, <L as Operation>::Credential>;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answer::{Answer, DecodeError};
use crate::error::PageFault;
use crate::{Call, Error, Operation};

use items::Fields;

/// An operation that lists objects in pages.
pub trait List: Operation<Output = Page<Self>> + Sized {
    /// What is listed.
    type Item: DeserializeOwned;

    /// What tells one item from another.
    fn id(item: &Self::Item) -> &str;
}

/// One page of a list. Not a snapshot: rows that are created or deleted meanwhile shift what the next page shows (T60).
pub struct Page<L: List> {
    /// How many objects the list has in all, where the server says so. Nothing is allocated by it (T63).
    pub count: Option<u64>,
    /// The objects on this page, oldest first.
    pub items: Vec<L::Item>,
    this: Option<PageLink<L, Forward>>,
    next: Link<Next<L>>,
    previous: Link<Previous<L>>,
    body: Bytes,
}

/// What a page says about a neighbour.
#[derive(Clone)]
enum Link<P> {
    None,
    To(P),
    /// It names another place, or can't be read.
    Foreign,
}

impl<P: Clone> Link<P> {
    fn follow<L: List>(&self) -> Result<Option<P>, Error> {
        match self {
            Self::None => Ok(None),
            Self::To(link) => Ok(Some(link.clone())),
            Self::Foreign => Err(Error::page(L::NAME, PageFault::ForeignLink)),
        }
    }
}

impl<L: List> Page<L> {
    /// The page after this one, if there is one: an operation of its own.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignPageLink`](crate::ErrorKind::ForeignPageLink) when the link names another host or resource,
    /// or is no URL. Nothing is sent then, and this page's items are still good.
    pub fn next(&self) -> Result<Option<Next<L>>, Error> {
        self.next.follow::<L>()
    }

    /// The page before this one, if there is one.
    ///
    /// # Errors
    /// As for [`Page::next`].
    pub fn previous(&self) -> Result<Option<Previous<L>>, Error> {
        self.previous.follow::<L>()
    }

    /// This page again. A page that was made by hand has no place to come from.
    #[must_use]
    pub fn this(&self) -> Option<PageLink<L, Forward>> {
        self.this.clone()
    }

    /// Each item's own JSON, in the order of `items`: for fields that this library has no name for.
    ///
    /// # Errors
    /// When the page was made by hand.
    pub fn items_json(&self) -> Result<Vec<&RawValue>, DecodeError> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow)]
            results: Vec<&'a RawValue>,
        }

        serde_json::from_slice::<Wire<'_>>(&self.body)
            .map(|wire| wire.results)
            .map_err(|_| DecodeError::new("page", "must come from an answer"))
    }

    /// A page for tests: these items, and no neighbours.
    #[must_use]
    pub fn fixture(items: Vec<L::Item>) -> Self {
        let count = u64::try_from(items.len()).ok();
        Self { count, items, this: None, next: Link::None, previous: Link::None, body: Bytes::new() }
    }

    /// Reads an answer as a page: what every list's `decode` is.
    ///
    /// # Errors
    /// When it is not whole, valid JSON with an array of items in `results`.
    pub fn decode(answer: &Answer<'_>) -> Result<Self, DecodeError> {
        let Fields { count, next, previous, items } = Fields::read(answer)?;
        Ok(Self {
            count,
            items,
            this: answer.asked().map(PageLink::this),
            next: link(answer, next),
            previous: link(answer, previous),
            body: answer.body().clone(),
        })
    }
}

fn link<L: List, D>(answer: &Answer<'_>, url: Option<Cow<'_, str>>) -> Link<PageLink<L, D>> {
    match (url, answer.asked()) {
        (None, _) => Link::None,
        (Some(url), Some(asked)) => PageLink::checked(asked, &url).map_or(Link::Foreign, Link::To),
        (Some(_), None) => Link::Foreign,
    }
}

impl<L: List> Clone for Page<L>
where
    L::Item: Clone,
{
    fn clone(&self) -> Self {
        Self {
            count: self.count,
            items: self.items.clone(),
            this: self.this.clone(),
            next: self.next.clone(),
            previous: self.previous.clone(),
            body: self.body.clone(),
        }
    }
}

impl<L: List> fmt::Debug for Page<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("list", &L::NAME)
            .field("count", &self.count)
            .field("items", &self.items.len())
            .field("has_next", &!matches!(self.next, Link::None))
            .field("has_previous", &!matches!(self.previous, Link::None))
            .finish()
    }
}
