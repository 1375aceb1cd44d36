//! What people see and decide.

use std::time::Duration;

use crate::operate::{Counted, Decision, Filter};
use crate::suite::finding::{Fault, Found, equal, holds};
use crate::suite::scene::{LEASE, Own, Scene, World, account, at, intent, keyless, last};
use crate::{Staged, Staging, State};

pub(super) async fn see<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let delayed = Staging::default().after_those_of("investor-17").not_before(Duration::from_secs(9));
    let first = hand.stage_as("a", delayed).await?;
    let second = hand.try_stage(keyless(&hand.account)?, Staging::default()).await?.id();
    let theirs = hand.try_stage(intent(&account("other")?, "a", "Bea")?, Staging::default()).await?.id();

    let entry = hand.entry(first).await?;
    let base = at(0).wall;
    let times = [entry.staged_at, entry.due_at].map(|time| u64::try_from(time).unwrap_or_default());
    equal("staged and due", times, [base, base.saturating_add(9)])?;
    let names = (entry.account.as_str(), entry.key.as_deref(), entry.ordering_key.as_deref());
    equal("account, key, ordering key", names, ("suite", Some("a"), Some("investor-17")))?;
    equal("the operation", entry.operation.as_str(), "investors.create")?;
    let meant = intent(&hand.account, "a", "Ada")?.encode();
    holds(entry.request == Some(meant), || "an entry has not the request that was staged".into())?;
    let none = scene.world.entry(&mut hand.handle, i64::MAX).await?;
    equal("entries of an id that isn't there", none.is_some(), false)?;

    let lease = hand.claim_one(0).await?.lease;
    equal("the worker", hand.entry(second).await?.worker.as_deref(), Some("suite"))?;
    hand.settle(lease, &last(State::Dead), 1).await?;
    let filters = [
        (Filter::default(), vec![first, second, theirs]),
        (Filter { account: Some(hand.account.clone()), ..Filter::default() }, vec![first, second]),
        (Filter { states: vec![State::Pending, State::Done], ..Filter::default() }, vec![first, theirs]),
        (Filter { states: vec![State::NeedsReconciliation, State::Dead], ..Filter::default() }, vec![second]),
        (Filter { operation: Some("investors.create".into()), ..Filter::default() }, vec![first, theirs]),
        (Filter { key: Some("a".into()), ..Filter::default() }, vec![first, theirs]),
        (Filter { ids: second..=second, ..Filter::default() }, vec![second]),
    ];
    for (filter, meant) in filters {
        let entries = hand.entries(&filter).await?;
        let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
        equal(&format!("{filter:?}"), ids, meant)?;
        holds(entries.iter().all(|entry| entry.request.is_none()), || "a list holds requests".into())?;
    }
    let some = scene.world.entries(&mut hand.handle, &Filter::default(), 2).await?;
    equal("at most two entries", some.len(), 2)
}

pub(super) async fn count<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    for (key, state) in [("a", State::Done), ("b", State::NeedsReconciliation)] {
        hand.stage(key).await?;
        let lease = hand.claim_one(0).await?.lease;
        hand.settle(lease, &last(state), 1).await?;
    }
    hand.stage("c").await?;
    hand.claim_one(1).await?;
    hand.stage("d").await?;
    let _ = hand.try_stage(intent(&account("other")?, "a", "Ada")?, Staging::default()).await?;

    let ours = hand.account.clone();
    for (account, counted, done, pending, attempts) in [
        (Some(&ours), Counted::Open, 0, 1, 3),
        (Some(&ours), Counted::All, 1, 1, 6),
        (None, Counted::All, 1, 2, 6),
        (None, Counted::Open, 0, 2, 3),
    ] {
        let stats = scene.world.stats(&mut hand.handle, account, counted, at(7)).await?;
        let states = [State::Done, State::NeedsReconciliation, State::Claimed, State::Pending];
        let what = format!("{account:?}, {counted:?}");
        equal(&what, states.map(|state| stats.count(state)), [done, 1, 1, pending])?;
        equal(&format!("{what}, requests sent"), stats.attempts, attempts)?;
        equal(&format!("{what}, the oldest"), stats.oldest, Some(Duration::from_secs(7)))?;
    }
    let nobody = account("nobody")?;
    let none = scene.world.stats(&mut hand.handle, Some(&nobody), Counted::All, at(7)).await?;
    equal("of an account without any", (none.live(), none.oldest), (0, None))
}

pub(super) async fn decided_as_seen<W: World>(scene: &Scene<'_, W>) -> Found {
    let (mut hand, mut other) = (scene.open().await?, scene.open().await?);
    let id = hand.stage("k").await?;
    let pending = hand.entry(id).await?;
    let lease = hand.claim_one(0).await?.lease;
    let claimed = hand.entry(id).await?;
    for (what, seen) in [("one that was pending", &pending), ("a claimed one", &claimed)] {
        let decided = other.decide(seen, &Decision::rejected("suite"), LEASE + 1, Own::writes("no")).await;
        equal(&format!("decided: {what}"), decided, Err(Fault::Lost))?;
    }
    hand.settle(lease, &last(State::NeedsReconciliation), 1).await?;
    let seen = other.entry(id).await?;
    other.decide(&seen, &Decision::done("suite"), 2, Own::NOTHING).await?;
    let again = hand.decide(&seen, &Decision::retry("suite"), 2, Own::writes("no")).await;
    equal("decided as somebody else saw it", again, Err(Fault::Lost))?;
    equal("what was written beside", scene.values().await?, vec![])?;
    let after = hand.entry(id).await?;
    equal("the state", after.state, State::Done)?;
    holds(after.fence > seen.fence, || "the fencing number did not rise".into())?;
    let decided = after.evidence().ok().flatten().and_then(|evidence| evidence.decided().map(str::to_owned));
    equal("who decided", decided.as_deref(), Some("suite"))
}

pub(super) async fn with_own_rows<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let id = hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    hand.settle(lease, &last(State::NeedsReconciliation), 1).await?;
    let seen = hand.entry(id).await?;
    let done = Decision::done("suite");
    let failed = hand.decide(&seen, &done, 2, Own::writes_and_fails("failed")).await;
    equal("where the caller's part fails", failed, Err(Fault::Handler))?;
    equal("the state after it", hand.entry(id).await?.state, State::NeedsReconciliation)?;
    hand.decide(&seen, &done, 2, Own::writes("order")).await?;
    equal("the caller's rows", scene.values().await?, vec!["order".to_owned()])
}

pub(super) async fn retry<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let id = hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    hand.settle(lease, &last(State::NeedsReconciliation), 1).await?;
    let seen = hand.entry(id).await?;
    equal("maybe sent, before", seen.maybe_sent, true)?;
    hand.decide(&seen, &Decision::retry("suite"), 100, Own::NOTHING).await?;
    let row = hand.claim_one(200).await?;
    equal("maybe sent", row.maybe_sent, false)?;
    equal("its age", row.age, Duration::ZERO)?;
    equal("requests sent for it", row.attempts, 3)
}

pub(super) async fn prune<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let mut ids = Vec::new();
    for (key, state) in
        [("a", State::Done), ("b", State::Rejected), ("c", State::Dead), ("d", State::NeedsReconciliation)]
    {
        ids.push(hand.stage(key).await?);
        let lease = hand.claim_one(0).await?.lease;
        hand.settle(lease, &last(state), 1).await?;
    }
    ids.push(hand.stage("e").await?);
    let five = Duration::from_secs(5);
    let world = scene.world;
    equal("too young", world.prune(&mut hand.handle, five, 10, at(5)).await?, 0)?;
    equal("at most one", world.prune(&mut hand.handle, five, 1, at(6)).await?, 1)?;
    equal("the other", world.prune(&mut hand.handle, five, 10, at(6)).await?, 1)?;
    let left: Vec<_> = hand.entries(&Filter::default()).await?.iter().map(|entry| entry.id).collect();
    holds(ids.get(2..) == Some(&left), || format!("left: {left:?}, of {ids:?}"))?;
    let again = hand.try_stage(intent(&hand.account, "a", "Bea")?, Staging::default()).await?;
    holds(matches!(again, Staged::New(id) if !ids.contains(&id)), || {
        format!("the key is not free: {again:?}")
    })
}
