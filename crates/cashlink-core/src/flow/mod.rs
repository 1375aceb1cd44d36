//! Flows: many round trips without I/O. A flow is always at one [`Step`], and every step carries its only legal
//! continuation:
//!
//! ```text
//!                    .with(token)                    .respond(answer)
//!   start ──► Authorize ────────► Send ──────────────────┬───────────────► Done
//!     │           │                ▲  .fail(failure)     │                  ▲
//!     │           │ .fail(error)   │                     ▼                  │
//!     │           └────────────────┼──────────────────► decide ─────────────┤
//!     │                            │ .wake(now)          │  │               │
//!     └────────────────────────────┤◄──── Wait ◄─────────┘  └─► Authorize   │
//!       (API key: no token)                               (401: a new token)│
//!     └─────────────────────────────────────────────────────────────────────┘
//!       (nothing that may be sent)
//! ```
//!
//! What is decided where: `retry` is the pure table (what does this answer mean for this effect?), `transition` the only
//! file that changes a flow's state, `step` the public face, `oauth` the token call, `slot` where callers meet for its
//! token, `queue` who of them waits.

mod challenge;
mod clock;
mod jitter;
mod oauth;
mod prior;
mod queue;
mod retry;
mod retry_after;
mod slot;
mod step;
mod timeouts;
mod token;
mod transition;

pub use oauth::Grant;
pub(crate) use oauth::NAME as TOKEN_CALL;
pub use prior::Prior;
pub use queue::TokenQueue;
pub use retry::Certainty;
pub(crate) use retry::Row;
pub(crate) use retry_after::seconds_of_date;
pub use slot::{Lead, Look, TokenSlot, Waiter};
pub use step::{Delay, NeedToken, Outgoing, Pending, Step};
pub use timeouts::{Limits, Patience, Timeouts};
pub use token::{Token, TokenId};
