//! What can be wrong with money.

use core::fmt;

/// Why an amount could not be read, built, calculated or converted.
///
/// It says which rule was broken and never repeats the value (T12), so it can go into any log.
///
/// ```
/// use cashlink_core::money::{Currency, Money, MoneyError};
///
/// let error = Money::from_decimal("1e5", Currency::EUR).unwrap_err();
/// assert_eq!(error, MoneyError::InvalidAmount);
/// assert!(!error.to_string().contains("1e5"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MoneyError {
    /// The amount isn't a plain decimal number in ASCII digits.
    InvalidAmount,
    /// The number of decimals isn't a whole number from 0 to 30.
    InvalidDecimals,
    /// The currency code isn't three or more ASCII capital letters.
    InvalidCurrency,
    /// The text doesn't have the form in which money is displayed.
    InvalidText,
    /// The amount, or the exact result, has more than 38 digits at its scale.
    TooLarge,
    /// The two sides have different currencies.
    DifferentCurrencies,
    /// Digits other than zero would be lost at the wanted scale, or in a conversion.
    Inexact,
    /// The whole part is beyond what the decimal type of another crate holds.
    TooLargeForDecimal,
    /// The weights are all zero, or none, or add up to more than 64 bits.
    InvalidWeights,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidAmount => {
                "an amount must be 1 to 38 ASCII digits, with a leading minus if it is negative"
            }
            Self::InvalidDecimals => "the number of decimals must be a whole number from 0 to 30",
            Self::InvalidCurrency => "a currency code must be three or more ASCII capital letters",
            Self::InvalidText => {
                "the text must have the form in which money is displayed, as in `EUR 40,000.000`"
            }
            Self::TooLarge => "the amount has more than 38 digits at this scale",
            Self::DifferentCurrencies => "amounts of different currencies can't be combined",
            Self::Inexact => "the amount has digits beyond the wanted scale: name a rounding to drop them",
            Self::TooLargeForDecimal => {
                "the amount is larger than this decimal type can hold: hand on its text, as `Money::decimal` shows it"
            }
            Self::InvalidWeights => "the weights must have a sum from 1 to the largest 64-bit number",
        })
    }
}

impl core::error::Error for MoneyError {}
