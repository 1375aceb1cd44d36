//! From the first page to the last, in constant memory, across processes if need be.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::cycle::Brent;
use super::{List, Next, Page, PageCall, PageLink};
use crate::error::PageFault;
use crate::{Call, Error, Policy};

/// The way through a list: which page comes next, and what has been seen on the way.
///
/// It ends when the pages do; it stops with an error when they lead back to one that was read already, or when there are
/// more than [`Policy::pages`] (T59). It is serialisable, so a job can go on in another process next week. A page that
/// fails loses nothing: the walk still stands before it.
///
/// ```
/// use cashlink_core::page::{Page, Walk};
/// use cashlink_core::partner::distributor::ListInvestors;
/// use cashlink_core::{Error, Policy};
///
/// # fn perform<T, C>(_: cashlink_core::Call<T, C>) -> T { unimplemented!() }
/// fn count(perform: impl Fn(cashlink_core::Call<Page<ListInvestors>, cashlink_core::Bearer>) -> Page<ListInvestors>)
/// -> Result<usize, Error> {
///     let (mut walk, mut count) = (Walk::new(&ListInvestors::new(), &Policy::default())?, 0);
///     while let Some(call) = walk.call()? {
///         let page = perform(call);
///         count += page.items.len();
///         walk.turn(&page)?;
///     }
///     Ok(count)
/// }
/// ```
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Walk<L: List> {
    next: Option<Next<L>>,
    pages: u32,
    most: u32,
    count: Option<u64>,
    count_changed: bool,
    cycle: Brent,
}

impl<L: List> Walk<L> {
    /// Before the list's first page.
    ///
    /// # Errors
    /// As for [`Walk::of`], or when the list's own request can't be encoded.
    pub fn new(list: &L, policy: &Policy) -> Result<Self, Error> {
        Self::of(&Call::new(list)?, policy)
    }

    /// Before the first page of a list that was encoded already, perhaps for another path
    /// ([`Call::at_path`](crate::Call::at_path)). Options of the call are not carried along: give them to each
    /// [`Walk::call`].
    ///
    /// # Errors
    /// When the request is more than a GET of a path and a query: a page link would not repeat the rest.
    pub fn of(list: &PageCall<L>, policy: &Policy) -> Result<Self, Error> {
        let first = PageLink::first(&list.encoded).map_err(|fault| Error::invalid_request(L::NAME, fault))?;
        Ok(Self {
            cycle: Brent::new(first.place()),
            next: Some(first),
            pages: 0,
            most: policy.pages,
            count: None,
            count_changed: false,
        })
    }

    /// The call that brings the next page; `None` at the end. It is the same until [`Walk::turn`] was given its page.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyPages`](crate::ErrorKind::TooManyPages) when the walk has turned as many pages as it may.
    pub fn call(&self) -> Result<Option<PageCall<L>>, Error> {
        match &self.next {
            None => Ok(None),
            Some(_) if self.pages >= self.most => Err(Error::page(L::NAME, PageFault::TooMany)),
            Some(next) => Call::new(next).map(Some),
        }
    }

    /// The page came: the walk stands behind it.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignPageLink`](crate::ErrorKind::ForeignPageLink) or
    /// [`ErrorKind::PageLoop`](crate::ErrorKind::PageLoop) when its link leads astray. The page itself is good all the
    /// same, and the walk stands where it stood, so that it can be stored and looked at.
    pub fn turn(&mut self, page: &Page<L>) -> Result<(), Error> {
        let next = page.next()?;
        if next.as_ref().is_some_and(|next| self.cycle.visit(next.place())) {
            return Err(Error::page(L::NAME, PageFault::Loop));
        }
        self.next = next;
        self.pages = self.pages.saturating_add(1);
        self.count_changed |= matches!((self.count, page.count), (Some(before), Some(now)) if before != now);
        self.count = page.count.or(self.count);
        Ok(())
    }

    /// Whether the list's length changed on the way: then rows may have been seen twice or not at all (T60).
    #[must_use]
    pub fn count_changed(&self) -> bool {
        self.count_changed
    }

    /// How many pages were turned.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }
}

impl<L: List> Clone for Walk<L> {
    fn clone(&self) -> Self {
        Self { next: self.next.clone(), cycle: self.cycle.clone(), ..*self }
    }
}

impl<L: List> fmt::Debug for Walk<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk")
            .field("list", &L::NAME)
            .field("pages", &self.pages)
            .field("at_end", &self.next.is_none())
            .field("count_changed", &self.count_changed())
            .finish()
    }
}
