//! What callers may rely on about the types themselves: they cross threads, hold no borrow, and stay small.

use std::mem::size_of;

use cashlink_core::answer::{DecodeError, Json, Received};
use cashlink_core::body::{
    Body, BoundarySeed, Cursor, FileName, MediaType, Payload, PayloadFault, PayloadRef, Want,
};
use cashlink_core::bytes::Bytes;
use cashlink_core::flow::{Lead, Look, Patience, TokenId, TokenQueue, TokenSlot, Waiter};
use cashlink_core::http::Method;
use cashlink_core::observe::Span;
use cashlink_core::page::{Bookmark, Next, Page, Previous, Walk};
use cashlink_core::partner::{
    Partner,
    distributor::{CreateInvestor, GetInvestor, Investor, ListInvestors, UploadDocument},
};
use cashlink_core::payments::{CreateCashlink, Payments};
use cashlink_core::{
    ApiVersion, AppKey, Bearer, Call, Certainty, Client, ClientBuilder, Delay, Effect, Endpoint, Error,
    ErrorKind, ErrorMap, Failure, GaveUp, Grant, Id, IdempotencyKey, InvalidValue, Meta, Money, NeedToken,
    Now, Outgoing, Path, Pending, Personal, Policy, Prior, Query, Raw, Reply, RetryBudget, Scope, Secret,
    Step, Timeouts, Token, UserKey,
};

use crate::scenario::{Account, At, Play, START, answer, without_budget};

/// Compiles or doesn't.
fn crosses_threads<T: Send + Sync + 'static>() {}

macro_rules! cross_threads {
    ($($name:ty),+ $(,)?) => { $( crosses_threads::<$name>(); )+ };
}

#[test]
fn everything_may_cross_threads() {
    cross_threads![Client<Bearer>, Client<UserKey>, Client<AppKey>, ClientBuilder<Bearer>, Partner, Payments];
    cross_threads![Bearer, UserKey, AppKey, Scope, Endpoint, Policy, RetryBudget];
    cross_threads![Call<Investor, Bearer>, Call<Received, Bearer>, Call<Page<ListInvestors>, Bearer>];
    cross_threads![Raw<Bearer>, Raw<UserKey, Json<u8>>, Path, Query, IdempotencyKey, Id<Investor>, ApiVersion];
    cross_threads![CreateInvestor, GetInvestor, ListInvestors, UploadDocument, CreateCashlink];
    cross_threads![
        Step<Investor>,
        NeedToken<Investor>,
        Outgoing<Investor>,
        Pending<Investor>,
        Delay<Investor>
    ];
    cross_threads![Step<Received>, Step<Grant>, Timeouts, Failure, Prior, Now, Certainty, GaveUp];
    cross_threads![Token, TokenId, TokenSlot, TokenQueue<u8>, Look, Lead, Waiter, Grant, Patience, Span];
    cross_threads![
        Reply<Investor>,
        Reply<Received>,
        Meta,
        Error,
        ErrorKind,
        ErrorMap,
        DecodeError,
        InvalidValue
    ];
    cross_threads![Page<ListInvestors>, Next<ListInvestors>, Previous<ListInvestors>];
    cross_threads![Walk<ListInvestors>, Bookmark<ListInvestors>];
    cross_threads![Body, Payload, PayloadRef, PayloadFault, Cursor, Want, BoundarySeed, FileName, MediaType];
    cross_threads![
        Money,
        Secret,
        Personal<String>,
        cashlink_core::time::Timestamp,
        cashlink_core::time::Date
    ];
}

#[test]
fn a_step_moves_cheaply() {
    let word = size_of::<usize>();
    // A step moves at every event. Whatever is large in it is boxed; what is left is the reply's answer, whose headers
    // are the largest part of it, and the value.
    let answer = size_of::<Meta>();
    assert!(size_of::<Step<()>>() <= answer + word, "{} bytes", size_of::<Step<()>>());
    assert!(size_of::<Step<[u64; 32]>>() <= answer + size_of::<[u64; 32]>() + word);
    assert!(size_of::<Step<Received>>() <= 22 * word, "{} bytes", size_of::<Step<Received>>());
    // The continuations are two pointers, and what only they carry.
    assert!(size_of::<NeedToken<[u64; 32]>>() <= 2 * word);
    assert!(size_of::<Pending<[u64; 32]>>() <= 2 * word);
    assert!(size_of::<Outgoing<[u64; 32]>>() <= 3 * word);
    assert!(size_of::<Delay<[u64; 32]>>() <= 4 * word);
    // An error is one pointer, so that a `Result` costs nothing.
    assert_eq!(size_of::<Error>(), word);
}

#[test]
fn a_flow_outlives_what_its_operation_borrowed() {
    let client = UserKey::client(without_budget());
    let step: Step<Bytes> = {
        let key = IdempotencyKey::new("borrowed").unwrap();
        let effect = Effect::Keyed { key: &key, honoured: cashlink_core::Honoured::Documented };
        client.start(&Raw::<UserKey>::new(Method::POST, "v2/things/", effect), START, [0; 16])
    };
    drop(client);
    // Begun on one thread, ended on another.
    let done = std::thread::spawn(move || {
        let mut play = Play::new(START, step);
        play.attempt_with(|pending, now| pending.respond(now, answer(201, "created")));
        assert_eq!(play.at(), At::Done);
        play.result().unwrap().value.clone()
    });
    assert_eq!(done.join().unwrap(), "created");
}

#[test]
fn a_step_may_be_put_away_and_taken_up_again() {
    let client = UserKey::client(without_budget());
    let call = Call::new(&Raw::<UserKey>::new(Method::GET, "v2/things/", Effect::Safe)).unwrap();
    let mut kept: Vec<Pending<Bytes>> = Vec::new();
    for _ in 0..3 {
        let Step::Send(outgoing) = client.perform(&call, START, [0; 16]) else {
            panic!("an API key needs no token")
        };
        kept.push(outgoing.into_parts().1);
    }
    while let Some(pending) = kept.pop() {
        assert!(matches!(pending.respond(START, answer(200, "")), Step::Done(Ok(_))));
    }
}
