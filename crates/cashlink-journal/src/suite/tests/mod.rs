//! Memory passes (SQLite: `tests/sqlite_suite.rs`); and for each defect that can be planted from outside, the case that was made for it fails.

mod broken;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::memory::{Memory, Transaction};
use crate::store::HandlerError;
use crate::store::asynchronous::Within;

struct InMemory;

impl asynchronous::Adapter for InMemory {
    type Store = Memory;
    type Place = Memory;

    fn name(&self) -> &str {
        "memory"
    }

    async fn place(&self) -> Result<Memory, HandlerError> {
        Ok(Memory::default())
    }

    async fn open(&self, place: &Memory) -> Result<Memory, HandlerError> {
        Ok(place.clone())
    }

    fn write<'a>(transaction: &'a mut Transaction, value: &'static str) -> Within<'a> {
        Box::pin(async move {
            transaction.put(value, []);
            Ok(())
        })
    }

    async fn values(&self, place: &Memory) -> Result<Vec<String>, HandlerError> {
        Ok(place.names())
    }
}

fn passes(report: &Report) {
    assert!(report.is_conformant(), "{report}");
    assert_eq!(report.outcomes().len(), Case::all().count());
}

#[test]
fn t40_to_t44_memory_keeps_every_case_in_both_worlds() {
    passes(&blocking::run(&broken::Adapter { defect: broken::Defect::Nothing }));
    let mut report = pin!(asynchronous::run(&InMemory));
    let Poll::Ready(report) = report.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing in memory waits")
    };
    passes(&report);
}

#[test]
fn a_store_with_a_planted_defect_fails_the_case_that_was_made_for_it() {
    for (defect, case) in broken::DEFECTS {
        let report = blocking::run(&broken::Adapter { defect });
        let failed: Vec<_> = report.failed().map(|outcome| outcome.case.name()).collect();
        assert!(failed.contains(&case), "{defect:?} was not found by {case}, but by {failed:?}");
    }
    let shown = blocking::run(&broken::Adapter { defect: broken::Defect::ForgetsTheFence }).to_string();
    assert!(shown.contains("fencing") && shown.contains("FAILED") && shown.contains("T43"), "{shown}");
}
