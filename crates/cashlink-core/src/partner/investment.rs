//! Investments as both sides see them: an investor buys units of a campaign, and the issuer accepts.

use alloc::boxed::Box;

use serde::Deserialize;

use crate::open_enum::open_enum;
use crate::{Id, Personal};

/// The id of an investment.
pub type InvestmentId = Id<Investment>;

/// The id of a campaign, in which investments are made.
pub type CampaignId = Id<Campaign>;

/// Names the ids of campaigns; no known page shows the object's fields.
#[derive(Debug)]
pub enum Campaign {}

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

impl InvestmentStatus {
    /// How far an order is on its way from signature to delivery, in the order of the documentation's table: 0 for
    /// [`KycPending`](Self::KycPending) to 5 for [`Delivered`](Self::Delivered). `None` for those that leave the way
    /// (rejections, cancellations), and for values that this library doesn't know.
    #[must_use]
    pub fn progress(&self) -> Option<u8> {
        Some(match self {
            Self::KycPending => 0,
            Self::ReviewPending => 1,
            Self::WaitingForAcceptance => 2,
            Self::Accepted => 3,
            Self::Paid => 4,
            Self::Delivered => 5,
            _ => return None,
        })
    }

    /// Whether the order ended without delivery, as far as the documentation's words say: the investor cancelled or withdrew,
    /// the issuer refused, or the payment did not arrive. Of [`KycInsufficient`](Self::KycInsufficient) it isn't said.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Abortion | Self::Rejection | Self::Cancellation | Self::PaymentMissing)
    }

    /// Whether the documentation calls it final, or says that the order was cancelled.
    #[must_use]
    pub fn is_final(&self) -> bool {
        *self == Self::Delivered || self.is_cancelled()
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_documented_order_is_kept_and_what_leaves_it_has_no_place() {
        let texts = "KYC_PENDING REVIEW_PENDING WAITING_FOR_ACCEPTANCE ACCEPTED PAID DELIVERED KYC_INSUFFICIENT ABORTION \
                     REJECTION CANCELLATION PAYMENT_MISSING REDEEMED";
        let statuses: Vec<InvestmentStatus> = texts.split_whitespace().map(InvestmentStatus::from).collect();
        let progress: Vec<Option<u8>> = statuses.iter().map(InvestmentStatus::progress).collect();
        assert_eq!(progress[..6], [0, 1, 2, 3, 4, 5].map(Some));
        assert!(progress[6..].iter().all(Option::is_none));
        let last: Vec<&str> =
            statuses.iter().filter(|status| status.is_final()).map(InvestmentStatus::as_str).collect();
        assert_eq!(last, ["DELIVERED", "ABORTION", "REJECTION", "CANCELLATION", "PAYMENT_MISSING"]);
    }
}
