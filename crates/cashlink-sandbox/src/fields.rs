//! Checks of the fields of a JSON object, in Django REST framework's order and words.
//!
//! A check takes a value and gives what it means, or the error to write under the field's name: a list of strings, or an
//! object of nested errors. What the object as a whole must fulfil is looked at only when every field is right.

use crate::drf::{Errors, Refusal, not_an_object};
use serde_json::{Map, Value, json};

/// The outcome of a check.
pub(crate) type Checked<T> = Result<T, Value>;

/// An object whose fields are being checked.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    values: &'a Map<String, Value>,
    errors: Errors,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(values: &'a Map<String, Value>) -> Self {
        Self { values, errors: Errors::default() }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Checks a field that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&'a Value) -> Checked<T>,
    ) -> Option<T> {
        if !self.contains(name) {
            self.errors.add(name, said("This field is required."));
        }
        self.optional(name, check)
    }

    /// Checks a field if it is there. `null` is a value, and no field takes it.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&'a Value) -> Checked<T>,
    ) -> Option<T> {
        let checked = match self.values.get(name)? {
            Value::Null => Err(said("This field may not be null.")),
            value => check(value),
        };
        checked.map_err(|error| self.errors.add(name, error)).ok()
    }

    /// Checks several fields that may be there, all in the same way.
    pub(crate) fn each_optional<T>(&mut self, names: &[&str], check: impl Fn(&'a Value) -> Checked<T>) {
        for name in names {
            self.optional(name, &check);
        }
    }

    /// Adds an error that no single value shows.
    pub(crate) fn refuse(&mut self, name: &str, message: &str) {
        self.errors.add(name, said(message));
    }

    /// # Errors
    /// All that was found.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::Fields(self.errors)) }
    }
}

fn said(message: impl Into<String>) -> Value {
    json!([message.into()])
}

/// A nested object, checked by the given steps.
pub(crate) fn object<'a>(value: &'a Value, steps: impl FnOnce(&mut Fields<'a>)) -> Checked<()> {
    let Value::Object(values) = value else {
        return Err(Errors::of_none(not_an_object(value)).into_value());
    };
    let mut fields = Fields::of(values);
    steps(&mut fields);
    if fields.errors.is_empty() { Ok(()) } else { Err(fields.errors.into_value()) }
}

/// A string.
pub(crate) fn text(value: &Value) -> Checked<&str> {
    value.as_str().ok_or_else(|| said("Not a valid string."))
}

/// A string with something in it.
pub(crate) fn filled(value: &Value) -> Checked<&str> {
    let text = text(value)?;
    if text.trim().is_empty() { Err(said("This field may not be blank.")) } else { Ok(text) }
}

/// `true` or `false`, and nothing that only looks like it.
pub(crate) fn boolean(value: &Value) -> Checked<bool> {
    value.as_bool().ok_or_else(|| said("Must be a valid boolean."))
}

/// A whole number of at least one.
pub(crate) fn count(value: &Value) -> Checked<u64> {
    match (value.as_u64(), value.as_i64()) {
        (Some(number), _) if number >= 1 => Ok(number),
        (Some(_), _) | (_, Some(_)) => Err(said("Ensure this value is greater than or equal to 1.")),
        _ => Err(said("A valid integer is required.")),
    }
}

/// One of these words.
pub(crate) fn choice(words: &'static [&'static str]) -> impl Fn(&Value) -> Checked<&'static str> {
    move |value| {
        let known = value.as_str().and_then(|given| words.iter().find(|word| **word == given));
        known.copied().ok_or_else(|| match value.as_str() {
            Some(given) => said(format!("\"{given}\" is not a valid choice.")),
            None => said("Not a valid string."),
        })
    }
}

/// A code of three capital letters, as in `DEU` or `EUR`.
pub(crate) fn three_letters(value: &Value) -> Checked<&str> {
    let code = text(value)?;
    let fits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok(code) } else { Err(said(format!("\"{code}\" is not a valid choice."))) }
}

/// Something on both sides of one `@`.
pub(crate) fn email(value: &Value) -> Checked<&str> {
    let address = filled(value)?;
    let fits = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !address.contains(char::is_whitespace)
    });
    if fits { Ok(address) } else { Err(said("Enter a valid email address.")) }
}

/// An address with a host, by `http` or `https`.
pub(crate) fn url(value: &Value) -> Checked<&str> {
    let address = filled(value)?;
    let uri = address.parse::<http::Uri>();
    let fits =
        uri.is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    if fits { Ok(address) } else { Err(said("Enter a valid URL.")) }
}

/// A decimal string with at most two places, as in `"12.34"`.
pub(crate) fn amount(value: &Value) -> Checked<&str> {
    let number = value.as_str().ok_or_else(|| said("A valid number is required."))?;
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (whole, places) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(places) {
        return Err(said("A valid number is required."));
    }
    if places.len() > 2 {
        return Err(said("Ensure that there are no more than 2 decimal places."));
    }
    Ok(number)
}

/// A UUID.
pub(crate) fn uuid(value: &Value) -> Checked<&str> {
    let id = value.as_str().ok_or_else(|| said("Must be a valid UUID."))?;
    if uuid::Uuid::try_parse(id).is_ok() { Ok(id) } else { Err(said("Must be a valid UUID.")) }
}

/// The UUID of something that exists.
pub(crate) fn existing(exists: impl Fn(&str) -> bool) -> impl Fn(&Value) -> Checked<&str> {
    move |value| {
        let id = uuid(value)?;
        if exists(id) { Ok(id) } else { Err(said(format!("Invalid pk \"{id}\" - object does not exist."))) }
    }
}

/// A day of the calendar, `YYYY-MM-DD`.
pub(crate) fn date(value: &Value) -> Checked<&str> {
    let wrong = || said("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.");
    let text = value.as_str().ok_or_else(wrong)?;
    if is_date(text) { Ok(text) } else { Err(wrong()) }
}

/// A moment, ISO 8601 with an offset or `Z`; seconds and their fraction may be left out.
pub(crate) fn datetime(value: &Value) -> Checked<&str> {
    let wrong = || {
        said(
            "Datetime has wrong format. Use one of these formats instead: \
             YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
        )
    };
    let text = value.as_str().ok_or_else(wrong)?;
    if is_datetime(text) { Ok(text) } else { Err(wrong()) }
}

/// The number in `text` if it is exactly this many ASCII digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year >= 1 && (1..=days).contains(&day)
}

fn is_datetime(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let time = match rest.strip_suffix('Z') {
        Some(time) => time,
        None => match rest.split_once(['+', '-']) {
            Some((time, offset)) if is_hours_and_minutes(offset) => time,
            _ => return false,
        },
    };
    // `hh:mm` is five characters; what follows is the seconds.
    let (Some(clock), Some(seconds)) = (time.get(..5), time.get(5..)) else { return false };
    is_date(date) && is_hours_and_minutes(clock) && (seconds.is_empty() || is_seconds(seconds))
}

fn is_hours_and_minutes(text: &str) -> bool {
    let Some((hours, minutes)) = text.split_once(':') else { return false };
    digits(hours, 2).is_some_and(|hours| hours < 24) && digits(minutes, 2).is_some_and(|minutes| minutes < 60)
}

/// `:ss` or `:ss.f…`
fn is_seconds(text: &str) -> bool {
    let Some(seconds) = text.strip_prefix(':') else { return false };
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    digits(whole, 2).is_some_and(|seconds| seconds < 60)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
