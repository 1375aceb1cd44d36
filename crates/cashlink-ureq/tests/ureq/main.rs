//! The adapter over real sockets, on loopback: against the sandbox, and against a server that plays a script. What every
//! transport has to do is tried by `conformance`; here is what is ureq's own.

mod agents;
mod connections;
mod failures;
mod lost_replies;
mod redirects;
mod scripted;
mod seeds;
mod uploads;
mod wire;
