//! Webhooks, from the server's side: what happened becomes deliveries, which somebody carries.
//!
//! The engine only says what is due ([`Sandbox::due`](crate::Sandbox::due)) and is told how it went
//! ([`Sandbox::delivered`](crate::Sandbox::delivered)); the server of this crate carries them over HTTP.

mod events;
mod moment;
mod outbox;

pub use events::{NotAdvanced, NotPaid, Payer};
pub use outbox::Delivery;

pub(crate) use events::{ORDER, Payment, is_documented, paid, status_changed};
pub(crate) use outbox::Outbox;

use std::fmt;
use std::time::Duration;

/// Where webhooks go, and what goes wrong with them. Default: nowhere.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Webhooks {
    /// The subscription of the business that the configured USERKEYs belong to: signed events of the older API. A registered
    /// business has its own, by its `webhook_url`.
    pub signed: Option<SignedHook>,
    /// Changes of investments' statuses, of the newer API.
    pub partner: Option<PartnerHook>,
    /// What goes wrong on purpose.
    pub mischief: Mischief,
    /// How long answers are waited for, and when it is tried again.
    pub timing: Timing,
}

/// A subscription of the older API.
#[derive(Clone)]
pub struct SignedHook {
    /// Where events go: `http://127.0.0.1:8080/payments`.
    pub url: String,
    /// What they are signed with.
    pub secret: String,
}

/// A receiver of the newer API.
#[derive(Clone)]
pub struct PartnerHook {
    /// Where changes go.
    pub url: String,
    /// How the sandbox authenticates there.
    pub credential: Credential,
}

/// How the newer API authenticates to a receiver.
#[derive(Clone)]
pub enum Credential {
    /// With this bearer token.
    Bearer(String),
    /// With a bearer token from the receiver's own token endpoint, by OAuth client credentials in the form.
    ClientCredentials {
        /// The receiver's token endpoint.
        token_url: String,
        /// The client id that the receiver knows.
        client_id: String,
        /// The client secret that the receiver knows.
        client_secret: String,
    },
}

/// What a receiver has to survive, for its tests. Every n-th event is counted from the first; 0 means never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mischief {
    /// Every so manieth event is delivered twice; of the signed ones every second with another `X-Request-Id`, the rest with the same.
    pub repeat_every: u32,
    /// Beside every so manieth event goes a lie: with a signature, or a token, that isn't right. A payment is then one of 0.01, a status
    /// `FORGED`, from a day later, so that whoever believes it has it for good.
    pub forge_every: u32,
    /// Whether deliveries leave up to a second late, each as the seed decides, so that later ones overtake them.
    pub shuffle: bool,
}

/// How long the sandbox waits for receivers. A receiver's tests may want it shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// How long the answer to a signed event is waited for. Default: 2 seconds, as the vendor says.
    pub signed_timeout: Duration,
    /// How long the answer to a change, or to a token request, is waited for. Default: 10 seconds; the vendor's is not documented.
    pub partner_timeout: Duration,
    /// When what failed is tried again: a change, or a token request. It doubles with every failure. Default: 1 second; the vendor's is
    /// not documented.
    pub first_retry: Duration,
    /// What it doubles up to. Default: 60 seconds.
    pub longest_retry: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            // "Webhook requests have a timeout of 2 seconds and are not retried."
            signed_timeout: Duration::from_secs(2),
            partner_timeout: Duration::from_secs(10),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(60),
        }
    }
}

impl Timing {
    /// The wait after so many failures in a row.
    fn wait(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1);
        let doubled = self.first_retry.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX));
        doubled.min(self.longest_retry)
    }
}

/// Only addresses: what proves deliveries is not shown (T11).
impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks")
            .field("signed", &self.signed)
            .field("partner", &self.partner)
            .field("mischief", &self.mischief)
            .field("timing", &self.timing)
            .finish()
    }
}

impl fmt::Debug for SignedHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedHook").field("url", &self.url).finish_non_exhaustive()
    }
}

impl fmt::Debug for PartnerHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerHook").field("url", &self.url).field("credential", &self.credential).finish()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer(…)",
            Self::ClientCredentials { .. } => "ClientCredentials(…)",
        })
    }
}

#[cfg(test)]
mod tests;
