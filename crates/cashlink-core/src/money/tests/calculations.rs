//! What is calculated, by example; the general case is in `properties`.

extern crate std;

use alloc::{string::String, string::ToString as _, vec::Vec};
use core::{cmp::Ordering, num::NonZero};
use std::collections::HashSet;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use super::{
    super::{MoneyError, Rounding},
    Currency, Money, euros,
};

fn shown(shares: impl IntoIterator<Item = Money>) -> Vec<String> {
    shares.into_iter().map(|share| share.decimal().to_string()).collect()
}

#[test]
fn equal_values_of_different_scale_are_equal_and_hash_alike() {
    let spellings = ["1.5", "1.50", "1.500", "1.500000000000000000000000000000"];
    let set: HashSet<Money> = spellings.into_iter().map(euros).collect();
    assert_eq!(set.len(), 1);
    let zeros: HashSet<Money> =
        ["0", "0.0", "0.000000000000000000000000000000"].into_iter().map(euros).collect();
    assert_eq!(zeros.len(), 1);
    assert_ne!(euros("15"), euros("1.5"));
}

#[test]
fn currencies_do_not_mix() {
    let (euro, franc) = (euros("1"), Money::new(1, 0, Currency::CHF).unwrap());
    assert_ne!(euro, franc);
    assert_eq!(euro.partial_cmp(&franc), None);
    assert_ne!(Money::zero(Currency::EUR), Money::zero(Currency::CHF));
    assert_eq!(euro.checked_add(&franc), Err(MoneyError::DifferentCurrencies));
    assert_eq!(euro.checked_sub(&franc), Err(MoneyError::DifferentCurrencies));
    assert_eq!(Money::sum(Currency::EUR, [euro, franc]), Err(MoneyError::DifferentCurrencies));
}

#[test]
fn order_is_exact_at_the_far_ends_of_the_scales() {
    let largest = Money::new(Money::MAX_AMOUNT, 0, Currency::EUR).unwrap();
    let finest = Money::new(Money::MAX_AMOUNT, 30, Currency::EUR).unwrap();
    assert!(finest < largest && -&largest < -&finest);
    assert_eq!(euros("0").partial_cmp(&euros("-0.000000000000000000000000000001")), Some(Ordering::Greater));
    assert_eq!(euros("-1").partial_cmp(&euros("-1.1")), Some(Ordering::Greater));
}

#[test]
fn t25_a_sum_that_fits_is_found_though_its_parts_do_not_fit_the_finer_scale() {
    // 199,999,999 has 39 digits at scale 30, more than an `i128` holds; the difference has 38.
    let small = euros("99999999.999999999999999999999999999999");
    let rest = euros("199999999").checked_sub(&small).map(|rest| rest.to_string());
    assert_eq!(rest.as_deref(), Ok("EUR 99,999,999.000000000000000000000000000001"));
    assert_eq!(euros("200000000").checked_sub(&small), Err(MoneyError::TooLarge));
}

#[test]
fn sums_and_signs() {
    assert_eq!(Money::sum(Currency::EUR, Vec::<Money>::new()), Ok(Money::zero(Currency::EUR)));
    assert_eq!(
        Money::sum(Currency::EUR, &[euros("0.1"), euros("0.25"), euros("-1")]).unwrap().to_string(),
        "EUR -0.65"
    );
    let debt = euros("-0.05");
    assert!(debt.is_negative() && !debt.is_positive() && !debt.is_zero());
    assert!(debt.abs().is_positive() && (-&debt).is_positive());
    assert_eq!((debt.abs(), -debt), (euros("0.05"), euros("0.05")));
    assert!(euros("0.00").is_zero() && !euros("0").is_positive() && !(-euros("0")).is_negative());
}

#[test]
fn t25_beyond_the_range_is_an_error() {
    let largest = Money::new(Money::MAX_AMOUNT, 0, Currency::EUR).unwrap();
    for (left, right) in
        [(largest.clone(), euros("1")), (-&largest, euros("-1")), (largest.clone(), euros("0.0"))]
    {
        assert_eq!(left.checked_add(&right), Err(MoneyError::TooLarge));
    }
    assert_eq!(largest.checked_mul_integer(2), Err(MoneyError::TooLarge));
    assert_eq!(largest.checked_mul_integer(i128::MIN), Err(MoneyError::TooLarge));
    assert_eq!(largest.checked_mul_integer(-1), Ok(-&largest));
    assert_eq!(largest.rescale(1), Err(MoneyError::TooLarge));
    assert_eq!(largest.rescale(31), Err(MoneyError::InvalidDecimals));
    assert_eq!(largest.round_to(255, Rounding::Down), Err(MoneyError::InvalidDecimals));
}

#[test]
fn rescaling_is_exact_or_an_error() {
    assert_eq!(euros("1.50").rescale(1).unwrap().to_string(), "EUR 1.5");
    assert_eq!(euros("1.5").rescale(4).unwrap().to_string(), "EUR 1.5000");
    assert_eq!(euros("-100.00").rescale(0).unwrap().to_string(), "EUR -100");
    assert_eq!(euros("1.50").rescale(0), Err(MoneyError::Inexact));
}

/// The table in the documentation of `Rounding`.
#[test]
fn each_rounding_does_what_its_name_says() {
    let values = ["2.5", "1.6", "1.5", "1.1", "-1.1", "-1.5", "-1.6", "-2.5"];
    for (rounding, expected) in [
        (Rounding::HalfEven, ["2", "2", "2", "1", "-1", "-2", "-2", "-2"]),
        (Rounding::HalfUp, ["3", "2", "2", "1", "-1", "-2", "-2", "-3"]),
        (Rounding::HalfDown, ["2", "2", "1", "1", "-1", "-1", "-2", "-2"]),
        (Rounding::Up, ["3", "2", "2", "2", "-2", "-2", "-2", "-3"]),
        (Rounding::Down, ["2", "1", "1", "1", "-1", "-1", "-1", "-2"]),
        (Rounding::Ceiling, ["3", "2", "2", "2", "-1", "-1", "-1", "-2"]),
        (Rounding::Floor, ["2", "1", "1", "1", "-2", "-2", "-2", "-3"]),
    ] {
        let rounded = shown(values.map(|value| euros(value).round_to(0, rounding).unwrap()));
        assert_eq!(rounded, expected, "{rounding:?}");
    }
}

#[test]
fn split_gives_the_rest_to_the_first() {
    let split = |text, parts| shown(euros(text).split(NonZero::new(parts).unwrap()));
    assert_eq!(split("1.00", 3), ["0.34", "0.33", "0.33"]);
    assert_eq!(split("-0.05", 3), ["-0.02", "-0.02", "-0.01"]);
    assert_eq!(split("0.02", 4), ["0.01", "0.01", "0.00", "0.00"]);
    assert_eq!(split("0.00", 2), ["0.00", "0.00"]);
    assert_eq!(split("7", 1), ["7"]);
    // What 64 bits hold, and one more.
    assert_eq!(split("-92233720368547758.08", 3)[..2], ["-30744573456182586.03"; 2]);
    assert_eq!(split("92233720368547758.08", 3)[1..], ["30744573456182586.03", "30744573456182586.02"]);
    let all_nines = "9".repeat(38);
    assert_eq!(split(&all_nines, 10)[9], "9".repeat(37));
    assert_eq!(split(&all_nines, 10)[8], ["1", &"0".repeat(37)].concat());
}

#[test]
fn a_split_into_very_many_parts_takes_no_memory_for_them() {
    let parts = euros("0.01").split(NonZero::<u32>::MAX);
    assert_eq!(parts.size_hint(), (u32::MAX as usize, Some(u32::MAX as usize)));
    assert_eq!(shown(parts.take(2)), ["0.01", "0.00"]);
}

#[test]
fn allocation_follows_the_largest_remainder() {
    let allocate = |text, weights: &[u64]| euros(text).allocate(weights).map(shown);
    let table: [(&str, &[u64], &[&str]); 8] = [
        ("0.05", &[70, 30], &["0.04", "0.01"]),
        ("-0.05", &[70, 30], &["-0.04", "-0.01"]),
        ("1.00", &[1, 1, 1], &["0.34", "0.33", "0.33"]),
        // 0.5, 1.5 and 3.0 cents: the first of the equal losers gets the cent.
        ("0.05", &[1, 3, 6], &["0.01", "0.01", "0.03"]),
        // 1.2 and 8.8 cents: here the second lost more.
        ("0.10", &[12, 88], &["0.01", "0.09"]),
        ("0.01", &[0, 0, 5], &["0.00", "0.00", "0.01"]),
        ("0.00", &[1, 2], &["0.00", "0.00"]),
        ("99999999999999999999999999999999999999", &[u64::MAX], &["99999999999999999999999999999999999999"]),
    ];
    for (text, weights, shares) in table {
        assert_eq!(allocate(text, weights).unwrap(), shares, "{text} {weights:?}");
    }
    for weights in [&[] as &[u64], &[0, 0], &[u64::MAX, 1]] {
        assert_eq!(allocate("1.00", weights), Err(MoneyError::InvalidWeights));
    }
}

/// A hash that is the same for all of them would be right, and a table of many amounts a list.
#[test]
fn different_values_hash_differently() {
    let franc = Money::new(15, 1, Currency::CHF).unwrap();
    let values = ["0", "1", "10", "100", "-1", "0.1", "0.01", "15", "1.5"].map(euros);
    let hash = |money| BuildHasherDefault::<DefaultHasher>::default().hash_one(money);
    let hashes: HashSet<u64> = values.iter().chain([&franc]).map(hash).collect();
    assert_eq!(hashes.len(), values.len() + 1);
}
