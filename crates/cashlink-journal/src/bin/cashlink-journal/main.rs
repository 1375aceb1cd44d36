//! The operator's tool: `cashlink-journal --help` tells how to use it.
#![forbid(unsafe_code)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects
)]

mod arguments;
mod commands;
mod database;
mod failure;
mod json;
mod moments;
mod table;
mod text;

use std::io::ErrorKind;
use std::process::ExitCode;

use arguments::Program;
use cashlink_client::system_now;
use cashlink_journal::core::Now;
use commands::Answer;
use database::Database;
use failure::Failure;

fn main() -> ExitCode {
    let program = Program::understood(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match run(program) {
        // Who reads may have read enough, as `head` does.
        Ok(()) | Err(Failure::Output(ErrorKind::BrokenPipe)) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cashlink-journal: {failure}");
            failure.code()
        }
    }
}

fn run(program: Program) -> Result<(), Failure> {
    let Program { database, json, now, command } = program;
    let now = now.map_or_else(system_now, |wall| Now::new(wall, system_now().mono));
    let mut answer = Answer::new(std::io::stdout().lock(), json, now);
    match Database::open(database)? {
        Database::Sqlite(mut store) => command.run(&mut store, &mut answer),
        Database::Postgres(mut store) => command.run(&mut *store, &mut answer),
    }
}
