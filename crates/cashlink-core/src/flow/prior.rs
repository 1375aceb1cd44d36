//! What a flow is told of the past.

/// What earlier processes did with a call, so that its certainty spans a crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prior {
    /// How many attempts there were.
    pub attempts: u32,
    /// Whether one of them may have reached the server without a whole answer coming back.
    pub maybe_sent: bool,
}

impl Prior {
    /// What is known of earlier attempts.
    #[must_use]
    pub const fn new(attempts: u32, maybe_sent: bool) -> Self {
        Self { attempts, maybe_sent }
    }
}
