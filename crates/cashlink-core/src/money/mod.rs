//! Exact money: an integer, a scale and a currency, and never a float.
//!
//! On the wire of the newer API an amount is `{"amount": "40000000", "decimals": 3, "currency": "EUR"}`,
//! which means `EUR 40,000.000` (the seed "Getting started with the investment API", *Monetary values*). The
//! older API writes `"12.34"` and names the currency in a field of its own. Both are one type here:
//! [`Money`].
//!
//! | to | use | page |
//! | --- | --- | --- |
//! | read and write JSON | `serde`, see [below](#on-the-wire) | `wire.rs` |
//! | show it, and read back what was shown | `Display`, `FromStr` | `print.rs`, `parse.rs` |
//! | speak the older API's form | [`Money::from_decimal`], [`Money::decimal`] | `parse.rs`, `print.rs` |
//! | compare and hash by value | `==`, `<`, `Hash` | `compare.rs` |
//! | calculate | [`Money::checked_add`], [`Money::sum`] | `arithmetic.rs` |
//! | change the scale | [`Money::rescale`], [`Money::round_to`] | `rounding.rs` |
//! | share it out without losing a unit | [`Money::split`], [`Money::allocate`] | `sharing.rs` |
//!
//! Nothing here rounds unless a [`Rounding`] is named, nothing overflows silently, and nothing panics. No
//! error text repeats what was read.
//!
//! # On the wire
//!
//! The rules are threats T24 and T25. `amount` is `-?[0-9]{1,38}` in ASCII, in a JSON string or as a JSON
//! integer, which is read as text, so that no digit is lost beyond 64 bits. A string counts as what it
//! decodes to: an escaped digit is a digit. `decimals` is a JSON integer from 0 to 30, `currency` is
//! `[A-Z]{3,}`. `-0` is zero. A `+`, an exponent, a fraction, a space or a digit of another script is
//! refused, and so is a field that is there twice. Fields with other names are ignored. What is written is
//! canonical: a string without leading zeros.
//!
//! Reading works from every source of `serde_json`: a slice, a string, a reader, a `Value`. It does not work
//! inside an untagged or internally tagged enum: there `serde` has made numbers into floats before we see
//! them.
//!
//! ```
//! use cashlink_core::money::{Currency, Money};
//!
//! let price: Money = serde_json::from_str(r#"{"amount": "40000000", "decimals": 3, "currency": "EUR"}"#)?;
//! assert_eq!(price.to_string(), "EUR 40,000.000");
//! assert_eq!(price, Money::from_decimal("40000", Currency::EUR)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arithmetic;
mod compare;
mod currency;
mod error;
mod parse;
mod print;
mod rounding;
mod sharing;
#[cfg(test)]
mod tests;
mod wire;

pub use currency::Currency;
pub use error::MoneyError;
pub use rounding::Rounding;
pub use sharing::Split;

/// An exact amount of one currency: `amount / 10^decimals`.
///
/// The scale is kept as it was given (`EUR 1.50` prints as such), but doesn't count for equality: `EUR 1.5`,
/// `EUR 1.50` and `EUR 1.500` are equal and hash alike. Different currencies are never equal, also when both
/// are zero, and have no order. See the [module](self) for the wire format and for what can be done with
/// money.
///
/// ```
/// use cashlink_core::money::{Currency, Money};
///
/// let fee = Money::new(150, 2, Currency::EUR)?;
/// assert_eq!((fee.amount(), fee.decimals(), fee.currency()), (150, 2, &Currency::EUR));
/// assert_eq!(fee, Money::new(15, 1, Currency::EUR)?);
/// # Ok::<(), cashlink_core::money::MoneyError>(())
/// ```
#[derive(Clone)]
pub struct Money {
    /// Always within `-MAX_AMOUNT..=MAX_AMOUNT`: the range is symmetric, so a sign can always be turned.
    amount: i128,
    /// Always within `0..=MAX_DECIMALS`.
    decimals: u8,
    currency: Currency,
}

impl Money {
    /// The largest [`amount`](Self::amount), 38 nines; the smallest is its negative (T24).
    pub const MAX_AMOUNT: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

    /// The largest number of [`decimals`](Self::decimals) (T24).
    pub const MAX_DECIMALS: u8 = 30;

    /// `amount / 10^decimals` of `currency`: `new(1234, 2, EUR)` is twelve euros and thirty-four cents.
    ///
    /// # Errors
    /// [`MoneyError::InvalidDecimals`] for more than 30 decimals, [`MoneyError::TooLarge`] for an amount
    /// beyond 38 digits.
    pub fn new(amount: i128, decimals: u8, currency: Currency) -> Result<Self, MoneyError> {
        if decimals > Self::MAX_DECIMALS {
            return Err(MoneyError::InvalidDecimals);
        }
        if amount.unsigned_abs() > Self::MAX_AMOUNT.unsigned_abs() {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { amount, decimals, currency })
    }

    /// Nothing of `currency`, without decimals.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { amount: 0, decimals: 0, currency }
    }

    /// The amount in units of `10^-decimals`, with its sign: 1234 for `EUR 12.34`.
    #[must_use]
    pub fn amount(&self) -> i128 {
        self.amount
    }

    /// How many digits of the [`amount`](Self::amount) stand behind the point, 0 to 30: 2 for `EUR 12.34`.
    #[must_use]
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// The currency.
    #[must_use]
    pub fn currency(&self) -> &Currency {
        &self.currency
    }

    /// Whether this is nothing, at whatever scale.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.amount == 0
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.amount < 0
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.amount > 0
    }

    /// The same currency and scale with an amount that the caller knows to be within the range.
    fn with_amount(&self, amount: i128) -> Self {
        Self { amount, decimals: self.decimals, currency: self.currency.clone() }
    }
}

/// `10^exponent`. The difference of two scales is at most 30, far from where this would saturate (38).
fn power_of_ten(exponent: u8) -> i128 {
    POWERS_OF_TEN.get(usize::from(exponent)).copied().unwrap_or(i128::MAX)
}

/// A table, since a power takes half a dozen products of 128 bits.
#[allow(clippy::indexing_slicing, reason = "the compiler does it, and would refuse a place that isn't there")]
const POWERS_OF_TEN: [i128; 39] = {
    let (mut powers, mut exponent) = ([1; 39], 1);
    while exponent < powers.len() {
        powers[exponent] = 10 * powers[exponent - 1];
        exponent += 1;
    }
    powers
};
