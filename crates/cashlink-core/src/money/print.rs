//! Writing amounts: the displayed form, the older API's decimals, and the digits of the wire.

use core::fmt::{self, Alignment, Write as _};

use super::Money;

/// 38 digits, 12 group separators, a point and a sign fit.
const CAPACITY: usize = 64;

impl Money {
    /// Shows the older API's form of this amount, `12.34`: no currency, no grouping.
    ///
    /// It prints all [`decimals`](Self::decimals), and [`from_decimal`](Self::from_decimal) reads it back
    /// exactly.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    ///
    /// assert_eq!(Money::new(4_000_050, 2, Currency::EUR)?.decimal().to_string(), "40000.50");
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    #[must_use = "it only prints when it is formatted"]
    pub fn decimal(&self) -> impl fmt::Display + '_ {
        Decimal(self)
    }
}

/// Writes `EUR 40,000.000`: the code, and all digits of the scale in groups of three. It parses back.
///
/// A width pads, to the right edge unless an alignment is given, as for numbers. A precision changes nothing:
/// nothing here rounds unless a [`Rounding`](super::Rounding) is named.
///
/// ```
/// use cashlink_core::money::{Currency, Money};
///
/// let fee = Money::new(-5, 2, Currency::EUR)?;
/// assert_eq!(fee.to_string(), "EUR -0.05");
/// assert_eq!(format!("{fee:12}|"), "   EUR -0.05|");
/// # Ok::<(), cashlink_core::money::MoneyError>(())
/// ```
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = Text::of(self.amount, self.decimals, Grouping::Thousands);
        padded(f, [self.currency.as_str(), " ", number.as_str()])
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

struct Decimal<'a>(&'a Money);

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        padded(f, [Text::of(self.0.amount, self.0.decimals, Grouping::None).as_str()])
    }
}

/// Writes the parts, which are ASCII, as one. `Formatter::pad` would need them joined, and would cut at a
/// precision.
fn padded<const N: usize>(f: &mut fmt::Formatter<'_>, parts: [&str; N]) -> fmt::Result {
    let Some(width) = f.width() else { return parts.iter().try_for_each(|part| f.write_str(part)) };
    let length = parts.iter().fold(0_usize, |length, part| length.saturating_add(part.len()));
    let missing = width.saturating_sub(length);
    let before = match f.align() {
        Some(Alignment::Left) => 0,
        Some(Alignment::Center) => missing / 2,
        Some(Alignment::Right) | None => missing,
    };
    let fill = f.fill();
    (0..before).try_for_each(|_| f.write_char(fill))?;
    parts.iter().try_for_each(|part| f.write_str(part))?;
    (before..missing).try_for_each(|_| f.write_char(fill))
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Grouping {
    None,
    Thousands,
}

/// A number as ASCII text on the stack, written from its last digit to its first.
pub(super) struct Text {
    bytes: [u8; CAPACITY],
    start: usize,
}

impl Text {
    pub(super) fn of(amount: i128, decimals: u8, grouping: Grouping) -> Self {
        let number = amount.unsigned_abs();
        let mut text = Self { bytes: [0; CAPACITY], start: CAPACITY };
        match u64::try_from(number) {
            Ok(small) => text.write(small, amount < 0, decimals, grouping),
            Err(_) => text.write(Large::of(number), amount < 0, decimals, grouping),
        }
        text
    }

    fn write(&mut self, mut digits: impl Digits, negative: bool, decimals: u8, grouping: Grouping) {
        let mut before = self.bytes.iter_mut().rev();
        let mut push = |byte| {
            if let Some(slot) = before.next() {
                *slot = byte;
            }
        };
        for _ in 0..decimals {
            push(digits.take_last());
        }
        if decimals > 0 {
            push(b'.');
        }
        push(digits.take_last());
        let mut in_group = 1_u8;
        while !digits.all_taken() {
            if in_group == 3 && grouping == Grouping::Thousands {
                push(b',');
                in_group = 0;
            }
            push(digits.take_last());
            // Up to 38 without grouping.
            in_group += 1;
        }
        if negative {
            push(b'-');
        }
        self.start = before.len();
    }

    pub(super) fn as_str(&self) -> &str {
        // Only ASCII is pushed, so the text is always there.
        self.bytes.get(self.start..).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Takes digits from the end of a number, and zeros when there are no more.
trait Digits {
    fn all_taken(&self) -> bool;
    fn take_last(&mut self) -> u8;
}

impl Digits for u64 {
    fn all_taken(&self) -> bool {
        *self == 0
    }

    fn take_last(&mut self) -> u8 {
        let digit = (*self % 10) as u8;
        *self /= 10;
        b'0' + digit
    }
}

/// A division of 128 bits is slow, so it happens once per 19 digits.
struct Large {
    high: u128,
    low: u64,
    left_in_low: u8,
}

impl Large {
    fn of(number: u128) -> Self {
        Self { high: number, low: 0, left_in_low: 0 }
    }
}

impl Digits for Large {
    fn all_taken(&self) -> bool {
        self.low == 0 && self.high == 0
    }

    fn take_last(&mut self) -> u8 {
        const CHUNK: u128 = 10_u128.pow(19);
        if self.left_in_low == 0 {
            (self.high, self.low, self.left_in_low) = match u64::try_from(self.high) {
                // A `u64` has up to 20 digits.
                Ok(all) => (0, all, 20),
                Err(_) => (self.high / CHUNK, (self.high % CHUNK) as u64, 19),
            };
        }
        self.left_in_low -= 1;
        self.low.take_last()
    }
}
