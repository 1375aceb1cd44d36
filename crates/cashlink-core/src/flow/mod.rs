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
//! file that changes a flow's state, `step` the public face, `token` the slot that callers share, `oauth` the token call.

mod budget;
mod challenge;
mod jitter;
mod oauth;
mod retry;
mod retry_after;
mod step;
mod token;
mod transition;

pub(crate) use budget::Budget;
pub use oauth::Grant;
pub use retry::Certainty;
pub(crate) use retry_after::seconds_of_date;
pub use step::{Delay, NeedToken, Outgoing, Pending, Step, Timeouts};
pub use token::{Flight, Lead, Look, Token, TokenId, TokenSlot};
pub use transition::Prior;
