//! One attempt over a stack of futures and `http_body`: which limit ends it, and what is said of the request then.

use std::collections::VecDeque;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use cashlink_client::Limits;
use cashlink_client::asynchronous::{Exchange, Outbound};
use cashlink_client::core::body::{Body, MediaType};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_client::core::{Failure, Timeouts};
use http_body::{Body as _, Frame, SizeHint};

use crate::clock::Clock;
use crate::executor::block_on;

const SECOND: Duration = Duration::from_secs(1);

fn limits() -> Limits {
    let mut timeouts = Timeouts::new(5 * SECOND, 60 * SECOND);
    timeouts.idle = Some(8 * SECOND);
    Limits::new(timeouts, 10)
}

fn request(body: &'static str) -> Request<Outbound> {
    let body = Body::new(&MediaType::JSON, body);
    Request::post("/").body(Outbound::new(body, None)).unwrap()
}

/// Runs an exchange, and says how long it took.
fn exchange<B, A>(
    body: &'static str,
    stack: impl FnOnce(Clock, Request<Outbound>) -> A,
) -> (Outcome, Duration)
where
    B: http_body::Body,
    A: Future<Output = Result<Response<B>, &'static str>>,
{
    let clock = Clock::default();
    let mut request = request(body);
    let exchange = Exchange::new(&clock, limits(), &mut request);
    let sending = stack(clock.clone(), request);
    let outcome = block_on(&clock, exchange.run(sending, Failure::maybe_sent));
    let text = |response: Response<Bytes>| String::from_utf8(response.into_body().to_vec()).unwrap();
    (outcome.map(text).map_err(|failure| failure.to_string()), clock.mono())
}

type Outcome = Result<String, String>;

fn failed(outcome: &str) -> Outcome {
    Err(outcome.to_owned())
}

/// What an answer's body does, step by step.
enum Act {
    Data(&'static str),
    Rest(Duration),
    Break,
}

struct Answer(VecDeque<Act>, Clock, Option<Pin<Box<dyn Future<Output = ()>>>>);

impl Answer {
    fn plays(clock: &Clock, acts: impl IntoIterator<Item = Act>) -> Response<Self> {
        Response::new(Self(acts.into_iter().collect(), clock.clone(), None))
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        loop {
            if let Some(rest) = &mut self.2 {
                std::task::ready!(rest.as_mut().poll(context));
                self.2 = None;
            }
            match self.0.pop_front() {
                Some(Act::Data(data)) => {
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(data.as_bytes())))));
                }
                Some(Act::Break) => return Poll::Ready(Some(Err("reset"))),
                Some(Act::Rest(duration)) => {
                    let clock = self.1.clone();
                    self.2 = Some(Box::pin(async move { clock.pass(duration).await }));
                }
                None => return Poll::Ready(None),
            }
        }
    }
}

/// Takes the body out of a request, one piece after each rest.
async fn take(clock: &Clock, request: Request<Outbound>, rests: impl IntoIterator<Item = Duration>) {
    let mut body = request.into_body();
    for rest in rests {
        clock.pass(rest).await;
        poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
    }
}

#[test]
fn an_answer_in_one_piece_or_in_many_is_read_whole() {
    for acts in [vec![Act::Data("0123456789")], vec![Act::Data("01234"), Act::Data(""), Act::Data("56789")]] {
        let (outcome, took) = exchange("{}", |clock, _| ready(Ok(Answer::plays(&clock, acts))));
        assert_eq!((outcome, took), (Ok("0123456789".to_owned()), Duration::ZERO));
    }
    let (outcome, _) = exchange("{}", |clock, _| ready(Ok(Answer::plays(&clock, []))));
    assert_eq!(outcome, Ok(String::new()));
}

#[test]
fn a_body_that_nobody_asked_for_was_not_sent_whatever_the_error() {
    let refuses = |_, _| ready(Err::<Response<Answer>, _>("broken pipe"));
    assert_eq!(exchange("{}", refuses).0, failed("not sent: broken pipe"));
    // Without a body, only the error can tell.
    assert_eq!(exchange("", refuses).0, failed("maybe sent: broken pipe"));

    // Nor can it be told of bytes that were taken at once, to be sent by another way than by reading the body.
    let takes = |_, request: Request<Outbound>| {
        assert_eq!(request.body().as_bytes().map(|bytes| &**bytes), Some(&b"{}"[..]));
        ready(Err::<Response<Answer>, _>("broken pipe"))
    };
    assert_eq!(exchange("{}", takes).0, failed("maybe sent: broken pipe"));

    let breaks = async |clock: Clock, request| {
        take(&clock, request, [Duration::ZERO]).await;
        Err::<Response<Answer>, _>("broken pipe")
    };
    assert_eq!(exchange("{}", breaks).0, failed("maybe sent: broken pipe"));
}

#[test]
fn a_connection_that_does_not_come_about_ends_an_attempt_early() {
    let silent = |_, request| async move {
        let _held = request;
        pending::<Result<Response<Answer>, _>>().await
    };
    let (outcome, took) = exchange("{}", silent);
    assert_eq!((outcome, took), (failed("not sent: timed out before it was sent"), 5 * SECOND));
}

/// As HTTP/2 clients do, whose connection holds a request that waits for its stream.
#[test]
fn t37_a_stack_that_holds_what_was_called_not_sent_gets_no_byte_of_it() {
    let mut held = None;
    let silent = |_, request: Request<Outbound>| {
        held = Some(request.into_body());
        pending::<Result<Response<Answer>, _>>()
    };
    assert_eq!(exchange("{}", silent).0, failed("not sent: timed out before it was sent"));
    let mut body = held.unwrap();
    let mut context = Context::from_waker(std::task::Waker::noop());
    let asked = Pin::new(&mut body).poll_frame(&mut context);
    assert!(matches!(asked, Poll::Ready(Some(Err(_)))), "{asked:?}");
}

#[test]
fn silence_ends_an_upload_and_slowness_does_not() {
    let slow = async |clock: Clock, request| {
        take(&clock, request, [4 * SECOND]).await;
        clock.pass(7 * SECOND).await;
        Ok(Answer::plays(&clock, [Act::Rest(7 * SECOND), Act::Data("ok"), Act::Rest(7 * SECOND)]))
    };
    assert_eq!(exchange("{}", slow), (Ok("ok".to_owned()), 25 * SECOND));

    let silent = async |clock: Clock, request| {
        take(&clock, request, [SECOND]).await;
        pending::<Result<Response<Answer>, _>>().await
    };
    let (outcome, took) = exchange("{}", silent);
    assert_eq!(outcome, failed("maybe sent: timed out in silence"));
    assert!((9 * SECOND..=11 * SECOND).contains(&took), "a quarter late at most: {took:?}");
}

#[test]
fn the_time_for_all_of_it_ends_what_never_falls_silent() {
    let drips = async |clock: Clock, request| {
        take(&clock, request, [Duration::ZERO]).await;
        let acts = (0..100).flat_map(|_| [Act::Rest(7 * SECOND), Act::Data("")]);
        Ok(Answer::plays(&clock, acts))
    };
    assert_eq!(exchange("{}", drips), (failed("the answer (200) was cut: timed out"), 60 * SECOND));
}

#[test]
fn t29_an_answer_that_breaks_off_or_falls_silent_keeps_its_status() {
    let broken = |clock: Clock, _| ready(Ok(Answer::plays(&clock, [Act::Data("{"), Act::Break])));
    assert_eq!(exchange("{}", broken).0, failed("the answer (200) was cut: the answer broke off"));
    let silent = |clock: Clock, _| ready(Ok(Answer::plays(&clock, [Act::Data("{"), Act::Rest(9 * SECOND)])));
    assert_eq!(
        exchange("{}", silent),
        (failed("the answer (200) was cut: timed out in silence"), 8 * SECOND)
    );
}

/// Says how long it is, and must not be read.
struct Announces(u64);

impl http_body::Body for Announces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        assert_eq!(self.0, 10, "a body that is too large for sure was read");
        Poll::Ready(None)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

#[test]
fn t26_an_answer_beyond_the_limit_is_not_read_on() {
    let too_large = failed("the answer (200) is larger than allowed");
    let acts = [Act::Data("01234"), Act::Data("567890"), Act::Rest(SECOND)];
    let (outcome, took) = exchange("{}", |clock, _| ready(Ok(Answer::plays(&clock, acts))));
    assert_eq!((outcome, took), (too_large.clone(), Duration::ZERO));
    assert_eq!(exchange("{}", |_, _| ready(Ok(Response::new(Announces(11))))).0, too_large);
    assert_eq!(exchange("{}", |_, _| ready(Ok(Response::new(Announces(10))))).0, Ok(String::new()));
}

#[test]
fn an_empty_body_is_announced_where_a_method_could_have_one() {
    for (method, announced) in
        [("POST", true), ("PATCH", true), ("UPDATE", true), ("PUT", true), ("GET", false), ("DELETE", false)]
    {
        let mut empty = request("");
        *empty.method_mut() = method.parse().unwrap();
        Exchange::new(&Clock::default(), limits(), &mut empty);
        assert_eq!(
            empty.headers().get("content-length").is_some_and(|length| length == "0"),
            announced,
            "{method}"
        );
    }
}
