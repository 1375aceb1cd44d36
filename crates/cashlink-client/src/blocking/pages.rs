//! Lists as iterators: of pages, and of items.

use std::{fmt, vec};

use cashlink_core::Error;
use cashlink_core::page::{List, Page, Walk};

use super::{Client, Timer, Transport};
use crate::turning::Turning;

/// The pages of a list. It ends after the last page, or after an error; [`Pages::walk`] is then where to go on.
pub struct Pages<'a, L: List, H, W> {
    client: &'a Client<L::Credential, H, W>,
    turning: Turning<L>,
}

impl<'a, L: List, H, W> Pages<'a, L, H, W> {
    pub(super) fn new(client: &'a Client<L::Credential, H, W>, turning: Turning<L>) -> Self {
        Self { client, turning }
    }

    /// Where the walk stands: before the page that comes next. Store it to go on another time.
    pub fn walk(&self) -> &Walk<L> {
        self.turning.walk()
    }
}

impl<L: List, H: Transport, W: Timer> Iterator for Pages<'_, L, H, W> {
    type Item = Result<Page<L>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let call = self.turning.next()?;
        Some(call.and_then(|call| self.turning.turn(self.client.perform(&call))))
    }
}

/// The items of a list. Pages are fetched when they are needed.
pub struct Items<'a, L: List, H, W> {
    pages: Pages<'a, L, H, W>,
    page: vec::IntoIter<L::Item>,
}

impl<'a, L: List, H, W> Items<'a, L, H, W> {
    pub(super) fn new(pages: Pages<'a, L, H, W>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// Where the walk stands: behind the page whose items are being given out. Whether the list changed on the way, too.
    pub fn walk(&self) -> &Walk<L> {
        self.pages.walk()
    }
}

impl<L: List, H: Transport, W: Timer> Iterator for Items<'_, L, H, W> {
    type Item = Result<L::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.items.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<L: List, H, W> fmt::Debug for Pages<'_, L, H, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(self.walk()).finish()
    }
}

impl<L: List, H, W> fmt::Debug for Items<'_, L, H, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("left", &self.page.len()).finish()
    }
}
