//! Amounts as decimals of [`rust_decimal`](https://docs.rs/rust_decimal/1) 1.
//!
//! A [`Decimal`] has a whole number of 96 bits (28 digits, and some of 29) and up to 28 digits behind the point; [`Money`] has 38 and 30.
//! So every decimal fits in money, and the other way what doesn't fit is refused; the [module above](super) has the rules.
//!
//! ```
//! use cashlink_core::money::{Currency, Money, MoneyError, Rounding};
//! use rust_decimal::Decimal;
//!
//! let price: Money = "EUR 40,000.050".parse()?;
//! assert_eq!(Decimal::try_from(&price)?.to_string(), "40000.050");
//!
//! let fee = Decimal::new(1234, 2);
//! assert_eq!(Money::try_from((fee, Currency::EUR))?.to_string(), "EUR 12.34");
//!
//! let share = Money::new(1, 30, Currency::EUR)?;
//! assert_eq!(Decimal::try_from(&share), Err(MoneyError::Inexact)); // so say how to round:
//! assert_eq!(Decimal::try_from(&share.round_to(2, Rounding::Up)?)?.to_string(), "0.01");
//! # Ok::<(), MoneyError>(())
//! ```

pub use ::rust_decimal;
use rust_decimal::Decimal;

use crate::money::{Currency, Money, MoneyError, Rounding};

/// The most digits that a decimal has behind the point.
const MAX_SCALE: u8 = 28;

/// The amount, at its own scale or, where it can't be held so, at the next smaller one that loses only zeros.
///
/// # Errors
/// [`MoneyError::TooLargeForDecimal`] when the whole part is beyond 96 bits; [`MoneyError::Inexact`] when other digits than zero would be
/// lost behind the point.
impl TryFrom<&Money> for Decimal {
    type Error = MoneyError;

    fn try_from(money: &Money) -> Result<Self, MoneyError> {
        let as_it_is = |money: &Money| {
            Self::try_from_i128_with_scale(money.amount(), money.decimals().into())
                .map_err(|_| MoneyError::TooLargeForDecimal)
        };
        as_it_is(&money.round_to(0, Rounding::Down)?)?;
        for decimals in (0..=money.decimals().min(MAX_SCALE)).rev() {
            if let Ok(decimal) = as_it_is(&money.rescale(decimals)?) {
                return Ok(decimal);
            }
        }
        Err(MoneyError::TooLargeForDecimal)
    }
}

/// The decimal, at its own scale, as an amount of the currency.
///
/// # Errors
/// None today: [`Money`] holds every value of a [`Decimal`].
impl TryFrom<(Decimal, Currency)> for Money {
    type Error = MoneyError;

    fn try_from((decimal, currency): (Decimal, Currency)) -> Result<Self, MoneyError> {
        let decimals = u8::try_from(decimal.scale()).map_err(|_| MoneyError::InvalidDecimals)?;
        Self::new(decimal.mantissa(), decimals, currency)
    }
}
