//! Investments as both sides see them: an investor buys units of a campaign, and the issuer accepts.

use alloc::boxed::Box;

use serde::Deserialize;

use crate::open_enum::open_enum;
use crate::{Id, Personal};

/// The id of an investment.
pub type InvestmentId = Id<Investment>;

/// The id of a campaign, in which investments are made.
pub type CampaignId = Id<Campaign>;

/// The id of a wallet, to which units are credited.
pub type WalletId = Id<Wallet>;

/// Names the ids of campaigns; no known page shows the object's fields.
#[derive(Debug)]
pub enum Campaign {}

/// Names the ids of wallets.
#[derive(Debug)]
pub enum Wallet {}

open_enum! {
    /// Where an investment stands. The stored copy of the documentation's table is cut behind `PAYMENT_MISSING`, so there
    /// may be more values.
    pub enum InvestmentStatus {
        /// Signed; the investor's identification is still open.
        KycPending = "KYC_PENDING",
        /// An external review is still open.
        ReviewPending = "REVIEW_PENDING",
        /// The issuer may accept now.
        WaitingForAcceptance = "WAITING_FOR_ACCEPTANCE",
        /// The issuer accepted.
        Accepted = "ACCEPTED",
        /// Marked as paid.
        Paid = "PAID",
        /// The units are credited to the wallet. Final.
        Delivered = "DELIVERED",
        /// KYC or AML could not complete: data is missing or inconsistent.
        KycInsufficient = "KYC_INSUFFICIENT",
        /// The investor cancelled the order.
        Abortion = "ABORTION",
        /// The issuer refused the order.
        Rejection = "REJECTION",
        /// The investor withdrew within the cancellation period.
        Cancellation = "CANCELLATION",
        /// Cancelled because the payment did not arrive in time.
        PaymentMissing = "PAYMENT_MISSING",
    }
}

/// An investment, as the API returns it. Only the id is known for certain.
///
/// Amounts (original, remaining) are documented as concepts, but not by name; whatever the answer has is in the reply's
/// bytes: `reply.meta.field::<Money>(&["…"])`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Investment {
    /// Its id.
    pub id: InvestmentId,
    /// Where it stands.
    pub status: Option<InvestmentStatus>,
    /// Web-based subscription: where the investor goes on.
    // Not a `String`: a page may hold very many, and memory is bounded by the page's bytes (T22).
    pub start_url: Option<Personal<Box<str>>>,
}

impl Investment {
    /// An investment for tests: only an id; set the other fields as needed.
    #[must_use]
    pub fn fixture(id: InvestmentId) -> Self {
        Self { id, status: None, start_url: None }
    }
}
