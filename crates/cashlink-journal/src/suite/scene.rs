//! What the cases are played with: a journal, handles of it, and both worlds under one face.

use std::time::Duration;

use cashlink_core::partner::distributor::CreateInvestor;
use cashlink_core::partner::{NaturalPerson, Partner};
use cashlink_core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_core::{Bearer, Call, Certainty, Client, IdempotencyKey, Money, Now, Secret, UserKey};

use super::finding::{Fault, Finding, Found, only};
use crate::operate::{Counted, Decision, Entry, Filter, Stats};
use crate::store::{Lease, Row, Wanted};
use crate::{Account, Evidence, Intent, Settlement, Staged, Staging, State};

/// The lease of every claim here, in seconds.
pub(super) const LEASE: u64 = 60;

/// What the caller writes in the same transaction, and whether its part fails after that.
#[derive(Clone, Copy, Default)]
pub(super) struct Own {
    pub(super) value: Option<&'static str>,
    pub(super) fails: bool,
}

impl Own {
    pub(super) const NOTHING: Self = Self { value: None, fails: false };

    pub(super) fn writes(value: &'static str) -> Self {
        Self { value: Some(value), fails: false }
    }

    pub(super) fn writes_and_fails(value: &'static str) -> Self {
        Self { value: Some(value), fails: true }
    }
}

/// What is staged in one transaction, when, and beside what. While the transaction is open, another handle looks at what is there.
pub(super) struct Stage<H> {
    pub(super) intents: Vec<(Intent, Staging)>,
    pub(super) now: Now,
    pub(super) own: Own,
    pub(super) look: Option<H>,
}

/// What came of staging, and what the other handle saw meanwhile.
pub(super) struct Told {
    pub(super) staged: Result<Vec<Staged>, Fault>,
    pub(super) seen: Vec<Entry>,
}

/// A blocking store's world, or an async one's: there, everything is ready when it is asked for.
pub(super) trait World {
    type Place;
    type Handle;

    async fn place(&self) -> Found<Self::Place>;
    async fn open(&self, place: &Self::Place) -> Found<Self::Handle>;
    async fn values(&self, place: &Self::Place) -> Found<Vec<String>>;
    async fn stage(&self, handle: &mut Self::Handle, stage: Stage<Self::Handle>) -> Told;
    async fn claim(
        &self,
        handle: &mut Self::Handle,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> Result<Vec<Row>, Fault>;
    /// Each handle claims one after another until nothing is left, all at once.
    async fn race(
        &self,
        handles: Vec<Self::Handle>,
        wanted: &Wanted<'_>,
        now: Now,
    ) -> Result<Vec<Row>, Fault>;
    async fn extend(
        &self,
        handle: &mut Self::Handle,
        lease: Lease,
        by: Duration,
        now: Now,
    ) -> Result<bool, Fault>;
    async fn settle(
        &self,
        handle: &mut Self::Handle,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        own: Own,
    ) -> Result<(), Fault>;
    async fn entries(
        &self,
        handle: &mut Self::Handle,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<Entry>, Fault>;
    async fn entry(&self, handle: &mut Self::Handle, id: i64) -> Result<Option<Entry>, Fault>;
    async fn stats(
        &self,
        handle: &mut Self::Handle,
        account: Option<&Account>,
        counted: Counted,
        now: Now,
    ) -> Result<Stats, Fault>;
    async fn decide(
        &self,
        handle: &mut Self::Handle,
        seen: &Entry,
        decision: &Decision,
        now: Now,
        own: Own,
    ) -> Result<(), Fault>;
    async fn prune(
        &self,
        handle: &mut Self::Handle,
        settled_for: Duration,
        limit: u32,
        now: Now,
    ) -> Result<u64, Fault>;
}

/// A journal of a case's own.
pub(super) struct Scene<'w, W: World> {
    pub(super) world: &'w W,
    place: W::Place,
}

impl<'w, W: World> Scene<'w, W> {
    pub(super) async fn new(world: &'w W) -> Found<Self> {
        Ok(Self { world, place: world.place().await? })
    }

    pub(super) async fn open(&self) -> Found<Hand<'w, W>> {
        Ok(Hand { world: self.world, handle: self.handle().await?, account: account("suite")? })
    }

    pub(super) async fn handle(&self) -> Found<W::Handle> {
        self.world.open(&self.place).await
    }

    /// What the caller's own transactions wrote, in order.
    pub(super) async fn values(&self) -> Found<Vec<String>> {
        let mut values = self.world.values(&self.place).await?;
        values.sort();
        Ok(values)
    }
}

/// A handle, and the short way to what most cases do with it.
pub(super) struct Hand<'w, W: World> {
    pub(super) world: &'w W,
    pub(super) handle: W::Handle,
    pub(super) account: Account,
}

impl<W: World> Hand<'_, W> {
    pub(super) async fn stage_with(&mut self, stage: Stage<W::Handle>) -> Told {
        self.world.stage(&mut self.handle, stage).await
    }

    /// Stages and commits one intent, at the beginning.
    pub(super) async fn try_stage(&mut self, intent: Intent, staging: Staging) -> Result<Staged, Fault> {
        let stage = Stage { intents: vec![(intent, staging)], now: at(0), own: Own::NOTHING, look: None };
        let staged = self.stage_with(stage).await.staged?;
        staged.first().copied().ok_or_else(|| Fault::Database("one was staged, and none came back".into()))
    }

    /// Stages the intent with this key.
    pub(super) async fn stage(&mut self, key: &str) -> Found<i64> {
        self.stage_as(key, Staging::default()).await
    }

    pub(super) async fn stage_as(&mut self, key: &str, staging: Staging) -> Found<i64> {
        let staged = self.try_stage(intent(&self.account, key, "Ada")?, staging).await;
        Ok(staged?.id())
    }

    /// Claims what is due after so many seconds, at most so many.
    pub(super) async fn claim_up_to(&mut self, limit: u32, seconds: u64) -> Found<Vec<Row>> {
        let account = self.account.clone();
        let wanted = wanted(&account, limit);
        Ok(self.world.claim(&mut self.handle, &wanted, at(seconds)).await?)
    }

    pub(super) async fn claim(&mut self, seconds: u64) -> Found<Vec<Row>> {
        self.claim_up_to(100, seconds).await
    }

    /// The ids of what is claimed.
    pub(super) async fn claim_ids(&mut self, seconds: u64) -> Found<Vec<i64>> {
        let mut ids: Vec<_> = self.claim(seconds).await?.iter().map(|row| row.lease.id).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    pub(super) async fn claim_one(&mut self, seconds: u64) -> Found<Row> {
        only("claimed", self.claim(seconds).await?)
    }

    pub(super) async fn settle(&mut self, lease: Lease, settlement: &Settlement, seconds: u64) -> Found {
        Ok(self.settle_with(lease, settlement, seconds, Own::NOTHING).await?)
    }

    pub(super) async fn settle_with(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        seconds: u64,
        own: Own,
    ) -> Result<(), Fault> {
        self.world.settle(&mut self.handle, lease, settlement, at(seconds), own).await
    }

    pub(super) async fn extend(&mut self, lease: Lease, by: u64, seconds: u64) -> Found<bool> {
        let by = Duration::from_secs(by);
        Ok(self.world.extend(&mut self.handle, lease, by, at(seconds)).await?)
    }

    pub(super) async fn entries(&mut self, filter: &Filter) -> Found<Vec<Entry>> {
        Ok(self.world.entries(&mut self.handle, filter, 100).await?)
    }

    pub(super) async fn entry(&mut self, id: i64) -> Found<Entry> {
        let entry = self.world.entry(&mut self.handle, id).await?;
        only("entries of an id", entry.into_iter().collect())
    }

    pub(super) async fn decide(
        &mut self,
        seen: &Entry,
        decision: &Decision,
        seconds: u64,
        own: Own,
    ) -> Result<(), Fault> {
        self.world.decide(&mut self.handle, seen, decision, at(seconds), own).await
    }
}

/// So many seconds after the case's beginning.
pub(super) fn at(seconds: u64) -> Now {
    Now::new(1_700_000_000_u64.saturating_add(seconds), Duration::from_secs(seconds))
}

pub(super) fn wanted(account: &Account, limit: u32) -> Wanted<'_> {
    Wanted { account, limit, lease: Duration::from_secs(LEASE), worker: "suite" }
}

pub(super) fn account(name: &str) -> Found<Account> {
    Ok(Account::new(name)?)
}

/// A call with a key.
pub(super) fn intent(account: &Account, key: &str, name: &str) -> Found<Intent> {
    let client = Client::new(Partner::demo(), Bearer::client_credentials("suite", Secret::new("none"))?);
    let person = NaturalPerson::new().forename(name).surname("Lovelace");
    let create = CreateInvestor::natural_person(IdempotencyKey::new(key)?, person, true);
    Ok(Intent::new(&client, account, &Call::new(&create)?)?)
}

/// A call without one.
pub(super) fn keyless(account: &Account) -> Found<Intent> {
    let client = Client::new(Payments::production(), UserKey::new(Secret::new("none"))?);
    let amount: Money = "EUR 12.34".parse().map_err(Finding::new)?;
    let create = CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, "Invoice no. 1");
    Ok(Intent::new(&client, account, &Call::new(&create)?)?)
}

fn evidence(state: State) -> Evidence {
    let certainty = match state {
        State::Done => Certainty::Applied,
        State::NeedsReconciliation => Certainty::Unknown,
        _ => Certainty::NotApplied,
    };
    Evidence::new(state, certainty, 3, "from the suite")
}

/// Over, for now.
pub(super) fn last(state: State) -> Settlement {
    Settlement::last(evidence(state))
}

/// Nothing happened; to be tried again after so many seconds.
pub(super) fn again(wait: u64) -> Settlement {
    Settlement::postponed(evidence(State::Pending), Duration::from_secs(wait))
}

/// It happened, and its handler failed.
pub(super) fn answered(wait: u64) -> Settlement {
    last(State::Done).answered(Duration::from_secs(wait))
}
