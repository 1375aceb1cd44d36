//! T36: however many calls fail at once, a client adds little to the outage; and when it is over, it recovers.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::{Bearer, Call, Client, GaveUp, Policy, UserKey};

use crate::scenario::{Account, At, Deed, End, Play, START, whole};

const CALLS: usize = 10_000;

/// T36: at most a tenth more than the calls, and what the bucket of 100 holds, at 10 for a retry.
const MOST: usize = CALLS + CALLS / 10 + 100 / 10;

/// Fails calls until there is no retry left; the bucket is empty long before the hundredth.
fn spend(client: &Client<UserKey>, call: &Call<Bytes, UserKey>) {
    let without_retry = |_| Play::of(client, call).repeat(whole(503)).sent.len() == 1;
    assert!((0..100).any(without_retry), "the budget never ends");
}

/// All requests, the token calls' included, of calls whose attempts all end like this.
fn requests_of_an_outage<C: Account>(deed: Deed, end: End) -> usize {
    let (client, call) = (C::client(Policy::default()), deed.call::<C>());
    (0..CALLS).map(|_| Play::of(&client, &call).repeat(end).sent.len()).sum()
}

#[test]
fn t36_ten_thousand_calls_against_an_outage_are_a_tenth_more_requests_and_the_bucket() {
    for end in [End::NotSent, End::MaybeSent, whole(503), whole(429)] {
        let requests = requests_of_an_outage::<UserKey>(Deed::Safe, end);
        assert!(requests <= MOST, "{end:?}: {requests} requests");
        // All of the budget was used, to the last retry: it is the limit, and nothing else.
        assert!(requests >= MOST - 10, "{end:?}: {requests} requests");
    }
}

#[test]
fn t36_calls_whose_token_endpoint_is_down_add_no_more() {
    let (client, call) = (Bearer::client(Policy::default()), Deed::Safe.call::<Bearer>());
    let mut requests = 0;
    for _ in 0..CALLS {
        let mut play = Play::of(&client, &call);
        let mut need = play.need();
        let token_call = Play::new(START, need.request(START)).repeat(whole(503));
        requests += token_call.sent.len();
        play.go_on(need.fail(&token_call.error()));
        assert_eq!(play.at(), At::Done);
    }
    assert!(requests <= MOST, "{requests} requests");
}

#[test]
fn t36_calls_that_send_nothing_fill_no_bucket() {
    let (client, call) = (UserKey::client(Policy::default()), Deed::Safe.call::<UserKey>());
    let failing = || Play::of(&client, &call).repeat(whole(503)).sent.len();
    // What is left over after the last retry is at most 9, and that call's own deposit is in it already.
    spend(&client, &call);
    for _ in 0..1000 {
        let too_late: Play<Bytes> = Play::of(&client, &call.clone().deadline(Duration::ZERO));
        assert_eq!((too_late.at(), too_late.error().attempts()), (At::Done, 0));
    }
    assert_eq!(failing(), 1);
}

#[test]
fn t36_a_spent_budget_says_so_and_refills_with_the_calls_that_go_well() {
    let (client, call) = (UserKey::client(Policy::default()), Deed::Safe.call::<UserKey>());
    let failing = || Play::of(&client, &call).repeat(whole(503));
    let succeeding = |calls: usize| {
        for _ in 0..calls {
            assert!(Play::of(&client, &call).script(&[whole(200)]).result().is_ok());
        }
    };
    // The bucket is full: three retries each, until it is empty.
    assert_eq!(failing().sent.len(), 4);
    spend(&client, &call);
    assert_eq!(failing().error().gave_up(), GaveUp::Budget);

    // Ten calls pay for one retry; what was left over from before pays for less than one.
    succeeding(10);
    let retried = failing();
    assert_eq!((retried.sent.len(), retried.error().gave_up()), (2, GaveUp::Budget));

    // After a hundred it is full again, and never more than full.
    succeeding(1000);
    let retries: usize = (0..10).map(|_| failing().sent.len() - 1).sum();
    // 100, and 1 from each of the ten calls but the first, which finds the bucket full: 10 retries, and 9 left over.
    assert_eq!(retries, 10);
}

#[test]
fn t36_clones_of_a_client_share_one_budget_and_another_client_has_its_own() {
    let call = Deed::Safe.call::<UserKey>();
    let client = UserKey::client(Policy::default());
    spend(&client, &call);
    assert_eq!(Play::of(&client.clone(), &call).repeat(whole(503)).sent.len(), 1);
    let other = UserKey::client(Policy::default());
    assert_eq!(Play::of(&other, &call).repeat(whole(503)).sent.len(), 4);
}

#[test]
fn a_renewed_token_is_no_retry_and_costs_nothing_of_the_budget() {
    let mut policy = Policy::default();
    policy.retry_budget.capacity = 0;
    let (client, call) = (Bearer::client(policy), Deed::Safe.call::<Bearer>());
    assert!(Play::of(&client, &call).script(&[whole(401), whole(200)]).result().is_ok());
}
