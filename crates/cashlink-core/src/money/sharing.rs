//! Sharing an amount out: the shares always add up to the whole, to the last unit.

use alloc::vec::Vec;
use core::{cmp::Reverse, iter::FusedIterator, num::NonZero};

use super::{Money, MoneyError};

impl Money {
    /// Shares the amount out in equal parts at its own scale. What can't be divided goes unit by unit to the
    /// first parts, so that no two parts differ by more than one unit; a negative amount is shared out like a
    /// positive one, with the sign turned.
    ///
    /// The parts come one by one and need no memory.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    /// use core::num::NonZero;
    ///
    /// let parts: Vec<String> = Money::from_decimal("1.00", Currency::EUR)?
    ///     .split(NonZero::new(3).unwrap())
    ///     .map(|part| part.to_string())
    ///     .collect();
    /// assert_eq!(parts, ["EUR 0.34", "EUR 0.33", "EUR 0.33"]);
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    pub fn split(&self, parts: NonZero<u32>) -> Split {
        let (part, rest) = divide(self.amount, parts.get());
        Split { part: self.with_amount(part), unit: self.amount.signum(), extra: rest, left: parts.get() }
    }

    /// Shares the amount out in proportion to `weights`, at its own scale: one share per weight, in order.
    ///
    /// By largest remainder: every share is first rounded towards zero, and the units that are left go one
    /// each to the shares that lost most, of equal losers to the first. So a share is less than one unit from
    /// its exact proportion, a weight of zero gets nothing, and equal weights give what
    /// [`split`](Self::split) gives. A negative amount is shared out like a positive one, with the sign
    /// turned.
    ///
    /// # Errors
    /// [`MoneyError::InvalidWeights`] when the weights add up to zero (or there are none), or to more than
    /// [`u64::MAX`].
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    ///
    /// let fee = Money::from_decimal("0.05", Currency::EUR)?;
    /// let shares: Vec<String> = fee.allocate(&[70, 30])?.iter().map(|share| share.to_string()).collect();
    /// assert_eq!(shares, ["EUR 0.04", "EUR 0.01"]);
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    pub fn allocate(&self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let total = weights.iter().try_fold(0_u64, |sum, &weight| sum.checked_add(weight));
        let total = total.filter(|&total| total > 0).map(u128::from).ok_or(MoneyError::InvalidWeights)?;
        let magnitude = self.amount.unsigned_abs();
        let (per_weight, rest) = (magnitude / total, magnitude % total);

        // `magnitude * weight / total` without its 192 bits: the weight is at most the total, so the first
        // product is at most the magnitude; the rest and the weight are below 2^64, so the second fits too.
        let mut shares: Vec<Share> = weights
            .iter()
            .enumerate()
            .map(|(place, &weight)| {
                let weight = u128::from(weight);
                let (proportion, lost) = (rest * weight / total, rest * weight % total);
                Share { place, units: per_weight * weight + proportion, lost }
            })
            .collect();
        let mut left = shares.iter().fold(magnitude, |left, share| left.saturating_sub(share.units));

        // Stable, so of equal losers the first comes first. Fewer units are left than shares have lost
        // something.
        shares.sort_by_key(|share| Reverse(share.lost));
        for share in &mut shares {
            if left == 0 {
                break;
            }
            share.units += 1;
            left -= 1;
        }
        shares.sort_unstable_by_key(|share| share.place);
        let sign = self.amount.signum();
        // A share is never above the magnitude, which is an `i128`.
        Ok(shares.iter().map(|share| self.with_amount(sign * share.units as i128)).collect())
    }
}

/// `amount / parts`, towards zero, and what is left of it without its sign. A division of 128 bits is slow.
fn divide(amount: i128, parts: u32) -> (i128, u32) {
    let (part, rest) = match i64::try_from(amount) {
        Ok(small) => {
            let parts = i64::from(parts);
            (i128::from(small / parts), i128::from(small % parts))
        }
        Err(_) => {
            let parts = i128::from(parts);
            (amount / parts, amount % parts)
        }
    };
    // The rest is smaller than the number of parts, so it fits.
    (part, u32::try_from(rest.unsigned_abs()).unwrap_or_default())
}

/// What one weight gets, in units, and what it lost by rounding, in units per sum of the weights.
struct Share {
    place: usize,
    units: u128,
    lost: u128,
}

/// The equal parts of an amount, one by one: what [`Money::split`] returns.
#[derive(Debug, Clone)]
#[must_use = "the parts come when they are iterated"]
pub struct Split {
    part: Money,
    /// 1, 0 or −1: what the first parts get more.
    unit: i128,
    extra: u32,
    left: u32,
}

impl Iterator for Split {
    type Item = Money;

    fn next(&mut self) -> Option<Money> {
        self.left = self.left.checked_sub(1)?;
        match self.extra.checked_sub(1) {
            Some(extra) => {
                self.extra = extra;
                // Not beyond the range: a unit was left over, so the part is smaller than the whole.
                Some(self.part.with_amount(self.part.amount.saturating_add(self.unit)))
            }
            None => Some(self.part.clone()),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match usize::try_from(self.left) {
            Ok(left) => (left, Some(left)),
            Err(_) => (usize::MAX, None),
        }
    }
}

impl FusedIterator for Split {}
