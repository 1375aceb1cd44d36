//! What holds for any money. The oracle calculates with big integers at the finest scale, where all is whole.

extern crate std;

use alloc::{format, string::String, string::ToString as _, vec, vec::Vec};
use core::num::NonZero;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use num_bigint::{BigInt, Sign};
use proptest::prelude::*;

use super::{
    super::{MoneyError, Rounding},
    Currency, Money,
};

const MAX: i128 = Money::MAX_AMOUNT;
const ROUNDINGS: [Rounding; 7] = [
    Rounding::HalfEven,
    Rounding::HalfUp,
    Rounding::HalfDown,
    Rounding::Up,
    Rounding::Down,
    Rounding::Ceiling,
    Rounding::Floor,
];

/// Small ones, since they meet; any; and those beside the powers of ten, since there the digits change.
fn amount() -> impl Strategy<Value = i128> {
    let beside_a_power = (0..=38_u32, -2..=2_i128, any::<bool>()).prop_map(|(exponent, delta, negative)| {
        let amount = (10_i128.pow(exponent) + delta).clamp(-MAX, MAX);
        if negative { -amount } else { amount }
    });
    let round = (-999..=999_i128, 0..=35_u32).prop_map(|(digits, zeros)| digits * 10_i128.pow(zeros));
    prop_oneof![-1_000..=1_000_i128, -MAX..=MAX, any::<i64>().prop_map(i128::from), beside_a_power, round]
}

fn euros() -> impl Strategy<Value = Money> {
    (amount(), 0..=30_u8).prop_map(|(amount, decimals)| Money::new(amount, decimals, Currency::EUR).unwrap())
}

fn money() -> impl Strategy<Value = Money> {
    let currency =
        prop_oneof![Just(Currency::EUR), "[A-Z]{3,8}".prop_map(|code| Currency::new(&code).unwrap())];
    (amount(), 0..=30_u8, currency)
        .prop_map(|(amount, decimals, currency)| Money::new(amount, decimals, currency).unwrap())
}

fn ten_to(exponent: u8) -> BigInt {
    BigInt::from(10).pow(u32::from(exponent))
}

/// The value in units of 10^-30.
fn value(money: &Money) -> BigInt {
    BigInt::from(money.amount()) * ten_to(30 - money.decimals())
}

/// The money of this value at this scale, if it is whole there and within the range.
fn of_value(value: &BigInt, decimals: u8) -> Result<Money, MoneyError> {
    let unit = ten_to(30 - decimals);
    assert_eq!(value % &unit, BigInt::ZERO);
    let amount = i128::try_from(value / unit).map_err(|_| MoneyError::TooLarge)?;
    Money::new(amount, decimals, Currency::EUR)
}

/// What distinguishes two amounts that are equal.
fn exact(money: &Money) -> (i128, u8, Currency) {
    (money.amount(), money.decimals(), money.currency().clone())
}

fn same(left: &Result<Money, MoneyError>, right: &Result<Money, MoneyError>) -> bool {
    left.as_ref().map(exact) == right.as_ref().map(exact)
}

fn hash(money: &Money) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(money)
}

/// From the definitions: the two whole neighbours of a fraction, and which of them is meant.
fn rounded(value: &BigInt, unit: &BigInt, rounding: Rounding) -> BigInt {
    let rest = ((value % unit) + unit) % unit;
    let below = (value - &rest) / unit;
    if rest == BigInt::ZERO {
        return below;
    }
    let above: BigInt = &below + 1;
    let (nearer_to_zero, farther) = if value.sign() == Sign::Minus {
        (above.clone(), below.clone())
    } else {
        (below.clone(), above.clone())
    };
    let nearest = match (&rest * 2_u8).cmp(unit) {
        core::cmp::Ordering::Less => Some(below.clone()),
        core::cmp::Ordering::Equal => None,
        core::cmp::Ordering::Greater => Some(above.clone()),
    };
    match rounding {
        Rounding::Floor => below,
        Rounding::Ceiling => above,
        Rounding::Down => nearer_to_zero,
        Rounding::Up => farther,
        Rounding::HalfUp => nearest.unwrap_or(farther),
        Rounding::HalfDown => nearest.unwrap_or(nearer_to_zero),
        Rounding::HalfEven => nearest.unwrap_or(if below.bit(0) { above } else { below }),
    }
}

/// Largest remainder, the slow way: unit after unit to whoever has lost most so far.
fn allocated(amount: i128, weights: &[u64]) -> Vec<BigInt> {
    let magnitude = BigInt::from(amount.unsigned_abs());
    let total: BigInt = weights.iter().map(|&weight| BigInt::from(weight)).sum();
    let mut shares: Vec<BigInt> = weights.iter().map(|&weight| &magnitude * weight / &total).collect();
    let mut lost: Vec<BigInt> = weights.iter().map(|&weight| &magnitude * weight % &total).collect();
    while shares.iter().sum::<BigInt>() < magnitude {
        let most = lost.iter().max().unwrap().clone();
        let place = lost.iter().position(|lost| *lost == most).unwrap();
        shares[place] += 1;
        lost[place] = BigInt::from(-1);
    }
    shares.into_iter().map(|share| share * amount.signum()).collect()
}

proptest! {
    #[test]
    fn the_wire_round_trips(money in money()) {
        let json = serde_json::to_string(&money).unwrap();
        let (amount, decimals, currency) = exact(&money);
        let expected = format!(r#"{{"amount":"{amount}","decimals":{decimals},"currency":"{currency}"}}"#);
        prop_assert_eq!(&json, &expected);
        prop_assert_eq!(exact(&serde_json::from_str(&json).unwrap()), exact(&money));
        let as_number = format!(r#"{{"currency":"{currency}","decimals":{decimals},"amount":{amount}}}"#);
        prop_assert_eq!(exact(&serde_json::from_slice(as_number.as_bytes()).unwrap()), exact(&money));
        let value = serde_json::to_value(&money).unwrap();
        prop_assert_eq!(exact(&serde_json::from_value(value).unwrap()), exact(&money));
    }

    #[test]
    fn the_displayed_form_is_the_oracles_and_parses_back(money in money()) {
        let decimals = usize::from(money.decimals());
        let digits = format!("{:0>width$}", money.amount().unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if money.amount() < 0 { "-" } else { "" };
        let point = if decimals > 0 { "." } else { "" };
        let text = money.to_string();
        prop_assert_eq!(&text, &format!("{} {sign}{grouped}{point}{fraction}", money.currency()));
        prop_assert_eq!(exact(&text.parse().unwrap()), exact(&money));

        let decimal = money.decimal().to_string();
        prop_assert_eq!(&decimal, &format!("{sign}{whole}{point}{fraction}"));
        let read = Money::from_decimal(&decimal, money.currency().clone()).unwrap();
        prop_assert_eq!(exact(&read), exact(&money));
    }

    #[test]
    fn what_parses_prints_the_same(text in "[A-Z]{2,4} -?[0-9]{0,3}(,[0-9]{2,3}){0,3}(\\.[0-9]{0,3})?") {
        if let Ok(money) = text.parse::<Money>() {
            prop_assert_eq!(money.to_string(), text);
        }
    }

    #[test]
    fn t24_any_text_is_an_amount_exactly_when_the_rule_says_so(
        text in "[-+]{0,2}[0-9]{0,40}|[-+0-9 .eE١\n]{0,5}",
    ) {
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_amount = (1..=38).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let json = serde_json::json!({"amount": text, "decimals": 0, "currency": "EUR"}).to_string();
        let read = serde_json::from_str::<Money>(&json);
        prop_assert_eq!(read.is_ok(), is_amount);
        if let Ok(money) = read {
            prop_assert_eq!(money.amount(), text.parse::<i128>().unwrap());
        }
    }

    #[test]
    fn any_input_is_read_or_refused_without_a_panic(
        text in any::<String>(),
        json in "[\\[\\]{}\",:0-9a-z\\\\.-]{0,40}",
    ) {
        // What is asserted is that these return; what they return, other tests say.
        let _ = (text.parse::<Money>(), Money::from_decimal(&text, Currency::EUR), Currency::new(&text));
        for json in [&text, &json, &format!(r#"{{"amount":{json},"decimals":0,"currency":"EUR"}}"#)] {
            let _ = (serde_json::from_str::<Money>(json), serde_json::from_str::<Currency>(json));
        }
    }

    #[test]
    fn t25_sums_and_differences_are_the_oracles(left in euros(), right in euros()) {
        let scale = left.decimals().max(right.decimals());
        prop_assert!(same(&left.checked_add(&right), &of_value(&(value(&left) + value(&right)), scale)));
        prop_assert!(same(&left.checked_sub(&right), &of_value(&(value(&left) - value(&right)), scale)));
    }

    #[test]
    fn t25_products_and_signs_are_the_oracles(
        money in euros(),
        factor in prop_oneof![-20..=20_i128, amount(), any::<i128>()],
    ) {
        let product = of_value(&(value(&money) * factor), money.decimals());
        prop_assert!(same(&money.checked_mul_integer(factor), &product));
        prop_assert_eq!(value(&-&money), -value(&money));
        prop_assert_eq!(money.abs().amount(), money.amount().abs());
        prop_assert!(!money.abs().is_negative());
    }

    #[test]
    fn a_sum_is_its_additions(
        // So small that no sum on the way can be too large.
        amounts in proptest::collection::vec((-MAX / 1000..=MAX / 1000, 0..=2_u8), 0..5),
    ) {
        let euros = |(amount, decimals)| Money::new(amount, decimals, Currency::EUR).unwrap();
        let amounts: Vec<Money> = amounts.into_iter().map(euros).collect();
        let sum: BigInt = amounts.iter().map(value).sum();
        let scale = amounts.iter().map(Money::decimals).max().unwrap_or(0);
        prop_assert!(same(&Money::sum(Currency::EUR, &amounts), &of_value(&sum, scale)));
    }

    #[test]
    fn order_equality_and_hash_are_by_value(left in euros(), right in euros(), decimals in 0..=30_u8) {
        prop_assert_eq!(left.partial_cmp(&right), Some(value(&left).cmp(&value(&right))));
        prop_assert_eq!(left == right, value(&left) == value(&right));
        if let Ok(rescaled) = left.rescale(decimals) {
            prop_assert_eq!(&rescaled, &left);
            prop_assert_eq!(hash(&rescaled), hash(&left));
        }
    }

    #[test]
    fn rounding_is_the_oracles(money in euros(), decimals in 0..=30_u8, tie in any::<bool>()) {
        // Ties are rare among any amounts, so half of these are made: the last digit becomes a 5 at one scale
        // less.
        let money = if tie && money.decimals() > decimals {
            let unit = 10_i128.pow(u32::from(money.decimals() - decimals));
            let amount = money.amount() / unit * unit + money.amount().signum() * unit / 2;
            Money::new(amount, money.decimals(), Currency::EUR).unwrap_or(money)
        } else {
            money
        };
        let unit = ten_to(30 - decimals);
        for rounding in ROUNDINGS {
            let expected = of_value(&(rounded(&value(&money), &unit, rounding) * &unit), decimals);
            prop_assert!(same(&money.round_to(decimals, rounding), &expected), "{rounding:?}");
        }
        let is_whole = value(&money) % unit == BigInt::ZERO;
        prop_assert_eq!(money.rescale(decimals) == Err(MoneyError::Inexact), !is_whole);
    }

    #[test]
    fn a_split_loses_no_unit(money in euros(), count in 1..200_u32) {
        let split: Vec<Money> = money.split(NonZero::new(count).unwrap()).collect();
        prop_assert_eq!(split.len(), usize::try_from(count).unwrap());
        prop_assert_eq!(exact(&Money::sum(Currency::EUR, &split).unwrap()), exact(&money));
        let sizes: Vec<i128> = split.iter().map(|part| part.abs().amount()).collect();
        prop_assert!(sizes.is_sorted_by(|left, right| left >= right));
        prop_assert!(sizes[0] - sizes[sizes.len() - 1] <= 1);
        prop_assert_eq!(split, money.allocate(&vec![1; sizes.len()]).unwrap());
    }

    #[test]
    fn an_allocation_is_the_oracles(
        money in euros(),
        weights in proptest::collection::vec(prop_oneof![0..=9_u64, 0..=u64::MAX / 8], 1..8),
    ) {
        prop_assume!(weights.iter().any(|&weight| weight > 0));
        let shares = money.allocate(&weights).unwrap();
        let amounts: Vec<BigInt> = shares.iter().map(|share| BigInt::from(share.amount())).collect();
        prop_assert_eq!(amounts, allocated(money.amount(), &weights));
        prop_assert_eq!(shares.iter().map(Money::amount).sum::<i128>(), money.amount());
        prop_assert!(shares.iter().all(|share| share.decimals() == money.decimals()));
    }
}
