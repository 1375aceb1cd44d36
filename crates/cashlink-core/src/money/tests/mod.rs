//! Money, tried. `json` and `text` are tables of what is accepted and refused, `calculations` tables of what
//! is calculated; `properties` hold for any money, against a big-integer oracle.

mod calculations;
mod json;
mod properties;
mod text;

use super::{Currency, Money};

/// The largest amount: 38 digits.
const NINES: &str = "99999999999999999999999999999999999999";

/// Euros from the older API's form.
fn euros(text: &str) -> Money {
    Money::from_decimal(text, Currency::EUR).expect(text)
}

/// What distinguishes two amounts that are equal.
fn parts(money: &Money) -> (i128, u8, &str) {
    (money.amount(), money.decimals(), money.currency().as_str())
}
