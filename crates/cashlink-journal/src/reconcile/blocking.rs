//! With calls that return when they are over.

use cashlink_core::Now;

use super::{Finding, PAGE, Plan, Report, decision};
use crate::operate::Entry;
use crate::store::HandlerError;
use crate::store::blocking::Operate;

/// Looks for the object of each intent that needs reconciliation, and decides by what `look` says. Of one that happened, `record`
/// writes in the same transaction.
///
/// No transaction is open while `look` runs. What changes meanwhile is not overwritten: the decision is void then.
///
/// # Errors
/// The database's. What was decided before stands.
pub fn run<S: Operate, T>(
    store: &mut S,
    plan: &Plan,
    now: Now,
    mut look: impl FnMut(&Entry) -> Finding<T>,
    mut record: impl FnMut(&mut S::Transaction<'_>, &Entry, T) -> Result<(), HandlerError>,
) -> Result<Report, S::Error> {
    let (mut report, mut last) = (Report::default(), None);
    // The clock by which it is known since when an intent is left alone: this program's may be another, and ahead.
    let time = store.clock(now)?;
    while let Some(filter) = plan.filter(last) {
        let page = store.entries(&filter, PAGE)?;
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
            let Some(entry) = store.entry(listed.id)?.filter(|entry| entry.fence == listed.fence) else {
                report.passed = report.passed.saturating_add(1);
                continue;
            };
            let Some((decision, object)) = decision(look(&entry), &plan.by) else {
                report.unsure = report.unsure.saturating_add(1);
                continue;
            };
            let outcome = store.decide(&entry, &decision, now, |transaction| {
                object.map_or(Ok(()), |object| record(transaction, &entry, object))
            });
            report.count(entry.id, decision.state(), outcome)?;
        }
    }
    Ok(report)
}
