use alloc::string::ToString as _;

use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::amounts::any_money;
use crate::money::{Currency, Money, MoneyError};

/// The largest mantissa of a decimal: 96 bits.
const LARGEST: i128 = (1 << 96) - 1;

fn euros(text: &str) -> Money {
    Money::from_decimal(text, Currency::EUR).expect(text)
}

#[test]
fn the_limits_of_a_decimal_are_those_that_are_documented() {
    assert_eq!(Decimal::MAX.mantissa(), LARGEST);
    let scales = [28, 29].map(|scale| Decimal::try_from_i128_with_scale(1, scale).is_ok());
    assert_eq!(scales, [true, false]);
}

#[test]
fn the_scale_is_kept_while_it_can_be_and_loses_only_zeros() {
    for (money, decimal) in [
        ("0", "0"),
        ("0.00", "0.00"),
        ("-12.340", "-12.340"),
        ("79228162514264337593543950335", "79228162514264337593543950335"),
        ("-79228162514264337593543950335.00", "-79228162514264337593543950335"),
        ("79228162514264337593543950334.0", "79228162514264337593543950334"),
        ("1.500000000000000000000000000000", "1.5000000000000000000000000000"),
        ("8.000000000000000000000000000000", "8.000000000000000000000000000"),
        ("0.000000000000000000000000000100", "0.0000000000000000000000000001"),
        ("0.000000000000000000000000000000", "0.0000000000000000000000000000"),
    ] {
        assert_eq!(
            Decimal::try_from(&euros(money)).map(|decimal| decimal.to_string()),
            Ok(decimal.to_string())
        );
    }
}

#[test]
fn what_a_decimal_cant_hold_is_refused_and_says_what_to_do() {
    for (money, error) in [
        ("79228162514264337593543950336", MoneyError::TooLargeForDecimal),
        // Also too precise, but no rounding would help.
        ("-79228162514264337593543950336.5", MoneyError::TooLargeForDecimal),
        ("79228162514264337593543950335.5", MoneyError::Inexact),
        ("0.000000000000000000000000000010", MoneyError::Inexact),
        ("8.0000000000000000000000000001", MoneyError::Inexact),
    ] {
        assert_eq!(Decimal::try_from(&euros(money)), Err(error), "{money}");
    }
    assert!(MoneyError::TooLargeForDecimal.to_string().contains("hand on its text"));
    assert!(MoneyError::Inexact.to_string().contains("name a rounding"));
}

proptest! {
    #[test]
    fn a_decimal_is_money_of_the_same_digits_and_comes_back(
        parts in any::<(u32, u32, u32)>(), kept in 0..=96_u32, negative in any::<bool>(), scale in 0..=28_u32,
    ) {
        let mantissa = (i128::from(parts.0) << 64 | i128::from(parts.1) << 32 | i128::from(parts.2)) & ((1 << kept) - 1);
        let decimal = Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).unwrap();
        let money = Money::try_from((decimal, Currency::EUR)).unwrap();
        prop_assert_eq!(money.decimal().to_string(), decimal.to_string());
        let back = Decimal::try_from(&money).unwrap();
        prop_assert_eq!((back, back.scale()), (decimal, scale));
    }

    #[test]
    fn any_sixteen_bytes_that_a_decimal_is_read_from_give_money_or_an_error(bytes in any::<[u8; 16]>()) {
        let decimal = Decimal::deserialize(bytes);
        if let Ok(money) = Money::try_from((decimal, Currency::EUR)) {
            prop_assert_eq!((money.amount(), u32::from(money.decimals())), (decimal.mantissa(), decimal.scale()));
        }
    }

    #[test]
    fn money_is_the_largest_scale_that_holds_it_or_none_does(money in any_money()) {
        // What each scale would take, by integers that can't overflow.
        let held = |scale: u32| {
            let digits = BigInt::from(money.amount()) * BigInt::from(10).pow(scale);
            let unit = BigInt::from(10).pow(money.decimals().into());
            let mantissa = &digits / &unit;
            (&mantissa * unit == digits && mantissa.magnitude() <= BigInt::from(LARGEST).magnitude()).then_some(mantissa)
        };
        let scale = (0..=28.min(money.decimals().into())).rev().find(|&scale| held(scale).is_some());
        match Decimal::try_from(&money) {
            Ok(decimal) => {
                prop_assert_eq!(Some(decimal.scale()), scale);
                prop_assert_eq!(Some(BigInt::from(decimal.mantissa())), held(decimal.scale()));
                prop_assert_eq!(Money::try_from((decimal, Currency::EUR)), Ok(money));
            }
            Err(error) => {
                prop_assert_eq!(scale, None);
                let whole = money.amount() / 10_i128.pow(money.decimals().into());
                let too_large = whole.abs() > LARGEST;
                prop_assert_eq!(error, if too_large { MoneyError::TooLargeForDecimal } else { MoneyError::Inexact });
            }
        }
    }
}
