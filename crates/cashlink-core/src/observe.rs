//! What can be observed of a flow. For metrics, it tells an [`Observer`] what it knows anyway, at the moment at which it knows it;
//! for traces, whoever drives it puts a [`Span`] around it and around each of its attempts.

mod span;
#[cfg_attr(not(feature = "tracing"), path = "observe/untraced.rs")]
mod traced;

pub use span::Span;

use core::time::Duration;

use http::StatusCode;

use crate::flow::TOKEN_CALL;
use crate::{Certainty, Error, Failure, IdempotencyKey};

/// Hears what happens to every call of a client: [`ClientBuilder::observer`](crate::ClientBuilder::observer).
///
/// It is called between two steps, on the thread that drives the call: what it takes, the call takes too. A client without
/// one asks nobody. The call that obtains a token is told of like all others, as [`Event::is_about_token`] says.
///
/// ```
/// use cashlink_core::observe::{Event, Happened, Observer};
/// use cashlink_core::{Bearer, Client, Secret, partner::Partner};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// # fn histogram(_name: &str, _operation: &str, _label: &str, _duration: core::time::Duration) {}
///
/// #[derive(Default)]
/// struct Metrics {
///     failures: AtomicU32,
/// }
///
/// impl Observer for Metrics {
///     fn observe(&self, event: &Event<'_>) {
///         match event.happened {
///             Happened::AttemptEnded { outcome: Ok(status), duration, .. } => {
///                 histogram("attempt", event.operation, status.as_str(), duration);
///             }
///             Happened::AttemptEnded { outcome: Err(failure), duration, .. } => {
///                 histogram("attempt", event.operation, failure.class(), duration);
///             }
///             Happened::Ended { error: Some(_), .. } => {
///                 self.failures.fetch_add(1, Ordering::Relaxed);
///             }
///             _ => {}
///         }
///     }
/// }
///
/// let metrics = Arc::new(Metrics::default());
/// let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?;
/// let client = Client::builder(Partner::demo(), bearer).observer(metrics.clone()).build();
/// # let _ = client;
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
pub trait Observer: Send + Sync {
    /// Something happened.
    fn observe(&self, event: &Event<'_>);
}

/// What happened, and to which call. It holds no secret and nothing that a server wrote, but for what an [`Error`] keeps to
/// itself (T11–T12).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The operation's name.
    pub operation: &'a str,
    /// The idempotency key that the call carries.
    pub key: Option<&'a IdempotencyKey>,
    /// What happened.
    pub happened: Happened<'a>,
}

impl<'a> Event<'a> {
    pub(crate) fn new(operation: &'a str, key: Option<&'a IdempotencyKey>, happened: Happened<'a>) -> Self {
        Self { operation, key, happened }
    }

    /// Whether it is about the call that obtains a token, which is a flow of its own: where that ends without an error, the
    /// token is there.
    #[must_use]
    pub fn is_about_token(&self) -> bool {
        self.operation == TOKEN_CALL
    }
}

/// What may happen to a flow. Durations are measured on the monotonic clock, by the moments that the flow was told.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Happened<'a> {
    /// It began.
    #[non_exhaustive]
    Started,
    /// A request went out, and this is what came of it.
    #[non_exhaustive]
    AttemptEnded {
        /// Which attempt, counted like [`Meta::attempts`](crate::Meta::attempts): from 1.
        attempt: u32,
        /// The status of a whole answer, or why none came.
        outcome: Result<StatusCode, &'a Failure>,
        /// From when the request was handed out to when its outcome was reported.
        duration: Duration,
    },
    /// Nothing is sent for so long; then there is another attempt.
    #[non_exhaustive]
    Waits {
        /// How long.
        duration: Duration,
    },
    /// It is over. An answer that came whole ends it well, also where a loop that performs calls
    /// [erased](crate::Call::erased) can't read it later on.
    #[non_exhaustive]
    Ended {
        /// Whether it happened.
        certainty: Certainty,
        /// How many attempts there were, those of earlier processes included.
        attempts: u32,
        /// From its start to the last moment that the flow was told.
        duration: Duration,
        /// What went wrong.
        error: Option<&'a Error>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use alloc::{format, vec};
    use std::sync::Mutex;

    use http::Response;

    use crate::partner::{Partner, distributor::ListInvestors};
    use crate::{Bearer, Client, Now, Secret, Step};

    #[derive(Default)]
    struct Story(Mutex<Vec<String>>);

    impl Observer for Story {
        fn observe(&self, event: &Event<'_>) {
            let seconds = |duration: Duration| duration.as_secs();
            let happened = match event.happened {
                Happened::Started => "started".into(),
                Happened::AttemptEnded { attempt, outcome: Ok(status), duration } => {
                    format!("{attempt}: {} in {} s", status.as_u16(), seconds(duration))
                }
                Happened::AttemptEnded { attempt, outcome: Err(failure), duration } => {
                    format!("{attempt}: {} in {} s", failure.class(), seconds(duration))
                }
                Happened::Waits { .. } => "waits".into(),
                Happened::Ended { certainty, attempts, duration, error } => {
                    let kind = error.map(Error::kind);
                    format!("{certainty:?} after {attempts} in {} s, {kind:?}", seconds(duration))
                }
            };
            let who = if event.is_about_token() { "token" } else { event.operation };
            self.0.lock().unwrap().push(format!("{who} {happened}"));
        }
    }

    fn at(seconds: u64) -> Now {
        Now::new(0, Duration::from_secs(seconds))
    }

    #[test]
    fn a_call_and_the_call_for_its_token_are_told_from_beginning_to_end() {
        let story = Arc::new(Story::default());
        let bearer = Bearer::client_credentials("c", Secret::new("s")).unwrap();
        let client = Client::builder(Partner::demo(), bearer).observer(story.clone()).build();

        let Step::Authorize(mut need) = client.start(&ListInvestors::new(), at(0), [0; 16]) else { panic!() };
        let Step::Send(outgoing) = need.request(at(1)) else { panic!("the token's request goes out") };
        let granted = outgoing.into_parts().1.respond(at(3), Response::new(r#"{"access_token":"t"}"#));
        let Step::Done(Ok(grant)) = granted else { panic!("a token") };
        let Step::Send(outgoing) = need.with(grant.value.token(), at(4)) else { panic!("it goes out") };
        let failed = outgoing.into_parts().1.fail(at(5), Failure::not_sent("refused"));
        let Step::Wait(delay) = failed else { panic!("it waits") };
        let Step::Send(outgoing) = delay.wake(at(6)) else { panic!("it goes out again") };
        let refused = Response::builder().status(403).body("").unwrap();
        let Step::Done(Err(_)) = outgoing.into_parts().1.respond(at(8), refused) else {
            panic!("it is over")
        };

        let told = vec![
            "investors.list started",
            "token started",
            "token 1: 200 in 2 s",
            "token Applied after 1 in 2 s, None",
            "investors.list 1: not_sent in 1 s",
            "investors.list waits",
            "investors.list 2: 403 in 2 s",
            "investors.list NotApplied after 2 in 8 s, Some(Status)",
        ];
        assert_eq!(*story.0.lock().unwrap(), told);
    }
}
