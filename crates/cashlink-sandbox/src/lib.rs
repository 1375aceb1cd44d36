#![cfg_attr(feature = "server", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "server"),
    doc = "Both generations of the Cashlink partner APIs, emulated: the engine alone. The README is shown with the feature `server`."
)]
#![forbid(unsafe_code)]

// The way of a request: `server` → `engine` → `gate` → `routes` → a handler in `partner` or `payments`.
mod config;
pub mod demo;
mod engine;
mod exchange;
mod gate;
mod routes;
#[cfg(feature = "server")]
pub mod server;

// What the APIs are made of.
mod keys;
mod oauth;
mod pages;
mod partner;
mod payments;

// What a handler works with: reading a body, checking it, saying no, keeping things, naming them.
mod drf;
mod fields;
mod mint;
mod multipart;
mod store;
mod world;

// What only a sandbox has.
mod control;
mod faults;
mod statistics;
pub mod webhooks;

#[cfg(test)]
mod scene;

pub use config::{Config, OAuthClient};
pub use engine::Sandbox;
pub use faults::{Armed, Delay, Disruption, Fault, FaultError, Faults, RetryAfter, StatusFault};
pub use payments::Version;
pub use routes::routes;
pub use statistics::Statistics;
pub use store::{Kind, Object};
