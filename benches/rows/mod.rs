//! The rows of the table in docs/performance.md: the same work by this library, by hand, and by peers, in one process and on the same
//! input. Each row checks first that its sides agree; a benchmark of something else would be worthless.
//!
//! - `ours` is the library as a program calls it, and comes first.
//! - What it is held against comes second: the `floor`, which is written by hand for this one work, with the same crates below, and
//!   checks only what it can't do without; or what the row names instead.
//! - The others are what a program would do with another crate; they are there with the feature `peers`.

pub mod error_map;
pub mod flow;
#[allow(dead_code, reason = "only counted")]
pub mod in_flight;
pub mod money;
#[allow(dead_code, reason = "what goes through a socket is only timed")]
pub mod multipart;
pub mod page;
pub mod post;
pub mod token;
pub mod walk;
pub mod webhook;
#[allow(dead_code, reason = "the rows upload nothing over HTTP")]
#[path = "../overhead/work.rs"]
pub mod work;

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

/// Those whose instructions and allocations say something: one thread does it, and the kernel nothing of it.
pub fn counted() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(webhook::rows());
    rows.extend(page::rows());
    rows.push(post::row());
    rows.extend(money::rows());
    rows.extend(error_map::rows());
    rows.push(flow::row());
    rows.push(token::row());
    rows.push(walk::row());
    rows.push(multipart::framing());
    rows
}

#[allow(dead_code, reason = "a count is not of all")]
pub fn all() -> Vec<Row> {
    let mut rows = counted();
    rows.extend(multipart::through_a_socket());
    rows
}
