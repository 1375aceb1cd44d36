//! Lists as streams: of pages, and of items.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cashlink_core::page::{List, Page};
use cashlink_core::{Error, Reply};
use futures_core::Stream;

use super::{Async, Timer, Transport};
use crate::pages;

/// The pages of a list, as a stream.
pub type Pages<L, H, W> = pages::Pages<L, H, W, Async>;

/// The items of a list, as a stream.
pub type Items<L, H, W> = pages::Items<L, H, W, Async>;

impl pages::Fetches for Async {
    type Fetching<L: List> = Pin<Box<dyn Future<Output = Result<Reply<Page<L>>, Error>> + Send>>;
}

impl<L: List + 'static, H: Transport + 'static, W: Timer + 'static> Pages<L, H, W> {
    /// The next page, as an iterator has it; no crate with stream adapters is needed. None after the last one.
    pub async fn next(&mut self) -> Option<Result<Page<L>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<L: List + 'static, H: Transport + 'static, W: Timer + 'static> Stream for Pages<L, H, W> {
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

impl<L: List + 'static, H: Transport + 'static, W: Timer + 'static> Items<L, H, W> {
    /// The next item, as an iterator has it; no crate with stream adapters is needed. None after the last one.
    pub async fn next(&mut self) -> Option<Result<L::Item, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<L: List + 'static, H: Transport + 'static, W: Timer + 'static> Stream for Items<L, H, W> {
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
