//! Reading amounts from text: the digits of the wire, the older API's decimals, and the displayed form.
//!
//! Bytes are looked at one by one; nothing is copied, and nothing is allocated unless the currency is
//! unknown.

use core::str::FromStr;

use super::{Currency, Money, MoneyError, power_of_ten};

/// More digits than this can't be an amount, however many zeros lead (T24).
const MAX_DIGITS: usize = 38;

impl Money {
    /// Reads the older API's form of an amount, `12.34`: `-?[0-9]{1,38}(\.[0-9]{1,30})?`.
    ///
    /// The digits behind the point give the scale. `-0.00` is zero. There is no grouping, no `+`, no exponent
    /// and no space, and a point has digits on both sides.
    ///
    /// # Errors
    /// [`MoneyError::InvalidAmount`] for another form, [`MoneyError::InvalidDecimals`] for more than 30
    /// digits behind the point, [`MoneyError::TooLarge`] for more than 38 significant digits.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    ///
    /// let amount = Money::from_decimal("12.34", Currency::EUR)?;
    /// assert_eq!(amount, Money::new(1234, 2, Currency::EUR)?);
    /// assert_eq!(amount.decimal().to_string(), "12.34");
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    #[inline]
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        match short(text) {
            Some((amount, decimals)) => Ok(Self { amount, decimals, currency }),
            None => long(text, currency),
        }
    }
}

/// Reads exactly what [`Display`](core::fmt::Display) writes, as `EUR 40,000.000` or `EUR -0.05`, and no
/// other spelling of it: the groups are where they belong, no zero leads, and zero has no sign.
///
/// ```
/// use cashlink_core::money::Money;
///
/// let price: Money = "EUR 40,000.000".parse()?;
/// assert_eq!((price.amount(), price.decimals()), (40_000_000, 3));
/// assert!("EUR 40000.000".parse::<Money>().is_err());
/// # Ok::<(), cashlink_core::money::MoneyError>(())
/// ```
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (code, text) = text.split_once(' ').ok_or(MoneyError::InvalidText)?;
        let currency = Currency::new(code)?;
        let number = Number::new(text);
        let money = match number.with_whole(grouped(number.whole)?, currency) {
            Err(MoneyError::InvalidAmount) => return Err(MoneyError::InvalidText),
            read => read?,
        };
        if number.negative && money.is_zero() { Err(MoneyError::InvalidText) } else { Ok(money) }
    }
}

/// The `amount` of the wire: `-?[0-9]{1,38}`.
pub(super) fn wire_amount(text: &str) -> Result<i128, MoneyError> {
    let number = Number::new(text);
    if number.fraction.is_some() {
        return Err(MoneyError::InvalidAmount);
    }
    signed(number.negative, digits(number.whole)?)
}

/// The `decimals` of the wire: digits. That they aren't above 30, `Money::new` checks; that no zero leads,
/// JSON.
pub(super) fn wire_decimals(text: &str) -> Result<u8, MoneyError> {
    let value = digits(text).map_err(|_| MoneyError::InvalidDecimals)?;
    u8::try_from(value).map_err(|_| MoneyError::InvalidDecimals)
}

/// A decimal of up to 18 digits in one pass: within all limits, and within 64 bits, whatever they are. Everything else, be it long or
/// wrong, is left to [`Number`], which says why.
#[inline]
fn short(text: &str) -> Option<(i128, u8)> {
    let (negative, text) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        text => (false, text),
    };
    if text.len() > 18 || !text.first()?.is_ascii_digit() {
        return None;
    }
    let (whole, behind) = leading_digits(0, text);
    let (value, decimals) = match behind {
        [] => (whole, 0),
        [b'.', fraction @ ..] if !fraction.is_empty() => match leading_digits(whole, fraction) {
            (value, []) => (value, fraction.len()),
            _ => return None,
        },
        _ => return None,
    };
    Some((i128::from(if negative { -value } else { value }), u8::try_from(decimals).ok()?))
}

/// Any other decimal.
fn long(text: &str, currency: Currency) -> Result<Money, MoneyError> {
    let number = Number::new(text);
    number.with_whole(digits(number.whole)?, currency)
}

/// Goes on with a number by the digits in front, and says what is behind them.
#[inline]
fn leading_digits(mut value: i64, mut text: &[u8]) -> (i64, &[u8]) {
    while let [byte, rest @ ..] = text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value * 10 + i64::from(digit);
        text = rest;
    }
    (value, text)
}

/// The parts of a decimal number, not yet checked.
struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: Option<&'a str>,
}

impl<'a> Number<'a> {
    fn new(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        match text.split_once('.') {
            Some((whole, fraction)) => Self { negative, whole, fraction: Some(fraction) },
            None => Self { negative, whole: text, fraction: None },
        }
    }

    /// The money, when the whole part has already been read.
    fn with_whole(&self, whole: u128, currency: Currency) -> Result<Money, MoneyError> {
        let Some(fraction) = self.fraction else {
            return Money::new(signed(self.negative, whole)?, 0, currency);
        };
        let decimals = u8::try_from(fraction.len()).ok().filter(|&decimals| decimals <= Money::MAX_DECIMALS);
        let decimals = decimals.ok_or(MoneyError::InvalidDecimals)?;
        let scale = power_of_ten(decimals).unsigned_abs();
        let fraction = digits(fraction)?;
        let magnitude = whole.checked_mul(scale).and_then(|whole| whole.checked_add(fraction));
        Money::new(signed(self.negative, magnitude.ok_or(MoneyError::TooLarge)?)?, decimals, currency)
    }
}

fn signed(negative: bool, magnitude: u128) -> Result<i128, MoneyError> {
    let magnitude = i128::try_from(magnitude).map_err(|_| MoneyError::TooLarge)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// The number that 1 to 38 ASCII digits spell. It is below 10^38, so neither the `u128` nor, for the 19
/// digits of a chunk, the `u64` can overflow; the short way is the common one.
fn digits(text: &str) -> Result<u128, MoneyError> {
    if text.is_empty() || text.len() > MAX_DIGITS {
        return Err(MoneyError::InvalidAmount);
    }
    let mut value = 0_u128;
    for chunk in text.as_bytes().chunks(19) {
        let mut part = 0_u64;
        let mut scale = 1_u64;
        for byte in chunk {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return Err(MoneyError::InvalidAmount);
            }
            part = part.wrapping_mul(10).wrapping_add(u64::from(digit));
            scale = scale.wrapping_mul(10);
        }
        value = value.wrapping_mul(u128::from(scale)).wrapping_add(u128::from(part));
    }
    Ok(value)
}

/// The number that groups of three digits spell, as in `40,000`: canonical, so that it prints as it was read.
fn grouped(text: &str) -> Result<u128, MoneyError> {
    let mut value = 0_u128;
    for (index, group) in text.split(',').enumerate() {
        let fits = match index {
            // Only a single zero may begin with one.
            0 => group.len() <= 3 && (text == "0" || !group.starts_with('0')),
            _ => group.len() == 3,
        };
        if !fits {
            return Err(MoneyError::InvalidText);
        }
        let group = digits(group).map_err(|_| MoneyError::InvalidText)?;
        let shifted = value.checked_mul(1000).and_then(|value| value.checked_add(group));
        value = shifted.ok_or(MoneyError::TooLarge)?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amounts as they come go the short way, which is the fast one, and it leads to where the other does.
    #[test]
    fn the_short_way_takes_what_is_short_and_leaves_the_rest() {
        for (text, read) in [
            ("0", Some((0, 0))),
            ("12.34", Some((1234, 2))),
            ("-0.05", Some((-5, 2))),
            // 18 digits, or 17 and a point, and a sign that doesn't count.
            ("-999999999999999999", Some((-999_999_999_999_999_999, 0))),
            ("-9999999999999999.9", Some((-99_999_999_999_999_999, 1))),
            ("9999999999999999999", None),
            ("1.", None),
            (".5", None),
            ("1x", None),
            ("1.5x", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(short(text), read, "{text}");
            let long = long(text, Currency::EUR).map(|money| (money.amount(), money.decimals())).ok();
            assert!(read.is_none() || long == read, "{text}");
        }
    }
}
