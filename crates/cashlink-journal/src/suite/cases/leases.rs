//! Whose an intent is, and until when.

use std::time::Duration;

use crate::State;
use crate::suite::finding::{Fault, Found, equal, holds};
use crate::suite::scene::{LEASE, Own, Scene, World, again, last};

pub(super) async fn until_its_end<W: World>(scene: &Scene<'_, W>) -> Found {
    let (mut hand, mut other) = (scene.open().await?, scene.open().await?);
    hand.stage("k").await?;
    let first = hand.claim_one(0).await?;
    equal("maybe sent, at first", first.maybe_sent, false)?;
    equal("claimed before the end", other.claim(LEASE - 1).await?.len(), 0)?;
    let second = other.claim_one(LEASE).await?;
    holds(second.lease.fence > first.lease.fence, || "the fencing number did not rise".into())?;
    equal("maybe sent, after a claim that nobody settled", second.maybe_sent, true)
}

pub(super) async fn fencing<W: World>(scene: &Scene<'_, W>) -> Found {
    let (mut stale, mut hand) = (scene.open().await?, scene.open().await?);
    let id = stale.stage("k").await?;
    let lost = stale.claim_one(0).await?.lease;
    let lease = hand.claim_one(LEASE).await?.lease;
    let settled = stale.settle_with(lost, &last(State::Done), LEASE + 1, Own::writes("stale")).await;
    equal("settled by who lost the lease", settled, Err(Fault::Lost))?;
    equal("extended by who lost the lease", stale.extend(lost, LEASE, LEASE + 1).await?, false)?;
    equal("its handler's rows", scene.values().await?, vec![])?;
    equal("the state", hand.entry(id).await?.state, State::Claimed)?;
    hand.settle(lease, &last(State::Done), LEASE + 1).await?;
    let settled = stale.settle_with(lost, &last(State::Dead), LEASE + 2, Own::NOTHING).await;
    equal("settled afterwards by who lost the lease", settled, Err(Fault::Lost))?;
    equal("the state", hand.entry(id).await?.state, State::Done)
}

pub(super) async fn extend<W: World>(scene: &Scene<'_, W>) -> Found {
    let (mut hand, mut other) = (scene.open().await?, scene.open().await?);
    hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    equal("extended in time", hand.extend(lease, LEASE, LEASE - 1).await?, true)?;
    let end = LEASE - 1 + LEASE;
    equal("claimed before the new end", other.claim(end - 1).await?.len(), 0)?;
    equal("extended when it had ended", hand.extend(lease, LEASE, end + 5).await?, true)?;
    equal("claimed after that", other.claim(end + 6).await?.len(), 0)?;
    hand.settle(lease, &last(State::Done), end + 7).await
}

pub(super) async fn settled_once<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    hand.settle(lease, &again(1), 1).await?;
    let second = hand.settle_with(lease, &last(State::Dead), 1, Own::NOTHING).await;
    equal("settled a second time", second, Err(Fault::Lost))?;
    equal("extended when it was settled", hand.extend(lease, LEASE, 1).await?, false)?;
    hand.claim_one(2).await.map(drop)
}

pub(super) async fn age<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    hand.stage("k").await?;
    let first = hand.claim_one(10).await?;
    equal("at the first claim", first.age, Duration::ZERO)?;
    hand.settle(first.lease, &again(5), 11).await?;
    let second = hand.claim_one(30).await?;
    equal("after a settlement", second.age, Duration::from_secs(20))?;
    equal("after a lease", hand.claim_one(100).await?.age, Duration::from_secs(90))
}
