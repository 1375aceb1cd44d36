//! The cases, by what they are about.

mod answers;
mod bodies;
mod connecting;
mod http2;
mod kept;
mod limits;
mod requests;
mod tokens;
mod uploads;

use crate::Case;

/// All of them.
pub(crate) const ALL: &[&[Case]] = &[
    connecting::CASES,
    requests::CASES,
    uploads::CASES,
    answers::CASES,
    bodies::CASES,
    limits::CASES,
    tokens::CASES,
    kept::CASES,
    http2::CASES,
];
