//! With calls that are futures.

use std::future::{Future, ready};

use cashlink_core::Now;

use super::{Finding, PAGE, Plan, Report, decision};
use crate::operate::Entry;
use crate::store::asynchronous::{Operate, Within};

/// As the [blocking one](super::blocking::run). A future that is dropped leaves what was decided before, and nothing half.
///
/// # Errors
/// The database's. What was decided before stands.
pub async fn run<S: Operate, T: Send, L: Future<Output = Finding<T>> + Send>(
    store: &mut S,
    plan: &Plan,
    now: Now,
    mut look: impl FnMut(Entry) -> L + Send,
    mut record: impl for<'a, 't> FnMut(&'a mut S::Transaction<'t>, Entry, T) -> Within<'a> + Send,
) -> Result<Report, S::Error> {
    let (mut report, mut last) = (Report::default(), None);
    while let Some(filter) = plan.filter(last) {
        let page = store.entries(&filter, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for listed in page {
            last = Some(listed.id);
            if !plan.is_quiet(&listed, now) {
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
            let (seen, record) = (entry.clone(), &mut record);
            let outcome = store
                .decide(&seen, &decision, now, |transaction| match object {
                    Some(object) => record(transaction, entry, object),
                    None => Box::pin(ready(Ok(()))),
                })
                .await;
            report.count(seen.id, decision.state(), outcome)?;
        }
    }
    Ok(report)
}
