//! Lists as iterators: of pages, and of items.

use std::convert::Infallible;

use cashlink_core::Error;
use cashlink_core::page::{List, Page};

use super::{Blocking, Timer, Transport};
use crate::pages;

/// The pages of a list, as an iterator.
pub type Pages<L, H, W> = pages::Pages<L, H, W, Blocking>;

/// The items of a list, as an iterator.
pub type Items<L, H, W> = pages::Items<L, H, W, Blocking>;

impl pages::Fetches for Blocking {
    /// Whoever asks for a page is there until it comes.
    type Fetching<L: List> = Infallible;
}

impl<L: List, H: Transport, W: Timer> Iterator for Pages<L, H, W> {
    type Item = Result<Page<L>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let call = self.turning.next()?;
        Some(call.and_then(|call| self.turning.turn(self.client.perform(&call))))
    }
}

impl<L: List, H: Transport, W: Timer> Iterator for Items<L, H, W> {
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
