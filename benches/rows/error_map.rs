//! What a server says is wrong, read as a map of fields, beside what everybody has: `serde_json::Value`.

use std::hint::black_box;

use cashlink_core::ErrorMap;
use serde_json::Value;

use super::Row;

pub fn rows() -> Vec<Row> {
    let few = r#"{"natural_person": {"birth_date": ["Date has wrong format."], "zip": ["This field may not be blank."]},
        "bank_account": {"iban": ["Enter a valid IBAN."]}, "is_beneficiary": ["This field is required."],
        "non_field_errors": ["Unknown investor."]}"#;
    let many = [10, 100, 1_000, 10_000]
        .map(|leaves| row(format!("an error map of {leaves} leaves"), &body(leaves), leaves));
    let figure = row("a deep error map of 1000 leaves, one a figure".to_owned(), &deep(&body(999)), 1_000);
    [row("an error map of 5 fields".to_owned(), few, 5), figure].into_iter().chain(many).collect()
}

/// Nearly as deep as is read, with a number in front whose digits are kept (T24).
fn deep(body: &str) -> String {
    format!("{}{}{}", r#"{"a": "#.repeat(30), body.replacen('{', r#"{"figure": 12.50, "#, 1), "}".repeat(30))
}

fn body(leaves: usize) -> String {
    let leaf = |number| format!(r#""field_{number:05}": ["This field is required."]"#);
    format!("{{{}}}", (0..leaves).map(leaf).collect::<Vec<_>>().join(", "))
}

fn row(name: String, body: &str, leaves: usize) -> Row {
    let body: &'static [u8] = body.to_owned().into_bytes().leak();
    assert_eq!(ErrorMap::read(body).iter().count(), leaves);
    Row::new(name)
        .side("ours", move || ErrorMap::read(black_box(body)))
        .side("serde_json::Value", move || serde_json::from_slice::<Value>(black_box(body)))
}
