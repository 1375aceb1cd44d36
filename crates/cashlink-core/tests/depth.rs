//! T21: however deep or long a body is, reading it takes a small stack, also in a program without optimisation.

use std::thread;
use std::time::Duration;

use cashlink_core::answer::Json;
use cashlink_core::bytes::Bytes;
use cashlink_core::error_map::{ErrorMap, Limits};
use cashlink_core::http::{Method, Response};
use cashlink_core::page::{Bookmark, Next, Walk};
use cashlink_core::partner::{
    Partner,
    distributor::{CreateInvestment, ListInvestments},
};
use cashlink_core::{
    Bearer, Call, Client, Effect, Error, Grant, Money, Now, Operation, Pending, Raw, Secret, Step,
};

/// A quarter of what Rust gives a thread. Without optimisation, a tree of `serde_json::Value` takes most of it (about
/// 350 KiB at 127 levels); the error map takes about 90 KiB at its default of 32 levels, 250 at its most of 100, and
/// everything else less than 32.
const STACK: usize = 512 * 1024;

const NOW: Now = Now::new(1_605_700_800, Duration::ZERO);

/// Bodies that lead a reader as far down as they can: to serde_json's limit of 128 levels and around it, to the error map's
/// of 32 and 100, far beyond, and cut there.
fn bodies() -> Vec<(String, Bytes)> {
    let mut bodies = Vec::new();
    let shapes =
        [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("{\"results\":[", "]}"), ("{\"amount\":", "}")];
    for (open, close) in shapes {
        for depth in [31, 32, 33, 63, 64, 99, 100, 101, 126, 127, 128, 129, 3_000] {
            for inner in ["0", "\"m\"", "1e9", "18446744073709551616", "[\"m\"]", ""] {
                let name = format!("{depth} times {open} around {inner}");
                let whole = [&open.repeat(depth), inner, &close.repeat(depth)].concat();
                bodies.push((name.clone() + ", cut", whole[..whole.len() - close.len()].to_owned().into()));
                bodies.push((name, whole.into()));
            }
        }
    }
    for (begin, deep, end) in [
        ("{\"results\":[{\"id\":\"a\",\"x\":", 1_000, "}]}"),
        ("{\"access_token\":\"t\",\"expires_in\":", 120, "}"),
        ("{\"access_token\":\"t\",\"x\":", 1_000, "}"),
    ] {
        let inner = "[".repeat(deep) + &"]".repeat(deep);
        bodies.push((format!("{begin} and {deep} lists"), [begin, &inner, end].concat().into()));
    }
    bodies
}

fn client() -> Client<Bearer> {
    Client::new(Partner::demo(), Bearer::client_credentials("id", Secret::new("secret")).unwrap())
}

fn pending<O: Operation<Credential = Bearer>>(operation: &O) -> Pending<O::Output> {
    let Step::Authorize(need) = client().perform(&Call::new(operation).unwrap(), NOW, [0; 16]) else {
        panic!("a token first")
    };
    sent(need.with(Grant::new(Secret::new("t0k3n")).unwrap().token(), NOW))
}

fn sent<T>(step: Step<T>) -> Pending<T> {
    let Step::Send(outgoing) = step else { panic!("a request goes out, not {step:?}") };
    outgoing.into_parts().1
}

fn answered<T>(pending: Pending<T>, status: u16, body: &Bytes) -> Result<T, Error> {
    let mut response = Response::new(body.clone());
    *response.status_mut() = status.try_into().unwrap();
    let Step::Done(result) = pending.respond(NOW, response) else { panic!("nothing is left to do") };
    result.map(|reply| reply.value)
}

fn raw() -> Raw<Bearer> {
    Raw::new(Method::GET, "v2/things/", Effect::Safe)
}

/// Everything that reads a body. What it says of it is of no interest here: that it says something is.
fn read_by_all(body: &Bytes) {
    for depth in [32, 100, usize::MAX] {
        let map = ErrorMap::read_within(body, Limits::DEFAULT.with_depth(depth));
        assert!(map.to_string().len() + map.under("a.a").count() < usize::MAX);
    }
    let refused = answered(pending(&raw()), 400, body).unwrap_err();
    assert_eq!(refused.error_map().len(), ErrorMap::read(body).len());
    assert!(answered(pending(&raw().read_as::<Json<serde_json::Value>>()), 200, body).is_ok_or_says_why());
    assert!(answered(pending(&raw().read_as::<Json<Money>>()), 200, body).is_ok_or_says_why());
    let investment: Result<<CreateInvestment as Operation>::Output, _> = CreateInvestment::decode_alone(body);
    assert!(investment.is_ok_or_says_why());
    let page = answered(pending(&ListInvestments::new()), 200, body);
    if let Ok(page) = &page {
        assert_eq!(page.items_json().unwrap().len(), page.items.len());
    }
    assert!(page.is_ok_or_says_why());
    let Step::Authorize(mut need) = client().start(&raw(), NOW, [0; 16]) else { panic!("a token first") };
    assert!(answered(sent(need.request(NOW)), 200, body).is_ok_or_says_why());

    let Step::Done(Ok(reply)) = pending(&raw()).respond(NOW, Response::new(body.clone())) else {
        panic!("any body will do")
    };
    for names in [&[][..], &["a"], &["a"; 40], &["results", "x"]] {
        assert!(reply.meta.field::<Money>(names).is_ok_or_says_why());
    }
    // What is stored is read by serde_json itself.
    assert!(serde_json::from_slice::<Next<ListInvestments>>(body).is_ok_or_says_why());
    assert!(serde_json::from_slice::<Walk<ListInvestments>>(body).is_ok_or_says_why());
    assert!(serde_json::from_slice::<Bookmark<ListInvestments>>(body).is_ok_or_says_why());
}

trait Verdict {
    fn is_ok_or_says_why(&self) -> bool;
}

impl<T, E: std::error::Error> Verdict for Result<T, E> {
    fn is_ok_or_says_why(&self) -> bool {
        self.as_ref().err().is_none_or(|error| !error.to_string().is_empty())
    }
}

trait DecodeAlone: Operation {
    fn decode_alone(body: &Bytes) -> Result<Self::Output, cashlink_core::answer::DecodeError> {
        Self::decode(&cashlink_core::answer::Answer::new(&Response::new(body.clone())))
    }
}

impl<O: Operation> DecodeAlone for O {}

#[test]
fn t21_the_deepest_bodies_are_read_on_a_stack_of_512_kib() {
    let reading = thread::Builder::new().stack_size(STACK).spawn(|| {
        let bodies = bodies();
        bodies.iter().for_each(|(_, body)| read_by_all(body));
        bodies.len()
    });
    // A stack that is too small ends the whole process, so a value that comes back is the proof.
    assert_eq!(reading.unwrap().join().unwrap(), 5 * 13 * 6 * 2 + 3);
}

#[test]
fn t21_a_value_at_the_limit_is_read_and_one_beyond_is_an_error() {
    let lists = |depth: usize| Bytes::from("[".repeat(depth) + &"]".repeat(depth));
    let json = |body| answered(pending(&raw().read_as::<Json<serde_json::Value>>()), 200, &body);
    assert!(json(lists(127)).is_ok());
    assert!(json(lists(128)).is_err() && json(lists(100_000)).is_err());
}
