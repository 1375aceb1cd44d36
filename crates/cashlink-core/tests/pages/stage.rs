//! A client at a base, and the server behind it: both plain values.

use std::cell::RefCell;
use std::time::Duration;

use cashlink_core::body::Body;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Request, Response, header};
use cashlink_core::page::{List, Page};
use cashlink_core::partner::{
    Partner,
    distributor::{Investor, ListInvestors},
};
use cashlink_core::{
    Bearer, Call, Client, Endpoint, Error, Grant, LinkCheck, Now, Operation, Policy, Secret, Step,
};
use serde_json::{Value, json};

pub(crate) const BASE: &str = "https://demo.cashlink.de/api/external";
pub(crate) const PATH: &str = "distributor/v2/investors/";

const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

/// A client that makes one attempt per call, so that a failure is a failure.
pub(crate) fn client(base: &str, links: LinkCheck) -> Client<Bearer> {
    let base = Endpoint::new(base).or_else(|_| Endpoint::on_loopback(base)).unwrap();
    let bearer = Bearer::client_credentials("client", Secret::new("client-secret")).unwrap();
    let mut policy = Policy::default();
    policy.attempts = 1;
    Client::builder(Partner::at(base).links(links), bearer).policy(policy).build()
}

pub(crate) fn demo() -> Client<Bearer> {
    client(BASE, LinkCheck::SameHost)
}

/// Takes a step to its end: the token is given, and what goes out is answered by `server`.
pub(crate) fn drive<T>(
    step: Step<T>,
    server: impl FnOnce(&Request<Body>) -> Response<Bytes>,
) -> Result<T, Error> {
    let step = match step {
        Step::Authorize(need) => need.with(Grant::new(Secret::new("t0k3n")).unwrap().token(), NOW),
        step => step,
    };
    let step = match step {
        Step::Send(outgoing) => {
            let (request, pending) = outgoing.into_parts();
            let answer = server(&request);
            pending.respond(NOW, answer)
        }
        step => step,
    };
    match step {
        Step::Done(result) => result.map(|reply| reply.value),
        step => panic!("one attempt is all there is: {step:?}"),
    }
}

pub(crate) fn perform<T>(
    client: &Client<Bearer>,
    call: &Call<T, Bearer>,
    server: impl FnOnce(&Request<Body>) -> Response<Bytes>,
) -> Result<T, Error> {
    drive(client.perform(call, NOW, [0; 16]), server)
}

/// Performs an operation whose answer is this JSON.
pub(crate) fn answered<O: Operation<Credential = Bearer>>(
    client: &Client<Bearer>,
    operation: &O,
    json: &str,
) -> Result<O::Output, Error> {
    drive(client.start(operation, NOW, [0; 16]), |_| ok(json))
}

/// The URL to which an operation's request goes; and nothing but the credential and what every request carries is on it.
pub(crate) fn destination<O: Operation<Credential = Bearer>>(
    client: &Client<Bearer>,
    operation: &O,
) -> String {
    let url = RefCell::new(String::new());
    let _ = drive(client.start(operation, NOW, [0; 16]), |request| {
        *url.borrow_mut() = request.uri().to_string();
        let mut names: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "authorization", "user-agent"]);
        let authorization = &request.headers()[header::AUTHORIZATION];
        assert!(authorization == "Bearer t0k3n" && authorization.is_sensitive());
        ok("{}")
    });
    url.into_inner()
}

pub(crate) fn ok(json: &str) -> Response<Bytes> {
    Response::new(Bytes::copy_from_slice(json.as_bytes()))
}

pub(crate) fn status(code: u16) -> Response<Bytes> {
    Response::builder().status(code).body(Bytes::from_static(b"{}")).unwrap()
}

pub(crate) fn ids<L: List<Item = Investor>>(page: &Page<L>) -> Vec<String> {
    page.items.iter().map(|investor| investor.id.to_string()).collect()
}

/// A first page with one item and this link to the next page.
pub(crate) fn page_with_next(client: &Client<Bearer>, next: &str) -> Page<ListInvestors> {
    let body = json!({ "count": 2, "next": next, "previous": null, "results": [{ "id": "first" }] });
    answered(client, &ListInvestors::new(), &body.to_string()).unwrap()
}

/// A server that lists its rows as the API's framework does: oldest first, `?page=2`, absolute links.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) ids: Vec<String>,
    pub(crate) per_page: usize,
}

impl Rows {
    pub(crate) fn new(count: usize, per_page: usize) -> Self {
        let mut rows = Self { ids: Vec::new(), per_page };
        rows.append(count);
        rows
    }

    pub(crate) fn append(&mut self, count: usize) {
        let from = self.ids.len();
        self.ids.extend((from..from + count).map(|number| format!("row-{number}")));
    }

    /// 404 where there is no such page; an empty list has one page.
    pub(crate) fn answer(&self, request: &Request<Body>) -> Response<Bytes> {
        let query = request.uri().query().unwrap_or("page=1");
        let page: usize = query.strip_prefix("page=").and_then(|page| page.parse().ok()).unwrap();
        let pages = self.ids.len().div_ceil(self.per_page).max(1);
        if page > pages {
            return status(404);
        }
        let link = |page: usize| match page {
            1 => format!("{BASE}/{PATH}"),
            page => format!("{BASE}/{PATH}?page={page}"),
        };
        let results: Vec<Value> = self
            .ids
            .iter()
            .skip((page - 1) * self.per_page)
            .take(self.per_page)
            .map(|id| json!({ "id": id }))
            .collect();
        ok(&json!({
            "count": self.ids.len(),
            "next": (page < pages).then(|| link(page + 1)),
            "previous": (page > 1).then(|| link(page - 1)),
            "results": results,
        })
        .to_string())
    }
}
