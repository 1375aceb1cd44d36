//! The adapter over real sockets, on loopback: against the sandbox, and against a server that plays a script.

mod agents;
mod answers;
mod connections;
mod failures;
mod floods;
mod heads;
mod lost_replies;
mod redirects;
mod scripted;
mod seeds;
mod uploads;
mod wire;
