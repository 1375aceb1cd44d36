//! Exactly these bytes, once, whatever dies: intents in the user's own database, staged in the user's own transaction, performed
//! from a claim, settled together with the user's own rows.
//!
//! The newer API's four steps (make a key; store the intent with it; flush; call) become types:
//!
//! 1. [`Intent::new`] fixes the bytes of a call and its key.
//! 2. `stage` writes it within *your* transaction, beside your own rows. Nothing else sees it before your commit.
//! 3. `claim` hands out what is committed and due, under a lease with a fencing number. Only a [`Claim`] leads to a request.
//! 4. `settle` records what became of it in a transaction, together with what your handler writes.
//!
//! What is promised: every staged intent is attempted until its outcome is known; the same bytes go out with the same key,
//! whichever process sends them; where a key is documented, there is one effect, for as long as the server keeps the key; where
//! there is none, or one that is merely assumed, an ambiguous outcome ends in [`State::NeedsReconciliation`] and is never resent.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects
    )
)]

mod claim;
mod evidence;
pub mod inbox;
pub mod memory;
mod names;
pub mod operate;
pub mod payloads;
mod policy;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod reconcile;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod stage;
mod state;
pub mod store;
#[cfg(feature = "suite")]
pub mod suite;
mod verdict;
pub mod worker;

pub use cashlink_core as core;
pub use cashlink_core::intent::{Account, Fingerprint, Intent};
pub use claim::{Claim, Claimed, Next, Unreadable};
pub use evidence::{Evidence, UnreadableEvidence};
pub use names::Names;
pub use policy::Policy;
pub use stage::{Staged, Staging};
pub use state::State;
pub use verdict::Settlement;
