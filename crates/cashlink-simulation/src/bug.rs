//! Bugs to be planted: what the simulation has to find.

/// A bug in the seams between the journal and the world. Without one, a history has to keep every promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The store settles whoever comes, under the newest fencing number (T43).
    ForgottenFence,
    /// A claim is not committed before its request is sent: others see the intent as unclaimed (T43).
    UncommittedClaim,
    /// A claim whose lease ended is handed out as if nothing could have been sent (T41).
    ForgottenSend,
    /// A call with a key that is merely assumed is sent again after an ambiguous outcome (T45).
    AssumedResent,
    /// A call without a key is sent again after an ambiguous outcome (T45).
    OnceResent,
    /// The handler commits by itself, before the settlement (T41).
    HandlerOutside,
    /// The outcome is recorded before the request is sent (T41).
    SettledFirst,
    /// Each claim makes a new key (T41).
    RenewedKey,
    /// What may have happened is repeated however old its key is (T44).
    EndlessReplay,
    /// A refused credential is taken for a refused request (T45).
    AuthRejected,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ForgottenFence,
        Self::UncommittedClaim,
        Self::ForgottenSend,
        Self::AssumedResent,
        Self::OnceResent,
        Self::HandlerOutside,
        Self::SettledFirst,
        Self::RenewedKey,
        Self::EndlessReplay,
        Self::AuthRejected,
    ];
}
