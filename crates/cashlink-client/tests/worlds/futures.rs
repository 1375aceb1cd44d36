//! What a call in the async world has to be: a future that can be spawned anywhere, and streams that can be passed on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use cashlink_client::asynchronous::{self, Items, Pages, Timer, Transport};
use cashlink_client::blocking;
use cashlink_client::core::answer::{Answer, DecodeError};
use cashlink_client::core::http::Method;
use cashlink_client::core::partner::distributor::{Investor, ListInvestors};
use cashlink_client::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_client::core::{
    Bearer, Call, Certainty, Client as Protocol, Effect, Error, Failure, Money, Operation, Path, Reply,
    Secret, UserKey,
};
use futures_executor::{block_on, block_on_stream};

use crate::clock::Clock;
use crate::runner::{Asynchronous, protocol};
use crate::wire::{Log, Sent, Wire, answer, grant};

type Spawned<T> = Pin<Box<dyn Future<Output = Result<Reply<T>, Error>> + Send + 'static>>;

fn client() -> Asynchronous<Arc<Wire>> {
    let wire = Wire::new(&Log::default(), |sent: &Sent| {
        Ok(match sent.uri.rsplit('/').next() {
            Some("token") => grant("t", None),
            Some("") => {
                let next = r#""https://demo.cashlink.de/api/external/distributor/v2/investors/?page=2""#;
                answer(200, &format!(r#"{{"id":"17","next":{next},"results":[{{"id":"a"}},{{"id":"b"}}]}}"#))
            }
            _ => answer(200, r#"{"next":null,"results":[{"id":"c"}]}"#),
        })
    });
    asynchronous::Client::with_timer(protocol(), Arc::new(wire), Clock::default())
}

/// An operation that borrows what it asks for.
struct Find<'a>(&'a str);

impl Operation for Find<'_> {
    type Output = Investor;
    type Credential = Bearer;
    const NAME: &'static str = "investors.find";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.segments(self.0);
    }

    fn decode(answer: &Answer<'_>) -> Result<Investor, DecodeError> {
        answer.json()
    }
}

#[test]
fn a_call_is_spawned_with_its_client_even_where_the_operation_borrowed() {
    let client = client();
    let spawned: Spawned<Investor> = {
        let path = String::from("distributor/v2/investors/17/");
        let call = Call::new(&Find(&path)).unwrap();
        let client = client.clone();
        Box::pin(async move { client.perform(&call).await })
    };
    let reply = thread::spawn(|| block_on(spawned)).join().unwrap();
    assert_eq!(reply.unwrap().value.id.as_str(), "17");
}

fn goes_anywhere<T: Send + Unpin + 'static>(value: T) -> T {
    value
}

#[test]
fn streams_go_anywhere_and_run_under_any_executor() {
    let client = client();
    let pages: Pages<ListInvestors, _, _> = goes_anywhere(client.pages(&ListInvestors::new()).unwrap());
    let lengths = || block_on_stream(pages).map(|page| page.unwrap().items.len()).collect::<Vec<_>>();
    assert_eq!(thread::spawn(lengths).join().unwrap(), [2, 1]);

    let items: Items<ListInvestors, _, _> = goes_anywhere(client.items(&ListInvestors::new()).unwrap());
    let ids: Vec<String> = block_on_stream(items).map(|item| item.unwrap().id.to_string()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

/// A stream that is dropped in the middle of a page has turned no page: its walk is as good as before.
#[test]
fn a_stream_that_is_dropped_in_the_middle_wedges_nobody() {
    let log = Log::default();
    let wire = Wire::new(&log, |sent: &Sent| {
        Ok(if sent.is_token_request() {
            grant("t", None)
        } else {
            answer(200, r#"{"next":null,"results":[{"id":"a"}]}"#)
        })
    });
    let client = asynchronous::Client::with_timer(protocol(), wire.pending(1), Clock::default());
    let mut pages = client.pages(&ListInvestors::new()).unwrap();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(futures_core::Stream::poll_next(Pin::new(&mut pages), &mut context).is_pending());
    let walk = pages.walk().clone();
    drop(pages);
    assert_eq!(block_on_stream(client.walk(walk)).map(Result::unwrap).count(), 1);
    assert_eq!(log.token_requests(), 2);
}

/// Code that doesn't care for the stack is generic over it, and one connection pool serves several clients.
async fn first<H: Transport + 'static, W: Timer + 'static>(
    client: &asynchronous::Client<Bearer, H, W>,
) -> String {
    client.call(&Find("distributor/v2/investors/17/")).await.unwrap().value.id.to_string()
}

#[test]
fn clients_of_two_apis_share_a_transport() {
    let log = Log::default();
    let wire = Arc::new(Wire::new(&log, |sent: &Sent| {
        if sent.is_token_request() {
            Ok(grant("t", None))
        } else if sent.method == "POST" {
            Err(Failure::maybe_sent("reset"))
        } else {
            Ok(answer(200, r#"{"id":"17"}"#))
        }
    }));
    let clock = Arc::new(Clock::default());
    let partner = asynchronous::Client::with_timer(protocol(), Arc::clone(&wire), Arc::clone(&clock));
    assert_eq!(block_on(first(&partner)), "17");

    // T37: no key, so no second attempt after an answer that was lost; and an API key needs no token.
    let key = || UserKey::new(Secret::new("k3y")).unwrap();
    let create = || {
        CreateCashlink::v2018_01_15(
            CashlinkType::Invoice,
            "EUR 12.34".parse::<Money>().unwrap(),
            "Invoice 17",
        )
    };
    let protocol = || Protocol::new(Payments::production(), key());
    let asynchronous = asynchronous::Client::with_timer(protocol(), Arc::clone(&wire), Arc::clone(&clock));
    let blocking = blocking::Client::with_timer(protocol(), wire, clock);
    for error in [block_on(asynchronous.call(&create())), blocking.call(&create())].map(Result::unwrap_err) {
        assert_eq!((error.certainty(), error.attempts()), (Certainty::Unknown, 1));
    }
    let sent = log.sent();
    assert_eq!(sent.len(), 4);
    assert_eq!(sent[2], sent[3]);
    assert_eq!((sent[2].header("x-api-key"), sent[2].header("x-idempotency-key")), (Some("k3y"), None));
}

#[test]
fn bodies_fit_where_an_http_stack_wants_them() {
    fn fits<T: Send + Sync + 'static>() {}
    // hyper asks for `Send`, reqwest for `Sync` as well.
    fits::<asynchronous::Outbound>();
    fits::<asynchronous::Source>();
    fits::<blocking::Source>();
    fits::<blocking::Outbound>();
}
