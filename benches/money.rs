//! Reading and printing one amount: the library beside what a peer does, and beside the floor.
//!
//! - `cashlink` checks everything that the API's rules ask for (T24), and allocates only what it must.
//! - `owned` is what a client without a money type does: serde_json into owned fields, then a number from the text.
//! - `floor` is written by hand for this one shape: it trusts its input, knows where everything stands, looks only at
//!   the digits and the code, and allocates nothing.

use std::hint::black_box;

use cashlink_core::money::Money;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;

/// The amount of the vendor's own example.
const WIRE: &str = r#"{"amount": "40000000", "decimals": 3, "currency": "EUR"}"#;
const SHOWN: &str = "EUR 40,000.000";

#[derive(Deserialize)]
struct Owned {
    amount: String,
    decimals: u8,
    currency: String,
}

impl Owned {
    fn read(json: &str) -> (i128, u8, String) {
        let owned: Owned = serde_json::from_str(json).expect("the example is well formed");
        (owned.amount.parse().expect("the amount is a number"), owned.decimals, owned.currency)
    }
}

mod floor {
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

    /// Appends the code, and the number from its last digit to its first.
    pub fn print(out: &mut String, amount: i64, decimals: u8, currency: &str) {
        let mut buffer = [0; 32];
        let (mut left, mut at, mut digits) = (amount.unsigned_abs(), buffer.len(), 0);
        while left > 0 || digits <= decimals {
            if digits == decimals && decimals > 0 {
                at -= 1;
                buffer[at] = b'.';
            } else if digits > decimals && (digits - decimals) % 3 == 0 {
                at -= 1;
                buffer[at] = b',';
            }
            at -= 1;
            buffer[at] = b'0' + (left % 10) as u8;
            left /= 10;
            digits += 1;
        }
        out.push_str(currency);
        out.push_str(if amount < 0 { " -" } else { " " });
        out.push_str(std::str::from_utf8(&buffer[at..]).expect("digits are text"));
    }
}

/// That all of them do the same work; a benchmark of something else would be worthless.
fn agree() {
    let money: Money = serde_json::from_str(WIRE).expect("the example is money");
    assert_eq!((money.amount(), money.decimals(), money.currency().as_str()), (40_000_000, 3, "EUR"));
    assert_eq!(Owned::read(WIRE), (40_000_000, 3, "EUR".to_owned()));
    assert_eq!(floor::read(WIRE.as_bytes()), (40_000_000, 3, *b"EUR"));
    let mut out = String::new();
    floor::print(&mut out, 40_000_000, 3, "EUR");
    assert_eq!((out.as_str(), money.to_string().as_str()), (SHOWN, SHOWN));
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("money/read");
    group.throughput(Throughput::Bytes(WIRE.len() as u64));
    group.bench_function("cashlink", |b| b.iter(|| serde_json::from_str::<Money>(black_box(WIRE))));
    group.bench_function("owned", |b| b.iter(|| Owned::read(black_box(WIRE))));
    group.bench_function("floor", |b| b.iter(|| floor::read(black_box(WIRE.as_bytes()))));
    group.finish();
}

fn print(criterion: &mut Criterion) {
    use std::fmt::Write as _;

    let money: Money = serde_json::from_str(WIRE).expect("the example is money");
    // One text, used again and again: only the printing counts.
    let mut out = String::with_capacity(64);
    let mut group = criterion.benchmark_group("money/print");
    group.throughput(Throughput::Bytes(SHOWN.len() as u64));
    group.bench_function("cashlink", |b| {
        b.iter(|| {
            out.clear();
            write!(out, "{}", black_box(&money)).expect("a String takes everything");
            black_box(out.len())
        });
    });
    group.bench_function("floor", |b| {
        b.iter(|| {
            out.clear();
            floor::print(&mut out, black_box(40_000_000), black_box(3), "EUR");
            black_box(out.len())
        });
    });
    group.finish();
}

fn read_shown(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("money/read-shown");
    group.throughput(Throughput::Bytes(SHOWN.len() as u64));
    group.bench_function("cashlink", |b| b.iter(|| black_box(SHOWN).parse::<Money>()));
    group.finish();
}

fn all(criterion: &mut Criterion) {
    agree();
    read(criterion);
    print(criterion);
    read_shown(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
