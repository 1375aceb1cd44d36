//! A call that is driven by hand, as far as these targets need one.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Method;
use cashlink_core::partner::Partner;
use cashlink_core::{Bearer, Call, Client, Effect, Now, Outgoing, Policy, Raw, Secret, Step, Token};

/// Wed, 18 Nov 2020 12:00:00 GMT, and some time after the program's start.
pub(crate) const NOW: Now = Now::new(1_605_700_800, Duration::from_secs(100));

/// A little later, on both clocks.
pub(crate) fn later(now: Now, time: Duration) -> Now {
    Now { wall: now.wall.saturating_add(time.as_secs()), mono: now.mono.saturating_add(time) }
}

/// Patience without a budget, which would end calls that have nothing to do with each other.
pub(crate) fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.retry_budget.withdrawal = 0;
    policy
}

pub(crate) fn client(api: Partner, policy: Policy) -> Client<Bearer> {
    let bearer = Bearer::client_credentials("client", Secret::new("s3cr3t")).expect("both are printable");
    Client::builder(api, bearer).policy(policy).build()
}

/// A call that only reads, with time for every wait that is allowed.
pub(crate) fn read() -> Call<Bytes, Bearer> {
    Call::new(&Raw::new(Method::GET, "distributor/v2/things/", Effect::Safe))
        .expect("the path is plain")
        .deadline(Duration::from_secs(3600))
}

pub(crate) fn token(text: &str) -> Token {
    Token::new(&Secret::new(text)).expect("a token of these targets")
}

/// Goes on to the next request, with this token where one is asked for.
pub(crate) fn send<T>(step: Step<T>, token: &Token) -> Outgoing<T> {
    let step = match step {
        Step::Authorize(need) => need.with(token.clone(), NOW),
        other => other,
    };
    match step {
        Step::Send(outgoing) => outgoing,
        other => panic!("a request goes out: {other:?}"),
    }
}
