//! With calls that are futures.

use std::future::{Future, ready};

use cashlink_core::Now;

use super::{Finding, PAGE, Plan, Report, decision};
use crate::operate::{Decision, Entry};
use crate::store::SettleError;
use crate::store::asynchronous::{Operate, Within};

/// As the [blocking one](super::blocking::run). A future that is dropped leaves what was decided before, and nothing half.
///
/// # Errors
/// The database's. What was decided before stands.
#[expect(
    clippy::manual_async_fn,
    reason = "spawned over a store of a certain type, it has to be known to be Send"
)]
pub fn run<S: Operate, T: Send, L: Future<Output = Finding<T>> + Send>(
    store: &mut S,
    plan: &Plan,
    now: Now,
    mut look: impl FnMut(Entry) -> L + Send,
    mut record: impl for<'a, 't> FnMut(&'a mut S::Transaction<'t>, Entry, T) -> Within<'a> + Send,
) -> impl Future<Output = Result<Report, S::Error>> + Send {
    async move {
        let (mut report, mut last) = (Report::default(), None);
        // The clock by which it is known since when an intent is left alone: this program's may be another, and ahead.
        let time = store.clock(now).await?;
        while let Some(filter) = plan.filter(last) {
            let page = store.entries(&filter, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for listed in page {
                last = Some(listed.id);
                if !plan.is_quiet(&listed, time) {
                    report.quiet = report.quiet.saturating_add(1);
                    continue;
                }
                // With its request, and as it is now.
                let entry = store.entry(listed.id).await?.filter(|entry| entry.fence == listed.fence);
                let Some(entry) = entry else {
                    report.passed = report.passed.saturating_add(1);
                    continue;
                };
                let Some((decision, object)) = decision(look(entry.clone()).await, &plan.by) else {
                    report.unsure = report.unsure.saturating_add(1);
                    continue;
                };
                let outcome = decide(store, &entry, &decision, now, object, &mut record).await;
                report.count(entry.id, decision.state(), outcome)?;
            }
        }
        Ok(report)
    }
}

/// A function of its own, so that the compiler sees that the future is `Send`, whatever is written.
fn decide<S: Operate, T: Send>(
    store: &mut S,
    seen: &Entry,
    decision: &Decision,
    now: Now,
    object: Option<T>,
    record: &mut (impl for<'a, 't> FnMut(&'a mut S::Transaction<'t>, Entry, T) -> Within<'a> + Send),
) -> impl Future<Output = Result<(), SettleError<S::Error>>> + Send {
    store.decide(seen, decision, now, |transaction| match object {
        Some(object) => record(transaction, seen.clone(), object),
        None => Box::pin(ready(Ok(()))),
    })
}
