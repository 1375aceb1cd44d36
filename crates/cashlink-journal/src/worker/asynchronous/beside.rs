//! A call, and what goes on beside it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// What the first future leads to, unless the other one is ready before.
pub(super) async fn before<T>(
    mut first: Pin<&mut impl Future<Output = T>>,
    other: impl Future<Output = ()>,
) -> Option<T> {
    let mut other = pin!(other);
    poll_fn(|context| match first.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => other.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// What the other future leads to, and the first one, where that is ready by then. The first goes on meanwhile.
pub(super) async fn beside<T, U>(
    mut first: Pin<&mut impl Future<Output = T>>,
    other: impl Future<Output = U>,
) -> (Option<T>, U) {
    let (mut other, mut value) = (pin!(other), None);
    poll_fn(|context| {
        if value.is_none() {
            if let Poll::Ready(ready) = first.as_mut().poll(context) {
                value = Some(ready);
            }
        }
        other.as_mut().poll(context).map(|other| (value.take(), other))
    })
    .await
}
