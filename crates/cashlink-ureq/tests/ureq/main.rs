//! The adapter over real sockets, on loopback: against the sandbox, and against a server that plays a script.

mod answers;
mod failures;
mod lost_replies;
mod redirects;
mod scripted;
mod uploads;
mod wire;
