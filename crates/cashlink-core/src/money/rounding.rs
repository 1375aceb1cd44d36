//! Changing the scale: exactly, or with a rounding that has a name.

use super::{Money, MoneyError, power_of_ten};

/// How digits beyond the wanted scale are dropped. There is no default: a rounding is always named.
///
/// | | 2.5 | 1.6 | 1.5 | 1.1 | −1.1 | −1.5 | −1.6 | −2.5 |
/// | --- | --- | --- | --- | --- | --- | --- | --- | --- |
/// | `HalfEven` | 2 | 2 | 2 | 1 | −1 | −2 | −2 | −2 |
/// | `HalfUp` | 3 | 2 | 2 | 1 | −1 | −2 | −2 | −3 |
/// | `HalfDown` | 2 | 2 | 1 | 1 | −1 | −1 | −2 | −2 |
/// | `Up` | 3 | 2 | 2 | 2 | −2 | −2 | −2 | −3 |
/// | `Down` | 2 | 1 | 1 | 1 | −1 | −1 | −1 | −2 |
/// | `Ceiling` | 3 | 2 | 2 | 2 | −1 | −1 | −1 | −2 |
/// | `Floor` | 2 | 1 | 1 | 1 | −2 | −2 | −2 | −3 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest; a tie to the even digit (banker's rounding).
    HalfEven,
    /// To the nearest; a tie away from zero (commercial rounding).
    HalfUp,
    /// To the nearest; a tie towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero: the digits are cut.
    Down,
    /// Towards positive infinity.
    Ceiling,
    /// Towards negative infinity.
    Floor,
}

impl Money {
    /// The same value at another scale.
    ///
    /// # Errors
    /// [`MoneyError::Inexact`] when digits other than zero would be lost, [`MoneyError::TooLarge`] for more
    /// than 38 digits at that scale, [`MoneyError::InvalidDecimals`] above 30.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money, MoneyError};
    ///
    /// let amount = Money::from_decimal("1.50", Currency::EUR)?;
    /// assert_eq!(amount.rescale(1)?.to_string(), "EUR 1.5");
    /// assert_eq!(amount.rescale(0), Err(MoneyError::Inexact));
    /// # Ok::<(), MoneyError>(())
    /// ```
    pub fn rescale(&self, decimals: u8) -> Result<Self, MoneyError> {
        let rounded = self.round_to(decimals, Rounding::Down)?;
        if rounded == *self { Ok(rounded) } else { Err(MoneyError::Inexact) }
    }

    /// The nearest value at another scale, as `rounding` says; exact when the scale is finer.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] for more than 38 digits at that scale, [`MoneyError::InvalidDecimals`] above
    /// 30.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money, Rounding};
    ///
    /// let interest = Money::from_decimal("2.345", Currency::EUR)?;
    /// assert_eq!(interest.round_to(2, Rounding::HalfEven)?.to_string(), "EUR 2.34");
    /// assert_eq!(interest.round_to(2, Rounding::HalfUp)?.to_string(), "EUR 2.35");
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    pub fn round_to(&self, decimals: u8, rounding: Rounding) -> Result<Self, MoneyError> {
        let amount = match self.decimals.checked_sub(decimals) {
            Some(dropped) => rounding.divide(self.amount, power_of_ten(dropped)),
            None => {
                if decimals > Self::MAX_DECIMALS {
                    return Err(MoneyError::InvalidDecimals);
                }
                let unit = power_of_ten(decimals.saturating_sub(self.decimals));
                self.amount.checked_mul(unit).ok_or(MoneyError::TooLarge)?
            }
        };
        Self::new(amount, decimals, self.currency.clone())
    }
}

impl Rounding {
    /// `amount / unit`, rounded. The unit is 1 to 10^30, so twice the remainder fits.
    fn divide(self, amount: i128, unit: i128) -> i128 {
        let (towards_zero, rest) = (amount / unit, amount % unit);
        let past_half = (2 * rest.abs()).cmp(&unit);
        let away_from_zero = match self {
            Self::HalfEven => past_half.is_gt() || (past_half.is_eq() && towards_zero % 2 != 0),
            Self::HalfUp => past_half.is_ge(),
            Self::HalfDown => past_half.is_gt(),
            Self::Up => rest != 0,
            Self::Down => false,
            Self::Ceiling => rest > 0,
            Self::Floor => rest < 0,
        };
        if away_from_zero { towards_zero + amount.signum() } else { towards_zero }
    }
}
