//! How long an attempt may take: said by a flow, kept by a transport.

use core::time::Duration;

/// How long one attempt may take. An adapter keeps these limits; the flow only says them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// For all of the attempt.
    pub total: Duration,
    /// For an upload: how long nothing may move. A long upload dies of silence, not of length.
    pub idle: Option<Duration>,
}

impl Timeouts {
    /// Limits for tests of a transport: connecting, and all of the attempt. No limit for silence; set it as needed.
    #[must_use]
    pub const fn new(connect: Duration, total: Duration) -> Self {
        Self { connect, total, idle: None }
    }
}
