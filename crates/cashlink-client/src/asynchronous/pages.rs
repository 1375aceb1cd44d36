//! Lists as streams: of pages, and of items.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, vec};

use cashlink_core::page::{List, Page, Walk};
use cashlink_core::{Error, Reply};
use futures_core::Stream;

use super::{Client, Timer, Transport};
use crate::turning::Turning;

/// The pages of a list. It ends after the last page, or after an error; [`Pages::walk`] is then where to go on.
pub struct Pages<L: List, H, W> {
    client: Client<L::Credential, H, W>,
    turning: Turning<L>,
    fetching: Option<Fetching<L>>,
}

type Fetching<L> = Pin<Box<dyn Future<Output = Result<Reply<Page<L>>, Error>> + Send>>;

impl<L: List, H, W> Pages<L, H, W> {
    pub(super) fn new(client: Client<L::Credential, H, W>, turning: Turning<L>) -> Self {
        Self { client, turning, fetching: None }
    }

    /// Where the walk stands: before the page that comes next. Store it to go on another time.
    pub fn walk(&self) -> &Walk<L> {
        self.turning.walk()
    }
}

impl<L, H, W> Pages<L, H, W>
where
    L: List + 'static,
    H: Transport + 'static,
    W: Timer + 'static,
{
    /// The next page, as an iterator has it; no crate with stream adapters is needed. None after the last one.
    pub async fn next(&mut self) -> Option<Result<Page<L>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

// Nothing in it is pinned but the box, which may be moved.
impl<L: List, H, W> Unpin for Pages<L, H, W> {}

impl<L, H, W> Stream for Pages<L, H, W>
where
    L: List + 'static,
    H: Transport + 'static,
    W: Timer + 'static,
{
    type Item = Result<Page<L>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let fetching = match &mut this.fetching {
            Some(fetching) => fetching,
            none => match this.turning.next() {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(call)) => {
                    let client = this.client.clone();
                    none.insert(Box::pin(async move { client.perform(&call).await }))
                }
            },
        };
        let reply = ready!(fetching.as_mut().poll(context));
        this.fetching = None;
        Poll::Ready(Some(this.turning.turn(reply)))
    }
}

/// The items of a list. Pages are fetched when they are needed.
pub struct Items<L: List, H, W> {
    pages: Pages<L, H, W>,
    page: vec::IntoIter<L::Item>,
}

impl<L: List, H, W> Items<L, H, W> {
    pub(super) fn new(pages: Pages<L, H, W>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// Where the walk stands: behind the page whose items are being given out. Whether the list changed on the way, too.
    pub fn walk(&self) -> &Walk<L> {
        self.pages.walk()
    }
}

impl<L, H, W> Items<L, H, W>
where
    L: List + 'static,
    H: Transport + 'static,
    W: Timer + 'static,
{
    /// The next item, as an iterator has it; no crate with stream adapters is needed. None after the last one.
    pub async fn next(&mut self) -> Option<Result<L::Item, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<L: List, H, W> Unpin for Items<L, H, W> {}

impl<L, H, W> Stream for Items<L, H, W>
where
    L: List + 'static,
    H: Transport + 'static,
    W: Timer + 'static,
{
    type Item = Result<L::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.page = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<L: List, H, W> fmt::Debug for Pages<L, H, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(self.walk()).finish()
    }
}

impl<L: List, H, W> fmt::Debug for Items<L, H, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("left", &self.page.len()).finish()
    }
}
