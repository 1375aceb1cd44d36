//! An amount: read, printed, added, split. Peers are given the same text; rust_decimal and bigdecimal know no currency, and rusty-money
//! prints a symbol and rounds to the currency's own digits.

use std::fmt::Write as _;
use std::hint::black_box;
use std::num::NonZero;

use cashlink_core::money::{Currency, Money};

use super::Row;

/// The older API's form.
const TEXT: &str = "40000.125";
/// The vendor's own example of the newer one.
const WIRE: &str = r#"{"amount": "40000000", "decimals": 3, "currency": "EUR"}"#;

/// By hand, an amount of at most 18 digits; the currency is known.
mod floor {
    pub fn parse(text: &str) -> Option<(i128, u8)> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mut value, mut decimals, mut point) = (0_i64, 0_u8, false);
        if text.len() > 18 || !text.as_bytes().first()?.is_ascii_digit() {
            return None;
        }
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    value = value * 10 + i64::from(byte - b'0');
                    decimals += u8::from(point);
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        if point && decimals == 0 {
            return None;
        }
        Some((i128::from(if negative { -value } else { value }), decimals))
    }

    pub fn print(out: &mut String, amount: i128, decimals: u8) {
        let mut buffer = [0; 32];
        let (mut left, mut at, mut digits) = (amount.unsigned_abs() as u64, buffer.len(), 0);
        while left > 0 || digits <= decimals {
            if digits == decimals && decimals > 0 {
                at -= 1;
                buffer[at] = b'.';
            }
            at -= 1;
            buffer[at] = b'0' + (left % 10) as u8;
            left /= 10;
            digits += 1;
        }
        if amount < 0 {
            out.push('-');
        }
        out.push_str(std::str::from_utf8(&buffer[at..]).expect("digits are text"));
    }

    /// What stands between the values, quotation marks included, is skipped by its length.
    pub fn read(json: &[u8]) -> (u64, u64, [u8; 3]) {
        let (amount, rest) = number(&json[r#"{"amount": ""#.len()..]);
        let (decimals, rest) = number(&rest[r#"", "decimals": "#.len()..]);
        let code = &rest[r#", "currency": ""#.len()..];
        (amount, decimals, [code[0], code[1], code[2]])
    }

    fn number(bytes: &[u8]) -> (u64, &[u8]) {
        let (mut value, mut length) = (0, 0);
        while let digit @ 0..=9 = bytes[length].wrapping_sub(b'0') {
            value = value * 10 + u64::from(digit);
            length += 1;
        }
        (value, &bytes[length..])
    }
}

pub fn rows() -> Vec<Row> {
    vec![parse(), print(), add(), split(), read()]
}

fn amount() -> Money {
    Money::from_decimal(TEXT, Currency::EUR).expect("an amount")
}

fn parse() -> Row {
    assert_eq!(floor::parse(TEXT), Some((amount().amount(), amount().decimals())));
    let row = Row::new("money: parse")
        .side("ours", || Money::from_decimal(black_box(TEXT), Currency::EUR))
        .side("floor", || floor::parse(black_box(TEXT)));
    #[cfg(feature = "peers")]
    let row = peers::parse(row);
    row
}

/// Into one text, used again and again: only the printing counts.
fn print() -> Row {
    let money = amount();
    let mut out = String::with_capacity(64);
    floor::print(&mut out, 40_000_125, 3);
    assert_eq!((out.as_str(), money.decimal().to_string().as_str()), (TEXT, TEXT));
    let row = Row::new("money: print")
        .side("ours", printed(move |out| write!(out, "{}", black_box(&money).decimal())))
        .side(
            "floor",
            printed(|out| {
                floor::print(out, black_box(40_000_125), black_box(3));
                Ok(())
            }),
        );
    #[cfg(feature = "peers")]
    let row = peers::print(row);
    row
}

fn printed(print: impl Fn(&mut String) -> std::fmt::Result) -> impl FnMut() -> usize {
    let mut out = String::with_capacity(64);
    move || {
        out.clear();
        print(&mut out).expect("a String takes everything");
        black_box(&out).len()
    }
}

fn add() -> Row {
    let (one, other) = (amount(), amount());
    assert_eq!(one.checked_add(&other).expect("a sum").amount(), 80_000_250);
    let row = Row::new("money: add")
        .side("ours", move || black_box(&one).checked_add(black_box(&other)))
        .side("floor", || {
            let (one, other) =
                black_box(((40_000_125_i128, 3_u8, *b"EUR"), (40_000_125_i128, 3_u8, *b"EUR")));
            (one.1 == other.1 && one.2 == other.2).then(|| one.0.checked_add(other.0)).flatten()
        });
    #[cfg(feature = "peers")]
    let row = peers::add(row);
    row
}

/// Into seven parts, which differ by one unit at most.
fn split() -> Row {
    const PARTS: NonZero<u32> = NonZero::new(7).expect("not zero");
    let money = amount();
    let sum: i128 = money.split(PARTS).map(|part| part.amount()).sum();
    assert_eq!(sum, money.amount());
    let row = Row::new("money: split")
        .side("ours", move || {
            black_box(&money).split(black_box(PARTS)).for_each(|part| drop(black_box(part)))
        })
        .side("floor", || {
            let (amount, parts) = black_box((40_000_125_i128, 7_i128));
            let (each, left) = (amount / parts, amount % parts);
            (0..parts).for_each(|part| {
                black_box((each + i128::from(part < left), 3_u8, *b"EUR"));
            });
        });
    #[cfg(feature = "peers")]
    let row = peers::split(row);
    row
}

/// The newer API's object; `floor` trusts it, and knows where everything stands.
fn read() -> Row {
    let money: Money = serde_json::from_str(WIRE).expect("the example is money");
    assert_eq!((money.amount(), money.decimals(), money.currency().as_str()), (40_000_000, 3, "EUR"));
    assert_eq!(floor::read(WIRE.as_bytes()), (40_000_000, 3, *b"EUR"));
    let row = Row::new("money: read from JSON")
        .side("ours", || serde_json::from_str::<Money>(black_box(WIRE)))
        .side("floor", || floor::read(black_box(WIRE.as_bytes())));
    #[cfg(feature = "peers")]
    let row = row.side("serde_json, owned", || peers::Owned::read(black_box(WIRE)));
    row
}

#[cfg(feature = "peers")]
mod peers {
    use std::str::FromStr as _;

    use bigdecimal::BigDecimal;
    use rust_decimal::Decimal;
    use rusty_money::iso;
    use serde::Deserialize;

    use super::*;

    type Rusty = rusty_money::Money<'static, iso::Currency>;

    fn rusty() -> Rusty {
        Rusty::from_str(TEXT, iso::EUR).expect("an amount")
    }

    pub fn parse(row: Row) -> Row {
        row.side("rusty-money", || Rusty::from_str(black_box(TEXT), iso::EUR))
            .side("rust_decimal", || Decimal::from_str(black_box(TEXT)))
            .side("bigdecimal", || BigDecimal::from_str(black_box(TEXT)))
    }

    pub fn print(row: Row) -> Row {
        let (rusty, decimal, big) =
            (rusty(), Decimal::from_str(TEXT).expect("one"), BigDecimal::from_str(TEXT).expect("one"));
        row.side("rusty-money", printed(move |out| write!(out, "{}", black_box(&rusty))))
            .side("rust_decimal", printed(move |out| write!(out, "{}", black_box(&decimal))))
            .side("bigdecimal", printed(move |out| write!(out, "{}", black_box(&big))))
    }

    pub fn add(row: Row) -> Row {
        let (rusty, decimal, big) =
            (rusty(), Decimal::from_str(TEXT).expect("one"), BigDecimal::from_str(TEXT).expect("one"));
        row.side("rusty-money", move || black_box(&rusty).add(black_box(rusty)))
            .side("rust_decimal", move || black_box(&decimal).checked_add(*black_box(&decimal)))
            .side("bigdecimal", move || black_box(&big) + black_box(&big))
    }

    pub fn split(row: Row) -> Row {
        let rusty = rusty();
        row.side("rusty-money", move || black_box(&rusty).split(black_box(7)))
    }

    /// What a client without a money type does.
    #[derive(Deserialize)]
    pub struct Owned {
        amount: String,
        decimals: u8,
        currency: String,
    }

    impl Owned {
        pub fn read(json: &str) -> (i128, u8, String) {
            let owned: Owned = serde_json::from_str(json).expect("the example is well formed");
            (owned.amount.parse().expect("the amount is a number"), owned.decimals, owned.currency)
        }
    }
}
