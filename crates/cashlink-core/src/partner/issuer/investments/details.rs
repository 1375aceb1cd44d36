//! What an issuer may know of an investment.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::answer::DecodeError;
use crate::borrowed;
use crate::json;
use crate::partner::{InvestmentId, InvestmentStatus};

/// An investment as an issuer sees it. Only the id is certain: the documentation names the other fields, but neither their JSON
/// keys for certain nor their types, so each is kept as it came and read as what you expect ([`Untyped::read`]).
///
/// ```
/// use cashlink_core::Money;
/// use cashlink_core::partner::issuer::InvestmentDetails;
///
/// let json = r#"{"id":"v-1","units":40,"payment_total":{"amount":"400000","decimals":2,"currency":"EUR"}}"#;
/// let details: InvestmentDetails = serde_json::from_str(json)?;
/// let total: Money = details.payment_total.unwrap().read()?;
/// assert_eq!(total.to_string(), "EUR 4,000.00");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct InvestmentDetails {
    /// Its id.
    pub id: InvestmentId,
    /// Where it stands.
    pub status: Option<InvestmentStatus>,
    /// The campaign that it was made in.
    pub campaign_id: Option<Untyped>,
    /// How many units.
    pub units: Option<Untyped>,
    /// The disagio.
    pub disagio: Option<Untyped>,
    /// Accrued interest. The page spells it `accured_interest`; both are read.
    #[serde(alias = "accured_interest")]
    pub accrued_interest: Option<Untyped>,
    /// The amount invested.
    pub investment_amount: Option<Untyped>,
    /// What is to be paid in all.
    pub payment_total: Option<Untyped>,
    /// What remains after transfers and redemptions.
    pub remaining_amount: Option<Untyped>,
    /// When it was signed.
    pub signed_at: Option<Untyped>,
    /// When the issuer accepted.
    pub accepted_at: Option<Untyped>,
    /// When it was paid.
    pub paid_at: Option<Untyped>,
    /// When its units were delivered.
    pub delivered_at: Option<Untyped>,
    /// When it was cancelled.
    pub cancellation_date: Option<Untyped>,
    /// Why.
    pub cancellation_reason: Option<Untyped>,
    /// How it is to be paid.
    pub payment_details: Option<Untyped>,
    /// The investor's bank account.
    pub bank_account: Option<Untyped>,
    /// How the investor is reached. The page spells it `communcation`; both are read.
    #[serde(alias = "communcation")]
    pub communication: Option<Untyped>,
    /// The investor, where it is a natural person.
    pub natural_person: Option<Untyped>,
    /// The investor, where it is a legal person.
    pub legal_person: Option<Untyped>,
    /// The investor's securities deposit account.
    pub securities_deposit_account: Option<Untyped>,
    /// What the tax office knows of the investor.
    pub tax_information: Option<Untyped>,
    /// The exemption order's amount.
    pub exemption_order_amount: Option<Untyped>,
}

impl InvestmentDetails {
    /// Details for tests: only an id. Others are read from JSON.
    #[must_use]
    pub fn fixture(id: InvestmentId) -> Self {
        Self {
            id,
            status: None,
            campaign_id: None,
            units: None,
            disagio: None,
            accrued_interest: None,
            investment_amount: None,
            payment_total: None,
            remaining_amount: None,
            signed_at: None,
            accepted_at: None,
            paid_at: None,
            delivered_at: None,
            cancellation_date: None,
            cancellation_reason: None,
            payment_details: None,
            bank_account: None,
            communication: None,
            natural_person: None,
            legal_person: None,
            securities_deposit_account: None,
            tax_information: None,
            exemption_order_amount: None,
        }
    }
}

/// A value whose type the documentation leaves open, kept as it came. It may be personal, so no debug output shows it (T12).
#[derive(Clone)]
pub struct Untyped(Box<RawValue>);

impl Untyped {
    /// The value in JSON, exactly as it came.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        borrowed::string(self.json())
    }

    /// The value as a type of the caller's choice: a number, a [`Money`](crate::Money), a
    /// [`Timestamp`](crate::time::Timestamp), a struct.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        json::read(self.json().as_bytes())
    }
}

impl<'de> Deserialize<'de> for Untyped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(Self)
    }
}

impl fmt::Debug for Untyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Untyped(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn details(json: &str) -> InvestmentDetails {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn both_spellings_are_read_and_two_at_once_are_an_error() {
        for name in ["accrued_interest", "accured_interest"] {
            let read = details(&alloc::format!(r#"{{"id":"v-1","{name}":"1.50"}}"#));
            assert_eq!(read.accrued_interest.unwrap().text().unwrap(), "1.50", "{name}");
        }
        for name in ["communication", "communcation"] {
            let read = details(&alloc::format!(r#"{{"id":"v-1","{name}":{{"email":"a@b.example"}}}}"#));
            assert_eq!(read.communication.unwrap().json(), r#"{"email":"a@b.example"}"#, "{name}");
        }
        let both = r#"{"id":"v-1","communication":1,"communcation":2}"#;
        assert!(serde_json::from_str::<InvestmentDetails>(both).is_err(), "t23: which of the two?");
    }

    #[test]
    fn a_field_of_any_type_does_no_harm_and_loses_nothing() {
        let read = details(
            r#"{"id":"v-1","status":"PAID","units":123456789012345678901234567890,"signed_at":"2020-12-11T14:59:46.716Z","disagio":null,"payment_details":[1e999]}"#,
        );
        assert_eq!(
            read.units.as_ref().unwrap().read::<u128>().unwrap(),
            123_456_789_012_345_678_901_234_567_890
        );
        assert!(read.units.as_ref().unwrap().read::<u64>().is_err() && read.units.unwrap().text().is_none());
        assert_eq!(read.signed_at.unwrap().read::<Timestamp>().unwrap().date().year(), 2020);
        assert!(read.disagio.is_none());
        assert_eq!(read.payment_details.unwrap().json(), "[1e999]");
    }
}
