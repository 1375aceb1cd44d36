use alloc::{format, string::String, string::ToString as _};

use bigdecimal::{BigDecimal, num_bigint::BigInt, num_traits::Pow as _};
use proptest::prelude::*;

use super::amounts::any_money;
use crate::money::{Currency, Money, MoneyError};

fn money(decimal: BigDecimal) -> Result<Money, MoneyError> {
    Money::try_from((decimal, Currency::EUR))
}

/// `digits / 10^scale`.
fn decimal(digits: &str, scale: i64) -> BigDecimal {
    BigDecimal::new(digits.parse().expect(digits), scale)
}

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

#[test]
fn the_scale_is_kept_while_it_can_be_and_loses_only_zeros() {
    let nines = "9".repeat(38);
    let zeros = |number| "0".repeat(number);
    for (digits, scale, expected) in [
        ("0".to_string(), 0, "0"),
        ("0".to_string(), 2, "0.00"),
        ("0".to_string(), i64::MAX, "0.000000000000000000000000000000"),
        ("0".to_string(), i64::MIN, "0"),
        ("-12340".to_string(), 3, "-12.340"),
        ("-5".to_string(), -3, "-5000"),
        (nines.clone(), 0, nines.as_str()),
        (format!("-{nines}{}", zeros(12)), 12, format!("-{nines}").as_str()),
        (format!("15{}", zeros(100)), 101, "1.500000000000000000000000000000"),
        (format!("123456789{}", zeros(30)), 30, "123456789.00000000000000000000000000000"),
        (format!("1{}", zeros(37)), 0, format!("1{}", zeros(37)).as_str()),
        ("1".to_string(), -37, format!("1{}", zeros(37)).as_str()),
    ] {
        let read = money(decimal(&digits, scale)).map(|money| money.decimal().to_string());
        assert_eq!(read, Ok(expected.to_string()), "{digits} {scale}");
    }
}

#[test]
fn what_money_cant_hold_is_refused_whatever_the_scale() {
    let nines = |number| "9".repeat(number);
    for (digits, scale, error) in [
        ("1".to_string(), -38, MoneyError::TooLarge),
        ("-1".to_string(), i64::MIN, MoneyError::TooLarge),
        (nines(39), 0, MoneyError::TooLarge),
        (format!("1{}", "0".repeat(38)), 0, MoneyError::TooLarge),
        // Also too precise, but no rounding would help.
        (nines(40), 1, MoneyError::TooLarge),
        (nines(39), 1, MoneyError::Inexact),
        ("1".to_string(), 31, MoneyError::Inexact),
        ("1".to_string(), i64::MAX, MoneyError::Inexact),
        (format!("1{}1", "0".repeat(36)), 37, MoneyError::Inexact),
        // Divisible by 2^8, not by 10^8.
        ("256".to_string(), 38, MoneyError::Inexact),
    ] {
        assert_eq!(money(decimal(&digits, scale)), Err(error), "{digits} {scale}");
    }
}

#[test]
fn a_million_digits_are_read_or_refused() {
    let zeros = power_of_ten(1_000_000);
    assert_eq!(money(BigDecimal::new(zeros.clone(), 1_000_000)), Money::new(1, 0, Currency::EUR));
    assert_eq!(money(BigDecimal::new(zeros.clone(), 0)), Err(MoneyError::TooLarge));
    assert_eq!(money(BigDecimal::new(zeros.clone(), 500_000)), Err(MoneyError::TooLarge));
    assert_eq!(money(BigDecimal::new(zeros.clone(), i64::MAX)), Err(MoneyError::Inexact));
    assert_eq!(money(BigDecimal::new(&zeros + 1, 1_000_000)), Err(MoneyError::Inexact));
    // Divisible by more than 2^1000000, but not by 5.
    assert_eq!(money(BigDecimal::new(BigInt::from(1) << 3_321_928, 1_000_000)), Err(MoneyError::Inexact));
}

proptest! {
    #[test]
    fn money_is_a_decimal_of_the_same_digits_and_comes_back(amount in any_money()) {
        let decimal = BigDecimal::from(&amount);
        prop_assert_eq!(decimal.as_bigint_and_exponent(), (amount.amount().into(), amount.decimals().into()));
        let back = money(decimal).unwrap();
        prop_assert_eq!((back.amount(), back.decimals()), (amount.amount(), amount.decimals()));
    }

    #[test]
    fn a_decimal_is_money_at_the_largest_scale_that_holds_it_or_none_does(
        digits in "-?[0-9]{1,60}", zeros in 0..60_usize, scale in -60..=120_i64,
    ) {
        let decimal = decimal(&format!("{digits}{}", String::from_utf8(alloc::vec![b'0'; zeros]).unwrap()), scale);
        // What each scale would take.
        let (digits, scale) = decimal.as_bigint_and_exponent();
        let held = |wanted: i64| {
            let (up, down) = (wanted.max(scale) - scale, scale - wanted.min(scale));
            let (scaled, unit) = (&digits * power_of_ten(up as u32), power_of_ten(down as u32));
            let amount = &scaled / &unit;
            (&amount * unit == scaled && amount.magnitude().to_string().len() <= 38).then_some(amount)
        };
        let wanted = (0..=scale.clamp(0, 30)).rev().find(|&wanted| held(wanted).is_some());
        match money(decimal) {
            Ok(money) => {
                prop_assert_eq!(Some(i64::from(money.decimals())), wanted);
                prop_assert_eq!(Some(BigInt::from(money.amount())), held(money.decimals().into()));
            }
            Err(error) => {
                prop_assert_eq!(wanted, None);
                let whole = match u32::try_from(scale) {
                    Ok(scale) => &digits / power_of_ten(scale),
                    Err(_) => &digits * power_of_ten(scale.unsigned_abs() as u32),
                };
                let too_large = whole.magnitude().to_string().len() > 38;
                prop_assert_eq!(error, if too_large { MoneyError::TooLarge } else { MoneyError::Inexact });
            }
        }
    }
}
