//! Reading only what is new: since results come oldest first, everything new is on the last page or behind it.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use super::cycle::Brent;
use super::{List, Next, Page, PageCall};
use crate::error::PageFault;
use crate::{Call, Error, Policy};

/// A place in a list: the last page that was read, and the ids that were seen on it. Everything on that page with
/// another id, and everything behind it, is new.
///
/// It is serialisable: keep it beside what you made of the items. Rows that are *deleted* shift later ones forward, onto
/// pages that were read already, where a bookmark does not look for them (T60).
///
/// ```
/// use cashlink_core::page::{Bookmark, Page};
/// use cashlink_core::partner::distributor::{Investor, ListInvestors};
/// use cashlink_core::Error;
///
/// fn read_new(bookmark: &mut Bookmark<ListInvestors>, fetch: impl Fn(&Bookmark<ListInvestors>) -> Page<ListInvestors>)
/// -> Result<Vec<Investor>, Error> {
///     let mut new = Vec::new();
///     loop {
///         let page = fetch(bookmark); // performs `bookmark.call()`
///         let fresh = bookmark.advance(&page)?;
///         new.extend(fresh.items.into_iter().cloned());
///         if !fresh.more {
///             return Ok(new);
///         }
///     }
/// }
/// ```
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Bookmark<L: List> {
    page: Next<L>,
    seen: BTreeSet<String>,
    /// Since the last page of the list was read.
    cycle: Brent,
    pages: u32,
    most: u32,
}

/// What a bookmark found on one page.
#[non_exhaustive]
pub struct Fresh<'p, L: List> {
    /// The items that were not seen before, oldest first.
    pub items: Vec<&'p L::Item>,
    /// Whether there is another page to read.
    pub more: bool,
}

impl<L: List> Bookmark<L> {
    /// Behind the last item of this page; `None` for a page that was made by hand.
    #[must_use]
    pub fn after(page: &Page<L>, policy: &Policy) -> Option<Self> {
        let this = page.this()?;
        Some(Self {
            cycle: Brent::new(this.place()),
            page: this,
            seen: ids(page),
            pages: 0,
            most: policy.pages,
        })
    }

    /// The call that reads the page at the bookmark.
    ///
    /// # Errors
    /// Never, for a bookmark that this library made.
    pub fn call(&self) -> Result<PageCall<L>, Error> {
        Call::new(&self.page)
    }

    /// What is new on the page that [`Bookmark::call`] brought. The bookmark moves behind it.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignPageLink`](crate::ErrorKind::ForeignPageLink) or
    /// [`ErrorKind::PageLoop`](crate::ErrorKind::PageLoop) when the page's link leads astray, and
    /// [`ErrorKind::TooManyPages`](crate::ErrorKind::TooManyPages) when [`Policy::pages`] have not led to a last one; the
    /// bookmark stays where it was, and the page's items are still good.
    pub fn advance<'p>(&mut self, page: &'p Page<L>) -> Result<Fresh<'p, L>, Error> {
        let next = page.next()?;
        match &next {
            Some(_) if self.pages >= self.most => return Err(Error::page(L::NAME, PageFault::TooMany)),
            Some(next) if self.cycle.visit(next.place()) => {
                return Err(Error::page(L::NAME, PageFault::Loop));
            }
            Some(_) => self.pages = self.pages.saturating_add(1),
            None => {
                self.pages = 0;
                self.cycle = Brent::new(self.page.place());
            }
        }
        let items = page.items.iter().filter(|item| !self.seen.contains(L::id(item))).collect();
        let more = next.is_some();
        // The ids stay also where the page changes: a row inserted before them pushes the last ones onto the next (T60).
        self.seen = ids(page);
        if let Some(next) = next {
            self.page = next;
        }
        Ok(Fresh { items, more })
    }
}

fn ids<L: List>(page: &Page<L>) -> BTreeSet<String> {
    page.items.iter().map(|item| L::id(item).into()).collect()
}

impl<L: List> Clone for Bookmark<L> {
    fn clone(&self) -> Self {
        Self { page: self.page.clone(), seen: self.seen.clone(), cycle: self.cycle.clone(), ..*self }
    }
}

impl<L: List> fmt::Debug for Bookmark<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bookmark").field("list", &L::NAME).field("seen", &self.seen.len()).finish()
    }
}

impl<L: List> fmt::Debug for Fresh<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fresh").field("items", &self.items.len()).field("more", &self.more).finish()
    }
}
