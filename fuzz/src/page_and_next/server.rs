//! The server of these pages: where it is, what it answers, and what every request to it has to be.

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Request, Response, Uri};
use cashlink_core::page::PageCall;
use cashlink_core::partner::{Partner, distributor::ListInvestors};
use cashlink_core::{Bearer, Client, Endpoint, ErrorKind, LinkCheck, Pending, Step, body::Body};
use url::Url;

use super::Investors;
use crate::flow::{self, NOW};

/// Where the API may be, each with its own trap for whoever compares URLs as text.
pub(super) const BASES: [&str; 6] = [
    "https://demo.cashlink.de/api/external/",
    "https://connect.example:8443/api/",
    "http://127.0.0.1:8080/",
    "https://[2001:db8::1]/api/external/",
    "https://demo.cashlink.de:443/api/external/",
    "http://localhost/api.v1/~x/",
];

pub(super) const PATH: &str = "distributor/v2/investors/";

/// So many answers are told apart at most: the last one has what is left.
const ANSWERS: usize = 6;

pub(super) struct Server<'a> {
    pub(super) base: &'static str,
    url: Url,
    pub(super) check: LinkCheck,
    client: Client<Bearer>,
    pub(super) answers: &'a [&'a [u8]],
}

pub(super) fn split(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut answers = Vec::new();
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\n\n") {
        if answers.len() + 1 == ANSWERS {
            break;
        }
        answers.push(&rest[..end]);
        rest = &rest[end + 2..];
    }
    answers.push(rest);
    answers
}

impl<'a> Server<'a> {
    pub(super) fn new(base: &'static str, check: LinkCheck, answers: &'a [&'a [u8]]) -> Self {
        let endpoint =
            Endpoint::new(base).or_else(|_| Endpoint::on_loopback(base)).expect("a base of these targets");
        let client = flow::client(Partner::at(endpoint).links(check), flow::policy());
        Self { base, url: Url::parse(base).expect("a base of these targets"), check, client, answers }
    }

    /// The same query always gets the same answer.
    pub(super) fn answer_to(&self, query: Option<&str>) -> &'a [u8] {
        let digit = query.and_then(|query| query.bytes().rev().find(u8::is_ascii_digit));
        let number = digit.map_or(0, |digit| usize::from(digit - b'0').saturating_sub(1));
        self.answers[number % self.answers.len()]
    }

    /// Performs a call on the list. Its request must not leave the base, whatever made it.
    pub(super) fn perform(&self, call: &PageCall<ListInvestors>) -> Option<Investors> {
        let (request, pending) = self.send(call);
        let answer = Bytes::copy_from_slice(self.answer_to(request.uri().query()));
        match pending.respond(NOW, Response::new(answer)) {
            Step::Done(Ok(reply)) => Some(reply.value),
            Step::Done(Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::Undecodable);
                None
            }
            other => panic!("a success is the end: {other:?}"),
        }
    }

    fn send(&self, call: &PageCall<ListInvestors>) -> (Request<Body>, Pending<Investors>) {
        let step = self.client.perform(call, NOW, [0; 16]);
        let (request, pending) = flow::send(step, &flow::token("t0k3n")).into_parts();
        self.assert_harmless(&request);
        (request, pending)
    }

    /// Where a call goes.
    pub(super) fn uri(&self, call: &PageCall<ListInvestors>) -> Uri {
        self.send(call).0.uri().clone()
    }

    /// A request that reads below the base, and nothing else.
    fn assert_harmless(&self, request: &Request<Body>) {
        let (base, uri) = (&self.url, request.uri());
        let read = Url::parse(&uri.to_string()).unwrap_or_else(|error| panic!("{uri}: {error}"));
        assert_eq!(read.origin(), base.origin());
        assert!(
            read.username().is_empty() && read.password().is_none() && read.fragment().is_none(),
            "{uri}"
        );
        // Another reader finds nothing to normalise, so no server resolves it to another place.
        assert_eq!(read.path(), uri.path());
        assert!(uri.path().starts_with(base.path()), "{uri}");
        assert_eq!(uri.authority().unwrap().as_str(), self.base.split('/').nth(2).unwrap());

        assert_eq!((request.method(), request.body().is_upload()), (&Method::GET, false));
        let mut names: Vec<&str> = request.headers().keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "authorization", "user-agent"]);
    }
}
