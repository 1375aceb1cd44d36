//! Currency codes, kept as given.

use alloc::borrow::{Cow, ToOwned};
use core::{fmt, str::FromStr};

use super::MoneyError;

/// A currency code: three or more ASCII capital letters, kept as given (T24).
///
/// The API says only "currency" and shows `EUR`, so the code isn't checked against a list: a code that is
/// new, or that names a token, passes. The codes with a constant cost no allocation, to read or to clone.
///
/// In JSON it is a string, so it also reads the older API's `amount_currency`.
///
/// ```
/// use cashlink_core::money::Currency;
///
/// assert_eq!("EUR".parse(), Ok(Currency::EUR));
/// assert_eq!(Currency::new("XAU")?.as_str(), "XAU");
/// assert!(Currency::new("eur").is_err());
/// # Ok::<(), cashlink_core::money::MoneyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(Cow<'static, str>);

macro_rules! known_currencies {
    ($($code:ident: $name:literal,)+) => {
        impl Currency {
            $(
                #[doc = concat!($name, ".")]
                pub const $code: Currency = Currency(Cow::Borrowed(stringify!($code)));
            )+

            fn known(code: &str) -> Option<Self> {
                match code {
                    $(stringify!($code) => Some(Self::$code),)+
                    _ => None,
                }
            }
        }
    };
}

// The first is the one that the API shows; the others are those of its neighbours and of the large markets.
known_currencies! {
    EUR: "Euro",
    AUD: "Australian dollar",
    CAD: "Canadian dollar",
    CHF: "Swiss franc",
    CNY: "Chinese renminbi",
    CZK: "Czech koruna",
    DKK: "Danish krone",
    GBP: "Pound sterling",
    HUF: "Hungarian forint",
    JPY: "Japanese yen",
    NOK: "Norwegian krone",
    PLN: "Polish zloty",
    RON: "Romanian leu",
    SEK: "Swedish krona",
    SGD: "Singapore dollar",
    USD: "US dollar",
}

impl Currency {
    /// The currency with this code.
    ///
    /// # Errors
    /// [`MoneyError::InvalidCurrency`] unless the code is three or more ASCII capital letters.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        if let Some(known) = Self::known(code) {
            return Ok(known);
        }
        if code.len() < 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(MoneyError::InvalidCurrency);
        }
        Ok(Self(Cow::Owned(code.to_owned())))
    }

    /// The code, as in `EUR`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Currency {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::new(code)
    }
}
