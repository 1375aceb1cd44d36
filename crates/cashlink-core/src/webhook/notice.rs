//! What the newer generation tells: the status of an investment has changed.

use core::cmp::Ordering;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::answer::DecodeError;
use crate::json;
use crate::partner::{InvestmentId, InvestmentStatus};
use crate::time::Timestamp;

/// A body whose sender has proved to be Cashlink: the only door to its [`Notice`].
///
/// Cashlink repeats a delivery until it gets a 2xx (seed), so record what it says, answer, and work later.
#[derive(Clone)]
pub struct Authenticated<'a> {
    body: &'a [u8],
    credential_index: usize,
}

impl<'a> Authenticated<'a> {
    pub(super) fn new(body: &'a [u8], credential_index: usize) -> Self {
        Self { body, credential_index }
    }

    /// The body, byte for byte: every field that this library doesn't know is in it.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Which of the tokens or signing keys it was, in the order in which they were given. Once only the new one comes, the
    /// old one can go.
    #[must_use]
    pub fn credential_index(&self) -> usize {
        self.credential_index
    }

    /// Reads what it says.
    ///
    /// Only the change of a status is documented. Others exist (registry statements, the progress of imports), of which no
    /// payload is known: a JSON object without an `investment_id` is [`Notice::Unknown`]. Answer it with a 2xx, and keep
    /// [`body`](Self::body).
    ///
    /// # Errors
    /// When it names an `investment_id` and can't be read as a change: a status may have changed, and which isn't known. Also when
    /// the body isn't a JSON object. Nothing documented sends either: record the body for a person, apart from what is unknown, and
    /// answer with a 2xx only after that. The next delivery would bring the same.
    pub fn notice(&self) -> Result<Notice, DecodeError> {
        /// The change as it is written. Not the public type itself: that would be a second door (T53).
        #[derive(Deserialize)]
        struct Written {
            investment_id: InvestmentId,
            status: InvestmentStatus,
            changed_at: Timestamp,
        }

        /// A JSON object, whatever else is in it.
        #[derive(Deserialize)]
        struct Named {
            #[serde(default, deserialize_with = "present")]
            investment_id: bool,
        }

        /// Also of a `null`: the name is what counts.
        fn present<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
            IgnoredAny::deserialize(value).map(|_| true)
        }

        match json::read::<Written>(self.body) {
            Ok(Written { investment_id, status, changed_at }) => {
                Ok(Notice::StatusChanged(StatusChanged { investment_id, status, changed_at }))
            }
            Err(error) => match json::read::<Named>(self.body)? {
                Named { investment_id: true } => Err(error),
                Named { investment_id: false } => Ok(Notice::Unknown),
            },
        }
    }
}

/// Without the body, which a server wrote (T11).
impl core::fmt::Debug for Authenticated<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Authenticated")
            .field("credential_index", &self.credential_index)
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// What a delivery says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The status of an investment has changed. "Webhooks are sent every time" it does (seed).
    StatusChanged(StatusChanged),
    /// Something that this library doesn't know.
    Unknown,
}

/// The status of an investment has changed (seed, *Webhooks*).
///
/// Two that are equal are the same change: a delivery that was repeated (T55). There is no id of the delivery to go by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StatusChanged {
    /// Whose status it is.
    pub investment_id: InvestmentId,
    /// The status from then on.
    pub status: InvestmentStatus,
    /// When it changed.
    pub changed_at: Timestamp,
}

impl StatusChanged {
    /// A change for tests.
    #[must_use]
    pub fn fixture(investment_id: InvestmentId, status: InvestmentStatus, changed_at: Timestamp) -> Self {
        Self { investment_id, status, changed_at }
    }

    /// Whether this change is the later one of the two, of the same investment, so that what `other` says is the past. In which
    /// order the deliveries came doesn't matter: after all of them, the one that none supersedes is the state (T56).
    ///
    /// The later `changed_at` wins, compared as an instant. At the same instant the status that stands further down in the
    /// documentation's table wins, an unknown one over all known ones, and of two unknown ones the greater text. A
    /// `changed_at` without an offset, which no known page shows, is taken for UTC.
    ///
    /// ```
    /// use cashlink_core::partner::InvestmentStatus::{Accepted, Paid};
    /// use cashlink_core::webhook::StatusChanged;
    ///
    /// let id = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?;
    /// let accepted = StatusChanged::fixture(id, Accepted, "2020-12-11T14:59:46.716Z".parse()?);
    /// let paid = StatusChanged::fixture(id, Paid, "2020-12-11T15:00:00Z".parse()?);
    /// assert!(paid.supersedes(&accepted) && !accepted.supersedes(&paid) && !paid.supersedes(&paid));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn supersedes(&self, other: &Self) -> bool {
        let order = self
            .changed_at
            .compare_as_utc(&other.changed_at)
            .then_with(|| rank(&self.status).cmp(&rank(&other.status)))
            .then_with(|| self.status.as_str().cmp(other.status.as_str()));
        self.investment_id == other.investment_id && order == Ordering::Greater
    }
}

/// The place in the documentation's table; values that this library doesn't know stand behind it.
fn rank(status: &InvestmentStatus) -> u8 {
    match status {
        InvestmentStatus::KycPending => 0,
        InvestmentStatus::ReviewPending => 1,
        InvestmentStatus::WaitingForAcceptance => 2,
        InvestmentStatus::Accepted => 3,
        InvestmentStatus::Paid => 4,
        InvestmentStatus::Delivered => 5,
        InvestmentStatus::KycInsufficient => 6,
        InvestmentStatus::Abortion => 7,
        InvestmentStatus::Rejection => 8,
        InvestmentStatus::Cancellation => 9,
        InvestmentStatus::PaymentMissing => 10,
        InvestmentStatus::Other(_) => 11,
    }
}
