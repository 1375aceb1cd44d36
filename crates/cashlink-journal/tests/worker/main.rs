//! The worker in both worlds, over the sandbox's engine and a clock that only moves when somebody sleeps; the journal itself is a
//! real one, in a file.
//!
//! `outcomes` is the table of T45; `leases` is about workers that come too late, `handlers` about handlers that fail, `documents`
//! about documents that are gone or others, `loops` about starting, resting and stopping, `trouble` about a database that refuses,
//! `metrics` about figures, `reconciling` about looking for objects, `threads` about workers that are spawned.
//! `clock`, `api`, `scene`, `store` and `asynchronous` are what the worlds are made of.

mod api;
mod asynchronous;
mod clock;
mod documents;
mod handlers;
mod leases;
mod loops;
mod metrics;
mod outcomes;
mod reconciling;
mod scene;
mod store;
mod threads;
mod trouble;
