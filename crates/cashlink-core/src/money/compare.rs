//! Equality, hashing and order, all by value: the scale doesn't count.

use core::{
    cmp::Ordering,
    hash::{Hash, Hasher},
};

use super::{Money, power_of_ten};

/// Equal currency and equal value, whatever the scales: `EUR 1.5` equals `EUR 1.50`.
impl PartialEq for Money {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl Eq for Money {}

/// By value, exactly and without overflow; `None` between different currencies.
///
/// ```
/// use cashlink_core::money::{Currency, Money};
///
/// let euros = Money::from_decimal("9.99", Currency::EUR)?;
/// assert!(euros < Money::from_decimal("10", Currency::EUR)?);
/// assert_eq!(euros.partial_cmp(&Money::from_decimal("10", Currency::CHF)?), None);
/// # Ok::<(), cashlink_core::money::MoneyError>(())
/// ```
impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.currency != other.currency {
            return None;
        }
        Some(match self.decimals.cmp(&other.decimals) {
            Ordering::Equal => self.amount.cmp(&other.amount),
            Ordering::Less => coarse_to_fine(self, other),
            Ordering::Greater => coarse_to_fine(other, self).reverse(),
        })
    }
}

/// Divides the finer amount instead of multiplying the coarser one, which could overflow. The remainder is
/// less than one coarse unit and has the finer amount's sign, so it only decides when the quotient is equal.
fn coarse_to_fine(coarse: &Money, fine: &Money) -> Ordering {
    let unit = power_of_ten(fine.decimals.saturating_sub(coarse.decimals));
    coarse.amount.cmp(&(fine.amount / unit)).then(0.cmp(&(fine.amount % unit)))
}

/// Equal values hash alike, since the hash is that of the value without trailing decimal zeros.
impl Hash for Money {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (mut amount, mut decimals) = (self.amount, self.decimals);
        // At most 30 zeros, so a binary search: the sum of the steps is 31.
        for zeros in [16_u8, 8, 4, 2, 1] {
            let unit = power_of_ten(zeros);
            if decimals >= zeros && amount % unit == 0 {
                amount /= unit;
                decimals -= zeros;
            }
        }
        amount.hash(state);
        decimals.hash(state);
        self.currency.hash(state);
    }
}
