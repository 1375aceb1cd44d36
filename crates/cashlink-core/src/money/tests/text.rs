//! Every text in which money is shown and read back, and those that are refused (T24).

extern crate std;

use alloc::{format, string::ToString as _};

use super::{super::MoneyError, Currency, Money, NINES, euros, parts};

#[test]
fn the_displayed_form_is_grouped_signed_and_complete() {
    for (amount, decimals, text) in [
        (0, 0, "EUR 0"),
        (0, 2, "EUR 0.00"),
        (-5, 2, "EUR -0.05"),
        (5, 3, "EUR 0.005"),
        (999, 0, "EUR 999"),
        (1000, 0, "EUR 1,000"),
        (-1000, 0, "EUR -1,000"),
        (-100_000, 2, "EUR -1,000.00"),
        (40_000_000, 3, "EUR 40,000.000"),
        (1_234_567, 0, "EUR 1,234,567"),
        (1, 30, "EUR 0.000000000000000000000000000001"),
        // 20 digits that fit a `u64`, and the first that don't.
        (18_446_744_073_709_551_615, 0, "EUR 18,446,744,073,709,551,615"),
        (18_446_744_073_709_551_616, 0, "EUR 18,446,744,073,709,551,616"),
        (Money::MAX_AMOUNT, 0, "EUR 99,999,999,999,999,999,999,999,999,999,999,999,999"),
        (-Money::MAX_AMOUNT, 30, "EUR -99,999,999.999999999999999999999999999999"),
    ] {
        let money = Money::new(amount, decimals, Currency::EUR).unwrap();
        assert_eq!(money.to_string(), text);
        assert_eq!(parts(&text.parse().unwrap()), parts(&money));
        assert_eq!(format!("{money:?}"), format!("Money({text})"));
    }
}

#[test]
fn only_the_displayed_form_parses() {
    use MoneyError::{InvalidCurrency, InvalidDecimals, InvalidText, TooLarge};
    for (text, error) in [
        ("", InvalidText),
        ("EUR", InvalidText),
        ("1", InvalidText),
        ("EUR ", InvalidText),
        ("EUR  1", InvalidText),
        ("EUR 1 ", InvalidText),
        ("EUR\u{a0}1", InvalidText),
        ("1 EUR", InvalidCurrency),
        ("eur 1", InvalidCurrency),
        (" EUR 1", InvalidCurrency),
        ("EUR +1", InvalidText),
        ("EUR --1", InvalidText),
        ("EUR -", InvalidText),
        ("EUR -0", InvalidText),
        ("EUR -0.00", InvalidText),
        ("EUR 00", InvalidText),
        ("EUR 01", InvalidText),
        ("EUR 0,001", InvalidText),
        ("EUR 1.", InvalidText),
        ("EUR .5", InvalidText),
        ("EUR 1.2.3", InvalidText),
        ("EUR 1.-2", InvalidText),
        ("EUR 40000", InvalidText),
        ("EUR 4,0000", InvalidText),
        ("EUR 40,00", InvalidText),
        ("EUR ,000", InvalidText),
        ("EUR 1,,000", InvalidText),
        ("EUR 1,000,", InvalidText),
        ("EUR 1.000,00", InvalidText),
        ("EUR 1,-00", InvalidText),
        ("EUR 1:3", InvalidText),
        ("EUR ١", InvalidText),
        ("EUR 1\n", InvalidText),
        ("EUR 0.0000000000000000000000000000001", InvalidDecimals),
        ("EUR 100,000,000,000,000,000,000,000,000,000,000,000,000", TooLarge),
        ("EUR 100,000,000.000000000000000000000000000000", TooLarge),
        ("EUR 999,999,999,999,999,999,999,999,999,999,999,999,999,999", TooLarge),
    ] {
        assert_eq!(text.parse::<Money>().map(|money| money.to_string()), Err(error), "{text}");
    }
}

#[test]
fn width_pads_and_precision_never_cuts() {
    let fee = euros("-0.05");
    assert_eq!(
        format!("[{fee:14}] [{fee:<14}] [{fee:*^14}] [{fee:3}]"),
        "[     EUR -0.05] [EUR -0.05     ] [**EUR -0.05***] [EUR -0.05]"
    );
    assert_eq!(format!("{fee:.1} {:.1} {:>8}", fee.decimal(), fee.decimal()), "EUR -0.05 -0.05    -0.05");
}

#[test]
fn the_older_form_is_read_and_written() {
    for (text, amount, decimals, written) in [
        ("12.34", 1234, 2, "12.34"),
        ("40000.50", 4_000_050, 2, "40000.50"),
        ("0", 0, 0, "0"),
        ("-0.00", 0, 2, "0.00"),
        ("-0.05", -5, 2, "-0.05"),
        ("007.50", 750, 2, "7.50"),
        ("0.000000000000000000000000000001", 1, 30, "0.000000000000000000000000000001"),
        (NINES, Money::MAX_AMOUNT, 0, NINES),
    ] {
        let money = Money::from_decimal(text, Currency::EUR).unwrap();
        assert_eq!(parts(&money), (amount, decimals, "EUR"));
        assert_eq!(money.decimal().to_string(), written);
    }
}

#[test]
fn t24_every_other_decimal_is_refused() {
    use MoneyError::{InvalidAmount, InvalidDecimals, TooLarge};
    for text in [
        "", "-", ".", "1.", ".5", "-.5", "+1", "1e5", "1.5e1", "1:", "/1", "1,5", "1,000.00", " 1", "1 ",
        "1\n", "1.2.3", "1.-2", "--1", "١", "0x1", "NaN", "EUR 1",
    ] {
        assert_eq!(Money::from_decimal(text, Currency::EUR), Err(InvalidAmount), "{text}");
    }
    for (text, error) in [
        ("0.0000000000000000000000000000000", InvalidDecimals),
        ("999999999999999999999999999999999999990", InvalidAmount),
        ("99999999999999999999999999999999999999.0", TooLarge),
        ("99999999999999999999999999999999999999.000000000000000000000000000000", TooLarge),
    ] {
        assert_eq!(Money::from_decimal(text, Currency::EUR), Err(error), "{text}");
    }
    assert_eq!(Money::from_decimal(&"9".repeat(1000), Currency::EUR), Err(InvalidAmount));
    assert_eq!(Money::from_decimal(&format!("1.{}", "0".repeat(1000)), Currency::EUR), Err(InvalidDecimals));
}

#[test]
fn t25_new_keeps_to_the_range() {
    assert_eq!(Money::new(1, 31, Currency::EUR), Err(MoneyError::InvalidDecimals));
    for amount in [Money::MAX_AMOUNT + 1, -Money::MAX_AMOUNT - 1, i128::MAX, i128::MIN] {
        assert_eq!(Money::new(amount, 0, Currency::EUR), Err(MoneyError::TooLarge));
    }
}

#[test]
fn a_currency_is_its_code_and_pads() {
    let (known, new) = (Currency::EUR, Currency::new("XAU").unwrap());
    assert_eq!((known.as_ref(), new.as_ref()), ("EUR", "XAU"));
    assert_eq!(format!("[{known:>5}] [{new:<5}] {new}"), "[  EUR] [XAU  ] XAU");
}

#[test]
fn every_error_has_a_text_of_its_own() {
    use MoneyError::*;
    let all = [
        InvalidAmount,
        InvalidDecimals,
        InvalidCurrency,
        InvalidText,
        TooLarge,
        DifferentCurrencies,
        Inexact,
        TooLargeForDecimal,
        InvalidWeights,
    ];
    let texts: std::collections::BTreeSet<_> = all.iter().map(|error| error.to_string()).collect();
    assert!(texts.len() == all.len() && texts.iter().all(|text| text.len() > 20), "{texts:?}");
}
