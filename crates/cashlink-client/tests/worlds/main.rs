//! Both worlds over a scripted wire and a clock that only moves when somebody sleeps: no test here takes time, and none
//! touches a network.
//!
//! `scenarios` is the table that both worlds go through, with equal outcomes; `threads` and `tasks` are about many callers
//! and one token, `deadlines` about callers that can't wait, `payloads` about bodies on their way out, `futures` about
//! what a spawned call has to be, `headers` about everything that goes out, `exchange` about one attempt and its limits.
//! `clock`, `wire`, `executor`, `answers` and `runner` are what the worlds are made of.

mod answers;
mod clock;
mod deadlines;
mod exchange;
mod executor;
mod futures;
mod headers;
mod payloads;
mod progress;
mod runner;
mod scenarios;
mod tasks;
mod threads;
mod wire;
