//! Turning pages as iterators and streams do, in whichever world: what to ask for next, and what to make of what came.

use core::fmt;

use super::{List, Page, PageCall, Walk};
use crate::{Error, Reply};

/// A walk that ends for good with its first error; the error that stands behind a page that is still good comes after it.
///
/// Ask for the [`next`](Self::next) call, perform it, and give what came to [`turn`](Self::turn).
pub struct Turning<L: List> {
    walk: Walk<L>,
    behind: Option<Error>,
    stopped: bool,
}

impl<L: List> Turning<L> {
    /// From where this walk stands.
    #[must_use]
    pub fn new(walk: Walk<L>) -> Self {
        Self { walk, behind: None, stopped: false }
    }

    /// The next call, or the error that ends the walk; nothing at its end, or after an error.
    #[expect(clippy::should_implement_trait, reason = "no iterator: every call waits for its page")]
    pub fn next(&mut self) -> Option<Result<PageCall<L>, Error>> {
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
    ///
    /// # Errors
    /// The one that came instead of a page.
    pub fn turn(&mut self, reply: Result<Reply<Page<L>>, Error>) -> Result<Page<L>, Error> {
        let page = reply.inspect_err(|_| self.stopped = true)?.value;
        self.behind = self.walk.turn(&page).err();
        Ok(page)
    }

    /// Where the walk stands: before the page that comes next.
    #[must_use]
    pub fn walk(&self) -> &Walk<L> {
        &self.walk
    }
}

impl<L: List> fmt::Debug for Turning<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turning").field("walk", &self.walk).field("stopped", &self.stopped).finish()
    }
}
