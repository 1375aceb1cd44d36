//! Lists, page by page and item by item: iterators in the blocking world, streams in the async one.

use std::{fmt, vec};

use cashlink_core::page::{List, Turning, Walk};

use crate::client::Client;

/// How a world fetches pages.
pub trait Fetches {
    /// A page on its way, while somebody waits for it.
    type Fetching<L: List>;
}

/// The pages of a list. It ends after the last page, or after an error; [`Pages::walk`] is then where to go on.
pub struct Pages<L: List, H, W, K: Fetches> {
    pub(crate) client: Client<L::Credential, H, W, K>,
    pub(crate) turning: Turning<L>,
    pub(crate) fetching: Option<K::Fetching<L>>,
}

/// The items of a list. Pages are fetched when they are needed.
pub struct Items<L: List, H, W, K: Fetches> {
    pub(crate) pages: Pages<L, H, W, K>,
    pub(crate) page: vec::IntoIter<L::Item>,
}

impl<L: List, H, W, K: Fetches> Pages<L, H, W, K> {
    /// Where the walk stands: before the page that comes next. Store it to go on another time.
    pub fn walk(&self) -> &Walk<L> {
        self.turning.walk()
    }
}

impl<L: List, H, W, K: Fetches> Items<L, H, W, K> {
    /// Where the walk stands: behind the page whose items are being given out. Whether the list changed on the way, too.
    pub fn walk(&self) -> &Walk<L> {
        self.pages.walk()
    }
}

// Nothing in it is pinned: the items may be moved.
impl<L: List, H, W, K: Fetches> Unpin for Items<L, H, W, K> {}

impl<L: List, H, W, K: Fetches> fmt::Debug for Pages<L, H, W, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(self.walk()).finish()
    }
}

impl<L: List, H, W, K: Fetches> fmt::Debug for Items<L, H, W, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("left", &self.page.len()).finish()
    }
}
