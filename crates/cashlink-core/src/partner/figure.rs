//! Figures whose JSON type no known page shows.

use alloc::string::String;

use serde::{Serialize, Serializer};

use crate::{InvalidValue, Money};

/// A price, a percentage or the like, for a field whose JSON type is not documented. Which form the API takes, the caller says:
/// an amount of money as the API writes it, a decimal number as text, or an integer. Never a float.
///
/// ```
/// use cashlink_core::Money;
/// use cashlink_core::partner::Figure;
///
/// let price: Money = "EUR 100.00".parse()?;
/// let forms = [Figure::from(price), Figure::decimal("100.00")?, Figure::from(100)];
/// let json = [r#"{"amount":"10000","decimals":2,"currency":"EUR"}"#, r#""100.00""#, "100"];
/// assert_eq!(forms.map(|form| serde_json::to_string(&form).unwrap()), json);
/// assert!(Figure::decimal("1e2").is_err());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Money(Money),
    Decimal(String),
    Integer(u64),
}

impl Figure {
    /// A decimal number as a JSON string, sent as it is: digits, perhaps a point and digits behind it, perhaps `-` before.
    ///
    /// # Errors
    /// When it is written in another way.
    pub fn decimal(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let unsigned = text.strip_prefix('-').unwrap_or(&text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits(whole) && digits(fraction) {
            Ok(Self(Form::Decimal(text)))
        } else {
            Err(InvalidValue::new(
                "figure",
                "must be a decimal number such as 12.5, without exponent or spaces",
            ))
        }
    }
}

impl From<Money> for Figure {
    fn from(amount: Money) -> Self {
        Self(Form::Money(amount))
    }
}

impl From<u64> for Figure {
    fn from(number: u64) -> Self {
        Self(Form::Integer(number))
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Money(amount) => amount.serialize(serializer),
            Form::Decimal(text) => text.serialize(serializer),
            Form::Integer(number) => number.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t24_only_plain_decimals_are_figures() {
        for good in ["0", "12.5", "-0.05", "007", "123456789012345678901234567890.1"] {
            assert_eq!(serde_json::to_value(Figure::decimal(good).unwrap()).unwrap(), good);
        }
        for bad in ["", "-", ".5", "5.", "+1", "1e2", "1,5", " 1", "1 ", "١", "1.2.3", "--1", "NaN"] {
            assert!(Figure::decimal(bad).is_err(), "{bad}");
        }
    }
}
