//! Sums, differences and multiples: exact, or an error.

use core::{borrow::Borrow, ops::Neg};

use super::{Currency, Money, MoneyError, power_of_ten};

impl Money {
    /// `self + other`, at the finer of the two scales.
    ///
    /// # Errors
    /// [`MoneyError::DifferentCurrencies`]; [`MoneyError::TooLarge`] exactly when the sum has more than 38
    /// digits at that scale.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    ///
    /// let price = Money::from_decimal("12.5", Currency::EUR)?;
    /// let fee = Money::from_decimal("0.25", Currency::EUR)?;
    /// assert_eq!(price.checked_add(&fee)?.to_string(), "EUR 12.75");
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        self.plus(other, other.amount)
    }

    /// `self - other`, at the finer of the two scales.
    ///
    /// # Errors
    /// As for [`checked_add`](Self::checked_add).
    pub fn checked_sub(&self, other: &Self) -> Result<Self, MoneyError> {
        self.plus(other, -other.amount)
    }

    /// `self` times a whole number, at the same scale.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] exactly when the product has more than 38 digits.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    ///
    /// let unit_price = Money::from_decimal("9.99", Currency::EUR)?;
    /// assert_eq!(unit_price.checked_mul_integer(3)?.to_string(), "EUR 29.97");
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    pub fn checked_mul_integer(&self, factor: i128) -> Result<Self, MoneyError> {
        let product = self.amount.checked_mul(factor).ok_or(MoneyError::TooLarge)?;
        Self::new(product, self.decimals, self.currency.clone())
    }

    /// The sum of any number of amounts of `currency`, added in order; nothing of it when there are none. The
    /// currency has to be named, since the amounts alone couldn't say it when there are none.
    ///
    /// # Errors
    /// As for [`checked_add`](Self::checked_add), also when only a sum on the way is too large.
    ///
    /// ```
    /// use cashlink_core::money::{Currency, Money};
    ///
    /// let amounts = [Money::new(150, 2, Currency::EUR)?, Money::new(5, 1, Currency::EUR)?];
    /// assert_eq!(Money::sum(Currency::EUR, &amounts)?.to_string(), "EUR 2.00");
    /// # Ok::<(), cashlink_core::money::MoneyError>(())
    /// ```
    pub fn sum<I>(currency: Currency, amounts: I) -> Result<Self, MoneyError>
    where
        I: IntoIterator,
        I::Item: Borrow<Self>,
    {
        amounts.into_iter().try_fold(Self::zero(currency), |sum, amount| sum.checked_add(amount.borrow()))
    }

    /// The same without its sign. It can't fail: the range of amounts is symmetric.
    #[must_use]
    pub fn abs(&self) -> Self {
        self.with_amount(self.amount.saturating_abs())
    }

    /// `self + amount`, the latter at `other`'s scale and in its currency.
    ///
    /// The finer amount is divided into whole coarse units and a rest: adding these can't overflow before the
    /// result does, while bringing the coarser amount to the finer scale first could.
    fn plus(&self, other: &Self, amount: i128) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::DifferentCurrencies);
        }
        if self.decimals == other.decimals {
            let sum = self.amount.checked_add(amount).ok_or(MoneyError::TooLarge)?;
            return Self::new(sum, self.decimals, self.currency.clone());
        }
        let ((coarse, coarse_decimals), (fine, fine_decimals)) = if self.decimals <= other.decimals {
            ((self.amount, self.decimals), (amount, other.decimals))
        } else {
            ((amount, other.decimals), (self.amount, self.decimals))
        };
        let unit = power_of_ten(fine_decimals.saturating_sub(coarse_decimals));
        let sum = coarse
            .checked_add(fine / unit)
            .and_then(|whole| whole.checked_mul(unit))
            .and_then(|whole| whole.checked_add(fine % unit))
            .ok_or(MoneyError::TooLarge)?;
        Self::new(sum, fine_decimals, self.currency.clone())
    }
}

/// The same with the other sign. It can't fail: the range of amounts is symmetric.
impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money { amount: -self.amount, ..self }
    }
}

/// The same with the other sign. It can't fail: the range of amounts is symmetric.
impl Neg for &Money {
    type Output = Money;

    fn neg(self) -> Money {
        self.with_amount(-self.amount)
    }
}
