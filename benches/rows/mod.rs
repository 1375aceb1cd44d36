//! The rows of the table in docs/performance.md: the same work by this library, by hand, and by peers, in one process and on the same
//! input. Each row checks first that its sides agree; a benchmark of something else would be worthless.
//!
//! - `ours` is the library as a program calls it.
//! - `floor` is written by hand for this one work, with the same crates below: it checks only what it can't do without.
//! - the others are what a program would do with another crate; they are there with the feature `peers`.

pub mod page;
pub mod webhook;

use std::hint::black_box;

/// One work, and who does it.
pub struct Row {
    pub name: String,
    pub sides: Vec<Side>,
}

/// One who does it.
pub struct Side {
    pub name: &'static str,
    pub work: Box<dyn FnMut()>,
}

impl Row {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), sides: Vec::new() }
    }

    /// What `work` returns is dropped within the measurement.
    pub fn side<T>(mut self, name: &'static str, mut work: impl FnMut() -> T + 'static) -> Self {
        let work = Box::new(move || {
            black_box(work());
        });
        self.sides.push(Side { name, work });
        self
    }
}

pub fn all() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(webhook::rows());
    rows.extend(page::rows());
    rows
}
