//! What is handed out, in which order, to whom.

use std::time::Duration;

use crate::operate::Decision;
use crate::suite::finding::{Found, equal};
use crate::suite::scene::{Own, Scene, World, account, again, at, intent, last, wanted};
use crate::{Staging, State};

pub(super) async fn oldest_first<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let later = hand.stage_as("a", Staging::default().not_before(Duration::from_secs(5))).await?;
    let (first, second) = (hand.stage("b").await?, hand.stage("c").await?);
    let mut order = Vec::new();
    for _ in 0..3 {
        order.extend(hand.claim_up_to(1, 10).await?.iter().map(|row| row.lease.id));
    }
    equal("claimed one by one", order, vec![first, second, later])?;
    for key in ["d", "e", "f"] {
        hand.stage(key).await?;
    }
    equal("claimed of three, at most two", hand.claim_up_to(2, 10).await?.len(), 2)
}

pub(super) async fn not_before_its_time<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    hand.stage_as("a", Staging::default().not_before(Duration::from_millis(4_500))).await?;
    equal("claimed after 4 of 4.5 seconds", hand.claim(4).await?.len(), 0)?;
    equal("claimed after 5", hand.claim(5).await?.len(), 1)
}

pub(super) async fn account_by_account<W: World>(scene: &Scene<'_, W>) -> Found {
    let (mut ours, mut theirs) = (scene.open().await?, scene.open().await?);
    theirs.account = account("other")?;
    let (our, their) = (ours.stage("a").await?, theirs.stage("b").await?);
    equal("claimed by one", ours.claim_ids(0).await?, vec![our])?;
    equal("claimed by the other", theirs.claim_ids(0).await?, vec![their])
}

pub(super) async fn in_order<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let ordered = || Staging::default().after_those_of("investor-17");
    let first = hand.stage_as("a", ordered()).await?;
    let second = hand.stage_as("b", ordered()).await?;
    let third = hand.stage_as("c", ordered()).await?;
    let free = hand.stage_as("d", Staging::default().after_those_of("investor-18")).await?;
    let mut other = scene.open().await?;
    other.account = account("other")?;
    let theirs = other.stage_as("a", ordered()).await?;

    equal("of another account", other.claim_ids(0).await?, vec![theirs])?;
    let claimed = hand.claim(0).await?;
    let mut ids: Vec<_> = claimed.iter().map(|row| row.lease.id).collect();
    ids.sort_unstable();
    equal("the first of each", ids, vec![first, free])?;
    equal("while it is claimed", hand.claim_ids(1).await?, vec![])?;
    for row in claimed {
        hand.settle(row.lease, &last(State::Done), 2).await?;
    }
    let next = hand.claim_one(3).await?;
    equal("after one that is done", next.lease.id, second)?;
    hand.settle(next.lease, &last(State::Rejected), 4).await?;
    equal("after one that was rejected", hand.claim_ids(5).await?, vec![third])
}

pub(super) async fn order_held_up<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let ordered = || Staging::default().after_those_of("investor-17");
    let first = hand.stage_as("a", ordered()).await?;
    let second = hand.stage_as("b", ordered()).await?;
    let claimed = hand.claim_one(0).await?;
    hand.settle(claimed.lease, &again(100), 1).await?;
    equal("while the first waits", hand.claim_ids(2).await?, vec![])?;
    let mut claimed = hand.claim_one(101).await?;
    for state in [State::NeedsReconciliation, State::Dead] {
        hand.settle(claimed.lease, &last(state), 102).await?;
        equal(&format!("behind one: {state}"), hand.claim_ids(103).await?, vec![])?;
        let seen = hand.entry(first).await?;
        hand.decide(&seen, &Decision::retry("suite"), 103, Own::NOTHING).await?;
        claimed = hand.claim_one(103).await?;
        equal("to be tried again", claimed.lease.id, first)?;
    }
    hand.settle(claimed.lease, &last(State::Dead), 104).await?;
    let seen = hand.entry(first).await?;
    hand.decide(&seen, &Decision::rejected("suite"), 104, Own::NOTHING).await?;
    equal("after it is settled", hand.claim_ids(105).await?, vec![second])
}

pub(super) async fn once_among_many<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let mut staged = Vec::new();
    for number in 0..24 {
        let key = format!("k{number}");
        staged.push(hand.try_stage(intent(&hand.account, &key, "Ada")?, Staging::default()).await?.id());
    }
    let mut handles = Vec::new();
    for _ in 0..4 {
        handles.push(scene.handle().await?);
    }
    let rows = scene.world.race(handles, &wanted(&hand.account, 1), at(1)).await?;
    let mut claimed: Vec<_> = rows.iter().map(|row| row.lease.id).collect();
    claimed.sort_unstable();
    equal("claimed by four at once", claimed, staged)
}
