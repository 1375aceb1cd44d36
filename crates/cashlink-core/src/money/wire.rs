//! The JSON forms: `{"amount": "40000000", "decimals": 3, "currency": "EUR"}` and, of a currency alone,
//! `"EUR"`.
//!
//! Two numbers are read as text ([`RawValue`]), since an integer beyond 64 bits would otherwise become a
//! float (T24). All else is asked for as "any value" and refused by its kind, since the errors that `serde`
//! and `serde_json` make by themselves show the value that they refuse (T12).

use alloc::boxed::Box;
use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
    ser::SerializeStruct as _,
};
use serde_json::value::RawValue;

use crate::borrowed;

use super::{
    Currency, Money, MoneyError,
    parse::{wire_amount, wire_decimals},
    print::{Grouping, Text},
};

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Money", 3)?;
        object.serialize_field("amount", Text::of(self.amount, 0, Grouping::None).as_str())?;
        object.serialize_field("decimals", &self.decimals)?;
        object.serialize_field("currency", &self.currency)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MoneyVisitor)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A format that can't tell what comes has no value to show either.
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(CodeVisitor),
            false => deserializer.deserialize_str(CodeVisitor),
        }
    }
}

/// Refuses scalars by the name of their kind.
macro_rules! refuse {
    ($($visit:ident($scalar:ty): $kind:literal,)+) => {$(
        fn $visit<E: Error>(self, _: $scalar) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other($kind), &self))
        }
    )+};
}

struct MoneyVisitor;

impl<'de> Visitor<'de> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `amount`, `decimals` and `currency`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Money, A::Error> {
        Fields::deserialize(MapAccessDeserializer::new(map))?.read().map_err(A::Error::custom)
    }

    refuse! {
        visit_bool(bool): "boolean",
        visit_i64(i64): "number",
        visit_u64(u64): "number",
        visit_f64(f64): "number",
        visit_str(&str): "string",
    }
}

struct CodeVisitor;

impl Visitor<'_> for CodeVisitor {
    type Value = Currency;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a currency code")
    }

    fn visit_str<E: Error>(self, code: &str) -> Result<Currency, E> {
        Currency::new(code).map_err(E::custom)
    }

    refuse! {
        visit_bool(bool): "boolean",
        visit_i64(i64): "number",
        visit_u64(u64): "number",
        visit_f64(f64): "number",
    }
}

/// Derived, so that a missing field and a second one are errors (T23). The texts are owned, since a reader
/// and a `Value` have nothing to borrow from.
#[derive(Deserialize)]
struct Fields {
    amount: Box<RawValue>,
    decimals: Box<RawValue>,
    currency: Currency,
}

impl Fields {
    fn read(self) -> Result<Money, MoneyError> {
        let amount = match borrowed::string(self.amount.get()) {
            Some(text) => wire_amount(&text)?,
            None => wire_amount(self.amount.get())?,
        };
        Money::new(amount, wire_decimals(self.decimals.get())?, self.currency)
    }
}
