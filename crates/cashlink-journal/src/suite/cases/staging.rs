//! Into the journal, and what the caller's transaction has to do with it.

use crate::operate::Filter;
use crate::suite::finding::{Fault, Found, equal, holds, only};
use crate::suite::scene::{Own, Scene, Stage, World, account, at, intent, keyless, last};
use crate::{Staged, Staging, State};

pub(super) async fn unseen_before_the_commit<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let look = Some(scene.handle().await?);
    let intents = vec![(intent(&hand.account, "k", "Ada")?, Staging::default())];
    let told = hand.stage_with(Stage { intents, now: at(0), own: Own::NOTHING, look }).await;
    told.staged?;
    equal("seen before the commit", told.seen.len(), 0)?;
    let mut other = scene.open().await?;
    equal("seen after it", other.entries(&Filter::default()).await?.len(), 1)?;
    other.claim_one(0).await.map(drop)
}

pub(super) async fn rollback<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let intents = vec![(intent(&hand.account, "k", "Ada")?, Staging::default())];
    let own = Own::writes_and_fails("order");
    let told = hand.stage_with(Stage { intents, now: at(0), own, look: None }).await;
    equal("a transaction whose function fails", told.staged.err(), Some(Fault::Handler))?;
    equal("entries", hand.entries(&Filter::default()).await?.len(), 0)?;
    equal("claimed", hand.claim(0).await?.len(), 0)?;
    equal("the caller's rows", scene.values().await?, vec![])?;
    let staged = hand.try_stage(intent(&hand.account, "k", "Bea")?, Staging::default()).await?;
    holds(matches!(staged, Staged::New(_)), || format!("the key is not free: {staged:?}"))
}

pub(super) async fn commit_keeps_both<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let intents = vec![(intent(&hand.account, "k", "Ada")?, Staging::default())];
    hand.stage_with(Stage { intents, now: at(0), own: Own::writes("order"), look: None }).await.staged?;
    equal("the caller's rows", scene.values().await?, vec!["order".to_owned()])?;
    hand.claim_one(0).await.map(drop)
}

pub(super) async fn same_request<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let first = hand.stage("k").await?;
    let again = intent(&hand.account, "k", "Ada")?;
    let before = Ok(Staged::Before(first));
    equal("staged again", hand.try_stage(again.clone(), Staging::default()).await, before.clone())?;
    let claimed = hand.claim_one(0).await?;
    hand.settle(claimed.lease, &last(State::Done), 1).await?;
    equal("staged when it is done", hand.try_stage(again, Staging::default()).await, before)?;
    equal("claimed when it is done", hand.claim(1_000).await?.len(), 0)
}

pub(super) async fn other_request<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let first = hand.stage("k").await?;
    let other = intent(&hand.account, "k", "Bea")?;
    let told =
        Stage { intents: vec![(other, Staging::default())], now: at(0), own: Own::NOTHING, look: None };
    let told = hand.stage_with(told).await;
    equal("another request", told.staged.err(), Some(Fault::KeyReused(first)))?;
    let claimed = hand.claim_one(0).await?;
    let ada = intent(&hand.account, "k", "Ada")?;
    holds(claimed.request == ada.encode(), || "the first request was overwritten".into())
}

pub(super) async fn one_transaction<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    let ada = (intent(&hand.account, "k", "Ada")?, Staging::default());
    let bea = (intent(&hand.account, "k", "Bea")?, Staging::default());
    let stage = |intents| Stage { intents, now: at(0), own: Own::NOTHING, look: None };
    let told = hand.stage_with(stage(vec![ada.clone(), bea])).await;
    holds(matches!(told.staged, Err(Fault::KeyReused(_))), || format!("another: {:?}", told.staged))?;
    equal("entries after that", hand.entries(&Filter::default()).await?.len(), 0)?;
    let staged = hand.stage_with(stage(vec![ada.clone(), ada])).await.staged?;
    let same = matches!(staged[..], [Staged::New(new), Staged::Before(before)] if new == before);
    holds(same, || format!("the same: {staged:?}"))
}

pub(super) async fn other_account<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    hand.stage("k").await?;
    let theirs = intent(&account("other")?, "k", "Bea")?;
    let staged = hand.try_stage(theirs, Staging::default()).await?;
    holds(matches!(staged, Staged::New(_)), || format!("the key of another account: {staged:?}"))?;
    for _ in 0..2 {
        let staged = hand.try_stage(keyless(&hand.account)?, Staging::default()).await?;
        holds(matches!(staged, Staged::New(_)), || format!("without a key: {staged:?}"))?;
    }
    equal("claimed", hand.claim(0).await?.len(), 3)
}

pub(super) async fn bytes_are_kept<W: World>(scene: &Scene<'_, W>) -> Found {
    let mut hand = scene.open().await?;
    for name in ["Ada", "'; DROP TABLE \"x\" -- $1 ?1 %s", "Zoë 鑫 🦀\u{0}\n", &"a".repeat(100_000)] {
        let ours = intent(&hand.account, &format!("k{}", name.len()), name)?;
        let staging = Staging::default().after_those_of(name.replace('\u{0}', ""));
        let _ = hand.try_stage(ours.clone(), staging).await?;
        let row = only("claimed", hand.claim(0).await?)?;
        holds(row.request == ours.encode(), || "other bytes than were staged".into())?;
        equal("fingerprint", row.fingerprint, ours.fingerprint())?;
    }
    Ok(())
}
