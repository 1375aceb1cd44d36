//! T41: `kill -9`, again and again, while intents are staged, performed and settled over a server that loses answers. At the end
//! there are as many effects as intents: none twice, none lost.
//!
//! ```text
//! scripts/kills [kills] [sqlite|postgres|both]
//! ```
//!
//! The parent runs the sandbox; a stager and several workers are processes of this same program, which are killed at random moments
//! and started anew. `--wrong-order` stages nothing: it calls, and stores afterwards, as one would without a journal; the count must
//! not come out then, or it would prove nothing.
#![forbid(unsafe_code)]

mod database;
mod parent;
mod process;

use std::process::ExitCode;

use database::{Postgres, Sqlite};

/// Whatever goes wrong ends the process with its text.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let end = match &words[..] {
        // A child: role, database, where it is, the server's origin, how far its clock is off.
        ["child", role, "sqlite", place, origin, skew] => process::play::<Sqlite>(role, place, origin, skew),
        ["child", role, "postgres", place, origin, skew] => {
            process::play::<Postgres>(role, place, origin, skew)
        }
        ["sqlite", kills, options @ ..] => parent::run::<Sqlite>(kills, options),
        ["postgres", kills, options @ ..] => parent::run::<Postgres>(kills, options),
        _ => Err("usage: sqlite|postgres KILLS [--seed N] [--wrong-order|--stopped]".into()),
    };
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
