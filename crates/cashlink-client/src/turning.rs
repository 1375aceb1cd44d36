//! Turning pages, in whichever world: what to ask for next, and what to make of what came.

use cashlink_core::page::{List, Page, PageCall, Walk};
use cashlink_core::{Error, Reply};

/// A walk, and the error that stands behind a page that is still good.
pub(crate) struct Turning<L: List> {
    walk: Walk<L>,
    behind: Option<Error>,
    stopped: bool,
}

impl<L: List> Turning<L> {
    pub(crate) fn new(walk: Walk<L>) -> Self {
        Self { walk, behind: None, stopped: false }
    }

    /// The next call, or the error that ends the walk; nothing at its end, or after an error.
    pub(crate) fn next(&mut self) -> Option<Result<PageCall<L>, Error>> {
        if self.stopped {
            return None;
        }
        let next = match self.behind.take() {
            Some(error) => Err(error),
            None => self.walk.call(),
        };
        self.stopped = !matches!(next, Ok(Some(_)));
        next.transpose()
    }

    /// A page came, or didn't. Where its link leads astray, the page is good, and the error comes next.
    pub(crate) fn turn(&mut self, reply: Result<Reply<Page<L>>, Error>) -> Result<Page<L>, Error> {
        let page = reply.inspect_err(|_| self.stopped = true)?.value;
        self.behind = self.walk.turn(&page).err();
        Ok(page)
    }

    pub(crate) fn walk(&self) -> &Walk<L> {
        &self.walk
    }
}
