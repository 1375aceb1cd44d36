//! What became of an intent, and what its handler writes.

use crate::operate::Filter;
use crate::suite::finding::{Fault, Found, equal, holds};
use crate::suite::scene::{Own, Scene, World, again, answered, last};
use crate::{Settlement, State};

pub(super) async fn together<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let id = hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    let failed = hand.settle_with(lease, &last(State::Done), 1, Own::writes_and_fails("failed")).await;
    equal("a handler that fails", failed, Err(Fault::Handler))?;
    equal("its rows", scene.values().await?, vec![])?;
    equal("the state after it", hand.entry(id).await?.state, State::Claimed)?;
    hand.settle_with(lease, &last(State::Done), 2, Own::writes("order")).await?;
    equal("a handler's rows", scene.values().await?, vec!["order".to_owned()])?;
    equal("the state", hand.entry(id).await?.state, State::Done)
}

pub(super) async fn tried_again<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    let settlement = again(30);
    hand.settle(lease, &settlement, 1).await?;
    equal("claimed before its wait is over", hand.claim(30).await?.len(), 0)?;
    let row = hand.claim_one(31).await?;
    equal("maybe sent, where nothing happened", row.maybe_sent, false)?;
    equal("requests sent for it", row.attempts, 3)?;
    evidence_is_that_of(row.evidence, &settlement)
}

pub(super) async fn answered_again<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let id = hand.stage("k").await?;
    let lease = hand.claim_one(0).await?.lease;
    let settlement = answered(10);
    hand.settle(lease, &settlement, 1).await?;
    equal("the state", hand.entry(id).await?.state, State::Answered)?;
    equal("claimed before its wait is over", hand.claim(10).await?.len(), 0)?;
    let row = hand.claim_one(11).await?;
    equal("maybe sent, where it happened", row.maybe_sent, true)?;
    evidence_is_that_of(row.evidence, &settlement)?;
    hand.settle_with(row.lease, &last(State::Done), 12, Own::writes("order")).await?;
    equal("the handler's rows", scene.values().await?, vec!["order".to_owned()])
}

fn evidence_is_that_of(evidence: Option<Vec<u8>>, settlement: &Settlement) -> Found {
    holds(evidence == Some(settlement.evidence().encode()), || "the evidence is not what was settled".into())
}

pub(super) async fn over<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    for (key, state) in
        [("a", State::Done), ("b", State::Rejected), ("c", State::Dead), ("d", State::NeedsReconciliation)]
    {
        let id = hand.stage(key).await?;
        let lease = hand.claim_one(0).await?.lease;
        hand.settle(lease, &last(state), 1).await?;
        equal("the state", hand.entry(id).await?.state, state)?;
        equal(&format!("claimed: {state}"), hand.claim(1_000_000).await?.len(), 0)?;
    }
    Ok(())
}

pub(super) async fn survives<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    hand.stage("a").await?;
    let lease = hand.claim_one(0).await?.lease;
    hand.settle_with(lease, &last(State::Done), 1, Own::writes("order")).await?;
    hand.stage("b").await?;
    let before = hand.entries(&Filter::default()).await?;
    drop(hand);

    let mut hand = scene.open().await?;
    let states = |entries: &[crate::operate::Entry]| -> Vec<_> {
        entries.iter().map(|entry| (entry.id, entry.state, entry.evidence.clone())).collect()
    };
    let after = hand.entries(&Filter::default()).await?;
    holds(states(&before) == states(&after), || format!("{after:?}, not {before:?}"))?;
    equal("the caller's rows", scene.values().await?, vec!["order".to_owned()])?;
    hand.claim_one(1).await.map(drop)
}
