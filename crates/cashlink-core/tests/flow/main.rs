//! Flows from end to end, through nothing but the public interface: scripted attempts go in, and what is asserted is
//! what a driver would see (which step comes next, which bytes leave) and what a caller would get (the value, or the
//! error with its certainty).
//!
//! `scenario` is the set-up that all of them share. `table` lays the retry table beside the machine,
//! `enumeration` walks every sequence of events, `operations` every documented operation; then come the limits, the
//! tokens and clocks, earlier processes, answers, and what callers may rely on about the types.

mod answers;
mod bounds;
mod budget;
mod clocks;
mod confirmed;
mod display;
mod enumeration;
mod erased;
mod limits;
mod operations;
mod outcomes;
mod prior;
mod retry_after;
mod scenario;
mod table;
mod token_call;
mod tokens;
