//! What is to be done with outcomes.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn, ready};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use cashlink_core::answer::Received;
use cashlink_core::{Credential, Now, Operation};

use crate::store::SettleError;
use crate::store::asynchronous::{Store, Within};
use crate::worker::{Recording, Settled, TwoHandlers, panicked};

type Handler<S> =
    dyn for<'a, 't> Fn(&'a mut <S as Store>::Transaction<'t>, Settled<Received>) -> Within<'a> + Send + Sync;

/// What is to be done with outcomes, by operation.
pub struct Handlers<S: Store, C> {
    by_name: BTreeMap<&'static str, Box<Handler<S>>>,
    credential: PhantomData<fn(C)>,
}

impl<S: Store, C: Credential> Default for Handlers<S, C> {
    fn default() -> Self {
        Self { by_name: BTreeMap::new(), credential: PhantomData }
    }
}

impl<S: Store + 'static, C: Credential> Handlers<S, C> {
    /// The outcomes of this operation go to this function. What it writes in the transaction becomes durable together with the
    /// journal's own record, or not at all.
    ///
    /// Write it in place, as `|transaction, settled| Box::pin(async move { … Ok(()) })`: Rust finds the lifetimes and the type of the
    /// future only there, not in a closure with a name, and an `async` closure is none.
    ///
    /// # Errors
    /// When an operation of this name has one already.
    pub fn on<O: Operation<Credential = C>>(
        mut self,
        handler: impl for<'a, 't> Fn(&'a mut S::Transaction<'t>, Settled<O::Output>) -> Within<'a>
        + Send
        + Sync
        + 'static,
    ) -> Result<Self, TwoHandlers> {
        let decoding = boxed::<S>(move |transaction, settled| handler(transaction, settled.decode_as::<O>()));
        match self.by_name.insert(O::NAME, decoding) {
            None => Ok(self),
            Some(_) => Err(TwoHandlers { operation: O::NAME }),
        }
    }
}

impl<S: Store, C: Credential> Handlers<S, C> {
    /// Whether there is one for operations of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Records what became of an intent, together with what its handler writes. A function of its own, so that the compiler sees that
    /// the future is `Send`, whatever the handler does.
    pub(super) fn settle(
        &self,
        store: &mut S,
        recording: &Recording,
        now: Now,
    ) -> impl Future<Output = Result<(), SettleError<S::Error>>> + Send {
        let handler = recording.operation().and_then(|name| self.by_name.get(name));
        let handing = recording.handed().cloned().zip(handler);
        store.settle(recording.lease(), recording.settlement(), now, |transaction| match handing {
            Some((settled, handler)) => guarded(|| handler(transaction, settled)),
            None => Box::pin(ready(Ok(()))),
        })
    }
}

/// Tells the compiler for which lifetimes the function is.
fn boxed<S: Store>(
    handler: impl for<'a, 't> Fn(&'a mut S::Transaction<'t>, Settled<Received>) -> Within<'a>
    + Send
    + Sync
    + 'static,
) -> Box<Handler<S>> {
    Box::new(handler)
}

impl<S: Store, C> fmt::Debug for Handlers<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

/// A handler whose panic is a failure of its own, and not the worker's.
fn guarded<'a>(handler: impl FnOnce() -> Within<'a>) -> Within<'a> {
    let Ok(mut running) = catch_unwind(AssertUnwindSafe(handler)) else {
        return Box::pin(ready(Err(panicked())));
    };
    Box::pin(poll_fn(move |context| {
        catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(Err(panicked())))
    }))
}
