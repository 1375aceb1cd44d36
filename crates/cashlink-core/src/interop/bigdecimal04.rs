//! Amounts as decimals of [`bigdecimal`](https://docs.rs/bigdecimal/0.4) 0.4.
//!
//! A [`BigDecimal`] has any number of digits and any scale, so every amount of [`Money`] fits in one; the other way what doesn't fit is
//! refused; the [module above](super) has the rules. A decimal may come from anywhere: a scale of 10^18 costs nothing, and a million
//! digits cost less than a tenth of a second.
//!
//! ```
//! use bigdecimal::{BigDecimal, RoundingMode};
//! use cashlink_core::money::{Currency, Money, MoneyError};
//!
//! let price: Money = "EUR 40,000.050".parse()?;
//! assert_eq!(BigDecimal::from(&price).to_string(), "40000.050");
//!
//! let third = BigDecimal::from(1) / BigDecimal::from(3);
//! assert_eq!(Money::try_from((third.clone(), Currency::EUR)), Err(MoneyError::Inexact)); // so say how to round:
//! let cents = third.with_scale_round(2, RoundingMode::HalfEven);
//! assert_eq!(Money::try_from((cents, Currency::EUR))?.to_string(), "EUR 0.33");
//! # Ok::<(), MoneyError>(())
//! ```

pub use ::bigdecimal;
use bigdecimal::{
    BigDecimal,
    num_bigint::BigInt,
    num_traits::{Pow as _, Zero as _},
};

use crate::money::{Currency, Money, MoneyError};

/// As many digits as an amount may have.
const MAX_DIGITS: u64 = 38;

/// The amount, at its own scale.
impl From<&Money> for BigDecimal {
    fn from(money: &Money) -> Self {
        Self::new(money.amount().into(), money.decimals().into())
    }
}

/// The decimal as an amount of the currency: at its own scale if it can be held so; otherwise at scale 0, if its own is negative, or
/// at the next smaller one that loses only zeros.
///
/// # Errors
/// [`MoneyError::TooLarge`] when the whole part has more than 38 digits; [`MoneyError::Inexact`] when other digits than zero would
/// be lost behind the point: round the decimal first.
impl TryFrom<(BigDecimal, Currency)> for Money {
    type Error = MoneyError;

    fn try_from((decimal, currency): (BigDecimal, Currency)) -> Result<Self, MoneyError> {
        // digits / 10^scale
        let (digits, scale) = decimal.into_bigint_and_exponent();
        let (amount, decimals) = match u64::try_from(scale) {
            Ok(decimals) => shortened(digits, decimals)?,
            Err(_) => (extended(digits, scale.unsigned_abs())?, 0),
        };
        let amount = i128::try_from(amount).map_err(|_| MoneyError::TooLarge)?;
        Self::new(amount, u8::try_from(decimals).map_err(|_| MoneyError::InvalidDecimals)?, currency)
    }
}

/// `digits * 10^zeros`, if that can be an amount.
fn extended(digits: BigInt, zeros: u64) -> Result<BigInt, MoneyError> {
    match zeros {
        _ if digits.is_zero() => Ok(digits),
        ..=MAX_DIGITS => Ok(digits * power_of_ten(zeros)),
        _ => Err(MoneyError::TooLarge),
    }
}

/// The same value of `digits / 10^decimals` with digits and decimals that can be an amount's, as many as can be.
///
/// It divides only where the quotient has few digits: that takes time in proportion to the digits, not to their square.
fn shortened(digits: BigInt, decimals: u64) -> Result<(BigInt, u64), MoneyError> {
    let max_decimals = u64::from(Money::MAX_DECIMALS);
    if digits.is_zero() {
        return Ok((digits, decimals.min(max_decimals)));
    }
    let number = at_least_digits(&digits);
    let whole_digits = number.saturating_sub(decimals);
    // The number may be short by one, or by two where it is in the thousand millions.
    let close = number.saturating_add(2) > decimals.saturating_add(MAX_DIGITS);
    if whole_digits > MAX_DIGITS || (close && !is_amount(&(&digits / power_of_ten(decimals)))) {
        return Err(MoneyError::TooLarge);
    }

    let surplus = decimals.saturating_sub(max_decimals).max(number.saturating_sub(MAX_DIGITS));
    let (mut amount, mut decimals) = (without_zeros(digits, surplus)?, decimals.saturating_sub(surplus));
    while !is_amount(&amount) {
        amount = without_zeros(amount, 1)?;
        decimals = decimals.checked_sub(1).ok_or(MoneyError::TooLarge)?;
    }
    Ok((amount, decimals))
}

/// `number` without so many zeros at its end, which must be there.
fn without_zeros(number: BigInt, zeros: u64) -> Result<BigInt, MoneyError> {
    // What 10^zeros divides, 2^zeros does, too: seen at a glance, and it keeps the power below the number.
    if number.trailing_zeros().is_some_and(|twos| twos < zeros) {
        return Err(MoneyError::Inexact);
    }
    let power = power_of_ten(zeros);
    let quotient = &number / &power;
    if &quotient * power == number { Ok(quotient) } else { Err(MoneyError::Inexact) }
}

/// How many decimal digits the number has at least, and nearly exactly: 0.301029995 is the logarithm of 2, rounded down.
fn at_least_digits(number: &BigInt) -> u64 {
    let twos = u128::from(number.bits().saturating_sub(1));
    u64::try_from(twos * 301_029_995 / 1_000_000_000).map_or(u64::MAX, |digits| digits.saturating_add(1))
}

fn is_amount(number: &BigInt) -> bool {
    i128::try_from(number).is_ok_and(|amount| amount.unsigned_abs() <= Money::MAX_AMOUNT.unsigned_abs())
}

fn power_of_ten(exponent: u64) -> BigInt {
    BigInt::from(10_u8).pow(exponent)
}
