//! Amounts to convert.

use proptest::prelude::*;

use crate::money::{Currency, Money};

prop_compose! {
    /// Amounts of all sizes and scales, many with zeros at the end, so that a smaller scale may hold them as well.
    pub(super) fn any_money()(
        amount in prop_oneof![-Money::MAX_AMOUNT..=Money::MAX_AMOUNT, any::<i64>().prop_map(i128::from)],
        (size, zeros) in (0..=38_u32, 0..=38_u32),
        decimals in 0..=Money::MAX_DECIMALS,
    ) -> Money {
        // So many digits at most, of which so many are zeros at the end.
        let amount = amount % 10_i128.pow(size);
        let unit = 10_i128.pow(zeros.min(size));
        Money::new(amount / unit * unit, decimals, Currency::EUR).unwrap()
    }
}
