//! Every JSON form in which money is read, and those that are refused (T12, T21–T25, T29).

extern crate std;

use alloc::{format, string::String, string::ToString as _, vec::Vec};

use super::{Currency, Money, NINES, euros, parts};

fn wire(amount: &str, decimals: &str, currency: &str) -> String {
    format!(r#"{{"amount": {amount}, "decimals": {decimals}, "currency": {currency}}}"#)
}

fn read(json: &str) -> Result<Money, serde_json::Error> {
    serde_json::from_str(json)
}

#[test]
fn the_documented_sample_is_forty_thousand_euros() {
    let money = read(r#"{"amount": "40000000", "decimals": 3, "currency": "EUR"}"#).unwrap();
    assert_eq!(money.to_string(), "EUR 40,000.000");
    assert_eq!(
        serde_json::to_string(&money).unwrap(),
        r#"{"amount":"40000000","decimals":3,"currency":"EUR"}"#
    );
}

#[test]
fn t24_every_accepted_amount_is_read_as_a_string_and_as_an_integer_token() {
    let negative = format!("-{NINES}");
    for (digits, amount) in [
        ("0", 0),
        ("-0", 0),
        ("7", 7),
        ("-7", -7),
        ("40000000", 40_000_000),
        ("18446744073709551615", i128::from(u64::MAX)),
        // Beyond 64 bits serde would see a float.
        ("18446744073709551616", 18_446_744_073_709_551_616),
        ("-9223372036854775809", -9_223_372_036_854_775_809),
        ("100000000000000000000000000001", 100_000_000_000_000_000_000_000_000_001),
        (NINES, Money::MAX_AMOUNT),
        (&negative, -Money::MAX_AMOUNT),
    ] {
        for token in [digits.to_string(), format!("\"{digits}\"")] {
            let money = read(&wire(&token, "0", r#""EUR""#)).expect(&token);
            assert_eq!(parts(&money), (amount, 0, "EUR"), "{token}");
        }
    }
}

#[test]
fn a_string_may_have_leading_zeros_and_escapes() {
    // An escape is a spelling of JSON, not of the amount; JSON itself refuses leading zeros in a number.
    for (token, amount) in [
        (r#""007""#, 7),
        (r#""-000""#, 0),
        (r#""00000000000000000000000000000000000001""#, 1),
        (r#""\u0034\u0030""#, 40),
        (r#""\u002d1""#, -1),
    ] {
        assert_eq!(read(&wire(token, "0", r#""EUR""#)).expect(token).amount(), amount, "{token}");
    }
    assert_eq!(parts(&read(&wire("1", "0", r#""\u0045UR""#)).unwrap()), (1, 0, "EUR"));
}

#[test]
fn t24_every_other_amount_is_refused() {
    let too_long = format!("\"{NINES}9\"");
    let too_many_zeros = format!("\"0{NINES}\"");
    let too_long_number = format!("1{NINES}");
    for token in [
        r#""""#,
        r#""-""#,
        r#""--1""#,
        r#""+1""#,
        r#""1-""#,
        r#"" 1""#,
        r#""1 ""#,
        r#""1\n""#,
        r#""\t1""#,
        r#""1e5""#,
        r#""1E5""#,
        r#""1.0""#,
        r#""1.""#,
        r#"".1""#,
        r#""1,000""#,
        r#""1_000""#,
        r#""0x1f""#,
        r#""١٢٣""#,
        r#""１""#,
        r#""−1""#,
        r#""1\u0000""#,
        r#""\ud834""#,
        r#""NaN""#,
        r#""Infinity""#,
        "1.0",
        "1e5",
        "1E5",
        "-1.5",
        "true",
        "null",
        "[]",
        "[1]",
        "{}",
        &too_long,
        &too_many_zeros,
        &too_long_number,
    ] {
        let error = read(&wire(token, "0", r#""EUR""#)).expect_err(token);
        assert!(error.is_data(), "{token}: {error}");
    }
}

#[test]
fn t24_decimals_are_a_json_integer_from_0_to_30() {
    for decimals in 0..=30_u8 {
        assert_eq!(read(&wire("1", &decimals.to_string(), r#""EUR""#)).unwrap().decimals(), decimals);
    }
    for token in [
        "31",
        "99",
        "256",
        "-1",
        "-0",
        "3.0",
        "3e0",
        "18446744073709551616",
        r#""3""#,
        "null",
        "true",
        "[3]",
        "{}",
    ] {
        assert!(read(&wire("1", token, r#""EUR""#)).expect_err(token).is_data(), "{token}");
    }
}

#[test]
fn t24_a_currency_is_three_or_more_capital_letters_kept_as_given() {
    for code in ["EUR", "USD", "XAU", "USDC", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ"] {
        let money = read(&wire("1", "0", &format!("\"{code}\""))).unwrap();
        assert_eq!(money.currency().as_str(), code);
        assert_eq!(money.to_string(), format!("{code} 1"));
    }
    let refused = [
        r#""""#,
        r#""EU""#,
        r#""eur""#,
        r#""Eur""#,
        r#""EUR ""#,
        r#"" EUR""#,
        r#""EUR\n""#,
        r#""E1R""#,
        r#""EÜR""#,
        r#""ЕUR""#,
    ];
    for token in refused.into_iter().chain(["978", "null", "true", r#"["EUR"]"#]) {
        assert!(read(&wire("1", "0", token)).expect_err(token).is_data(), "{token}");
    }
}

#[test]
fn t23_duplicate_fields_are_refused_and_unknown_ones_ignored() {
    for field in [r#""amount": "1""#, r#""decimals": 0"#, r#""currency": "EUR""#] {
        let json = format!(r#"{{"amount": "1", "decimals": 0, "currency": "EUR", {field}}}"#);
        assert!(read(&json).unwrap_err().to_string().contains("duplicate field"), "{json}");
    }
    let json =
        r#"{"text": "1 €", "currency": "EUR", "x": {"amount": [1.5]}, "x": 0, "decimals": 0, "amount": 1}"#;
    assert_eq!(read(json).unwrap(), euros("1"));
}

#[test]
fn a_missing_field_is_named_and_another_shape_is_refused() {
    for (json, text) in [
        (r#"{"decimals": 0, "currency": "EUR"}"#, "missing field `amount`"),
        (r#"{"amount": "1", "currency": "EUR"}"#, "missing field `decimals`"),
        (r#"{"amount": "1", "decimals": 0}"#, "missing field `currency`"),
        (r#"["1", 0, "EUR"]"#, "expected an object"),
        (r#""EUR 1""#, "expected an object"),
        ("null", "expected an object"),
    ] {
        let error = read(json).expect_err(json).to_string();
        assert!(error.contains(text), "{json}: {error}");
    }
}

#[test]
fn every_source_of_serde_json_reads_the_same() {
    let json = r#"{"amount": "40000000", "decimals": 3, "currency": "EUR"}"#;
    let money = read(json).unwrap();
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let sources = [
        serde_json::from_slice::<Money>(json.as_bytes()).unwrap(),
        serde_json::from_reader::<_, Money>(json.as_bytes()).unwrap(),
        serde_json::from_value::<Money>(value.clone()).unwrap(),
        serde_json::from_str::<Vec<Money>>(&format!("[{json}]")).unwrap().remove(0),
    ];
    assert!(sources.iter().all(|source| parts(source) == parts(&money)));
    assert_eq!(serde_json::to_value(&money).unwrap(), value);
}

#[test]
fn t24_a_large_integer_in_a_value_is_exact_or_refused_never_guessed() {
    // A `Value` makes it a float, unless the program has switched on `serde_json/arbitrary_precision`. The
    // second is 2^64: refused as a float too, though no digit would be lost.
    for (token, amount) in
        [("100000000000000000000000000001", 10_i128.pow(29) + 1), ("18446744073709551616", 1_i128 << 64)]
    {
        let value: serde_json::Value = serde_json::from_str(&wire(token, "0", r#""EUR""#)).unwrap();
        let written = value["amount"].to_string();
        let read = serde_json::from_value::<Money>(value).ok();
        assert_eq!(read.map(|money| money.amount()), (written == token).then_some(amount), "{token}");
    }
}

#[test]
fn t21_nesting_in_an_unknown_field_costs_no_stack() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let json = format!(r#"{{"x": {open}{close}, "amount": "1", "decimals": 0, "currency": "EUR"}}"#);
    assert_eq!(read(&json).unwrap(), euros("1"));
}

#[test]
fn t29_money_cut_at_any_byte_is_an_error() {
    let json = r#"{"amount": "40000000", "decimals": 3, "currency": "EUR"}"#;
    for end in 0..json.len() {
        assert!(read(&json[..end]).is_err(), "{}", &json[..end]);
    }
}

#[test]
fn t12_no_error_repeats_what_was_read() {
    let canaries = [
        "73577357",
        "-73577357",
        "73577357.5",
        "7357e7",
        r#""73577357x""#,
        r#"["73577357"]"#,
        r#"{"a":"73577357"}"#,
    ];
    let mut errors = Vec::new();
    for canary in canaries {
        errors.extend(read(&wire(canary, "99", r#""EUR""#)).err());
        errors.extend(read(&wire("1", canary, r#""EUR""#)).err());
        errors.extend(read(&wire("1", "0", canary)).err());
        errors.extend(read(canary).err());
        errors.extend(serde_json::from_str::<Currency>(canary).err());
        errors.extend(serde_json::from_value::<Currency>(serde_json::from_str(canary).unwrap()).err());
    }
    errors.extend(
        read(r#"{"amount": "73577357", "amount": "73577357", "decimals": 0, "currency": "EUR"}"#).err(),
    );
    // Of 7 × 6 + 1, none was accepted.
    assert_eq!(errors.len(), 43);
    for error in errors {
        let texts = format!("{error} {error:?}");
        assert!(!texts.contains("7357"), "{texts}");
    }
}

#[test]
fn a_currency_is_itself_in_json_and_known_or_not_is_no_difference() {
    assert_eq!(serde_json::from_str::<Currency>(r#""EUR""#).unwrap(), Currency::EUR);
    assert_eq!(serde_json::to_string(&Currency::CHF).unwrap(), r#""CHF""#);
    let mut codes = ["EUR", "ABC", "CHF"].map(|code| Currency::new(code).unwrap());
    codes.sort();
    assert_eq!(codes.map(|code| code.to_string()), ["ABC", "CHF", "EUR"]);
    for refused in ["12", "-1", "1.5", "true", "null", "[]", "{}", r#""eur""#] {
        assert!(serde_json::from_str::<Currency>(refused).is_err(), "{refused}");
    }
}

#[test]
fn what_is_no_currency_is_told_what_would_be() {
    let error = serde_json::from_str::<Currency>("12").unwrap_err().to_string();
    assert!(error.contains("expected a currency code"), "{error}");
    let error = serde_json::from_str::<Currency>(r#""eur""#).unwrap_err().to_string();
    assert!(error.contains("three or more ASCII capital letters"), "{error}");
}
